"""BYAF, the archive of Backyard AI: read whole, written valid, and whole after a way through other files."""

import io
import json
import re
import zipfile
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, Lorebook, LorebookEntry
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.archives.byaf import held_byaf
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.model.differences import card_differences
from cardgen_desktop.formats.read_card import ContainedFile, ReadCard
from cardgen_desktop.formats.registry import read_card
from cardgen_desktop.formats.writing.export_order import ExportOrder
from cardgen_desktop.formats.writing.losses import losses_of
from cardgen_desktop.formats.writing.targets import TARGETS
from tests.support import card_files

PICTURE, SECOND, THIRD = card_files.png(), card_files.photo("JPEG"), card_files.photo("PNG")
TIME = "2024-03-21T12:00:00Z"
CHARACTER: dict[str, Any] = {
    "schemaVersion": 1,
    "id": "char1",
    "name": "Alice",
    "displayName": "Alice Smith",
    "isNSFW": True,
    "persona": "{character} likes {user}, and {{random:a,b}}.",
    "createdAt": TIME,
    "updatedAt": "2024-03-22T12:00:00.000Z",
    "loreItems": [{"key": "king,queen", "value": "The {character} king."}, {"key": "sea", "value": "Wet."}],
    "images": [{"path": "images/a.png", "label": "Portrait"}, {"path": "images/b.jpg", "label": "Happy"}],
}
MANIFEST: dict[str, Any] = {
    "schemaVersion": 1,
    "createdAt": TIME,
    "author": {"name": "Zoe", "backyardURL": "https://backyard.ai/hub/user/zoe", "extra": 1},
    "characters": ["characters/char1/character.json"],
    "scenarios": ["scenarios/beach.json", "scenarios/inn.json", "scenarios/city.json"],
}
TEMPLATES = ("general", "ChatML", "Llama3", "Gemma2", "CommandR", "MistralInstruct", None)
CHAT = [{"type": "human", "createdAt": TIME, "updatedAt": TIME, "text": "a secret"}]


def scenario(title: str, *, first: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "schemaVersion": 1,
        "title": title,
        "model": "llama-3",
        "formattingInstructions": "Brief, {character}.",
        "minP": 0.2,
        "minPEnabled": False,
        "temperature": 0.7,
        "repeatPenalty": 1.1,
        "repeatLastN": 64,
        "topK": 50,
        "topP": 0.8,
        "exampleMessages": [
            {"characterID": "char1", "text": "#{user}: hi\n#{character}: ho"},
            {"characterID": "char1", "text": "again"},
        ],
        "canDeleteExampleMessages": False,
        "firstMessages": [{"characterID": "char1", "text": f"{{user}}, at the {title}."}] if first else [],
        "narrative": f"At the {title}.",
        "promptTemplate": "ChatML",
        "grammar": None,
        "messages": [],
        **more,
    }


FILES: dict[str, Any] = {
    "manifest.json": MANIFEST,
    "characters/char1/character.json": CHARACTER,
    "scenarios/beach.json": scenario("beach", messages=CHAT),
    "scenarios/inn.json": scenario("inn", first=False),
    "scenarios/city.json": scenario("city", backgroundImage="scenarios/city-background.png"),
    "characters/char1/images/a.png": PICTURE,
    "characters/char1/images/b.jpg": SECOND,
    "scenarios/city-background.png": THIRD,
    "readme.txt": b"hello",
}


def byaf(**changes: Any) -> bytes:
    """The archive with changes; None takes a file out, and `__` stands for a slash and `_` for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in {**FILES, **changes}.items():
            if content is not None:
                made.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return file.getvalue()


def read(data: bytes) -> ReadCard:
    return read_card(data, "a.byaf")


def order_of(found: ReadCard, card: Card | None = None) -> ExportOrder:
    return ExportOrder(card or found.card, found.picture, found.original, found.files)


def written(order: ExportOrder, target: str = "byaf") -> bytes:
    out = io.BytesIO()
    TARGETS[target].write(order, out)  # type: ignore[index]
    return out.getvalue()


def objects(data: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {
            name: json.loads(found.read(name)) if found.read(name)[-1:] == b"}" else found.read(name)
            for name in found.namelist()
        }


def with_data(card: Card, **changes: Any) -> Card:
    return card.model_copy(update={"data": card.data.model_copy(update=changes)})


def told(found: ReadCard) -> str:
    return " | ".join(problem.message for problem in found.problems)


@pytest.fixture
def found() -> ReadCard:
    return read(byaf())


def test_the_fields_of_the_card(found: ReadCard) -> None:
    data = found.card.data
    assert (found.container, found.format, found.spec, found.original) == ("byaf", "byaf", None, None)
    assert (data.name, data.creator, data.tags) == ("Alice", "Zoe", ("NSFW",))
    assert data.description == "{{char}} likes {{user}}, and {{random:a,b}}."
    assert (data.scenario, data.first_mes) == ("At the beach.", "{{user}}, at the beach.")
    assert data.mes_example == "<START>\n{{user}}: hi\n{{char}}: ho\n<START>\nagain"
    assert (data.system_prompt, data.creator_notes) == (
        "Brief, {{char}}.",
        "https://backyard.ai/hub/user/zoe",
    )
    assert data.alternate_greetings == ("{{user}}, at the city.",)
    assert (data.creation_date, data.modification_date) == (1711022400, 1711108800)
    assert data.character_book is not None
    assert [(item.keys, item.content, item.insertion_order) for item in data.character_book.entries] == [
        (("king", "queen"), "The {{char}} king.", 0),
        (("sea",), "Wet.", 1),
    ]


def test_the_files_of_the_card(found: ReadCard) -> None:
    assert found.picture == PICTURE
    assert [(item.type, item.name, item.uri) for item in found.card.data.assets or ()] == [
        ("icon", "main", "embeded://characters/char1/images/a.png"),
        ("icon", "Happy", "embeded://characters/char1/images/b.jpg"),
        ("background", "city-background", "embeded://scenarios/city-background.png"),
    ]
    assert [item.path for item in found.files] == [*list(FILES)[5:], "__chat:0"]


def test_settings_survive_and_chats_stay_private(found: ReadCard) -> None:
    note = found.card.data.extensions["cardgen_desktop"]["byaf"]
    assert [item["title"] for item in note["scenarios"]] == ["beach", "inn", "city"]
    assert note["scenarios"][1]["narrative"] == "At the inn." and note["scenarios"][0]["temperature"] == 0.7
    assert "a secret" not in found.card.model_dump_json()
    assert "Chats in the archive are private" in told(found)
    for target in ("png", "json-v3", "charx", "jpeg-charx"):
        assert b"a secret" not in written(order_of(found), target)


def test_an_unedited_archive_is_written_as_it_was(found: ReadCard) -> None:
    made = objects(written(order_of(found)))
    assert made == FILES and list(made) == list(FILES)
    assert read(written(order_of(found))).card == found.card
    assert written(order_of(found)) == written(order_of(found))


@pytest.mark.parametrize("target", ["png", "charx", "jpeg-charx", "json-v3"])
def test_the_way_back_is_whole(found: ReadCard, target: str) -> None:
    between = read_card(written(order_of(found), target), "between")
    order = ExportOrder(between.card, between.picture, between.original, between.files)
    made = objects(written(order))
    without_chat = {**FILES, "scenarios/beach.json": scenario("beach")}
    same = {name for name in without_chat if made.get(name) == without_chat[name]}
    assert {name for name in FILES if name.endswith(".json")} - {"scenarios/beach.json"} <= same
    assert made["scenarios/beach.json"]["narrative"] == "At the beach."
    back = read(written(order))
    assert card_differences(found.card, back.card) == ()


def valid(data: bytes) -> None:
    """What the schemas of version 1 say, in short, and that every path is there."""
    made = objects(data)
    manifest = made["manifest.json"]
    assert {"schemaVersion", "createdAt", "characters", "scenarios"} <= manifest.keys()
    assert manifest.keys() <= {"$schema", "schemaVersion", "createdAt", "author", "characters", "scenarios"}
    (path,) = manifest["characters"]
    assert re.fullmatch(r"characters/[^/]+/character\.json", path) and manifest["scenarios"]
    character = made[path]
    assert character.keys() == CHARACTER.keys() and path == f"characters/{character['id']}/character.json"
    assert all(isinstance(character[key], type(CHARACTER[key])) for key in CHARACTER)
    dates = [manifest["createdAt"], character["createdAt"], character["updatedAt"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", date) for date in dates)
    keys = [item["key"] for item in character["loreItems"]]
    assert len(set(keys)) == len(keys) and all(
        item.keys() == {"key", "value"} for item in character["loreItems"]
    )
    for image in character["images"]:
        assert re.fullmatch(r"images/[^/]+\.(png|jpe?g|webp|gif)", image["path"])
        assert f"characters/{character['id']}/{image['path']}" in made and isinstance(image["label"], str)
    if "author" in manifest:
        assert manifest["author"]["backyardURL"].startswith("https://")
    for path in manifest["scenarios"]:
        assert re.fullmatch(r"scenarios/[^/]+\.json", path)
        valid_scenario(made[path], made)


def valid_scenario(found: dict[str, Any], made: dict[str, Any]) -> None:
    sample = scenario("x")
    required = sample.keys() - {"title", "model"}
    assert required <= found.keys() <= {*sample, "backgroundImage", "$schema"}
    assert len(found["firstMessages"]) <= 1
    for key in required - {"promptTemplate", "grammar"}:
        assert isinstance(found[key], bool) == isinstance(sample[key], bool)
        assert isinstance(
            found[key], int | float if isinstance(sample[key], int | float) else type(sample[key])
        )
    assert found["promptTemplate"] in (
        "general",
        "ChatML",
        "Llama3",
        "Gemma2",
        "CommandR",
        "MistralInstruct",
        None,
    )
    assert all(
        item.keys() == {"characterID", "text"} for item in found["exampleMessages"] + found["firstMessages"]
    )
    assert "backgroundImage" not in found or found["backgroundImage"] in made


@pytest.mark.parametrize(
    "card",
    [
        card_files.KEEPER_V3,
        card_files.KEEPER_V2,
        {"name": "…", "description": "", "first_mes": "", "mes_example": "x"},
    ],
)
def test_any_card_is_written_valid(card: dict[str, Any]) -> None:
    found = read_card(json.dumps(card).encode(), "a.json")
    data = written(ExportOrder(found.card, PICTURE, found.original))
    valid(data)
    back = read(data)
    assert back.picture == PICTURE
    assert card_differences(held_byaf(ExportOrder(found.card, PICTURE, found.original)), back.card) == ()
    assert back.card.data.first_mes == found.card.data.first_mes


def test_an_edited_greeting_is_no_loss(found: ReadCard) -> None:
    more = with_data(found.card, alternate_greetings=("Edited.", "New."))
    assert losses_of(order_of(found, more), TARGETS["byaf"]) == ()
    card = with_data(found.card, alternate_greetings=("Edited.",), first_mes="Edited too.")
    assert losses_of(order_of(found, card), TARGETS["byaf"]) == ()
    assert card_differences(card, read(written(order_of(found, card))).card) == ()


def test_a_later_date_of_change_is_no_difference(found: ReadCard) -> None:
    later = read(written(order_of(found, with_data(found.card, modification_date=1800000000))))
    assert later.card.data.modification_date == 1800000000
    assert card_differences(found.card, later.card) == ()


def test_what_is_kept_is_made_valid() -> None:
    broken = scenario("x", temperature="hot", promptTemplate="Qwen", grammar=7, messages="none", model=3)
    found = read(byaf(**{"scenarios/beach.json": broken, "manifest.json": {**MANIFEST, "createdAt": 5}}))
    data = written(order_of(found))
    valid(data)
    assert objects(data)["scenarios/beach.json"]["temperature"] == 1.2


def test_edits_are_laid_over_what_is_kept(found: ReadCard) -> None:
    card = with_data(found.card, name="Bea", scenario="Elsewhere, {{user}}.", creator="Ann", tags=())
    made = objects(written(order_of(found, card)))
    character, first = made["characters/char1/character.json"], made["scenarios/beach.json"]
    assert (character["name"], character["displayName"], character["isNSFW"]) == ("Bea", "Bea", False)
    assert first == scenario("beach", narrative="Elsewhere, {user}.", messages=CHAT)
    assert made["manifest.json"]["author"] == {**MANIFEST["author"], "name": "Ann"}
    assert made["scenarios/city.json"] == FILES["scenarios/city.json"]


@pytest.mark.parametrize(
    ("greetings", "expected"),
    [
        ((), {"beach": "beach", "inn": None, "city": None}),
        (("New.",), {"beach": "beach", "inn": None, "city": "New."}),
        (("{{user}}, at the city.", "New."), {"beach": "beach", "inn": None, "city": "city", "": "New."}),
        (("New.", "{{user}}, at the city."), {"beach": "beach", "": "New.", "inn": None, "city": "city"}),
    ],
)
def test_greetings_stay_with_their_scenarios(
    found: ReadCard, greetings: tuple[str, ...], expected: dict[str, str | None]
) -> None:
    data = written(order_of(found, with_data(found.card, alternate_greetings=greetings)))
    valid(data)
    made = objects(data)
    shown = {}
    for path in made["manifest.json"]["scenarios"]:
        first = made[path]["firstMessages"]
        text = first[0]["text"] if first else None
        shown[made[path].get("title", "")] = (
            re.sub(r"\{user\}, at the (\w+)\.", r"\1", text) if text else None
        )
    assert shown == expected
    assert read(data).card.data.alternate_greetings == greetings


def test_lore_that_is_off_stays_behind_and_keys_differ(found: ReadCard) -> None:
    book = found.card.data.character_book
    assert book is not None
    entries = (
        *book.entries,
        book.entries[1].model_copy(update={"content": "Deep."}),
        book.entries[0].model_copy(update={"enabled": False, "content": "off"}),
    )
    card = with_data(found.card, character_book=book.model_copy(update={"entries": entries}))
    data = written(order_of(found, card))
    valid(data)
    items = objects(data)["characters/char1/character.json"]["loreItems"]
    assert [item["key"] for item in items] == ["king,queen", "sea", "sea,"]
    back = read(data).card.data.character_book
    assert back is not None and [item.keys for item in back.entries][1:] == [("sea",), ("sea",)]


def test_a_personality_goes_behind_the_description(found: ReadCard) -> None:
    made = objects(written(order_of(found, with_data(found.card, personality="Dry."))))
    persona = made["characters/char1/character.json"]["persona"]
    assert persona == "{character} likes {user}, and {{random:a,b}}.\n\nDry."


def test_a_new_avatar_takes_the_place_of_the_first_image(found: ReadCard) -> None:
    order = ExportOrder(found.card, SECOND, None, found.files)
    made = objects(written(order))
    character = made["characters/char1/character.json"]
    assert character["images"][0] == {"path": "images/a.jpg", "label": "Portrait"}
    assert made["characters/char1/images/a.jpg"] == SECOND
    assert read(written(order)).picture == SECOND


def test_files_that_are_no_images_stay_behind() -> None:
    found = read_card(json.dumps(card_files.KEEPER_V3).encode(), "a.json")
    files = [ContainedFile("module.risum", 1, lambda: b"x"), ContainedFile("a.ogg", 1, lambda: b"x")]
    made = objects(written(ExportOrder(found.card, PICTURE, found.original, files)))
    assert [name for name in made if not name.endswith(".json")] == ["characters/mira-holt/images/main.png"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenarios/inn.json": None}, "`scenarios/inn.json` is not in the archive"),
        ({"scenarios/inn.json": b"{broken"}, "`scenarios/inn.json` cannot be read"),
        ({"characters/char1/images/b.jpg": None}, "is not in the archive; the mention is kept"),
        ({"manifest.json": {**MANIFEST, "schemaVersion": 2}}, "is of version 2"),
        ({"manifest.json": {**MANIFEST, "characters": []}}, "names no character"),
        ({"manifest.json": {**MANIFEST, "scenarios": []}}, "has no scenario"),
        (
            {
                "manifest.json": {
                    **MANIFEST,
                    "characters": [*MANIFEST["characters"], "characters/b/character.json"],
                }
            },
            "has 2 characters",
        ),
        ({"characters/char1/character.json": {**CHARACTER, "images": "none", "loreItems": [None, 7]}}, ""),
        (
            {"characters/char1/character.json": {**CHARACTER, "images": [{"path": "../../x.png"}]}},
            "not in the",
        ),
        (
            {"characters/char1/character.json": {**CHARACTER, "persona": None, "name": 7, "createdAt": 5}},
            "Found 7",
        ),
        ({"scenarios/beach.json": scenario("x", firstMessages=["a"], exampleMessages={"a": 1})}, ""),
    ],
)
def test_odd_archives_are_read_with_a_word(changes: dict[str, Any], words: str) -> None:
    found = read(byaf(**changes))
    assert words in told(found)
    valid(written(order_of(found)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"manifest.json": b"[]"}, "not an object"),
        ({"manifest.json": b"{"}, "JSON is broken"),
        ({"characters/char1/character.json": None}, "without the character"),
        ({"characters/char1/character.json": b"\0\0"}, "JSON is broken"),
    ],
)
def test_archives_without_a_character_are_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CardError, match=words):
        read(byaf(**changes))


def test_thousands_of_equal_keys_differ_in_little(found: ReadCard) -> None:
    entries = tuple(LorebookEntry(keys=("sea",), content=str(number)) for number in range(5_000))
    card = with_data(found.card, character_book=Lorebook(entries=entries))
    data = written(order_of(found, card))
    items = objects(data)["characters/char1/character.json"]["loreItems"]
    keys = [item["key"] for item in items]
    assert keys[:4] == ["sea", "sea,", "sea ,", "sea,,"]
    assert len(set(keys)) == len(keys) and max(map(len, keys)) < 40
    again = read(data).card.data.character_book
    assert again is not None and {entry.keys for entry in again.entries} == {("sea",)}


def test_hundreds_of_greetings_are_scenarios_and_too_many_are_refused(found: ReadCard) -> None:
    greetings = tuple(f"Hello {number}." for number in range(900))
    data = written(order_of(found, with_data(found.card, alternate_greetings=greetings)))
    assert [text for text in read(data).card.data.alternate_greetings if text in greetings] == [*greetings]
    many = with_data(found.card, alternate_greetings=greetings * 300)
    with pytest.raises(UnreadableError, match="270,000 greetings; the limit for BYAF is 2,000"):
        losses_of(order_of(found, many), TARGETS["byaf"])
