"""Going on where an answer was cut: the two parts as one, with nothing said twice.

A model may go on with the next word, begin again at the sentence, the paragraph or the whole text, and wrap
what it says in JSON or not. The seam is found by what the parts share, not by what the model was told.
"""

import json
import re
from typing import Any

from .json_answers import object_in
from .streaming import partial_object, without_thoughts

LEAST_SHARED = 12
"""Letters that two texts share before one is taken to begin again inside the other."""

LEAST_ALIKE = 40
"""Letters that the beginnings of two tellings of one sentence share."""

LEAST_PARAGRAPH = 30
MOST_SEAMS = 20
"""Places that are looked at: a text that goes round in circles has hundreds, and all are alike."""

_SPACES = re.compile(r"\s+")
_INSIDE_JSON = re.compile(r'(?<!\\)"\s*[,}\]]')
_CLOSED = re.compile(r"\}\s*(?:```\s*)?\Z")
_HALF_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)\Z")
_ESCAPE = re.compile(r'\\["\\/nrtu]')
_QUOTE = re.compile(r'(?<!\\)"')
_CLOSING = re.compile(r'"\s*(?:\Z|[}\]])')
_NEXT_KEY = re.compile(r'"\s*,\s*"\w+"\s*:')
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]*_]{0,4}\s*\Z|\n[^\S\n]*\Z")
_SENTENCE_ENDS = re.compile(r"[.!?…][\"'”’»)\]*_]*\s+|[。！？][」』”’)]*|\n+")


def joined(so_far: str, more: str) -> str:
    """A raw answer that was cut and the raw answer that goes on from it, as one raw answer.

    It is JSON when the first was JSON, and can itself be gone on with.
    """
    first, second = without_thoughts(so_far), without_thoughts(more)
    if not first.strip() or not second.strip():
        return first if first.strip() else second
    begun, following = _object(first), _object(second)
    if begun is None:
        return joined_text(first, second if following is None else _only_text(following))
    if not begun and following is None:
        return second if _object(first + second) is None else first + second
    if following is None:
        following = _inside(begun, first, second)
    whole = _merged(begun, following)
    return _dumped(whole) if _CLOSED.search(second) else _left_open(whole, second)


def _object(text: str) -> dict[str, Any] | None:
    """The object that a text is, as far as it has come; None for plain text, or the middle of an object."""
    begin = re.search(r"(?<!\{)\{(?!\{)\s*+(?:\"\w+\"\s*:|\}|\"?\w*\"?\s*\Z)", text)
    if begin is None or _INSIDE_JSON.search(text[: begin.start()]):
        return None
    found = partial_object(text[begin.start() :])
    return found or ((object_in(text) or {}) if "}" in text else {})


def _inside(begun: dict[str, Any], first: str, second: str) -> Any:
    """What goes on inside the object itself, without a brace of its own: the object's rest, or plain text."""
    last = next(reversed(begun), "")
    text = begun.get(last)
    whole = _whole(first, second, is_open=_leaves_speech_open(text, second))
    if not whole or not begun.keys() <= whole.keys():
        half = _HALF_ESCAPE.search(second)
        return second[: half.start(1)] if half else second
    gone_on = whole.get(last)
    if isinstance(text, str) and isinstance(gone_on, str) and _says_again(text, gone_on[len(text) :]):
        whole[last] = gone_on[len(text) :]
    return whole


def _leaves_speech_open(text: Any, rest: str) -> bool:
    """Whether a paragraph and its rest have a quotation mark too many: the last one closes the JSON text."""
    return isinstance(text, str) and (text[text.rfind("\n") + 1 :] + rest).count('"') % 2 == 1


def _says_again(text: str, rest: str) -> bool:
    """Whether what goes on repeats some of the text; else the two are one letter by letter."""
    is_both = bool(text.strip() and rest.strip())
    return is_both and (_seam(text, rest) is not None or _without_repeats(text, rest) != rest)


def _whole(first: str, second: str, *, is_open: bool) -> dict[str, Any]:
    """Both as one object, when the second can be read as the rest of its JSON."""
    try:
        found = json.loads(first[first.index("{") :] + second, strict=False)
    except ValueError:
        half = _HALF_ESCAPE.search(first)
        rest = (half[1] if half else "") + second
        found = partial_object(first[first.index("{") :] + second) if _is_inside_json(rest, is_open) else {}
    return found if isinstance(found, dict) else {}


def _is_inside_json(rest: str, is_open: bool) -> bool:
    """Whether what goes on is the inside of a JSON text, by its escapes and by what follows its quote."""
    quote = _QUOTE.search(rest)
    if quote is None:
        return bool(_ESCAPE.search(rest))
    closes = _CLOSING.match(rest, quote.start()) and (is_open or _ESCAPE.search(rest))
    return bool(closes or _NEXT_KEY.match(rest, quote.start()))


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _left_open(value: dict[str, Any], raw: str) -> str:
    """An object whose last text is not at its end yet, so that the rest of its JSON may still follow.

    The raw text that came last may end inside an escape.
    """
    dumped, begun = _dumped(value), _HALF_ESCAPE.search(raw)
    is_text = isinstance(value[next(reversed(value))], str)
    return dumped[:-2] + (begun[1] if begun else "") if is_text else dumped


def _only_text(found: dict[str, Any] | None) -> str:
    texts = [value for value in (found or {}).values() if isinstance(value, str)]
    return max(texts, key=len, default="")


def _merged(first: Any, second: Any) -> Any:
    """Two readings of one answer: objects key by key, lists without repeats, texts at their seam."""
    if isinstance(first, dict) and isinstance(second, dict):
        if len(first) == 1 == len(second):
            return {key: _merged(value, _only_value(second)) for key, value in first.items()}
        return {key: _merged(first.get(key), second.get(key)) for key in {**first, **second}}
    if isinstance(first, dict) and isinstance(second, str) and first:
        last = next(reversed(first))
        return {**first, last: _merged(first[last], second)}
    if isinstance(first, list) and isinstance(second, list):
        return _merged_list(first, second)
    if isinstance(first, str) and isinstance(second, str):
        return joined_text(first, second)
    return second if first is None or (second is not None and not first) else first


def _only_value(found: dict[str, Any]) -> Any:
    return next(iter(found.values()))


def _merged_list(first: list[Any], second: list[Any]) -> list[Any]:
    """Items of both, in order; a last one that was cut gives way to its whole form."""
    whole = [item for item in first if not any(_continues(item, other) for other in second)]
    return whole + [item for item in second if item not in whole]


def _continues(item: Any, other: Any) -> bool:
    return isinstance(item, str) and isinstance(other, str) and other.startswith(item)


def joined_text(first: str, second: str) -> str:
    """Two parts of a text as one. Whatever of the second stands in the first already comes once."""
    if not first.strip() or not second.strip():
        return first if first.strip() else second
    if second.startswith(first):
        return second
    seam = _seam(first, second)
    if seam is not None:
        kept, rest = first[:seam], first[seam:]
        return kept + (second if len(_folded(second)) >= len(_folded(rest)) else rest)
    second = _without_repeats(first, second)
    return _glued(first, second) if second else first


def _folded(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _seam(first: str, second: str) -> int | None:
    """Where in the first text the second begins again; None when it goes on."""
    begun = second.lstrip()
    folded = _folded(begun)
    length = min(LEAST_SHARED * 2, len(folded))
    pattern = r"\s+".join(re.escape(word) for word in folded[:length].split(" ")) if folded else ""
    places = [found.start() for found in re.finditer(pattern, first)] if length >= LEAST_SHARED else []
    places = [*places[:1], *places[1:][-MOST_SEAMS:]]
    rests = [(place, _folded(first[place:])) for place in places]
    for place, rest in rests:
        if folded.startswith(rest):
            return place
    for place, rest in rests:
        if rest.startswith(folded) or (_begins_sentence(first, place) and _alike(folded, rest)):
            return place
    return _sentence_begun_again(first, folded) if length < LEAST_SHARED else _overlap(first, begun)


def _sentence_begun_again(first: str, folded: str) -> int | None:
    """The last sentence or paragraph of a text, when a few words are its beginning said once more."""
    ends = [0, *(found.end() for found in _SENTENCE_ENDS.finditer(first))]
    for place in (ends[-1], first.rfind("\n") + 1):
        if folded and f"{_folded(first[place:])} ".startswith(f"{folded} "):
            return place
    return _overlap(first, folded)


def _begins_sentence(text: str, place: int) -> bool:
    return not place or _SENTENCE_END.search(text[:place]) is not None


def _alike(begun: str, rest: str) -> bool:
    """Whether two texts run alike far enough that one is another telling of the other."""
    return begun[:LEAST_ALIKE] == rest[:LEAST_ALIKE] and len(rest) >= LEAST_ALIKE


def _overlap(first: str, begun: str) -> int | None:
    """Where the last letters of the first text are the first of the second, from a word's beginning."""
    least = LEAST_SHARED if first[-1].isspace() else 1
    for length in range(min(len(first), len(begun), LEAST_SHARED * 4), 0, -1):
        place = len(first) - length
        inside_word = place and _joins(first[place - 1], first[place])
        if not first.endswith(begun[:length]) or inside_word:
            continue
        if length >= least or _begins_sentence(first, place):
            return place
    return None


def _joins(one: str, other: str) -> bool:
    """Whether two letters stand inside one word."""
    return one.isalnum() and other.isalnum()


def _without_repeats(first: str, second: str) -> str:
    """The second text without whole paragraphs that the first one has."""
    known = {_folded(line) for line in first.split("\n") if len(_folded(line)) >= LEAST_PARAGRAPH}
    lines = [line for line in second.split("\n") if _folded(line) not in known]
    return "\n".join(lines)


def _glued(first: str, second: str) -> str:
    """Two parts that share nothing. A sentence that was left half gives way to a new one."""
    if first[-1].isspace() or second[0].isspace() or second[0] in ",.;:!?…)»”":
        return (
            first + second if not (first[-1].isspace() and second[0] == " ") else first + second.lstrip(" ")
        )
    if _SENTENCE_END.search(first):
        return f"{first} {second}"
    if second[0].isupper() or second[0] in '"“„«*<{-':
        ends = list(_SENTENCE_ENDS.finditer(first))
        return first[: ends[-1].end()] + second if ends else f"{first} {second}"
    return first + second
