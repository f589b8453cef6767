"""Which language a text is written in, and how many words it has; word lists live in `resources/sources`."""

import json
import re
from collections import Counter
from functools import cache
from typing import Any

from .. import paths

SAMPLE_CHARACTERS = 40_000
PIECE_CHARACTERS = 1_000_000
MIN_HITS = 8
MIN_DISTINCT = 4
MIN_SHARE = 0.12
MIN_LEAD = 1.12
SCRIPT_SHARE = 0.3

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")


def count_words(text: str) -> int:
    """The number of runs of word characters; a run of Chinese or Japanese without spaces counts as one."""
    count = 0
    for start in range(0, len(text), PIECE_CHARACTERS):  # a list of all words of a long text would be large
        count += len(_WORD.findall(text, start, start + PIECE_CHARACTERS))
        count -= start > 0 and bool(_WORD.fullmatch(text, start - 1, start + 1))
    return count


@cache
def language_data() -> dict[str, Any]:
    """Stop words, letters, scripts and chapter words, as `resources/sources/languages.json` lists them."""
    data: dict[str, Any] = json.loads(paths.resource("sources", "languages.json").read_text("utf-8"))
    return data


def detect_language(text: str) -> str:
    """The ISO 639-1 code of a text by its script or its most frequent small words, or "" when unsure."""
    sample = _sample(text)
    letters = sum(map(str.isalpha, sample))
    return _by_script(sample, letters) if letters else ""


def language_code(tag: str) -> str:
    """The ISO 639-1 code of a language tag such as `en-GB`, or "" for anything else."""
    code = re.split("[-_]", tag.strip().lower())[0]
    return code if re.fullmatch("[a-z]{2}", code) and code != "un" else ""


def vote(text: str) -> list[tuple[str, float]]:
    """Languages by the share of words that are their small words, best first; only those with a hit."""
    counts = Counter(_LETTERS.findall(text.lower()))
    return [(code, share) for code, share, _ in _votes(counts) if share]


def _sample(text: str) -> str:
    """Three equal pieces from the beginning, the middle and the end: front matter may be foreign."""
    if len(text) <= SAMPLE_CHARACTERS:
        return text
    piece = SAMPLE_CHARACTERS // 3
    middle = len(text) // 2
    return " ".join((text[:piece], text[middle : middle + piece], text[-2 * piece : -piece]))


def _by_script(sample: str, letters: int) -> str:
    for code, ranges in language_data()["scripts"].items():
        share = len(re.findall(f"[{ranges}]", sample)) / letters
        if share > SCRIPT_SHARE:
            return "fa" if code == "ar" and re.search("[\u067e\u0686\u0698\u06af]", sample) else str(code)
        if code == "ja" and share > 0.05:  # kanji may outnumber kana, but no Chinese text has this much kana
            return "ja"
    return _by_vote(sample)


def _by_vote(sample: str) -> str:
    ranked = _votes(Counter(_LETTERS.findall(sample.lower())))
    (code, share, hits), (_, second, _) = ranked[0], ranked[1]
    return code if hits and share >= MIN_SHARE and share >= second * MIN_LEAD else ""


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    languages = language_data()["languages"]
    return {code: frozenset(language["stop_words"]) for code, language in languages.items()}


def _votes(counts: Counter[str]) -> list[tuple[str, float, int]]:
    """(code, share of words, hits), best first; hits are 0 where there is too little to go by."""
    total = max(1, counts.total())
    rows = []
    for code, words in _stop_words().items():
        found = [counts[word] for word in words if counts[word]]
        enough = sum(found) >= MIN_HITS and len(found) >= MIN_DISTINCT
        rows.append((code, sum(found) / total, sum(found) if enough else 0))
    return sorted(rows, key=lambda row: -row[1])
