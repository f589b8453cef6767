"""A BYAF archive's objects as a card and back (byaf specification v1; the fields SillyTavern's import uses).

What V3 has no field for, such as the settings of every scenario, is kept in the extensions; a text that a
field of the card holds is kept there only where writing would word it otherwise. Chats are private: they are
files of the card and never inside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...domain.card import Card, CardData, LorebookEntry
from ..findings import Findings
from ..model.kept import kept, same, with_kept
from ..model.normalise import V3, V3_VERSION, card_from
from ..pictures.backyard import NSFW_TAG
from ..pictures.backyard_macros import Macros
from . import byaf_texts as texts
from .byaf_objects import (
    NO_PROFILE,
    Objects,
    fresh_author,
    fresh_item,
    fresh_objects,
    id_for,
    is_id,
    scenario_of,
    with_different_keys,
)
from .byaf_overlay import (
    CHARACTER_FIELDS,
    SCENARIO_FIELDS,
    digest_of,
    first_scenario,
    further_scenario,
    overlaid,
    paired,
    scenario_paths,
)

FORMAT = "byaf"

_GREETINGS = "_greetings"
_ASIDE = ("loreItems", "images", "updatedAt")
"""Keys of the character that stand with entries and assets, and the date that every export sets anew."""

_ABSENT: dict[str, Any] = {
    **dict.fromkeys(("personality", "post_history_instructions", "character_version"), ""),
    "group_only_greetings": [],
}
"""Fields of V3 that BYAF does not have, so that nobody is told they are missing."""


def card_from_objects(objects: Objects, findings: Findings) -> Card:
    """The card that the objects of an archive mean. Raises `UnreadableError` when a limit is passed."""
    macros = Macros()
    data = {**_ABSENT, **_fields(objects, macros)}
    card = card_from({"spec": V3, "spec_version": V3_VERSION, "data": data}, findings)
    macros.tell(findings)
    extensions = with_kept(card.data.extensions, FORMAT, _note(objects, card))
    return card.model_copy(update={"data": card.data.model_copy(update={"extensions": extensions})})


def objects_from_card(card: Card, chats: Mapping[int, list[Any]]) -> Objects:
    """The objects of an archive, without images: what is kept, overlaid by what the card says now.

    `chats` are the messages of scenarios, by the place of the scenario in the archive the card came from.
    """
    note = kept(card.data.extensions, FORMAT)
    own, told = _object(note.get("character")), _objects(note.get("scenarios"))
    character_id = own["id"] if is_id(own.get("id")) else id_for(card.data.name)
    fresh = fresh_objects(card, character_id)
    scenarios = [first_scenario(card.data, fresh.scenarios[0], told[0] if told else {})]
    pairs = list(paired(card.data.alternate_greetings, _digests(note, len(told))))
    for place, greeting in pairs:
        kept_scenario = None if place is None else told[place]
        scenarios.append(further_scenario(greeting, kept_scenario, scenarios[0], character_id))
    places = [0 if told else None, *(place for place, _ in pairs)]
    with_chats = (
        {**scenario, "messages": chats.get(-1 if place is None else place, [])}
        for place, scenario in zip(places, scenarios, strict=True)
    )
    return Objects(
        _manifest(card.data, fresh.manifest, _object(note.get("manifest")), places),
        _character(card.data, fresh.character, own),
        tuple(with_chats),
    )


def _digests(note: dict[str, Any], count: int) -> list[Any]:
    found = note.get(_GREETINGS)
    digests = found if isinstance(found, list) else []
    return [*digests[:count], *([None] * (count - len(digests)))]


def _manifest(
    data: CardData, fresh: dict[str, Any], told: dict[str, Any], places: Sequence[int | None]
) -> dict[str, Any]:
    made = {**fresh, **told, "scenarios": scenario_paths(told.get("scenarios"), places)}
    made["characters"] = fresh["characters"]
    if not isinstance(made["createdAt"], str):
        made["createdAt"] = fresh["createdAt"]
    if "author" in told:
        author = _object(told["author"])
        if (author.get("name") or "", _profile(author)) != (data.creator, data.creator_notes):
            made["author"] = {**author, **(fresh_author(data) or {"name": "", "backyardURL": NO_PROFILE})}
    return made


def _character(data: CardData, fresh: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The character: the full name it was shown under stays while its name does."""
    made = overlaid(fresh, told, CHARACTER_FIELDS, data)
    if told.get("name") != data.name:
        made.update(name=fresh["name"], displayName=fresh["displayName"])
    if data.personality:
        made["persona"] = fresh["persona"]
    items = [_item(entry) for entry in data.character_book.entries] if data.character_book else []
    made["loreItems"] = with_different_keys([item for item in items if item is not None])
    texts_of = {key: value for key, value in fresh.items() if isinstance(value, str | bool | int)}
    return {**made, **{key: value for key, value in texts_of.items() if type(made[key]) is not type(value)}}


def _item(entry: LorebookEntry) -> dict[str, Any] | None:
    """An entry as a lore item; one that is off has no place where every item is on."""
    if not entry.enabled:
        return None
    told = kept(entry.extensions, FORMAT)
    made = {**told, **fresh_item(entry)}
    readers = {"key": (list(entry.keys), texts.read_keys), "value": (entry.content, texts.read_text)}
    for key, (now, read) in readers.items():
        if isinstance(told.get(key), str) and same(read(told[key], "", Macros()), now):
            made[key] = told[key]
    return made


def _fields(objects: Objects, macros: Macros) -> dict[str, Any]:
    """The data of the card, before it is normalised."""
    character, first = objects.character, objects.scenarios[0]
    author = _object(objects.manifest.get("author"))
    fields = {
        field: read(source.get(key), f"data.{field}", macros)
        for source, table in ((character, CHARACTER_FIELDS), (first, SCENARIO_FIELDS))
        for key, (field, read) in table.items()
    }
    book = _book(character.get("loreItems"), macros)
    return {
        "name": character.get("name") or character.get("displayName") or "",
        **{field: found for field, found in fields.items() if found is not None},
        "creator_notes": _profile(author),
        "creator": author.get("name") or "",
        "tags": [NSFW_TAG] if character.get("isNSFW") is True else [],
        "alternate_greetings": [text for text in _greetings(objects, macros) if text],
        **({"character_book": book} if book else {}),
        "extensions": {},
    }


def _profile(author: dict[str, Any]) -> Any:
    address = author.get("backyardURL") or ""
    return "" if address == NO_PROFILE else address


def _greetings(objects: Objects, macros: Macros) -> list[Any]:
    """The first message of every scenario but the first, empty where it has none."""
    return [
        texts.read_first(scenario.get("firstMessages"), "data.alternate_greetings", macros)
        for scenario in objects.scenarios[1:]
    ]


def _book(items: Any, macros: Macros) -> dict[str, Any] | None:
    if not isinstance(items, list) or not items:
        return None
    entries = [_entry(item, place, macros) for place, item in enumerate(items) if isinstance(item, dict)]
    return {"extensions": {}, "entries": entries}


def _entry(item: dict[str, Any], place: int, macros: Macros) -> dict[str, Any]:
    where = f"data.character_book.entries[{place}]"
    entry = {
        "keys": texts.read_keys(item.get("key"), f"{where}.keys", macros),
        "content": texts.read_text(item.get("value"), f"{where}.content", macros),
        "extensions": {},
        "enabled": True,
        "insertion_order": place,
        "use_regex": False,
    }
    plain = isinstance(entry["keys"], list) and isinstance(entry["content"], str)
    again = fresh_item(LorebookEntry.model_validate(entry)) if plain else {}
    entry["extensions"] = with_kept({}, FORMAT, _rest(item, again))
    return entry


def _note(objects: Objects, card: Card) -> dict[str, Any]:
    """What writing the card would not make again; nothing where it would make all."""
    found, by_name = objects.character.get("id"), id_for(card.data.name)
    character_id = found if isinstance(found, str) else by_name
    fresh = fresh_objects(card, character_id)
    character = {key: objects.character[key] for key in objects.character if key not in _ASIDE}
    differs = character.get("displayName") != character.get("name")
    always = (*(("id",) if character_id != by_name else ()), *(("name",) if differs else ()))
    greetings = _greetings(objects, Macros())
    scenarios = [
        _rest(scenario, again, ("messages",))
        for scenario, again in zip(objects.scenarios, _again(fresh, greetings, character_id), strict=True)
    ]
    note: dict[str, Any] = {
        "manifest": _rest(objects.manifest, fresh.manifest),
        "character": _rest(character, fresh.character, always=always),
    }
    if any(scenarios) or len(scenarios) != len(fresh.scenarios):
        note |= {"scenarios": scenarios, _GREETINGS: [None, *(digest_of(text) for text in greetings)]}
    return {key: value for key, value in note.items() if value}


def _again(fresh: Objects, greetings: Sequence[Any], character_id: str) -> Iterator[dict[str, Any]]:
    """The scenarios that the card's fields alone would make, one for each that was read."""
    yield fresh.scenarios[0]
    for text in greetings:
        yield scenario_of(text if isinstance(text, str) else "", character_id)


def _rest(
    raw: dict[str, Any], fresh: dict[str, Any], without: Sequence[str] = (), always: Sequence[str] = ()
) -> dict[str, Any]:
    return {
        key: value
        for key, value in raw.items()
        if key not in without and (key in always or key not in fresh or not same(fresh[key], value))
    }


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _objects(found: Any) -> list[dict[str, Any]]:
    return [_object(item) for item in found] if isinstance(found, list) else []
