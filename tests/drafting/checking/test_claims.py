"""What a field claims: sentences, list items, attributes and lines, and what claims nothing."""

import pytest

from cardgen_desktop.drafting.checking.claims import Claim, split_claims
from cardgen_desktop.reading.languages import language_pack

PACK = language_pack("en")


def texts(field: str, *, is_dialogue: bool = False) -> list[str]:
    """The claims of a field; every one stands in it where it says."""
    claims = split_claims(field, PACK, is_dialogue=is_dialogue)
    assert all(field[claim.at : claim.at + len(claim.text)] == claim.text for claim in claims)
    return [claim.text for claim in claims]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (
            "{{char}} is tall. He met Mr. Vane; he left.",
            ["{{char}} is tall.", "He met Mr. Vane; he left."],
        ),
        ("# Looks\n**Appearance:**\nAppearance:\nShe is tall.", ["She is tall."]),
        ("- red hair\n* likes cats\n2. afraid of the dark", ["red hair", "likes cats", "afraid of the dark"]),
        ("Age: 12\nHair: long, red", ["Age: 12", "Hair: long, red"]),
        ('[Hair("red" + "long") Age("12")]', ["red", "long", "12"]),
        ("A long line that a mail program has wrapped at its\nusual width goes on.",
         ["A long line that a mail program has wrapped at its\nusual width goes on."]),
        ("{{char}}\n<START>\n***\n{{user}}: I am tall.\n!!!", []),
    ],
)  # fmt: skip
def test_a_field_is_split_into_what_it_claims(field: str, wanted: list[str]) -> None:
    assert texts(field) == wanted


def test_an_attribute_knows_what_it_is_said_of() -> None:
    (claim,) = split_claims('Hair("red")', PACK)
    assert claim == Claim("red", 6, "attribute", "Hair")


def test_dialogue_gives_the_lines_of_the_character_and_none_of_the_user() -> None:
    field = "<START>\n{{user}}: Who are you?\nSpeak!\n{{char}}: The keeper. Go home.\n\nNow."
    assert texts(field, is_dialogue=True) == ["The keeper.", "Go home.", "Now."]
    claims = split_claims(field, PACK, is_dialogue=True)
    assert {(claim.kind, claim.speaker) for claim in claims} == {("line", "{{char}}")}


def test_a_name_before_a_colon_is_no_speaker_outside_of_dialogue() -> None:
    (claim,) = split_claims("{{char}}: tall and strong.", PACK)
    assert claim.kind != "line" and claim.text == "{{char}}: tall and strong."


@pytest.mark.parametrize(
    "field", ["", "\n \n", "{{" * 500, "(" * 3000, "a:" * 2000, "- \n" * 3000, "“" * 999]
)
def test_hostile_fields_are_split_all_the_same(field: str) -> None:
    assert isinstance(texts(field), list)
