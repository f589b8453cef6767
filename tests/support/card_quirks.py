"""Every quirk of real cards, one row each: what is found, what is made of it, what is told.

The rows follow the specifications field by field, then the quirks seen in the wild, then what programs break.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.card_files import KEEPER_TEXTS, KEEPER_V2_DATA

V2_DATA: dict[str, Any] = {key: value for key, value in KEEPER_V2_DATA.items() if key != "vendor_data_key"}
ABSENT = "absent"
NOTICE = (
    "This character card is Character Card V3, but it is loaded as a Character Card V2. Please use a "
    "Character Card V3 compatible application to use this character card properly."
)


@dataclass(frozen=True)
class Quirk:
    """A card, the values expected at paths of the normalised one, and what is said of it."""

    name: str
    card: Any
    made: dict[str, Any]
    told: tuple[str, ...] = ()
    silent: bool = field(default=False)


def v2(**fields: Any) -> dict[str, Any]:
    data = {key: value for key, value in {**V2_DATA, **fields}.items() if value != ABSENT}
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}


def v3(**fields: Any) -> dict[str, Any]:
    card = v2(**{"group_only_greetings": [], **fields})
    return {**card, "spec": "chara_card_v3", "spec_version": "3.0"}


def book(**fields: Any) -> dict[str, Any]:
    return v2(character_book={"extensions": {}, "entries": [], **fields})


def entry(**fields: Any) -> dict[str, Any]:
    sound = {"keys": ["a"], "content": "b", "extensions": {}, "enabled": True, "insertion_order": 1}
    made = {key: value for key, value in {**sound, **fields}.items() if value != ABSENT}
    return book(entries=[made])


BOOK = "data/character_book"
ENTRY = "data/character_book/entries/0"

FIELDS = [
    Quirk("sound V2", v2(), {"data/name": "Mira Holt"}, silent=True),
    Quirk("sound V3", v3(), {"data/name": "Mira Holt"}, silent=True),
    Quirk("sound V1", KEEPER_TEXTS, {"data/name": "Mira Holt"}, silent=True),
    Quirk(
        "V1 with null",
        {**KEEPER_TEXTS, "scenario": None},
        {"data/scenario": ""},
        ("data.scenario: Found null",),
    ),
    Quirk(
        "V1 with fields missing",
        {"name": "A", "first_mes": "b"},
        {"data/scenario": "", "data/mes_example": ""},
        ("Missing and filled with the default: `description`, `personality`, `scenario`, `mes_example`",),
    ),
    Quirk("no creator_notes", v2(creator_notes=ABSENT), {"data/creator_notes": ""}, ("`creator_notes`",)),
    Quirk("no system_prompt", v2(system_prompt=ABSENT), {"data/system_prompt": ""}, ("`system_prompt`",)),
    Quirk("no tags", v2(tags=ABSENT), {"data/tags": []}, ("`tags`",)),
    Quirk("no extensions", v2(extensions=ABSENT), {"data/extensions": {}}, ("`extensions`",)),
    Quirk("no greetings", v2(alternate_greetings=ABSENT), {"data/alternate_greetings": []}),
    Quirk(
        "no group greetings",
        v3(group_only_greetings=ABSENT),
        {"data/group_only_greetings": []},
        ("`group_only",),
    ),
    Quirk(
        "null group greetings", v3(group_only_greetings=None), {"data/group_only_greetings": []}, ("null",)
    ),
    Quirk(
        "group greetings as a text",
        v3(group_only_greetings="a"),
        {"data/group_only_greetings": ["a"]},
        ("list of one",),
    ),
    Quirk("nickname", v3(nickname="Keeper"), {"data/nickname": "Keeper"}, silent=True),
    Quirk("empty nickname", v3(nickname=""), {"data/nickname": ""}, silent=True),
    Quirk("null nickname", v3(nickname=None), {"data/nickname": None}, ("data.nickname: Found null",)),
    Quirk("number for a nickname", v3(nickname=7), {"data/nickname": "7"}, ("data.nickname",)),
    Quirk(
        "notes in languages",
        v3(creator_notes_multilingual={"en": "a", "de": "b"}),
        {"data/creator_notes_multilingual/de": "b", "data/creator_notes": "Written for tests."},
        silent=True,
    ),
    Quirk(
        "notes in languages null",
        v3(creator_notes_multilingual=None),
        {"data/creator_notes_multilingual": None},
    ),
    Quirk(
        "notes in languages as a list",
        v3(creator_notes_multilingual=["a", "b"]),
        {"data/creator_notes_multilingual/en": "a\nb"},
        ("instead of notes by language",),
    ),
    Quirk(
        "a note that is a number",
        v3(creator_notes_multilingual={"de": 5}),
        {"data/creator_notes_multilingual/de": "5"},
        ("creator_notes_multilingual.de",),
    ),
    Quirk("sources", v3(source=["a", "b"]), {"data/source": ["a", "b"]}, silent=True),
    Quirk("one source", v3(source="a"), {"data/source": ["a"]}, ("data.source",)),
    Quirk("date", v3(creation_date=1700000000), {"data/creation_date": 1700000000}, silent=True),
    Quirk("unknown date", v3(creation_date=0), {"data/creation_date": 0}, silent=True),
    Quirk("no assets", v3(), {"data/assets": None}, silent=True),
    Quirk("newer version", {**v3(), "spec_version": "3.1"}, {"spec_version": "3.1"}, ("newer version",)),
    Quirk(
        "newer version as a number",
        {**v3(), "spec_version": 3.5},
        {"spec_version": "3.5"},
        ("newer version",),
    ),
    Quirk("older version", {**v3(), "spec_version": "2.0"}, {"spec_version": "3.0"}, ("spec_version",)),
    Quirk(
        "version that is none", {**v3(), "spec_version": "new"}, {"spec_version": "3.0"}, ("spec_version",)
    ),
    Quirk("book fields", v2(), {f"{BOOK}/scan_depth": 6, f"{BOOK}/recursive_scanning": True}, silent=True),
    Quirk("book without entries", book(entries=None), {f"{BOOK}/entries": []}, ("No entries",)),
    Quirk("book without extensions", book(extensions=ABSENT), {f"{BOOK}/extensions": {}}),
    Quirk("book with null fields", book(name=None, scan_depth=None), {f"{BOOK}/name": None}, ("null",)),
    Quirk("entry without use_regex", entry(), {f"{ENTRY}/use_regex": False}, silent=True),
    Quirk(
        "entry with use_regex", entry(use_regex=True, keys=["/a/"]), {f"{ENTRY}/use_regex": True}, silent=True
    ),
    Quirk(
        "use_regex as a word",
        entry(use_regex="yes", keys=["/a/"]),
        {f"{ENTRY}/use_regex": True},
        ("use_regex",),
    ),
    Quirk(
        "case_sensitive null",
        entry(case_sensitive=None),
        {f"{ENTRY}/case_sensitive": None},
        ("case_sensitive",),
    ),
    Quirk(
        "case_sensitive in the extensions",
        entry(extensions={"case_sensitive": True}),
        {f"{ENTRY}/case_sensitive": True},
        ("extensions.case_sensitive",),
    ),
    Quirk("constant as a number", entry(constant=1), {f"{ENTRY}/constant": True}, ("constant",)),
    Quirk("name and comment null", entry(name=None, comment=None), {f"{ENTRY}/content": "b"}, ("null",)),
    Quirk("priority as a text", entry(priority="5"), {f"{ENTRY}/priority": 5}, ("priority",)),
    Quirk(
        "secondary keys as a text",
        entry(secondary_keys="a, b"),
        {f"{ENTRY}/secondary_keys": ["a", "b"]},
        ("commas",),
    ),
    Quirk("secondary keys null", entry(secondary_keys=None), {f"{ENTRY}/content": "b"}, ("secondary_keys",)),
    Quirk("selective as a word", entry(selective="false"), {f"{ENTRY}/selective": False}, ("selective",)),
    Quirk("a key with a comma", entry(keys=["a, b"]), {f"{ENTRY}/keys": ["a, b"]}, silent=True),
    Quirk("a key that is a number", entry(keys=[5, None]), {f"{ENTRY}/keys": ["5"]}, ("2 of 2 items",)),
    Quirk("decorators", entry(content="@@depth 4\nb"), {f"{ENTRY}/content": "@@depth 4\nb"}, silent=True),
    Quirk("no keys", entry(keys=ABSENT), {f"{ENTRY}/keys": []}, ("keys: Missing",)),
    Quirk("no content", entry(content=ABSENT), {f"{ENTRY}/content": ""}, ("content: Missing",)),
]

ASSETS = [
    Quirk("assets null", v3(assets=None), {"data/assets": None}, ("data.assets: Found null",)),
    Quirk(
        "assets as an object", v3(assets={"0": {"type": "icon"}}), {"data/assets/0/type": "icon"}, ("object",)
    ),
    Quirk("assets as a text", v3(assets="a.png"), {"data/assets": None}, ("error data.assets",)),
    Quirk(
        "an address as an asset",
        v3(assets=["embeded://a.png"]),
        {"data/assets/0/uri": "embeded://a.png"},
        ("address",),
    ),
    Quirk("an asset that is a number", v3(assets=[7]), {"data/assets": []}, ("error data.assets[0]",)),
    Quirk(
        "an asset without fields",
        v3(assets=[{}]),
        {"data/assets/0/type": "x_unknown"},
        ("no type, uri, name, ext",),
    ),
    Quirk(
        "an own type",
        v3(assets=[{"type": "x-risu-asset", "uri": "__asset:3", "name": "a", "ext": "PNG", "vendor": 1}]),
        {"data/assets/0/type": "x-risu-asset", "data/assets/0/ext": "PNG", "data/assets/0/vendor": 1},
        silent=True,
    ),
    Quirk(
        "a path on a server",
        v3(assets=[{"type": "icon", "uri": "/storage/x.mp4", "name": "x", "ext": "mp4"}]),
        {"data/assets/0/uri": "/storage/x.mp4"},
        ("cannot be used outside",),
    ),
    Quirk(
        "no main icon",
        v3(assets=[{"type": "icon", "uri": "ccdefault:", "name": name, "ext": "png"} for name in "ab"]),
        {"data/assets/1/name": "b"},
        ("Of 2 icons none",),
    ),
    Quirk(
        "a null in an asset", v3(assets=[{"type": "icon", "uri": None}]), {"data/assets/0/uri": ""}, ("null",)
    ),
]

SEEN = [
    Quirk(
        "V1 fields beside data that say otherwise",
        {**v2(), **KEEPER_TEXTS, "first_mes": "Older."},
        {"data/first_mes": KEEPER_TEXTS["first_mes"]},
        ("warning first_mes", '"Older."'),
    ),
    Quirk("lorebook null", v2(character_book=None), {BOOK: None}, ("no lorebook",)),
    Quirk("lorebook as a text", v2(character_book="a"), {BOOK: None}, ("error data.character_book",)),
    Quirk(
        "greeting as a number in text",
        v2(alternate_greetings="1687194031049"),
        {"data/alternate_greetings": ["1687194031049"]},
        ("list of one",),
    ),
    Quirk("greetings null", v2(alternate_greetings=None), {"data/alternate_greetings": []}, ("null",)),
    Quirk("personality null", v2(personality=None), {"data/personality": ""}, ("data.personality",)),
    Quirk("examples null", v2(mes_example=None), {"data/mes_example": ""}, ("data.mes_example",)),
    Quirk("name empty", v2(name=""), {"data/name": ""}, ("no name",)),
    Quirk("name missing", v2(name=ABSENT), {"data/name": ""}, ("no name",)),
    Quirk("name with signs", v2(name="a/b|c, 🗼"), {"data/name": "a/b|c, 🗼"}, silent=True),
    Quirk(
        "character_version a number",
        v2(character_version=1.5),
        {"data/character_version": "1.5"},
        ("character_version",),
    ),
    Quirk(
        "character_version undefined",
        v2(character_version="undefined"),
        {"data/character_version": "undefined"},
        silent=True,
    ),
    Quirk("tags with commas", v2(tags="sea, light"), {"data/tags": ["sea", "light"]}, ("commas",)),
    Quirk("tags null", v2(tags=None), {"data/tags": []}, ("null",)),
    Quirk(
        "date in milliseconds",
        v3(creation_date=1700000000123),
        {"data/creation_date": 1700000000},
        ("creation_date",),
    ),
    Quirk(
        "date in milliseconds as text",
        v3(modification_date="1700000000123"),
        {"data/modification_date": 1700000000},
        ("modification_date",),
    ),
    Quirk(
        "date in ISO",
        v3(creation_date="2023-11-14T22:13:20+00:00"),
        {"data/creation_date": 1700000000},
        ("creation_date",),
    ),
    Quirk("date before 1970", v3(creation_date=-62135596800), {"data/creation_date": 0}, ("creation_date",)),
    Quirk(
        "date that is none", v3(creation_date="2024-1-1 @10h 00m"), {"data/creation_date": None}, ("no date",)
    ),
    Quirk(
        "keys beside data",
        {**v2(), "create_date": "2024", "avatar": "none", "chat": "c"},
        {"create_date": "2024", "avatar": "none"},
        silent=True,
    ),
    Quirk("V1 with last_mes", {**KEEPER_TEXTS, "last_mes": 5}, {"last_mes": 5}, silent=True),
    Quirk(
        "entries by uid",
        book(entries={"7": {"uid": 7, "key": ["a"], "content": "b"}}),
        {f"{ENTRY}/keys": ["a"], f"{ENTRY}/id": 7},
        ("keyed by id", "World Info"),
    ),
    Quirk("keys as a text", entry(keys="a, b"), {f"{ENTRY}/keys": ["a", "b"]}, ("commas",)),
    Quirk("enabled missing", entry(enabled=ABSENT), {f"{ENTRY}/enabled": True}, ("read as enabled",)),
    Quirk("enabled null", entry(enabled=None), {f"{ENTRY}/enabled": True}, ("enabled",)),
    *(
        Quirk(
            f"position {place}",
            entry(position=place),
            {
                f"{ENTRY}/extensions/position": place,
                f"{ENTRY}/position": "before_char" if place == 0 else "after_char",
            },
            ("position",),
        )
        for place in range(8)
    ),
    Quirk("position empty", entry(position=""), {f"{ENTRY}/content": "b"}, ("position",)),
    Quirk("position in_chat", entry(position="in_chat"), {f"{ENTRY}/extensions/position": 4}, ("position",)),
    Quirk("position null", entry(position=None), {f"{ENTRY}/content": "b"}, ()),
    Quirk(
        "position of no program",
        entry(position={"a": 1}),
        {f"{ENTRY}/extensions/cardgen_desktop/position": {"a": 1}},
        ("position",),
    ),
    Quirk("order null", entry(insertion_order=None), {f"{ENTRY}/insertion_order": 100}, ("insertion_order",)),
    Quirk(
        "order as a text", entry(insertion_order="30"), {f"{ENTRY}/insertion_order": 30}, ("insertion_order",)
    ),
    Quirk(
        "scan depth as a text",
        book(scan_depth="5", token_budget="300"),
        {f"{BOOK}/scan_depth": 5, f"{BOOK}/token_budget": 300},
        ("scan_depth", "token_budget"),
    ),
    Quirk("id a text", entry(id="uuid-1"), {f"{ENTRY}/content": "b"}, silent=True),
    Quirk("id an object", entry(id={}), {f"{ENTRY}/content": "b"}, ("id",)),
    Quirk(
        "extensions missing everywhere",
        {
            "spec": "chara_card_v2",
            "data": {"name": "a", "character_book": {"entries": [{"keys": [], "content": ""}]}},
        },
        {"data/extensions": {}, f"{ENTRY}/content": ""},
        ("`extensions`",),
    ),
    Quirk(
        "spec without data",
        {"spec": "chara_card_v2", "spec_version": "2.0", **V2_DATA},
        {
            "data/first_mes": KEEPER_TEXTS["first_mes"],
            "data/tags": V2_DATA["tags"],
            f"{BOOK}/name": "Gull Rock",
        },
        ("`data` is missing",),
    ),
    Quirk(
        "V3 spec without data",
        {"spec": "chara_card_v3", "spec_version": "3.0", **V2_DATA, "nickname": "K"},
        {"data/nickname": "K"},
        ("`data` is missing",),
    ),
    Quirk(
        "data as text",
        {"spec": "chara_card_v2", "spec_version": "2.0", "data": json.dumps(V2_DATA)},
        {"data/name": "Mira Holt"},
        ("JSON in it",),
    ),
    Quirk("data without spec", {"data": V2_DATA}, {"data/name": "Mira Holt"}, ("read by its fields",)),
    Quirk(
        "data null",
        {"spec": "chara_card_v2", "spec_version": "2.0", "data": None, **KEEPER_TEXTS},
        {"data/name": "Mira Holt"},
        ("`data`",),
    ),
    Quirk(
        "CRLF, NBSP and spaces",
        v2(description="a\r\nb\u00a0c  \nd "),
        {"data/description": "a\r\nb\u00a0c  \nd "},
        silent=True,
    ),
    Quirk(
        "V1 and Pygmalion in one",
        {**KEEPER_TEXTS, "char_name": "Other", "char_greeting": "x", "metadata": {"version": 1}},
        {"data/name": "Mira Holt", "char_name": "Other", "metadata/version": 1},
        silent=True,
    ),
    Quirk(
        "a large vendor part",
        v2(extensions={"risuai": {"additionalAssets": [["a", "A" * 300_000]]}}),
        {"data/extensions/risuai/additionalAssets/0/0": "a"},
        silent=True,
    ),
    Quirk(
        "persona that repeats the personality",
        {
            **KEEPER_TEXTS,
            "description": "",
            "char_name": "Mira Holt",
            "char_persona": KEEPER_TEXTS["personality"],
        },
        {"data/description": "", "data/personality": KEEPER_TEXTS["personality"], "char_persona": ABSENT},
        silent=True,
    ),
    Quirk(
        "creatorcomment",
        {**KEEPER_TEXTS, "creatorcomment": "x"},
        {"data/creator_notes": "x"},
        ("creatorcomment",),
    ),
    Quirk(
        "first_message",
        {"name": "A", "personality": "p", "scenario": "s", "first_message": "Hi", "example_dialogs": "x"},
        {"data/first_mes": "Hi", "data/mes_example": "x"},
        ("first_message", "example_dialogs"),
    ),
    Quirk(
        "names of other programs beside V1's",
        {**KEEPER_TEXTS, "greeting": "Other"},
        {"data/first_mes": KEEPER_TEXTS["first_mes"], "greeting": "Other"},
        silent=True,
    ),
    Quirk(
        "notice of a V2 copy",
        v2(creator_notes=f"{NOTICE}\nMine."),
        {"data/creator_notes": "Mine."},
        ("notice",),
    ),
]

BROKEN_BY_PROGRAMS = [
    Quirk(
        "V3 fields in a card renamed V2",
        v2(nickname="K", group_only_greetings=["g"], source=["s"], creation_date=5),
        {
            "data/nickname": "K",
            "data/group_only_greetings": ["g"],
            "data/source": ["s"],
            "data/creation_date": 5,
        },
        silent=True,
    ),
    Quirk(
        "ids that collide",
        book(
            entries=[
                {"keys": [str(number)], "content": "b", "enabled": True, "insertion_order": 1, "id": found}
                for number, found in enumerate((5, 5, 2))
            ]
        ),
        {f"{BOOK}/entries/0/keys": ["0"], f"{BOOK}/entries/1/keys": ["1"], f"{BOOK}/entries/2/keys": ["2"]},
        silent=True,
    ),
    Quirk(
        "talkativeness of nothing",
        v2(extensions={"talkativeness": 0}),
        {"data/extensions/talkativeness": 0},
        silent=True,
    ),
    Quirk(
        "an unknown spec around a card",
        {
            "spec": "chara_card_v2",
            "spec_version": "2.0",
            "data": {
                "name": "",
                "description": "",
                "vendor": 1,
                "data": {**V2_DATA, "spec": "chara_card_v3"},
            },
        },
        {"data/name": "Mira Holt", "data/vendor": 1},
        ("wrapped",),
    ),
    Quirk(
        "a wrapper that says something",
        {
            "spec": "chara_card_v2",
            "spec_version": "2.0",
            "data": {"name": "Outer", "first_mes": "x", "data": V2_DATA},
        },
        {"data/name": "Outer", "data/data/name": "Mira Holt"},
    ),
    Quirk("unknown versions", {**v2(), "spec": "chara_card_v9"}, {"data/name": "Mira Holt"}, ("not known",)),
    Quirk(
        "equal order and comment",
        book(
            entries=[
                {"keys": ["a"], "content": text, "comment": "same", "enabled": True, "insertion_order": 1}
                for text in "xyz"
            ]
        ),
        {f"{BOOK}/entries/2/content": "z"},
        silent=True,
    ),
    Quirk(
        "keys nobody knows",
        {**v2(vendor={"deep": [1]}), "vendor": 1},
        {
            "vendor": 1,
            "data/vendor/deep": [1],
            f"{BOOK}/vendor_book_key": "kept",
            f"{ENTRY}/vendor_entry_key/kept": 1,
        },
        silent=True,
    ),
]

QUIRKS = [*FIELDS, *ASSETS, *SEEN, *BROKEN_BY_PROGRAMS]
