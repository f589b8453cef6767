"""A card in the EXIF comment of a picture: of WebP and JPEG by several programs, of PNG by Backyard.

As raw JSON, base64 or a list of byte values, behind any character code. A photo's remark is not a card.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...domain.card import Card
from .. import limits
from ..findings import Findings, UnreadableError
from ..json_text import decode_text, parse_object
from ..model.normalise import card_from
from ..model.shape import is_card
from ..payload import card_object
from ..read_card import ReadCard, said
from . import backyard
from .exif import comment_text, user_comment

Exif = bytes | memoryview
_SIGNS = (b'"chara_card', b'"first_mes"', b'"mes_example"', b'"char_persona"', b'"aiPersona"', b"rcc||")
_PACKED_BRACE = (b"eyJ", b"ewo", b"ew0", b"eyA")
"""How base64 of an object begins: a brace and a quotation mark, a line break or a space."""

_LISTED_BRACE = b"123"
_CODE_AND_MORE = 16


@dataclass(frozen=True, slots=True)
class ExifCard:
    """The card of a comment, or why it is none.

    `original` is its JSON where that is a card's own; `means_card` tells a broken card from a remark.
    """

    card: Card | None = None
    failure: UnreadableError | None = None
    means_card: bool = True
    original: dict[str, Any] | None = None
    format: str = ""
    findings: Findings = field(default_factory=Findings)


def holds_exif_card(blocks: Iterable[Exif]) -> bool:
    """Whether one of the EXIF blocks means to be a card, even a broken one."""
    return any(_card_in(comment).means_card for comment in _comments(blocks))


def exif_card(
    container: str, data: bytes | None, blocks: Iterable[Exif], findings: Findings
) -> ReadCard | None:
    """The first card of the EXIF blocks, or None; `findings` are those of the picture, `data` the picture.

    Raises `UnreadableError` when all there is is a broken one.
    """
    broken = None
    for comment in _comments(blocks):
        found = _card_in(comment)
        if found.card is not None:
            return _read(container, data, found.card, found, findings)
        if broken is None and found.means_card:
            broken = found.failure
    if broken is not None:
        raise broken
    return None


def read_picture(container: str, data: bytes | None, blocks: Iterable[Exif], findings: Findings) -> ReadCard:
    """The card of a picture that has nothing but EXIF to keep one in. Raises `UnreadableError`."""
    found = exif_card(container, data, blocks, findings)
    if found is None:
        raise no_card()
    return found


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


def _read(container: str, data: bytes | None, card: Card, found: ExifCard, findings: Findings) -> ReadCard:
    findings.extend(found.findings)
    original = found.original or {}
    return ReadCard(
        container=container,
        spec=said(original, "spec"),
        spec_version=said(original, "spec_version"),
        card=card,
        problems=findings.problems(),
        original=found.original,
        picture=data,
        format=found.format,
    )


def _card_in(comment: bytes) -> ExifCard:
    """What a comment holds; it is decoded once, as it may be long and worth nothing."""
    findings = Findings()
    try:
        text = comment_text(comment, findings)
    except UnreadableError as error:
        means_card = len(comment) > limits.TEXT_CHUNK_BYTES or _LISTED_BRACE in comment[:_CODE_AND_MORE]
        return ExifCard(failure=error, means_card=means_card)
    try:
        original = _object_in(text, findings)
        if backyard.is_backyard(original):
            card = backyard.backyard_card(original, findings)
            return ExifCard(card, format=backyard.FORMAT, findings=findings)
        if not is_card(original):
            raise UnreadableError("Its text is JSON, but not a character card.")
        return ExifCard(card_from(original, findings), original=original, findings=findings)
    except UnreadableError as error:
        means_card = text.startswith(_PACKED_BRACE) or any(sign in text for sign in _SIGNS)
        return ExifCard(failure=error, means_card=means_card)


def _object_in(text: bytes, findings: Findings) -> dict[str, Any]:
    """The object of a comment: JSON as it is, which is the rule here, or packed as in a PNG."""
    if text.removeprefix(b"\xef\xbb\xbf").startswith(b"{"):
        return parse_object(decode_text(text, findings), findings)
    return card_object(text, findings)
