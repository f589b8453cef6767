"""Chats and scripts, sheets, wiki pages, and novels that are none of them."""

import pytest

from cardgen_desktop.reading.shapes import shape_of
from tests.reading.sources import DATA, TREASURE_ISLAND, read, spoken

CHAT = """[2024-01-03 10:12] Mira: Are you there?
[2024-01-03 10:13] Jon: Yes.
Just woke up.
[2024-01-03 10:14] Mira: *yawns* So did I. Did you see the "Gull"?
[2024-01-03 10:15] Jon: No.
[2024-01-03 10:16] Mira: Go and look.
[2024-01-03 10:17] Jon: *She smiles.* "On my way," I tell her.
"""
SHEET = """Name: Elara Voss
Age: 27
Hair: Long copper hair
Personality: Quiet, stubborn and kind
Occupation: Lighthouse keeper
Goal: To find her brother Tomas
Quote: "The sea gives back what it takes."
"""
WIKI = """Elara Voss

Elara Voss is the keeper of the lighthouse on Corran Rock.[1]

Appearance

She has long copper hair. Elara wears her father's coat.[2]

Personality

She is stubborn. Tomas Voss laughed at her.

References

1. The Lamp, by Gregor Mill, p. 12.
"""


@pytest.mark.parametrize(("text", "shape"), [(CHAT, "chat"), (SHEET, "sheet"), (WIKI, "wiki"), ("", "prose")])
def test_shapes(text: str, shape: str) -> None:
    assert shape_of(text) == shape


@pytest.mark.parametrize(
    "path", [TREASURE_ISLAND, DATA / "mad_tea_party.txt", DATA / "pride_and_prejudice_opening.txt"]
)
def test_novels_are_prose(path: object) -> None:
    assert shape_of(path.read_text(encoding="utf-8")) == "prose"  # type: ignore[attr-defined]


def test_a_chat_has_exact_speakers() -> None:
    index = read(CHAT)
    assert spoken(index) == [
        ("Mira", "Are you there?"),
        ("Jon", "Yes."),
        ("Jon", "Just woke up."),
        ("Mira", 'So did I. Did you see the "Gull"?'),
        ("Jon", "No."),
        ("Mira", "Go and look."),
        ("Jon", "On my way,"),
    ]
    assert {quotation.confidence for quotation in index.quotations()} == {1.0}
    assert {person.name for person in index.people()} == {"Mira", "Jon"}


def test_a_script_keeps_its_prose() -> None:
    text = (
        "Arvith rode home. Baran met him.\n\nBaran: Welcome.\n\nArvith: Hail.\n\nBaran: Is that all?\n\n"
        "???: Argh!\n\nArvith: It is.\n\nBaran: So be it.\n\nArvith: Good night."
    )
    assert [speaker for speaker, _ in spoken(read(text))] == [
        "Baran", "Arvith", "Baran", None, "Arvith", "Baran", "Arvith",
    ]  # fmt: skip


def test_a_sheet_is_about_its_name_row() -> None:
    index = read(SHEET)
    assert index.people()[0].name == "Elara Voss"
    assert spoken(index) == [("Elara Voss", "The sea gives back what it takes.")]
    fields = {section.title: section.field for section in index.sections}
    assert fields["Hair"] == "description" and fields["Goal"] == "scenario"
    assert fields["Personality"] == "personality" and fields["Occupation"] == "background"
    row = next(section for section in index.sections if section.title == "Age")
    assert index.text[row.start : row.end] == "27"


def test_a_wiki_page_is_about_its_title_and_drops_references() -> None:
    index = read(WIKI)
    elara = index.people()[0]
    assert elara.name == "Elara Voss"
    assert "Gregor Mill" not in {person.name for person in index.people()}
    weights = {
        index.text[index.sentences[each.sentence].start :][:8]: each.weight
        for each in index.focus_of(elara.id, "strict")
    }
    assert weights["She has "] >= 0.9 > weights.get("Tomas Vo", 0.0)
