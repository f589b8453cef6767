"""RisuAI's modules, beside a card (`module.risum`) or alone: lorebook, triggers, regular expressions.

One byte 111, one byte 0, a length (four bytes, little end first), and JSON `{module, type}` of that length;
then assets, each a byte 1, a length and its bytes, and a byte 0. JSON and assets go through RPack, which puts
another byte in the place of each. RisuAI shows the module's lorebook instead of the card's own.
"""

import struct
from dataclasses import dataclass
from typing import Any

from ...domain.card import Lorebook
from .. import limits
from ..findings import Findings, UnreadableError
from ..json_text import decode_text, parse_object, write_json
from ..model.lorebook import lorebook_from

MODULE_PATH = "module.risum"

_HEADER = struct.Struct("<2BL")
_MAGIC, _VERSION = 111, 0
_TYPE = "risuModule"

# Which byte stands for which is a fact of the format: without it no such file can be read.
_UNPACK = bytes.fromhex(
    "2cf7848bc965fbb69faeb3032d0169741fe4a3ecee5c3421934a0f6ae262029e"
    "229cfd3cfc71c7c6ad596705706d8a4412fa24865fafd17a47cefe5063dd5106"
    "6f18e052a8099d56734cb8536cc3a00e19cf3e0d7e07326846ea48f9992eaba4"
    "49205e5535380cbcd3b1581679280a1ae1f2cdc439dba2ba6072767d95ef7fc8"
    "c0de3794bfb51481922545ace7f566a72b365ac113e34b3ae88d831b7c27b09a"
    "42eb87aadc548e7826d25729d4b7f82f8f8975f04177c21effd81511e5049717"
    "f331d09b00d7cab44f2a3bd9b26bda5da13f3061bd913d4ee6dfbe4d828c1d23"
    "109864f485337b9043bba988f1d6a51cf6cc6eb95b0b96edd5e9c5cb08a68040"
)
_PACK = bytes(_UNPACK.index(number) for number in range(256))


@dataclass(frozen=True, slots=True)
class RisuModule:
    """A module: its whole JSON, and its assets as they stand in the file."""

    fields: dict[str, Any]
    assets: bytes

    @property
    def module(self) -> dict[str, Any]:
        """What RisuAI takes: name, lorebook, trigger, regex and so on."""
        found = self.fields.get("module")
        return found if isinstance(found, dict) else {}

    def book(self) -> Lorebook | None:
        """Its lorebook as a card's, named as RisuAI names it in `card.json`; None where it has none."""
        found = self.module.get("lorebook")
        if not isinstance(found, list):
            return None
        entries = [_entry(item) if isinstance(item, dict) else item for item in found]
        return lorebook_from({"entries": entries, "extensions": {}}, MODULE_PATH, Findings())

    def without_lorebook(self) -> bytes:
        """The file without its lorebook, so that RisuAI shows the card's; everything else stays."""
        module = {key: value for key, value in self.module.items() if key != "lorebook"}
        return RisuModule({**self.fields, "module": module}, self.assets).written()

    def written(self) -> bytes:
        """The file of this module."""
        packed = write_json(self.fields).translate(_PACK)
        return _HEADER.pack(_MAGIC, _VERSION, len(packed)) + packed + self.assets


def is_module(data: bytes) -> bool:
    """Whether the bytes begin as a module whose length fits; its text is not looked at."""
    if len(data) < _HEADER.size:
        return False
    magic, version, length = _HEADER.unpack_from(data)
    return (magic, version) == (_MAGIC, _VERSION) and 0 < length <= len(data) - _HEADER.size


def read_module(data: bytes) -> RisuModule:
    """Read a module. Raises `UnreadableError` with the reason when it is of another kind or damaged."""
    if len(data) < _HEADER.size:
        raise UnreadableError("It is cut short.")
    magic, version, length = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != _VERSION:
        raise UnreadableError("It is of a kind or version that is not known.")
    if _HEADER.size + length > len(data):
        raise UnreadableError("It is cut short.")
    if length > limits.JSON_BYTES:
        raise UnreadableError(f"Its text is over {limits.megabytes(limits.JSON_BYTES)}, the limit.")
    findings = Findings()
    text = data[_HEADER.size : _HEADER.size + length].translate(_UNPACK)
    fields = parse_object(decode_text(text, findings), findings)
    if fields.get("type") != _TYPE or not isinstance(fields.get("module"), dict):
        raise UnreadableError("It is no module.")
    return RisuModule(fields, bytes(data[_HEADER.size + length :]))


def write_module(module: dict[str, Any]) -> bytes:
    """A module file of RisuAI, without assets."""
    return RisuModule({"module": module, "type": _TYPE}, b"\0").written()


def _entry(raw: dict[str, Any]) -> dict[str, Any]:
    """A lorebook entry as RisuAI itself writes it into a card: the same words, split at commas."""
    own = raw.get("extentions")
    extensions = dict(own) if isinstance(own, dict) else {}
    beside = {key: raw[key] for key in ("mode", "folder") if raw.get(key) is not None}
    for key in ("activationPercent", "loreCache"):
        if raw.get(key) is not None:
            extensions[f"risu_{key}"] = raw[key]
    selective = bool(raw.get("selective"))
    return {
        "keys": _keys(raw.get("key")),
        "secondary_keys": _keys(raw.get("secondkey")) if selective else [],
        "content": raw.get("content", ""),
        "extensions": extensions,
        "enabled": True,
        "insertion_order": raw.get("insertorder"),
        "constant": bool(raw.get("alwaysActive")),
        "selective": selective,
        "name": raw.get("comment", ""),
        "comment": raw.get("comment", ""),
        "case_sensitive": extensions.get("risu_case_sensitive") is True,
        "use_regex": bool(raw.get("useRegex")),
        **beside,
    }


def _keys(found: Any) -> Any:
    return [key.strip() for key in found.split(",")] if isinstance(found, str) else found or []
