"""Character cards in PNG: which chunk is the card, and how a card is put into a picture.

Follows the V2 and V3 specifications (tEXt `chara`, `ccv3`) and the layout that most programs read in trials:
`chara` first, `ccv3` second, both before the image data and before any other text.
"""

import base64
from dataclasses import dataclass
from typing import Any

from ..domain.card import Card
from . import limits
from .compare import disagreements
from .exif_cards import holds_exif_card, no_card, read_picture, refuse_many_pixels
from .findings import Findings, UnreadableError
from .normalise import card_from
from .payload import card_object
from .png_assets import asset_files
from .png_chunks import Chunk, PngFile, is_png, joined, keyword_of, text_chunk, text_of, walk
from .read_card import CardFormat, ReadBook, ReadCard, said
from .shape import is_card

CARD_KEYWORDS = ("ccv3", "chara")
"""Keywords of the specifications, the preferred one first."""

_OTHER_KEYWORDS = ("chara_card_v3", "ccv2", "character_card", "charactercard", "character", "card")
_PIXELS = frozenset({b"IDAT", b"fdAT"})
"""Chunks whose checksums say nothing of a card and take as long as all other reading."""

_MOST_ALTERNATIVES = 8
_LOREBOOK = "naidata"
_EXIF = b"eXIf"
_KEYWORDS = (*CARD_KEYWORDS, *_OTHER_KEYWORDS)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One chunk that may be the card: its keyword, and either the parsed card or why there is none."""

    keyword: str
    original: dict[str, Any] | None
    card: Card | None
    findings: Findings
    size: int
    failure: UnreadableError | None = None


def holds_card(data: bytes) -> bool:
    """Whether a PNG has a chunk that means to be a card or a lorebook, even one that cannot be read."""
    try:
        chunks = walk(data).chunks
    except UnreadableError:
        return any(keyword.encode() + b"\0" in data for keyword in CARD_KEYWORDS)
    return any(_means_card(chunk) or keyword_of(chunk) == _LOREBOOK for chunk in chunks)


def read_png(data: bytes) -> ReadCard | ReadBook:
    """The card of a PNG wherever its chunk stands; `ccv3` before `chara`, the first readable of each.

    Without these, Backyard's card in the EXIF chunk, or NovelAI's lorebook. Raises `UnreadableError`.
    """
    png = walk(data)
    refuse_many_pixels(png.size())
    findings = Findings()
    _look_at_picture(png, findings)
    candidates = _candidates(png)
    if not any(candidate.card is not None for candidate in candidates):
        other = _read_otherwise(data, png, findings)
        if other is not None:
            return other
    chosen = _choose(candidates)
    alternatives = _alternatives(chosen, candidates, findings)
    findings.extend(chosen.findings)
    assert chosen.original is not None and chosen.card is not None
    files = asset_files(png, findings)
    return ReadCard(
        container="png",
        spec=said(chosen.original, "spec"),
        spec_version=said(chosen.original, "spec_version"),
        card=chosen.card,
        problems=findings.problems(),
        original=chosen.original,
        picture=_picture(data, png),
        alternatives=alternatives,
        files=files,
    )


def with_card(picture: bytes, chara: bytes, ccv3: bytes) -> bytes:
    """Put both payloads (JSON) into a PNG and take stale ones out; everything else stays byte for byte.

    Raises `UnreadableError` when the picture is cut short or has no header, or the text is over the limit.
    """
    png = walk(picture)
    if _is_damaged(png):
        raise UnreadableError(
            "Its picture is damaged (cut short, or without a header). Choose another picture."
        )
    card_chunks = [text_chunk("chara", _packed(chara)), text_chunk("ccv3", _packed(ccv3))]
    kept = [chunk for chunk in png.chunks[1:] if not _means_card(chunk)]
    return joined([png.chunks[0], *card_chunks, *kept], png.tail)


def _is_damaged(png: PngFile) -> bool:
    return png.cut or png.size() is None


def _picture(data: bytes, png: PngFile) -> bytes | None:
    return None if _is_damaged(png) else data


def _read_otherwise(data: bytes, png: PngFile, findings: Findings) -> ReadCard | ReadBook | None:
    """A card in EXIF or a lorebook that stands alone; None where there is neither."""
    exif = [chunk.data for chunk in png.chunks if chunk.kind == _EXIF]
    if holds_exif_card(exif):
        return read_picture("png", _picture(data, png), exif, findings)
    for chunk in png.chunks:
        if keyword_of(chunk) == _LOREBOOK:
            return _lorebook(chunk, findings)
    return None


def _lorebook(chunk: Chunk, findings: Findings) -> ReadBook:
    from . import novelai

    original = card_object(text_of(chunk), findings)
    book = novelai.book_from(original, findings)
    return ReadBook("png", novelai.FORMAT, book, findings.problems(), original)


def _packed(payload: bytes) -> bytes:
    packed = base64.b64encode(payload)
    if len(packed) > limits.TEXT_CHUNK_BYTES:
        raise UnreadableError(
            f"The card's text needs {limits.megabytes(len(packed))} in a PNG; "
            f"the limit is {limits.megabytes(limits.TEXT_CHUNK_BYTES)}."
        )
    return packed


def _means_card(chunk: Chunk) -> bool:
    """Whether a chunk is a card by the specifications' keywords, or by another sign and its content."""
    if chunk.kind == _EXIF:
        return holds_exif_card([chunk.data])
    keyword = keyword_of(chunk)
    if keyword in CARD_KEYWORDS:
        return True
    return keyword in _OTHER_KEYWORDS and _candidate(keyword, chunk).card is not None


def _look_at_picture(png: PngFile, findings: Findings) -> None:
    """Report what is wrong with the picture, as far as reading a card notices it."""
    if _is_damaged(png):
        what = "The file is cut short" if png.cut else "The picture has no sound header"
        findings.warning("", f"{what}. The card was read; its picture is damaged and was left out.")
    for chunk in png.chunks:
        if chunk.kind not in _PIXELS and not chunk.sound:
            kind = chunk.kind.decode("latin-1")
            findings.warning("", f"A checksum of the PNG is wrong ({kind}); read all the same.")


def _candidates(png: PngFile) -> list[_Candidate]:
    """Every chunk under a card keyword, in order; other keywords count only when they hold a card."""
    candidates, total = [], 0
    for chunk in png.chunks:
        keyword = keyword_of(chunk)
        if keyword is None or keyword not in _KEYWORDS:
            continue
        candidate = _candidate(keyword, chunk)
        total += candidate.size
        if total > limits.TEXT_TOTAL_BYTES:
            raise UnreadableError(
                f"Its card texts are over the limit of {limits.megabytes(limits.TEXT_TOTAL_BYTES)} in all."
            )
        if candidate.card is not None or keyword in CARD_KEYWORDS:
            candidates.append(candidate)
    return candidates


def _candidate(keyword: str, chunk: Chunk) -> _Candidate:
    findings, size = Findings(), 0
    try:
        text = text_of(chunk)
        size = len(text)
        original = card_object(text, findings)
        if not is_card(original):
            raise UnreadableError("Its text is JSON, but not a character card.")
        card = card_from(original, findings)
    except UnreadableError as error:
        return _Candidate(keyword, None, None, findings, size, error)
    return _Candidate(keyword, original, card, findings, size)


def _choose(candidates: list[_Candidate]) -> _Candidate:
    readable = [candidate for candidate in candidates if candidate.card is not None]
    if readable:
        return min(readable, key=lambda candidate: _KEYWORDS.index(candidate.keyword))
    if candidates:
        raise candidates[0].failure or UnreadableError("Its card is damaged.")
    raise no_card()


def _alternatives(chosen: _Candidate, candidates: list[_Candidate], findings: Findings) -> tuple[Card, ...]:
    """The other copies that differ from the chosen one; every other copy is reported."""
    different = []
    for other in candidates:
        if other is not chosen and _report(chosen, other, findings) and other.card is not None:
            different.append(other.card)
    return tuple(different[:_MOST_ALTERNATIVES])


def _report(chosen: _Candidate, other: _Candidate, findings: Findings) -> bool:
    """Say how another copy compares with the chosen one; True when both are cards and differ."""
    if other.failure is not None:
        message = f"The copy `{other.keyword}` cannot be read; `{chosen.keyword}` is used."
        findings.warning(other.keyword, f"{message} {other.failure.reason}")
        return False
    assert chosen.card is not None and other.card is not None
    fields = disagreements(chosen.card, other.card)
    if fields:
        findings.warning(other.keyword, _disagreement(chosen.keyword, other.keyword, fields))
    elif other.keyword == chosen.keyword:
        findings.info(other.keyword, f"The chunk `{other.keyword}` stands there twice with the same card.")
    return bool(fields)


def _disagreement(used: str, other: str, fields: tuple[str, ...]) -> str:
    named = ", ".join(fields[:8]) + (f" and {len(fields) - 8} more" if len(fields) > 8 else "")
    if used == other:
        return f"The file has two different `{used}` cards, unlike in {named}; the first is used."
    return f"The copies `{used}` and `{other}` differ in {named}; `{used}` is used."


FORMAT = CardFormat(container="png", recognise=is_png, holds_card=holds_card, read=read_png)
