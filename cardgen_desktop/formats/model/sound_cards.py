"""Cards with nothing to repair, which most are: read in one pass of compiled code.

`sound_card` gives exactly the card that `normalise.card_from` would give, or None where it cannot be sure of
that; what there is to tell of such a card is found by the long way, when somebody asks. Its schema is that of
`domain.card` without everything that calls for a repair: no null for a field, no number for a text, every
entry with what the specification requires.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pydantic_core import SchemaValidator, ValidationError
from pydantic_core import core_schema as schema

from ...domain.card import TEXT_FIELDS, Asset, Card, CardData, Lorebook, LorebookEntry
from ...domain.value import OpenValue
from .. import limits
from ..json_text import VALUES
from .normalise import V2, V3, V3_VERSION

_PLAIN = frozenset({str, int, bool, type(None)})
_NESTED = 32  # of 64 levels for the whole card, which leaves more than enough for those above
_LATEST = 10**11  # larger dates are in milliseconds
_TEXTS = frozenset(TEXT_FIELDS)
_NOTICE = "Character Card V3"


class SoundCard(NamedTuple):
    """A card and what its file says of its specification."""

    card: Card
    spec: str
    spec_version: str


class _Written(OpenValue):
    """A card as V2 and V3 write it."""

    spec: str
    spec_version: str
    data: CardData


def sound_card(text: bytes) -> SoundCard | None:
    """The card of a JSON text, or None when it has to be read with care."""
    if _WRITTEN is None or (len(text) > VALUES and text.count(b",") > VALUES):
        return None
    try:
        written: _Written = _WRITTEN.validate_json(text, strict=True)
    except ValidationError:
        return None
    if not (_is_sound_root(written) and _is_sound_data(written.data, written.spec)):
        return None
    foreign = {key: value for key, value in (written.model_extra or {}).items() if key not in _TEXTS}
    whole = {**foreign, "spec": V3, "spec_version": V3_VERSION, "data": written.data}
    return SoundCard(Card.model_validate(whole), written.spec, written.spec_version)


def _is_sound_root(written: _Written) -> bool:
    """Whether the version fits and nothing beside `data` is needed in it."""
    if (written.spec == V2) != (written.spec_version == "2.0"):
        return False
    beside = written.model_extra
    if not beside:
        return True
    lifted = (beside.keys() & CardData.model_fields.keys()) - written.data.model_fields_set
    return not lifted and _are_bounded(beside.values())


def _is_sound_data(data: CardData, spec: str) -> bool:
    foreign, book = data.model_extra, data.character_book
    return (
        not (foreign and ("data" in foreign or not _are_bounded(foreign.values())))
        and _are_bounded(data.extensions.values())
        and (spec == V3 or _NOTICE not in data.creator_notes)
        and all(_are_bounded((asset.model_extra or {}).values()) for asset in data.assets or ())
        and (book is None or _is_sound_book(book))
    )


def _is_sound_book(book: Lorebook) -> bool:
    return (
        _are_bounded(book.extensions.values())
        and _are_bounded((book.model_extra or {}).values())
        and _are_sound(book.entries)
    )


def _are_sound(entries: Iterable[LorebookEntry]) -> bool:
    """Whether no extension of an entry belongs into a field, and all that is foreign is bounded.

    A loop without calls: a card may have thousands of entries, and the rest of reading them is compiled.
    """
    is_plain, kind_of = _PLAIN.issuperset, type
    for entry in entries:
        extensions = entry.extensions
        if not is_plain(map(kind_of, extensions.values())) and not _are_bounded(extensions.values()):
            return False
        if entry.__pydantic_extra__ and not _are_bounded(entry.__pydantic_extra__.values()):
            return False
        if entry.case_sensitive is None and extensions.get("case_sensitive") is not None:
            return False
    return True


def _are_bounded(values: Iterable[Any]) -> bool:
    """Whether foreign values are of few levels and have finite numbers."""
    level = list(values)
    for _ in range(_NESTED):
        if _PLAIN.issuperset(map(type, level)):
            return True
        if not all(math.isfinite(value) for value in level if type(value) is float):
            return False
        level = [inner for value in level for inner in _INSIDE.get(type(value), _nothing)(value)]
    return False


def _nothing(value: Any) -> Iterable[Any]:
    return ()


_INSIDE: dict[type, Callable[[Any], Iterable[Any]]] = {dict: dict.values, list: iter}

Schema = schema.CoreSchema


def _model(kind: type[OpenValue], needed: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    """A model of a class whose optional fields are absent or right; every other key is kept."""
    fields = {name: schema.model_field(inner) for name, inner in needed.items()}
    for name, inner in optional.items():
        default = kind.model_fields[name].get_default(call_default_factory=True)
        absent: dict[str, Any] = {"default": default} if default != {} else {"default_factory": dict}
        fields[name] = schema.model_field(schema.with_default_schema(inner, **absent))
    ordered = {name: fields[name] for name in kind.model_fields}
    return schema.model_schema(kind, schema.model_fields_schema(ordered, extra_behavior="allow"))


def _list(inner: Schema, most: int | None = None) -> Schema:
    return schema.tuple_schema([inner], variadic_item_index=0, max_length=most)


_text, _truth, _number, _object = (
    schema.str_schema(),
    schema.bool_schema(),
    schema.int_schema(),
    schema.dict_schema(),
)
_date = schema.int_schema(ge=0, le=_LATEST)
_entry = _model(
    LorebookEntry,
    {
        "keys": _list(_text),
        "content": _text,
        "extensions": _object,
        "enabled": _truth,
        "insertion_order": _number,
        "position": schema.literal_schema(["before_char", "after_char"]),
    },
    {
        **dict.fromkeys(("use_regex", "case_sensitive", "constant", "selective"), _truth),
        **dict.fromkeys(("name", "comment"), _text),
        "priority": _number,
        "id": schema.union_schema([_number, _text], mode="left_to_right"),
        "secondary_keys": _list(_text),
    },
)
_book = _model(
    Lorebook,
    {"entries": _list(_entry, limits.LOREBOOK_ENTRIES)},
    {
        **dict.fromkeys(("name", "description"), _text),
        **dict.fromkeys(("scan_depth", "token_budget"), _number),
        "recursive_scanning": _truth,
        "extensions": _object,
    },
)
_data = _model(
    CardData,
    {},
    {
        **{name: _text for name, field in CardData.model_fields.items() if field.annotation is str},
        **dict.fromkeys(("alternate_greetings", "tags", "source", "group_only_greetings"), _list(_text)),
        "extensions": _object,
        "character_book": _book,
        "assets": _list(_model(Asset, dict.fromkeys(Asset.model_fields, _text), {})),
        "nickname": _text,
        "creator_notes_multilingual": schema.dict_schema(_text, _text),
        **dict.fromkeys(("creation_date", "modification_date"), _date),
    },
)


def _validator(inner: Schema) -> SchemaValidator | None:
    """The validator of a schema; None where pydantic puts the lenient validators of the classes into it."""
    try:
        made = SchemaValidator(inner, None, False)
        made.validate_json(_TRIAL, strict=True)
    except ValidationError:
        return made
    except TypeError:
        return None
    return None


_TRIAL = b'{"spec":"chara_card_v3","spec_version":"3.0","data":{"character_book":null}}'
"""What the schema refuses and the classes would not."""

_WRITTEN = _validator(
    _model(
        _Written,
        {
            "spec": schema.literal_schema([V2, V3]),
            "spec_version": schema.literal_schema(["2.0", V3_VERSION]),
            "data": _data,
        },
        {},
    )
)
