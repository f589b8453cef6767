"""Cards of Agnai, Pygmalion, text-generation-webui, Chub and NovelAI: read, kept whole, written back."""

import base64
import io
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, BinaryIO

import pytest

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.formats.findings import Findings
from cardgen_desktop.formats.model.card_payload import v2_payload, v3_payload
from cardgen_desktop.formats.model.normalise import card_from
from cardgen_desktop.formats.programs import agnai, pygmalion
from cardgen_desktop.formats.read_card import ReadBook, ReadCard
from cardgen_desktop.formats.registry import looks_like_card, read_card, read_content
from cardgen_desktop.formats.writing.export import card_bytes
from cardgen_desktop.formats.writing.export_order import ExportOrder
from tests.support import card_files
from tests.support import foreign_files as files
from tests.support.foreign_files import card_of

Write = Callable[[ExportOrder, BinaryIO], None]


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def read(value: Any) -> ReadCard:
    return read_card(encoded(value), "card.json")


def told(found: ReadCard) -> str:
    return " | ".join(f"{problem.level} {problem.where}: {problem.message}" for problem in found.problems)


def written(card: Card, write: Write) -> Any:
    file = io.BytesIO()
    write(ExportOrder(card), file)
    return json.loads(file.getvalue())


def through_v3(card: Card) -> Card:
    """The card after it was a V3 file."""
    return card_from(json.loads(json.dumps(v3_payload(card))), Findings())


def edited(card: Card, **fields: Any) -> Card:
    return card.model_copy(update={"data": card.data.model_copy(update=fields)})


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (files.AGNAI, "agnai"),
        ({"name": "A", "persona": {}, "greeting": "", "scenario": "", "sampleChat": ""}, "agnai"),
        ({"kind": "library-character", "name": "A", "persona": {"kind": "text"}}, "agnai"),
        (files.CHUB, "chub"),
        (files.CHUB["node"], "chub"),
        (files.NOVELAI_SCENARIO, "novelai-scenario"),
        (files.PYGMALION, "pygmalion"),
        (files.OOBA, "ooba"),
        ({"name": "A", "context": "b"}, "ooba"),
        ({**files.PYGMALION, "description": "V1 counts first", "first_mes": "a"}, ""),
    ],
)
def test_a_card_is_told_by_its_content(value: Any, kind: str) -> None:
    found = read(value)
    assert (found.container, found.format, found.spec) == ("json", kind, None)
    assert (found.original is None) is bool(kind)
    assert looks_like_card(encoded(value), "dropped.json")


def test_a_specification_counts_before_the_signs_of_programs() -> None:
    found = read(
        {**files.AGNAI, **files.CHUB, "spec": "chara_card_v2", "data": {"name": "A", "first_mes": "b"}}
    )
    assert (found.format, found.spec, found.card.data.first_mes) == ("", "chara_card_v2", "b")


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "character"},
        {"kind": "character", "name": "A"},
        {"kind": "memory", "name": "A"},
        {"char_name": "A"},
        {"name": "A", "greeting": "b", "port": 80},
        {"name": "service", "context": "./app", "build": {}},
        {"definition": {"name": "a"}},
        {"scenarioVersion": 1},
    ],
)
def test_other_json_is_no_card(value: Any) -> None:
    assert not looks_like_card(encoded(value), "other.json")


def test_a_character_of_agnai() -> None:
    found = read(files.AGNAI)
    data = found.card.data
    assert found.problems == ()
    assert data.name == "Mira Holt"
    assert data.description == ('[character("Mira Holt") {\nspecies("human")\nmind("dry" + "patient")\n}]')
    assert (data.first_mes, data.scenario, data.mes_example) == (
        "You are late.",
        "The winter oil arrives.",
        files.AGNAI["sampleChat"],
    )
    assert data.creator_notes == "A note for people: best by night."
    assert (data.alternate_greetings, data.tags, data.creator, data.character_version) == (
        ("Mind the step.",),
        ("sea",),
        "the tests",
        "2",
    )
    assert data.extensions["depth_prompt"] == {"role": "system", "prompt": "Storm tonight.", "depth": 3}
    assert data.character_book is not None
    assert [entry.content for entry in data.character_book.entries] == ["A skerry.", "Her brother."]
    kept = data.extensions["cardgen_desktop"]["agnai"]["values"]
    assert (kept["appearance"], kept["persona"]) == (files.AGNAI["appearance"], files.AGNAI["persona"])
    assert "greeting" not in kept and "characterBook" not in kept


ATTRIBUTES = {"species": ["human"], "mind": ["dry", "patient"]}


@pytest.mark.parametrize(
    ("persona", "text"),
    [
        ({"kind": "text", "attributes": {"text": ["Keeps the light."]}}, "Keeps the light."),
        ({"kind": "text", "attributes": {"text": []}}, ""),
        ({"kind": "boostyle", "attributes": ATTRIBUTES}, "Mira + human + dry + patient"),
        (
            {"kind": "wpp", "attributes": ATTRIBUTES},
            '[character("Mira") {\nspecies("human")\nmind("dry" + "patient")\n}]',
        ),
        (
            {"kind": "sbf", "attributes": ATTRIBUTES},
            '[ character: "Mira"; species: "human"; mind: "dry", "patient" ]',
        ),
        ({"kind": "attributes", "attributes": ATTRIBUTES}, "species: human\nmind: dry, patient"),
        ({"kind": "attributes", "attributes": {"age": 40, "x": [None, 1]}}, "age: 40\nx: 1"),
    ],
)
def test_every_kind_of_persona_is_read_and_kept(persona: dict[str, Any], text: str) -> None:
    value = {"kind": "character", "name": "Mira", "persona": persona, "greeting": "Hi"}
    card = read(value).card
    assert card.data.description == text
    assert written(through_v3(card), agnai.write_agnai) == value


@pytest.mark.parametrize(
    ("persona", "description", "message"),
    [
        ("She keeps the light.", "She keeps the light.", "Found a text instead of a persona"),
        (None, "", "no persona"),
        ({"kind": "wpp"}, "", "no persona"),
        (5, "", "no persona"),
    ],
)
def test_odd_personas(persona: Any, description: str, message: str) -> None:
    found = read({"kind": "character", "name": "Mira", "persona": persona, "greeting": "Hi"})
    assert found.card.data.description == description
    assert message in told(found)


@pytest.mark.parametrize("through", [lambda card: card, through_v3], ids=["at once", "after V3"])
@pytest.mark.parametrize(
    ("value", "write"),
    [
        (files.AGNAI, agnai.write_agnai),
        ({**files.AGNAI, "characterBook": None, "extensions": {"vendor": [1]}}, agnai.write_agnai),
        (files.PYGMALION, pygmalion.write_ooba),
        ({"char_name": "A", "char_greeting": None}, pygmalion.write_ooba),
    ],
    ids=["agnai", "agnai without a book", "pygmalion", "pygmalion with gaps"],
)
def test_a_card_goes_back_as_it_came(value: Any, write: Write, through: Callable[[Card], Card]) -> None:
    assert written(through(read(value).card), write) == value


def test_an_edit_counts_before_what_is_kept_of_agnai() -> None:
    card = read(files.AGNAI).card
    made = written(edited(card, description="Bare words.", first_mes="Good evening."), agnai.write_agnai)
    assert made["persona"] == {"kind": "text", "attributes": {"text": ["Bare words."]}}
    assert made["greeting"] == "Good evening."
    assert made["appearance"] == files.AGNAI["appearance"]
    renamed = written(edited(card, name="Åse"), agnai.write_agnai)
    assert renamed["name"] == "Åse"
    assert renamed["persona"]["kind"] == "text"
    prompt = {"depth_prompt": {"prompt": "Calm.", "depth": 1, "role": "system"}}
    calm = written(edited(card, extensions={**card.data.extensions, **prompt}), agnai.write_agnai)
    assert calm["insert"] == {"depth": 1, "prompt": "Calm."}


def test_nothing_that_was_taken_out_of_a_card_stays_in_what_is_kept() -> None:
    card = edited(
        read(files.AGNAI).card,
        description="",
        first_mes="",
        scenario="",
        mes_example="",
        creator_notes="",
        alternate_greetings=(),
        character_book=None,
    )
    text = json.dumps(v3_payload(card))
    for secret in ("You are late", "winter oil", "Lonely", "best by night", "Mind the step", "skerry"):
        assert secret not in text


def test_the_persona_agnai_left_in_a_v2_card_is_used_while_it_says_the_description() -> None:
    persona = {"kind": "boostyle", "attributes": {"mind": ["dry"]}}
    extensions = {"agnai": {"persona": persona, "voice": None}}
    card = Card(data=CardData(name="Mira", description="Mira + dry", extensions=extensions))
    assert written(card, agnai.write_agnai)["persona"] == persona
    changed = written(edited(card, description="Other"), agnai.write_agnai)["persona"]
    assert changed == {"kind": "text", "attributes": {"text": ["Other"]}}


def test_a_card_for_agnai_has_what_agnai_reads() -> None:
    book = Lorebook(name="B", entries=(LorebookEntry(keys=("a",), content="b", comment="c", constant=True),))
    card = Card(
        data=CardData(
            name="Mira",
            description="Keeps the light.",
            personality="Dry.",
            scenario="Rock.",
            first_mes="Late.",
            mes_example="x",
            creator_notes="For people.",
            system_prompt="s",
            post_history_instructions="p",
            alternate_greetings=("g",),
            tags=("t",),
            creator="me",
            character_version="1",
            character_book=book,
            extensions={"depth_prompt": {"prompt": "P", "depth": 2, "role": "user"}, "vendor": 1},
        )
    )
    made = written(card, agnai.write_agnai)
    entry = made["characterBook"]["entries"][0]
    assert made | {"characterBook": None} == {
        "kind": "character",
        "name": "Mira",
        "greeting": "Late.",
        "scenario": "Rock.",
        "sampleChat": "x",
        "description": "For people.",
        "systemPrompt": "s",
        "postHistoryInstructions": "p",
        "alternateGreetings": ["g"],
        "tags": ["t"],
        "creator": "me",
        "characterVersion": "1",
        "persona": {"kind": "text", "attributes": {"text": ["Keeps the light.\nDry."]}},
        "extensions": card.data.extensions,
        "insert": {"depth": 2, "prompt": "P"},
        "characterBook": None,
    }
    assert (entry["name"], entry["entry"], entry["keywords"], entry["enabled"]) == ("c", "b", ["a"], True)
    assert (entry["weight"], entry["priority"], entry["constant"]) == (100, 0, True)
    again = read(made).card.data
    assert again.extensions["depth_prompt"] == card.data.extensions["depth_prompt"]
    assert again.description == "Keeps the light.\nDry."


def test_the_avatar_agnai_carries_is_the_picture() -> None:
    picture = card_files.png()
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    assert read({**files.AGNAI, "avatar": address}).picture == picture
    for other in ("/assets/a.png", "data:image/png;base64,%%", "data:text/html;base64,PGI+", 5):
        assert read({**files.AGNAI, "avatar": other}).picture is None


def test_pygmalion_and_what_is_beside_it() -> None:
    found = read(files.PYGMALION)
    data = found.card.data
    assert found.problems == ()
    assert (data.name, data.description, data.first_mes, data.scenario, data.mes_example) == (
        "Mira Holt",
        "She keeps the light.",
        "You are late.",
        "Gull Rock.",
        "<START>\n{{char}}: Hm.",
    )
    kept = data.extensions["cardgen_desktop"]["pygmalion"]
    assert kept == {"values": {"metadata": files.PYGMALION["metadata"]}}


def test_a_card_for_pygmalion_folds_the_personality_into_the_persona() -> None:
    card = Card(data=CardData(name="A", description="b", personality="c", first_mes="d", scenario="e"))
    assert written(card, pygmalion.write_ooba) == {
        "char_name": "A",
        "char_persona": "b\nc",
        "char_greeting": "d",
        "world_scenario": "e",
        "example_dialogue": "",
    }


def test_a_character_of_text_generation_webui_in_json() -> None:
    data = read(files.OOBA).card.data
    assert (data.name, data.description, data.first_mes) == (
        "Mira Holt",
        files.OOBA["context"],
        "You are late.",
    )
    assert data.extensions["cardgen_desktop"]["ooba"]["values"]["your_name"] == "You"


@pytest.mark.parametrize("value", [files.CHUB, files.CHUB["node"]])
def test_a_character_of_chub(value: dict[str, Any]) -> None:
    data = read(value).card.data
    assert (data.name, data.description, data.personality) == ("Mira Holt", "She keeps the light.", "Dry.")
    assert (data.first_mes, data.mes_example, data.scenario) == ("You are late.", "<START>", "Gull Rock.")
    assert (data.creator_notes, data.system_prompt) == ("For people.", "{{original}}")
    assert (data.post_history_instructions, data.alternate_greetings) == ("Brief.", ("Mind the step.",))
    assert (data.tags, data.creator) == (("sea", "Light"), "keeper")
    assert data.character_book is not None and data.character_book.entries[0].keys == ("rock",)
    assert data.extensions["chub"] == {"id": 5}
    kept = data.extensions["cardgen_desktop"]["chub"]["values"]
    assert (kept["starCount"], kept["definition"]) == (3, {"bound_preset": None})


def test_a_scenario_of_novelai() -> None:
    found = read(files.NOVELAI_SCENARIO)
    data = found.card.data
    assert found.problems == ()
    assert (data.name, data.first_mes, data.description) == (
        "Gull Rock",
        "The oil arrived late.",
        "Mira keeps the light.",
    )
    assert (data.creator_notes, data.creator, data.tags) == ("A winter night.", "the tests", ("sea",))
    assert data.extensions["depth_prompt"]["prompt"] == "[Mood: storm]"
    assert data.character_book is not None
    assert [entry.insertion_order for entry in data.character_book.entries] == [400, -1]
    kept = data.extensions["cardgen_desktop"]["novelai-scenario"]["values"]
    assert kept == {
        key: files.NOVELAI_SCENARIO[key] for key in ("scenarioVersion", "ephemeralContext", "placeholders")
    } | {"context": [{"contextConfig": {"prefix": ""}}] * 2}


@pytest.mark.parametrize(
    "value", [files.AGNAI, files.PYGMALION, files.OOBA, files.CHUB, files.NOVELAI_SCENARIO]
)
def test_what_is_kept_survives_v3_and_v2(value: Any) -> None:
    card = read(value).card
    for payload in (v3_payload, v2_payload):
        again = card_from(json.loads(json.dumps(payload(card))), Findings())
        assert again.data.extensions == card.data.extensions


def test_every_field_of_any_type_is_read_with_a_word() -> None:
    for value in (files.AGNAI, files.PYGMALION, files.OOBA, files.CHUB["node"], files.NOVELAI_SCENARIO):
        for key in value:
            for odd in (None, 5, True, [], {}, [[]], {"a": 1}, "text"):
                changed = {**deepcopy(value), key: odd}
                if looks_like_card(encoded(changed), "odd"):
                    assert isinstance(read(changed).card, Card)


@pytest.mark.parametrize("middle", ["png", "json-v3", "charx"])
@pytest.mark.parametrize(
    ("value", "target"),
    [
        (files.AGNAI, "agnai"),
        (files.PYGMALION, "ooba"),
        (files.WORLD_INFO, "st-worldinfo"),
        (files.RISU, "risu-lorebook"),
    ],
    ids=["agnai", "pygmalion", "world info", "risu"],
)
def test_the_way_through_another_file_and_back_is_whole(value: Any, target: Any, middle: Any) -> None:
    found = read_content(encoded(value), "a.json")
    card = card_of(found.book) if isinstance(found, ReadBook) else found.card
    between = read_card(card_bytes(card, middle, picture=card_files.png()), "between")
    again = card_bytes(between.card, target, picture=None, original=between.original)
    assert json.loads(again) == value
