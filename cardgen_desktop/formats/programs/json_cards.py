"""JSON files: cards of every version and the hybrids between them, other programs' cards, lone lorebooks."""

from typing import Any

from ...domain.card import Card
from .. import limits
from ..books.lone_books import format_of, read_book
from ..findings import Findings, UnreadableError
from ..json_text import decode_text, parse_value
from ..model.normalise import card_from
from ..model.shape import is_card, root_copy
from ..read_card import CardFormat, ReadBook, ReadCard, said
from .agnai import picture_of
from .foreign import foreign_card

_SIGNS = (b"chara_card", b'"first_mes"', b'"mes_example"', b'"char_name"', b'"personality"', b'"scenario"')
_PLAIN_SIGNS = (
    b'"description"',
    b'"data"',
    b'"greeting"',
    b'"persona"',
    b'"first_message"',
    b'"scenarioVersion"',
    b'"context"',
    b'"entries"',
    b'"worldinfo"',
    b'"key"',
    b'"keys"',
)
_WHITE = b" \t\r\n"
_START = 1024


def is_json(data: bytes) -> bool:
    """Whether the bytes begin as a JSON object or list, after any byte order mark and white space."""
    return _plain(data[:_START]).lstrip(_WHITE)[:1] in (b"{", b"[")


def holds_card(data: bytes) -> bool:
    """Whether JSON is a card or a lorebook. Broken JSON counts when it has the keys of a card."""
    plain = _plain(data[: limits.CARD_FILE_BYTES])
    telling = any(sign in plain for sign in _SIGNS)
    if not telling and not any(sign in plain for sign in _PLAIN_SIGNS):
        return False
    try:
        value = parse_value(decode_text(data, Findings()), Findings())
    except UnreadableError:
        return (telling and _SIGNS[0] in plain) or b'"first_mes"' in plain
    return _is_card(value) or format_of(value) is not None


def read_json(data: bytes) -> ReadCard | ReadBook:
    """The card or lorebook of a JSON file.

    Raises `UnreadableError` when it is broken, over a limit, or neither of them.
    """
    if len(data) > limits.JSON_BYTES:
        raise UnreadableError(
            f"It is {limits.megabytes(len(data))}; "
            f"a card in JSON may be at most {limits.megabytes(limits.JSON_BYTES)}."
        )
    findings = Findings()
    value = parse_value(decode_text(bytes(data), findings), findings)
    if _is_card(value):
        return _card(value, findings)
    if format_of(value) is None:
        raise UnreadableError(_what_it_is(value))
    kind, book = read_book(value, findings)
    original = value if isinstance(value, dict) else None
    return ReadBook("json", kind, book, findings.problems(), original)


def _is_card(value: Any) -> bool:
    return isinstance(value, dict) and (is_card(value) or foreign_card(value) is not None)


def _card(value: dict[str, Any], findings: Findings) -> ReadCard:
    foreign = foreign_card(value)
    card = card_from(value, findings) if foreign is None else foreign.read(value, findings)
    return ReadCard(
        container="json",
        spec=said(value, "spec"),
        spec_version=said(value, "spec_version"),
        card=card,
        problems=findings.problems(),
        original=value if foreign is None else None,
        picture=picture_of(value) if foreign is not None else None,
        alternatives=_other_copies(value, card) if foreign is None else (),
        format="" if foreign is None else foreign.format,
    )


def _other_copies(value: dict[str, Any], card: Card) -> tuple[Card, ...]:
    """The card with the V1 fields beside `data`, where these say something else."""
    other = root_copy(value)
    if not other:
        return ()
    return (card.model_copy(update={"data": card.data.model_copy(update=other)}),)


def _what_it_is(value: Any) -> str:
    if isinstance(value, list):
        return "It is a JSON list, not a character card."
    if "entries" in value:
        return "It is JSON with entries, but neither a character card nor a lorebook of a known program."
    return "It is JSON, but not a character card: none of a card's fields are in it."


def _plain(data: bytes) -> bytes:
    """The bytes as they would be in UTF-8, as far as plain letters go."""
    return data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")


FORMAT = CardFormat(container="json", recognise=is_json, holds_card=holds_card, read=read_json)
