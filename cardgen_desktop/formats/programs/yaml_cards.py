"""Character cards in YAML: text-generation-webui's, and the neutral ones that have V1's and Pygmalion's keys.

Prose has colons too, so a text is a card only when it is a YAML mapping with a name and what a character
says.
"""

import re
from typing import Any, BinaryIO

from .. import limits
from ..findings import Findings, UnreadableError
from ..json_text import decode_text, sound_text
from ..model.normalise import card_from
from ..model.shape import is_card
from ..read_card import CardFormat, ReadCard, said
from ..writing.export_order import ExportOrder
from .pygmalion import FORMAT as PYGMALION
from .pygmalion import (
    NAME_KEYS,
    card_from_ooba,
    card_from_pygmalion,
    has_ooba_fields,
    is_pygmalion,
    ooba_payload,
)
from .yaml_values import parse_yaml, yaml_text

OOBA_YAML = "ooba-yaml"
NEUTRAL = "neutral-yaml"

_SPOKEN = (
    "greeting",
    "context",
    "char_greeting",
    "char_persona",
    "example_dialogue",
    "world_scenario",
    "first_mes",
    "mes_example",
)
_NAME_LINE = re.compile(rb"^(?:[\"']?)(?:name|bot|<\|bot\|>|char_name)(?:[\"']?)[ \t]*:(?=\s)", re.MULTILINE)
_SPOKEN_LINE = re.compile(
    rb"^(?:[\"']?)(?:" + "|".join(_SPOKEN).encode() + rb")(?:[\"']?)[ \t]*:(?=\s)", re.MULTILINE
)
_SPEC_LINE = re.compile(rb"^[\"']?spec[\"']?[ \t]*:[ \t]*[\"']?chara_card_v[23]\b", re.MULTILINE)


def is_card_yaml(data: bytes) -> bool:
    """Whether the bytes are a text with the lines that a card in YAML has at its left edge."""
    plain = _plain(data)
    if plain[:1] in (b"", b"{", b"[", b"<") or b"\0" in plain[:4096]:
        return False
    return bool(_SPEC_LINE.search(plain)) or bool(_NAME_LINE.search(plain) and _SPOKEN_LINE.search(plain))


def holds_card(data: bytes) -> bool:
    """Whether a text is a card in YAML: it parses, has a name, and something a character says."""
    if not is_card_yaml(data) or len(data) > limits.JSON_BYTES:
        return False
    try:
        return _is_card(parse_yaml(decode_text(_whole(data), Findings()), Findings()))
    except UnreadableError:
        return False


def read_yaml(data: bytes) -> ReadCard:
    """The card of a YAML file. Raises `UnreadableError` when it is broken, over a limit, or no card."""
    if len(data) > limits.JSON_BYTES:
        limit = limits.megabytes(limits.JSON_BYTES)
        raise UnreadableError(f"It is {limits.megabytes(len(data))}; a card in YAML may be at most {limit}.")
    findings = Findings()
    value = sound_text(parse_yaml(decode_text(_whole(data), findings), findings))
    if not _is_card(value):
        raise UnreadableError("It is YAML, but not a character card: a card's fields are not in it.")
    return _read(value, findings)


def write_yaml(order: ExportOrder, out: BinaryIO) -> None:
    """The card as text-generation-webui and SillyTavern import it: `name`, `greeting`, `context`."""
    out.write(yaml_text(sound_text(ooba_payload(order.card))).encode())


def _read(value: dict[str, Any], findings: Findings) -> ReadCard:
    original: dict[str, Any] | None = None
    if has_ooba_fields(value) or not (is_pygmalion(value) or is_card(value)):
        card, kind = card_from_ooba(value, findings), OOBA_YAML
    elif is_pygmalion(value):
        card, kind = card_from_pygmalion(value, findings), PYGMALION
    else:
        card, kind, original = card_from(value, findings), NEUTRAL, value
    return ReadCard(
        container="yaml",
        spec=said(value, "spec"),
        spec_version=said(value, "spec_version"),
        card=card,
        problems=findings.problems(),
        original=original,
        picture=None,
        format=kind,
    )


def _is_card(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    spec = value.get("spec")
    if isinstance(spec, str) and spec.startswith("chara_card"):
        return True
    named = any(
        isinstance(value.get(key), str | int | float) and str(value[key]).strip() for key in NAME_KEYS
    )
    return named and any(key in value for key in _SPOKEN)


def _plain(data: bytes) -> bytes:
    """The start of the bytes without a byte order mark; a longer file is told by it as well."""
    start = bytes(data[: limits.MEGABYTE])
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "replace").encode()
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def _whole(data: bytes) -> bytes:
    return bytes(data[: limits.JSON_BYTES])


FORMAT = CardFormat(container="yaml", recognise=is_card_yaml, holds_card=holds_card, read=read_yaml)
