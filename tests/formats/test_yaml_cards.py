"""Cards in YAML: text-generation-webui's and the neutral ones; prose is none, hostile YAML is refused."""

import io
import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.findings import Findings
from cardgen_desktop.formats.model.card_payload import v3_payload
from cardgen_desktop.formats.model.normalise import card_from
from cardgen_desktop.formats.programs import yaml_cards, yaml_values
from cardgen_desktop.formats.read_card import ReadCard
from cardgen_desktop.formats.registry import looks_like_card, read_card
from cardgen_desktop.formats.writing.export_order import ExportOrder

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

WEBUI = """\
name: Mira Holt
greeting: |-
  You are late.

  *She lowers the rope.*
context: "Mira keeps the light.  \\nShe counts ships."
turn_template: ''
"""

NEUTRAL = """\
char_name: Mira Holt
char_persona: Dry.
char_greeting: You are late.
example_dialogue: <START>
world_scenario: Gull Rock.
name: Mira Holt
description: She keeps the light.
personality: Dry.
first_mes: You are late.
mes_example: <START>
scenario: Gull Rock.
metadata:
  version: 1
  created: 1700000000000
  tool: {name: a tool, url: ''}
"""


def read(text: str | bytes) -> ReadCard:
    return read_card(text.encode() if isinstance(text, str) else text, "card.yaml")


def written(card: Card) -> str:
    file = io.BytesIO()
    yaml_cards.write_yaml(ExportOrder(card), file)
    return file.getvalue().decode()


def told(found: ReadCard) -> str:
    return " | ".join(f"{problem.level} {problem.where}: {problem.message}" for problem in found.problems)


def test_a_character_of_text_generation_webui() -> None:
    found = read(WEBUI)
    data = found.card.data
    assert (found.container, found.format, found.original, found.problems) == ("yaml", "ooba-yaml", None, ())
    assert data.name == "Mira Holt"
    assert data.first_mes == "You are late.\n\n*She lowers the rope.*"
    assert data.description == "Mira keeps the light.  \nShe counts ships."


@pytest.mark.parametrize(
    ("text", "name", "greeting", "description"),
    [
        ("bot: A\ngreeting: b\ncontext: c\n", "A", "b", "c"),
        ("char_name: A\nchar_greeting: b\ncontext: c\n", "A", "b", "c"),
        ('"<|bot|>": A\ncontext: c\n', "A", "", "c"),
        ("name: ''\nbot: A\ncontext: c\n", "A", "", "c"),
        ("name: 007\ngreeting: yes\ncontext: 12:30\n", "007", "yes", "12:30"),
        ("name: 5\ncontext: c\n", "5", "", "c"),
        ("name: Åse\r\ncontext: |\r\n  c\r\n  d\r\n", "Åse", "", "c\nd\n"),
        ('{name: A, context: "c"}', "", "", ""),
    ],
)
def test_old_names_and_odd_scalars(text: str, name: str, greeting: str, description: str) -> None:
    if not name:
        with pytest.raises(CardError):
            read(text)
        return
    data = read(text).card.data
    assert (data.name, data.first_mes, data.description) == (name, greeting, description)


def test_examples_beside_the_context_are_examples() -> None:
    text = "name: A\ngreeting: b\ncontext: c\nexample_dialogue: d\n"
    data = read(text).card.data
    assert (data.description, data.mes_example) == ("c", "d")
    assert yaml.safe_load(written(read(text).card)) == yaml.safe_load(text)


def test_a_neutral_card_is_read_by_its_v1_fields() -> None:
    found = read(NEUTRAL)
    data = found.card.data
    assert found.format == "neutral-yaml"
    assert (
        data.name,
        data.description,
        data.personality,
        data.first_mes,
        data.scenario,
        data.mes_example,
    ) == (
        "Mira Holt",
        "She keeps the light.",
        "Dry.",
        "You are late.",
        "Gull Rock.",
        "<START>",
    )
    assert found.card.model_extra is not None
    assert found.card.model_extra["metadata"]["created"] == 1700000000000
    assert found.original is not None and found.original["char_persona"] == "Dry."
    assert (
        read(NEUTRAL.replace("description: She keeps the light.", "description: ''")).card.data.description
        == ""
    )


def test_pygmalion_and_the_specifications_in_yaml() -> None:
    assert read("char_name: A\nchar_persona: b\nchar_greeting: c\n").format == "pygmalion"
    found = read("spec: chara_card_v2\nspec_version: '2.0'\ndata:\n  name: A\n  description: b\n")
    assert (found.spec, found.card.data.description) == ("chara_card_v2", "b")


@pytest.mark.parametrize(
    "text",
    [
        "Mira Holt kept the light: always.\n",
        "name: Mira\n\nShe kept the light.\ncontext: none\n",
        "name: Mira\nage: 40\ndescription: keeps the light\n",
        "name: Mira\npersonality: dry\nscenario: the rock\n",
        "---\nname: A post\ncontext: blog\n---\n# Title\n\nProse: with a colon.\n",
        "name: [unclosed\ncontext: c\n",
        "  name: A\n  context: c\n",
        "name: service\nversion: 3\n",
        "- name: A\n  context: c\n",
        "names: A\ncontexts: c\n",
        "name:\ncontext: c\n",
        "",
    ],
)
def test_prose_and_other_yaml_are_no_cards(text: str) -> None:
    assert not looks_like_card(text.encode(), "notes.yaml")


@pytest.mark.parametrize("text", [WEBUI, NEUTRAL])
def test_a_card_is_told_by_its_content(text: str) -> None:
    for data in (
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.replace("\n", "\r\n").encode(),
    ):
        assert read_card(data, "x.yaml").card.data.name == "Mira Holt"
        assert looks_like_card(data, "x.txt")
    assert "The name ends in" in told(read_card(text.encode(), "x.json"))


def test_a_card_in_western_letters_is_read_with_a_warning() -> None:
    found = read("name: Åse\ncontext: c\n".encode("cp1252"))
    assert found.card.data.name == "Åse"
    assert "Windows-1252" in told(found)


BOMB = "name: A\ncontext: c\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BOMB, "more than 500,000 values"),
        ("name: A\ncontext: c\nx: " + "[" * 200 + "]" * 200, "64 levels deep"),
        ("name: A\ncontext: c\nx: " + '{"a": ' * 9000, "64 levels deep"),
        ("name: A\ncontext: c\nx: !!python/object/apply:os.system [ls]\n", "tag"),
        ("name: A\ncontext: c\nx: !mine 5\n", "tag"),
        ("name: A\ncontext: c\nx: *nowhere\n", "broken|refers"),
        ("name: A\ncontext: c\nself: &self [*self]\n", "refers"),
        ("name: A\ncontext: [c\nx\n", "broken at line"),
        ("name: A\ncontext: c\n---\nname: B\ncontext: d\n", "more than one YAML document"),
        ("name: A\ncontext: c\nx: \x01\n", "broken"),
    ],
    ids=[
        "bomb",
        "deep",
        "deep objects",
        "python tag",
        "own tag",
        "alias",
        "loop",
        "broken",
        "two",
        "control",
    ],
)
def test_hostile_yaml_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(CardError, match=sentence) as caught:
        read(text)
    assert len(caught.value.message) < 300


def test_too_much_yaml_is_refused() -> None:
    with pytest.raises(CardError, match="32 MB"):
        read("name: A\ncontext: " + "x" * (33 * 1024 * 1024))


def test_sound_anchors_tags_and_equal_keys() -> None:
    text = "name: &n Mira\nbot: *n\ncontext: !!str 5\nname: Åse\n"
    text += "x: [1, 1.5, -2, true, null, ~, 1e5, 0x10, .inf]\n"
    found = read(text)
    assert (found.card.data.name, found.card.data.description) == ("Åse", "5")
    assert 'The key "name" appears more than once' in told(found)
    kept = found.card.data.extensions["cardgen_desktop"]["ooba"]["values"]
    assert kept == {"bot": "Mira", "x": [1, 1.5, -2, True, None, None, "1e5", "0x10", ".inf"]}


def test_a_whole_card_is_folded_as_text_generation_webui_does() -> None:
    card = Card(
        data=CardData(
            name="Mira",
            description="Keeps the light.",
            personality="Dry.",
            scenario="Gull Rock.",
            first_mes="Late.\nAgain.",
            mes_example="\n<START>\n{{char}}: Hm.\n",
        )
    )
    made = yaml.safe_load(written(card))
    assert made == {
        "name": "Mira",
        "greeting": "Late.\nAgain.",
        "context": "Mira's Persona: Keeps the light.\nDry.\nScenario: Gull Rock.\n<START>\n{{char}}: Hm.\n",
    }
    again = read(written(card)).card
    assert again.data.description == made["context"]
    assert written(again) == written(card)


def test_a_description_alone_is_the_context_as_it_is() -> None:
    card = Card(data=CardData(name="A", description="  Keeps the light.  \n\n"))
    assert yaml.safe_load(written(card))["context"] == card.data.description


def test_a_file_goes_back_as_it_came_also_after_v3() -> None:
    card = read(WEBUI).card
    again = card_from(json.loads(json.dumps(v3_payload(card))), Findings())
    for back in (card, again):
        assert yaml.safe_load(written(back)) == yaml.safe_load(WEBUI)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "a\nb",
        " a\nb",
        "\n\na\n",
        "a \nb",
        "a\n\n",
        "yes",
        "1e3",
        "a: b\n# c\n- d",
        "\ta\nb",
        "a\u2028b\nc",
        "---\n",
    ]
)


@QUICK
@given(
    st.dictionaries(
        texts, texts | st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=1
    )
)
def test_what_is_written_is_read_the_same_by_us_and_by_others(value: dict[str, Any]) -> None:
    text = yaml_values.yaml_text(value)
    ours = yaml_values.parse_yaml(text, Findings())
    theirs = yaml.safe_load(text)
    for key, item in value.items():
        if isinstance(item, str):
            assert ours[key] == item
            assert theirs[key] == item


@QUICK
@given(st.tuples(texts, texts, texts, texts, texts, texts))
def test_every_text_survives_or_is_folded(fields: tuple[str, ...]) -> None:
    name, description, personality, scenario, first_mes, mes_example = fields
    card = Card(
        data=CardData(
            name=name or "A",
            description=description,
            personality=personality,
            scenario=scenario,
            first_mes=first_mes,
            mes_example=mes_example,
        )
    )
    text = written(card)
    if not name.strip():
        return
    again = read(text).card.data
    assert (again.name, again.first_mes) == (name, first_mes)
    assert all(
        part.strip() in again.description for part in (description, personality, scenario, mes_example)
    )


@QUICK
@given(st.text(alphabet="name: context\n-&*![]{}|>'\"#%@ x", max_size=60))
def test_random_yaml_never_ends_in_anything_but_a_card_or_a_sentence(tail: str) -> None:
    try:
        read("name: A\ncontext: b\n" + tail)
        details = ""
    except CardError as error:
        details = error.details
    assert details == ""
