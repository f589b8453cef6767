"""Any card JSON to the one shape the program works with: Character Card V3, with foreign keys kept."""

import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ...domain.asset_addresses import ARCHIVE_SCHEMES, CHUNK_SCHEME, PICTURE_ADDRESS
from ...domain.card import Asset, Card, CardData, Lorebook
from ..findings import Findings, UnreadableError, shown
from . import values
from .lorebook import Reader, lorebook_from, read_fields
from .shape import shape_of

V2, V3 = "chara_card_v2", "chara_card_v3"
V3_VERSION = "3.0"
ASSETS = 10_000
"""The most assets a card may list; no archive that is read holds as many."""

_BACKFILL_NOTICE = re.compile(
    r"\s*This character card is Character Card V3, but it is loaded as a Character Card V2\."
    r"(?: Please use a Character Card V3 compatible application[^\n]*properly\.)?\s*"
)


def card_from(original: dict[str, Any], findings: Findings) -> Card:
    """Normalise a parsed card, listing each repair. Raises `UnreadableError` when a limit is passed."""
    shape = shape_of(original, findings)
    spec = original.get("spec")
    version = _version(original, findings)
    fields = _fill(read_fields(shape.data, _DATA_READERS, "data", findings), spec, findings)
    if spec != V3:
        _drop_backfill_notice(fields, findings)
    try:
        return Card.model_validate(
            {**shape.foreign, "spec": V3, "spec_version": version, "data": _without_absent(fields)}
        )
    except ValidationError as error:
        raise UnreadableError("Its fields cannot be read.") from error


def card_data_from(
    fields: dict[str, Any], findings: Findings, names: Mapping[str, str] | None = None
) -> CardData:
    """The data of a card written under another program's names, whose fields were given V3's names.

    `names` are the names the file has for them, for the places of repairs. A book that is read already is
    taken as it is. Raises `UnreadableError` when a limit is passed.
    """
    told = names or {}
    read = {
        field: value
        if field not in _DATA_READERS or isinstance(value, Lorebook)
        else _DATA_READERS[field](value, told.get(field, field), findings)
        for field, value in fields.items()
    }
    if not str(read.get("name") or "").strip():
        findings.warning(told.get("name", "name"), "The card has no name.")
    return CardData.model_validate(_without_absent(read))


def _without_absent(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in fields.items() if item is not None or key not in CardData.model_fields}


def _version(original: dict[str, Any], findings: Findings) -> str:
    """The version the card is handled as: the specification's, or a newer one kept with a warning."""
    spec, found = original.get("spec"), original.get("spec_version")
    if spec is None:
        if isinstance(original.get("data"), dict):
            findings.warning("spec", "Missing; the card is read by its fields.")
        return V3_VERSION
    if spec not in (V2, V3):
        findings.warning("spec", f"Found {shown(spec)}, which is not known; the card is read by its fields.")
        return V3_VERSION
    expected = "2.0" if spec == V2 else V3_VERSION
    if found == expected:
        return V3_VERSION
    return _odd_version(found, expected, findings)


def _odd_version(found: Any, expected: str, findings: Findings) -> str:
    number = _as_float(found)
    if number is not None and number > float(expected):
        findings.warning(
            "spec_version", f"The card is of the newer version {shown(found)}; what is not known is kept."
        )
        return str(found) if expected == V3_VERSION else V3_VERSION
    findings.info("spec_version", f"Found {shown(found)}; read as {expected}.")
    return V3_VERSION


def _as_float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _fill(fields: dict[str, Any], spec: Any, findings: Findings) -> dict[str, Any]:
    """Report what the specification requires and the card lacks; the defaults come from the model."""
    required = [*_REQUIRED_TEXTS[: None if spec in (V2, V3) else 6]]
    if spec in (V2, V3):
        required += ["alternate_greetings", "tags", "extensions"]
    if spec == V3:
        required.append("group_only_greetings")
    missing = [f"`{field}`" for field in required if field not in fields]
    if missing:
        findings.info("data", f"Missing and filled with the default: {', '.join(missing)}.")
    if not str(fields.get("name") or "").strip():
        findings.warning("data.name", "The card has no name.")
    return fields


def _drop_backfill_notice(fields: dict[str, Any], findings: Findings) -> None:
    notes = fields.get("creator_notes")
    if isinstance(notes, str) and (notice := _BACKFILL_NOTICE.match(notes)):
        fields["creator_notes"] = notes[notice.end() :]
        findings.info("data.creator_notes", "The notice that this is a V2 copy of a V3 card was cut off.")


def _assets(value: Any, where: str, findings: Findings) -> tuple[Asset, ...] | None:
    if value is None:
        findings.info(where, "Found null; read as absent.")
        return None
    if isinstance(value, dict):
        findings.warning(where, "Found an object instead of a list; its values are read as the list.")
        value = list(value.values())
    if not isinstance(value, list):
        findings.error(where, f"Found {shown(value)} instead of a list of assets; it could not be kept.")
        return None
    if len(value) > ASSETS:
        raise UnreadableError(f"It lists {len(value):,} assets; the limit is {ASSETS:,}.")
    made = (_asset(item, f"{where}[{index}]", findings) for index, item in enumerate(value))
    assets = tuple(asset for asset in made if asset is not None)
    _check_icons(assets, where, findings)
    return assets


def _asset(raw: Any, where: str, findings: Findings) -> Asset | None:
    if isinstance(raw, str):
        findings.warning(where, f"Found the text {shown(raw)} instead of an asset; read as its address.")
        raw = {"uri": raw}
    if not isinstance(raw, dict):
        findings.error(where, f"Found {shown(raw)} instead of an asset; it could not be kept.")
        return None
    fields = read_fields(raw, dict.fromkeys(_ASSET_DEFAULTS, values.text), where, findings)
    missing = [key for key in _ASSET_DEFAULTS if key not in fields]
    if missing:
        findings.warning(where, f"The asset has no {', '.join(missing)}; kept, but it may not be shown.")
    asset = Asset.model_validate({**_ASSET_DEFAULTS, **fields})
    if asset.uri and not asset.uri.casefold().startswith(_ASSET_SCHEMES):
        findings.info(f"{where}.uri", "The address cannot be used outside its own program; kept as it is.")
    return asset


def _check_icons(assets: tuple[Asset, ...], where: str, findings: Findings) -> None:
    """The specification wants exactly one icon named `main` where there are two or more."""
    icons = [asset for asset in assets if asset.type == "icon"]
    mains = sum(asset.name == "main" for asset in icons)
    if len(icons) > 1 and mains != 1:
        findings.info(where, f"Of {len(icons)} icons {mains or 'none'} are named `main`; kept as they are.")


_ASSET_DEFAULTS = {"type": "x_unknown", "uri": "", "name": "", "ext": "unknown"}
_ASSET_SCHEMES = (*ARCHIVE_SCHEMES, CHUNK_SCHEME, PICTURE_ADDRESS, "data:", "https://", "http://")
_REQUIRED_TEXTS = (
    "name",
    "description",
    "personality",
    "scenario",
    "first_mes",
    "mes_example",
    "creator_notes",
    "system_prompt",
    "post_history_instructions",
    "creator",
    "character_version",
)
_DATA_READERS: dict[str, Reader] = {
    **dict.fromkeys(_REQUIRED_TEXTS, values.text),
    "alternate_greetings": values.texts,
    "tags": values.comma_texts,
    "extensions": values.mapping,
    "character_book": lorebook_from,
    "assets": _assets,
    "nickname": values.optional_text,
    "creator_notes_multilingual": values.languages,
    "source": values.optional_texts,
    "group_only_greetings": values.texts,
    "creation_date": values.date,
    "modification_date": values.date,
}
