"""Which old codec a text was written in: each candidate is decoded and its letters judged in their places.

charset-normalizer calls English in Windows-1252 "cp1250" and confuses Mac Roman with its neighbours, so it is
asked only when nothing in the table convinces, and what it says then competes with the table.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from .language import language_data, vote

SAMPLE_BYTES = 65_536
MAX_JUDGED = 800
DOUBLE_BYTE_CODECS = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
SINGLE_BYTE_CODECS = (
    "cp1252", "mac-roman", "cp1250", "iso8859-2", "cp1251", "koi8-u", "mac-cyrillic", "cp866", "cp1253",
    "iso8859-7", "iso8859-5", "cp1254", "cp1255", "cp1256", "cp1257", "cp850", "cp852", "cp437",
)  # fmt: skip
"""In the order that decides ties: where two agree on every letter of a text, the commoner comes first."""

FALLBACK = "cp1252"
OPENERS, CLOSERS = "“„‚«‹‘¿¡", "”’»›“‘…"
DASHES = "–—"
COMMON_LETTERS = frozenset("оеаинтсрвлיוהלאתמרבש")
"""Cyrillic and Hebrew have the same bytes; the letters that each writes most tell them apart."""

LIKELY_LANGUAGES = 3
DECLARED_LEAD = 0.4
CONVINCING = 0.5
MAX_LONELY_SHARE = 0.1

_HIGH = re.compile(rb"[\x80-\xff]")
_PUNCTUATION = re.compile("[\u3000-\u3003\u3008-\u3011\u2014\u2026\u201c\u201d\uff01-\uff5e]")


def guess_codec(data: bytes, declared: str = "") -> str:
    """The codec whose reading looks most like writing; never fails, its last resort is Windows-1252.

    A codec that the file declares starts ahead, but files are copied and re-encoded without their headers.
    """
    sample = _sample(data)
    languages = _likely_languages(sample)
    scores = _scores(sample, (*SINGLE_BYTE_CODECS, *_single(declared)), languages)
    if declared in scores:
        scores[declared] += DECLARED_LEAD
    if max(scores.values(), default=0.0) < CONVINCING:
        scores = _scores(sample, _proposed(sample), languages) | scores
    return max(scores, key=lambda codec: scores[codec], default=FALLBACK)


def _sample(data: bytes) -> bytes:
    """Whole lines with high bytes, because lines without read the same in every candidate."""
    lines, size = [], 0
    for line in data.splitlines(keepends=True):
        if _HIGH.search(line):
            lines.append(line)
            size += len(line)
            if size > SAMPLE_BYTES:
                break
    return b"".join(lines)[: 4 * SAMPLE_BYTES]


def _scores(sample: bytes, single: tuple[str, ...], languages: list[tuple[str, float]]) -> dict[str, float]:
    """The plausibility of each codec that can read the sample at all."""
    scores: dict[str, float] = {}
    for codec in dict.fromkeys(single):
        if (text := _decoded(sample, codec)) is not None:
            scores[codec] = _judge_letters(text, languages)
    for codec in DOUBLE_BYTE_CODECS:
        if (text := _decoded(sample, codec)) is not None and not _is_torn(text):
            scores[codec] = _judge_ideographs(text)
    return scores


def _single(declared: str) -> tuple[str, ...]:
    return (declared,) if declared and declared not in DOUBLE_BYTE_CODECS else ()


def _decoded(sample: bytes, codec: str) -> str | None:
    try:
        return sample.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _proposed(sample: bytes) -> tuple[str, ...]:
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:8_192], steps=3, chunk_size=512).best()
    return (best.encoding,) if best and best.encoding not in DOUBLE_BYTE_CODECS else ()


def _judge_ideographs(text: str) -> float:
    """Mean plausibility of the East Asian characters."""
    found = [character for character in text if character > "\x7f"][:MAX_JUDGED]
    return sum(map(_plausible, found)) / max(1, len(found))


def _is_torn(text: str) -> bool:
    """Whether Latin words were torn into ideographs: too many of these stand alone among letters."""
    found = [index for index, character in enumerate(text) if character > "\x7f"][:MAX_JUDGED]
    return sum(1 for index in found if _is_lonely(text, index)) > len(found) * MAX_LONELY_SHARE


def _is_lonely(text: str, index: int) -> bool:
    return _is_ascii_letter(text[max(0, index - 1) : index], text[index + 1 : index + 2])


def _is_ascii_letter(*neighbours: str) -> bool:
    return any(neighbour.isascii() and neighbour.isalpha() for neighbour in neighbours)


@cache
def _common_han() -> frozenset[str]:
    return frozenset(language_data()["common_han"])


def _plausible(character: str) -> float:
    if "\u3041" <= character <= "\u30fe":
        return 1.0
    if "\uac00" <= character <= "\ud7a3":
        # The syllables that Korean writes are in the old standard; the others take its eight-byte spelling.
        return 1.0 if len(character.encode("euc_kr")) == 2 else 0.0
    if _PUNCTUATION.match(character) or character in _common_han():
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        return 0.35
    return -1.0


def _likely_languages(sample: bytes) -> list[tuple[str, float]]:
    """Languages whose ASCII small words occur, best first; empty when the text is not in Latin letters."""
    ascii_text = sample.decode("ascii", "replace").replace("\ufffd", "\x00")
    whole_words = re.sub(r"\w*\x00[\w\x00]*", " ", ascii_text)
    ranked = [(code, share) for code, share in vote(whole_words) if share > 0.04]
    return ranked[:LIKELY_LANGUAGES]


def _judge_letters(text: str, likely: list[tuple[str, float]]) -> float:
    """Mean plausibility of the characters outside ASCII, for the language that suits them best."""
    contexts = _contexts(text)
    places = sum(_place(*context) * count for context, count in Counter(contexts).items())
    letters = Counter(character for _, character, _ in contexts if character.isalpha())
    best = max((_fit(letters, code) * weight for code, weight in _weights(likely)), default=0.0)
    return (places + best) / max(1, len(contexts))


def _contexts(text: str) -> list[tuple[str, str, str]]:
    padded = f" {text} "
    found = [index for index, character in enumerate(padded) if character > "\x7f"]
    step = max(1, len(found) // MAX_JUDGED)
    return [(padded[i - 1], padded[i], padded[i + 1]) for i in found[::step]]


def _weights(likely: list[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Every language counts, the ones that the ASCII words speak for count more."""
    ranked = {code: 1.0 - 0.15 * rank for rank, (code, _) in enumerate(likely)}
    for code in language_data()["languages"]:
        yield code, ranked.get(code, 0.6 if likely else 1.0)


@cache
def _letters(code: str) -> frozenset[str]:
    letters: str = language_data()["languages"][code]["letters"]
    return frozenset(letters + letters.upper())


def _fit(letters: Counter[str], code: str) -> float:
    """How well letters suit a language: its own count, the common ones a little more."""
    own = _letters(code)
    return sum(
        count * ((1.0 if letter in own else -1.0) + 0.5 * (letter in COMMON_LETTERS))
        for letter, count in letters.items()
    )


def _place(before: str, character: str, after: str) -> float:
    """Whether a character makes sense where it stands: case inside words, quotes at their edges."""
    if "\x80" <= character <= "\x9f" or "\u2500" <= character <= "\u259f":
        return -3.0  # control characters and frames: nobody writes those among letters
    if character.isalpha():
        misfit = character.isupper() and before.islower()
        return -2.0 if misfit or (character > "\u036f" and _is_ascii_letter(before, after)) else 0.0
    inside = before.isalpha() and after.isalpha()
    if character == "’":
        return 1.0 if before.isalpha() else 0.3
    if character in OPENERS and not before.isalnum() and not after.isspace():
        return 1.0
    if character in CLOSERS and not before.isspace() and not after.isalnum():
        return 1.0
    if character in DASHES or character == "\xa0":
        return 0.8
    return -1.5 if inside else -0.5
