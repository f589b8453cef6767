"""The copies of a card in one PNG: which counts, what it holds, and how the others compare with it.

The card itself is read at once, the short way where that is certain. What there is to tell of it, its JSON
and the comparison with the other copies cost several times that, and are found when somebody asks for them.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic_core import SchemaValidator, ValidationError, core_schema

from ...domain.card import Card, CardData
from .. import limits
from ..findings import Findings, UnreadableError
from ..model.card_payload import V3_ONLY_FIELDS
from ..model.compare import disagreements
from ..model.normalise import card_from
from ..model.shape import is_card
from ..model.sound_cards import SoundCard, sound_card
from ..payload import card_object
from ..programs.foreign import foreign_card
from ..read_card import said
from .png_chunks import Chunk, PngFile, text_of

CARD_KEYWORDS = ("ccv3", "chara")
"""Keywords of the specifications, the preferred one first."""

OTHER_KEYWORDS = ("chara_card_v3", "ccv2", "character_card", "charactercard", "character", "card")
"""Keywords that some programs use; a chunk with one of them counts only when it holds a card."""

_BASE64 = SchemaValidator(core_schema.bytes_schema(), core_schema.CoreConfig(val_json_bytes="base64"))
"""Decodes base64 four times as fast as the standard library; what is odd about it, the long way tells."""

_RANKS = {keyword: rank for rank, keyword in enumerate((*CARD_KEYWORDS, *OTHER_KEYWORDS))}
_MOST_ALTERNATIVES = 8
_DEFLATE_RATIO = 1_032  # no stream unpacks to more


class Copy(NamedTuple):
    """One chunk that may be the card: the card it holds, or why there is none.

    `original` is the JSON where it is a card's own. It and `findings` are there when the copy was read the
    long way. `size` is the length of its text.
    """

    keyword: str
    chunk: Chunk
    size: int = 0
    card: Card | None = None
    failure: UnreadableError | None = None
    original: dict[str, Any] | None = None
    spec: str | None = None
    spec_version: str | None = None
    format: str = ""
    findings: Findings | None = None


def copies_in(png: PngFile) -> list[tuple[str, Chunk]]:
    """Every chunk under a card keyword: the preferred keyword first, equal ones in their order."""
    found = [keyed for keyed in png.keyed if keyed[0] in _RANKS]
    return sorted(found, key=_rank) if len(found) > 1 else found


def chosen(copies: list[tuple[str, Chunk]]) -> tuple[Copy | None, list[Copy]]:
    """The first readable copy and the broken ones before it; other keywords count only when they hold a card.

    Raises `UnreadableError` when the texts are over the limit together.
    """
    broken: list[Copy] = []
    total = 0
    for keyword, chunk in copies:
        copy = read_copy(keyword, chunk)
        total += copy.size
        if total > limits.TEXT_TOTAL_BYTES:
            raise _too_much_text()
        if copy.card is not None:
            return copy, broken
        if keyword in CARD_KEYWORDS:
            broken.append(copy)
    return None, broken


def read_copy(keyword: str, chunk: Chunk) -> Copy:
    """Read one copy, the short way if there is nothing to repair."""
    try:
        text = text_of(chunk)
    except UnreadableError as error:
        return Copy(keyword, chunk, _most_text(chunk), failure=error)
    sound = _short_way(text)
    if sound is None:
        return _long_way(keyword, chunk, text)
    return Copy(keyword, chunk, len(text), sound.card, spec=sound.spec, spec_version=sound.spec_version)


def card_places(png: PngFile) -> set[int]:
    """Where chunks start that are a card, as far as their texts are within the limit together."""
    places, total = set[int](), 0
    for keyword, chunk in copies_in(png):
        if keyword in CARD_KEYWORDS:
            places.add(chunk.start)
            continue
        copy = read_copy(keyword, chunk)
        total += copy.size
        if total > limits.TEXT_TOTAL_BYTES:
            break
        if copy.card is not None:
            places.add(chunk.start)
    return places


def read_whole(copy: Copy) -> Copy:
    """The same copy with its JSON and everything there is to tell of it."""
    if copy.findings is not None:
        return copy
    return _long_way(copy.keyword, copy.chunk, text_of(copy.chunk))


def comparison(
    used: Copy, broken: Iterable[Copy], others: Iterable[tuple[str, Chunk]]
) -> tuple[Findings, tuple[Card, ...]]:
    """How every other copy compares with the one that is used, and those that say something else."""
    findings, different, total = Findings(), list[Card](), used.size
    for copy in broken:
        _tell_broken(used, copy, findings)
    for keyword, chunk in others:
        copy = read_copy(keyword, chunk)
        total += copy.size
        if total > limits.TEXT_TOTAL_BYTES:
            findings.warning("", f"Further copies were not looked at. {_too_much_text().reason}")
            break
        if copy.card is None:
            _tell_broken(used, copy, findings)
        elif _differs(used, copy, copy.card, findings):
            different.append(copy.card)
    return findings, tuple(different[:_MOST_ALTERNATIVES])


def _short_way(text: bytes) -> SoundCard | None:
    if b"\\" in text:  # would be an escape of the JSON string that the text is made into
        return None
    try:
        return sound_card(_BASE64.validate_json(b'"%b"' % text))
    except ValidationError:
        return None


def _long_way(keyword: str, chunk: Chunk, text: bytes) -> Copy:
    findings, size = Findings(), len(text)
    try:
        original = card_object(text, findings)
        foreign = foreign_card(original)
        if foreign is not None:
            card = foreign.read(original, findings)
            return Copy(keyword, chunk, size, card, format=foreign.format, findings=findings)
        if not is_card(original):
            raise UnreadableError("Its text is JSON, but not a character card.")
        card = card_from(original, findings)
    except UnreadableError as error:
        return Copy(keyword, chunk, size, failure=error, findings=findings)
    spec, version = said(original, "spec"), said(original, "spec_version")
    return Copy(keyword, chunk, size, card, None, original, spec, version, "", findings)


def _most_text(chunk: Chunk) -> int:
    """How much text was unpacked at most from a chunk whose text is too long or damaged."""
    return min(limits.TEXT_CHUNK_BYTES, chunk.length * _DEFLATE_RATIO)


def _tell_broken(used: Copy, other: Copy, findings: Findings) -> None:
    if other.keyword in CARD_KEYWORDS and other.failure is not None:
        message = f"The copy `{other.keyword}` cannot be read; `{used.keyword}` is used."
        findings.warning(other.keyword, f"{message} {other.failure.reason}")


def _differs(used: Copy, other: Copy, card: Card, findings: Findings) -> bool:
    """Say how a readable copy compares with the one that is used; True when they differ."""
    assert used.card is not None
    fields = () if _holds_the_same(used.card, card) else disagreements(used.card, card)
    if fields:
        findings.warning(other.keyword, _disagreement(used.keyword, other.keyword, fields))
    elif other.keyword == used.keyword:
        findings.info(other.keyword, f"The chunk `{other.keyword}` stands there twice with the same card.")
    return bool(fields)


def _holds_the_same(one: Card, other: Card) -> bool:
    """Whether two cards are equal in everything V2 has, which spares the long comparison."""
    fields = [name for name in CardData.model_fields if name not in V3_ONLY_FIELDS]
    same = all(getattr(one.data, name) == getattr(other.data, name) for name in fields)
    return same and one.data.model_extra == other.data.model_extra


def _disagreement(used: str, other: str, fields: tuple[str, ...]) -> str:
    named = ", ".join(fields[:8]) + (f" and {len(fields) - 8} more" if len(fields) > 8 else "")
    if used == other:
        return f"The file has two different `{used}` cards, unlike in {named}; the first is used."
    return f"The copies `{used}` and `{other}` differ in {named}; `{used}` is used."


def _rank(copy: tuple[str, Chunk]) -> int:
    return _RANKS[copy[0]]


def _too_much_text() -> UnreadableError:
    limit = limits.megabytes(limits.TEXT_TOTAL_BYTES)
    return UnreadableError(f"Its card texts are over the limit of {limit} in all.")
