"""A card in the EXIF comment of a picture: of WebP and JPEG by several programs, of PNG by Backyard.

As raw JSON, base64 or a list of byte values, behind any character code. A photo's remark is not a card.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..domain.card import Card
from . import backyard, limits
from .exif import comment_text, user_comment
from .findings import Findings, UnreadableError
from .json_text import decode_text, parse_object
from .normalise import card_from
from .payload import card_object
from .read_card import ReadCard, said
from .shape import is_card

Exif = bytes | memoryview
_SIGNS = (b'"chara_card', b'"first_mes"', b'"mes_example"', b'"char_persona"', b'"aiPersona"', b"rcc||")
_PACKED_BRACE = (b"eyJ", b"ewo", b"ew0", b"eyA")
"""How base64 of an object begins: a brace and a quotation mark, a line break or a space."""


@dataclass(frozen=True, slots=True)
class ExifCard:
    """The card of a comment; `original` is its JSON where that is a card's own."""

    card: Card
    original: dict[str, Any] | None
    spec: str | None
    spec_version: str | None
    format: str
    findings: Findings


def holds_exif_card(blocks: Iterable[Exif]) -> bool:
    """Whether one of the EXIF blocks means to be a card, even a broken one."""
    return any(_means_card(comment) for comment in _comments(blocks))


def exif_card(blocks: Iterable[Exif]) -> ExifCard | None:
    """The first card of the EXIF blocks, or None. Raises `UnreadableError` when all there is is broken."""
    broken = None
    for comment in _comments(blocks):
        try:
            return _card_in(comment)
        except UnreadableError as error:
            if broken is None and _means_card(comment):
                broken = error
    if broken:
        raise broken
    return None


def read_picture(container: str, data: bytes | None, blocks: Iterable[Exif], findings: Findings) -> ReadCard:
    """The card of a picture that has nothing but EXIF to keep one in; `findings` are the picture's own."""
    found = exif_card(blocks)
    if found is None:
        raise no_card()
    findings.extend(found.findings)
    return ReadCard(
        container=container,
        spec=found.spec,
        spec_version=found.spec_version,
        card=found.card,
        problems=findings.problems(),
        original=found.original,
        picture=data,
        format=found.format,
    )


def no_card() -> UnreadableError:
    """What is said of a plain picture."""
    advice = "Choose a picture that was exported as a character card."
    return UnreadableError("It is a picture without a card in it.", advice)


def refuse_many_pixels(size: tuple[int, int] | None) -> None:
    """Raise `UnreadableError` when a picture's header claims more pixels than the limit."""
    if size is not None and size[0] * size[1] > limits.PICTURE_PIXELS:
        raise UnreadableError(
            f"Its picture has {size[0]:,} × {size[1]:,} pixels; "
            f"the limit is {limits.PICTURE_PIXELS // 1_000_000} million."
        )


def _comments(blocks: Iterable[Exif]) -> list[bytes]:
    found = (user_comment(block) for block in blocks)
    return [comment for comment in found if comment]


def _card_in(comment: bytes) -> ExifCard:
    findings = Findings()
    original = _object_in(comment_text(comment, findings), findings)
    if backyard.is_backyard(original):
        card = backyard.backyard_card(original, findings)
        return ExifCard(card, None, None, None, backyard.FORMAT, findings)
    if not is_card(original):
        raise UnreadableError("Its text is JSON, but not a character card.")
    card = card_from(original, findings)
    return ExifCard(card, original, said(original, "spec"), said(original, "spec_version"), "", findings)


def _object_in(text: bytes, findings: Findings) -> dict[str, Any]:
    """The object of a comment: JSON as it is, which is the rule here, or packed as in a PNG."""
    if text.removeprefix(b"\xef\xbb\xbf").startswith(b"{"):
        return parse_object(decode_text(text, findings), findings)
    return card_object(text, findings)


def _means_card(comment: bytes) -> bool:
    try:
        _card_in(comment)
    except UnreadableError:
        return _has_signs(comment)
    return True


def _has_signs(comment: bytes) -> bool:
    """Whether a comment that is no card began as one."""
    try:
        text = comment_text(comment, Findings())
    except UnreadableError:
        return len(comment) > limits.TEXT_CHUNK_BYTES or b"123" in comment[:16]
    return text.startswith(_PACKED_BRACE) or any(sign in text for sign in _SIGNS)
