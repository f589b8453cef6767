"""Character cards as JSON files: V1, V2, V3 and the hybrids between them (card-format section on JSON)."""

from . import limits
from .findings import Findings, UnreadableError
from .json_text import decode_text, parse_object
from .normalise import card_from
from .read_card import CardFormat, ReadCard, said
from .shape import is_card

_SIGNS = (b"chara_card", b'"first_mes"', b'"mes_example"', b'"char_name"', b'"personality"', b'"scenario"')
_PLAIN_SIGNS = (b'"description"', b'"data"')
_WHITE = b" \t\r\n"
_START = 1024


def is_json_object(data: bytes) -> bool:
    """Whether the bytes begin as a JSON object, after any byte order mark and white space."""
    return _plain(data[:_START]).lstrip(_WHITE).startswith(b"{")


def holds_card(data: bytes) -> bool:
    """Whether JSON is a character card. Broken JSON counts when it has the keys of one."""
    plain = _plain(data)
    telling = any(sign in plain for sign in _SIGNS)
    if not telling and not any(sign in plain for sign in _PLAIN_SIGNS):
        return False
    try:
        return is_card(parse_object(decode_text(data, Findings()), Findings()))
    except UnreadableError:
        return (telling and _SIGNS[0] in plain) or b'"first_mes"' in plain


def read_json(data: bytes) -> ReadCard:
    """The card of a JSON file. Raises `UnreadableError` when it is broken, over a limit, or no card."""
    if len(data) > limits.JSON_BYTES:
        raise UnreadableError(
            f"It is {limits.megabytes(len(data))}; "
            f"a card in JSON may be at most {limits.megabytes(limits.JSON_BYTES)}."
        )
    findings = Findings()
    original = parse_object(decode_text(data, findings), findings)
    if not is_card(original):
        raise UnreadableError(_what_it_is(original))
    card = card_from(original, findings)
    return ReadCard(
        container="json",
        spec=said(original, "spec"),
        spec_version=said(original, "spec_version"),
        card=card,
        problems=findings.problems(),
        original=original,
        picture=None,
    )


def _what_it_is(original: dict[str, object]) -> str:
    if original.get("spec") == "lorebook_v3" or "entries" in original:
        return "It is a lorebook, not a character card."
    return "It is JSON, but not a character card: none of a card's fields are in it."


def _plain(data: bytes) -> bytes:
    """The bytes as they would be in UTF-8, as far as plain letters go."""
    return data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")


FORMAT = CardFormat(container="json", recognise=is_json_object, holds_card=holds_card, read=read_json)
