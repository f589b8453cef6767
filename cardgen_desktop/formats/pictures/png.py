"""Character cards in PNG: which chunk is the card, and how a card is put into a picture.

Follows the V2 and V3 specifications (tEXt `chara`, `ccv3`) and the layout that most programs read in trials:
`chara` first, `ccv3` second, both before the image data and before any other text.
"""

import base64
from collections.abc import Callable
from typing import Any

from .. import limits
from ..findings import Findings, UnreadableError
from ..payload import card_object
from ..read_card import CardFormat, ReadBook, ReadCard
from .exif_cards import exif_card, holds_exif_card, no_card, refuse_many_pixels
from .png_assets import asset_files
from .png_chunks import Chunk, PngFile, is_png, joined, text_chunk, text_of, too_many_chunks, walk
from .png_copies import (
    CARD_KEYWORDS,
    Copy,
    card_places,
    chosen,
    comparison,
    copies_in,
    read_whole,
)

_PIXELS = frozenset({b"IDAT", b"fdAT"})
"""Chunks whose checksums say nothing of a card and take as long as all other reading."""

_LOREBOOK = "naidata"
_TELLING = frozenset({*CARD_KEYWORDS, _LOREBOOK})
_EXIF = b"eXIf"
_HOSTILE = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, MemoryError)


class ReadPng(ReadCard):
    """The card of a PNG. Its JSON, the problems and the other copies are found when they are asked for."""

    _LATER = ("problems", "original", "alternatives")

    @classmethod
    def made(cls, second_look: Callable[[], dict[str, Any]], **known: Any) -> "ReadPng":
        """A card of which `second_look` finds the rest."""
        read = cls.__new__(cls)  # without __init__, which would set what is found later
        vars(read).update(known, _second_look=second_look)
        return read

    def __getattr__(self, name: str) -> Any:
        if name not in self._LATER or "_second_look" not in vars(self):
            raise AttributeError(name)
        vars(self).update(vars(self)["_second_look"]())
        return vars(self)[name]


def holds_card(data: bytes) -> bool:
    """Whether a PNG has a chunk that means to be a card or a lorebook, even one that cannot be read."""
    try:
        png = walk(data)
    except UnreadableError:
        return any(keyword.encode() + b"\0" in data for keyword in CARD_KEYWORDS)
    if any(keyword in _TELLING for keyword, _ in png.keyed):
        return True
    return bool(card_places(png)) or any(holds_exif_card([chunk.data]) for chunk in _exif_of(png))


def read_png(data: bytes) -> ReadCard | ReadBook:
    """The card of a PNG wherever its chunk stands; `ccv3` before `chara`, the first readable of each.

    Without these, Backyard's card in the EXIF chunk, or NovelAI's lorebook. Raises `UnreadableError`.
    """
    png = walk(data)
    refuse_many_pixels(png.size())
    copies = copies_in(png)
    used, broken = chosen(copies)
    if used is not None:
        return _read(data, png, used, broken, copies)
    other = _read_otherwise(data, png)
    if other is not None:
        return other
    raise no_card() if not broken else broken[0].failure or no_card()


def has_exif_card(picture: bytes) -> bool:
    """Whether Backyard's card is in the EXIF of a PNG."""
    return any(holds_exif_card([chunk.data]) for chunk in _exif_of(walk(picture)))


def is_whole(picture: bytes) -> bool:
    """Whether a PNG can have a card put into it: it has a header and an end."""
    try:
        return not _is_damaged(walk(picture))
    except UnreadableError:
        return False


def with_card(picture: bytes, chara: bytes, ccv3: bytes, exif_stays: bool = False) -> bytes:
    """Put both payloads (JSON) into a PNG and take stale ones out; everything else stays byte for byte.

    `exif_stays` says that Backyard's card in the EXIF is not stale: nothing was changed since it was read.
    Raises `UnreadableError` when the picture is cut short or has no header, or the text is over the limit.
    """
    png = walk(picture)
    if _is_damaged(png):
        raise UnreadableError(
            "Its picture is damaged (cut short, or without a header). Choose another picture."
        )
    card_chunks = [text_chunk("chara", _packed(chara)), text_chunk("ccv3", _packed(ccv3))]
    exif = [] if exif_stays else _exif_of(png)
    stale = card_places(png) | {chunk.start for chunk in exif if holds_exif_card([chunk.data])}
    kept = [chunk for chunk in png.chunks[1:] if chunk.start not in stale]
    if len(kept) + len(card_chunks) + 1 > limits.PNG_CHUNKS:
        raise too_many_chunks()
    return joined([png.chunks[0], *card_chunks, *kept], png.tail_without(stale))


def _exif_of(png: PngFile) -> list[Chunk]:
    return [chunk for chunk in png.chunks if chunk.kind == _EXIF]


def _read(
    data: bytes, png: PngFile, used: Copy, broken: list[Copy], copies: list[tuple[str, Chunk]]
) -> ReadPng:
    of_assets = Findings()
    files = asset_files(png, of_assets)

    def second_look() -> dict[str, Any]:
        findings = Findings()
        _look_at_picture(png, findings)
        tried = {used.chunk.start, *(copy.chunk.start for copy in broken)}
        others = [copy for copy in copies if copy[1].start not in tried]
        try:
            whole = read_whole(used)
            compared, alternatives = comparison(used, broken, others)
        except _HOSTILE:
            findings.warning("", "The copies of the card in the file could not be compared.")
            whole, compared, alternatives = used, Findings(), ()
        for found in (compared, whole.findings, of_assets):
            findings.extend(found or Findings())
        return {"problems": findings.problems(), "original": whole.original, "alternatives": alternatives}

    return ReadPng.made(
        second_look,
        container="png",
        spec=used.spec,
        spec_version=used.spec_version,
        card=used.card,
        picture=_picture(data, png),
        files=files,
        format=used.format,
    )


def _is_damaged(png: PngFile) -> bool:
    return png.cut or png.size() is None


def _picture(data: bytes, png: PngFile) -> bytes | None:
    return None if _is_damaged(png) else data


def _read_otherwise(data: bytes, png: PngFile) -> ReadCard | ReadBook | None:
    """A card in EXIF or a lorebook that stands alone; None where there is neither."""
    findings = Findings()
    _look_at_picture(png, findings)
    exif = [chunk.data for chunk in _exif_of(png)]
    found = exif_card("png", _picture(data, png), exif, findings)
    if found is not None:
        return found
    for keyword, chunk in png.keyed:
        if keyword == _LOREBOOK:
            return _lorebook(chunk, findings)
    return None


def _lorebook(chunk: Chunk, findings: Findings) -> ReadBook:
    from ..programs import novelai

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


def _look_at_picture(png: PngFile, findings: Findings) -> None:
    """Report what is wrong with the picture, as far as reading a card notices it."""
    if _is_damaged(png):
        what = "The file is cut short" if png.cut else "The picture has no sound header"
        findings.warning("", f"{what}. The card was read; its picture is damaged and was left out.")
    if not png.cut and any(chunk.start >= png.end for keyword, chunk in png.keyed if keyword in _TELLING):
        findings.warning("", "A card stands behind the end of the picture, where other programs miss it.")
    for chunk in png.chunks:
        if chunk.kind not in _PIXELS and not chunk.sound:
            kind = chunk.kind.decode("latin-1")
            findings.warning("", f"A checksum of the PNG is wrong ({kind}); read all the same.")


FORMAT = CardFormat(container="png", recognise=is_png, holds_card=holds_card, read=read_png)
