"""What a draft calls verbatim must stand in the source, word for word."""

import pytest

from cardgen_desktop.domain.card import CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.draft import DraftedCard
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.drafting.verify import field_at, problems_of, verbatim_holds
from tests.drafting.stories import source_of

TEXT = "Mary Lennox\nwas  ten.  Mary's hair was yellow. Mary (the cross one) laughed."


def verbatim(text: str, start: int, end: int) -> Evidence:
    return Evidence(text=text, kind="verbatim", source=0, start=start, end=end)


@pytest.mark.parametrize(
    ("text", "start", "end", "holds"),
    [
        ("Mary Lennox was ten.", 0, 21, True),
        ("{{char}} was ten.", 0, 21, True),
        ("{{char}}'s hair was yellow.", 23, 46, True),
        ("{{char}} (the cross one) laughed.", 47, 76, True),
        ("Mary Lennox was  ten.", 0, 21, True),
        ("Mary Lennox was nine.", 0, 21, False),
        ("Mary Lennox was", 0, 21, False),
        ("{{char}}", 0, 21, False),
        ("{{char}} hair was yellow.", 23, 46, False),
        ("Mary Lennox was ten.", 0, 4000, False),
        ("Mary Lennox was ten.", 5, 5, False),
    ],
)
def test_verbatim_is_the_source_with_white_space_folded_and_the_name_put_back(
    text: str, start: int, end: int, holds: bool
) -> None:
    assert verbatim_holds(verbatim(text, start, end), TEXT, ("Mary", "Mary Lennox")) is holds


def test_a_name_the_character_does_not_have_is_not_put_back() -> None:
    assert not verbatim_holds(verbatim("{{char}} was ten.", 0, 21), TEXT, ("Martha",))


def test_whoever_chats_is_put_back_too() -> None:
    record = verbatim("{{char}} was ten. {{user}}'s hair was yellow.", 0, 46)
    assert verbatim_holds(record, TEXT, ("Mary Lennox",), ("Tom", "Mary"))
    assert not verbatim_holds(record, TEXT, ("Mary Lennox",), ("Tom",))
    assert not verbatim_holds(record, TEXT, ("Mary Lennox",))


def test_only_verbatim_records_are_verbatim() -> None:
    assert not verbatim_holds(Evidence(text="Mary Lennox was ten.", kind="template"), TEXT, ())


def test_fields_are_found_by_their_evidence_paths() -> None:
    book = Lorebook(entries=(LorebookEntry(content="one"), LorebookEntry(content="two")))
    card = CardData(name="Mary", alternate_greetings=("Hello.",), character_book=book)
    assert field_at(card, "name") == "Mary"
    assert field_at(card, "alternate_greetings[0]") == "Hello."
    assert field_at(card, "character_book.entries[1].content") == "two"
    with pytest.raises(KeyError):
        field_at(card, "character_book")


def test_problems_name_the_field_and_the_words() -> None:
    records = (verbatim("Mary Lennox was six.", 0, 21),)
    draft = DraftedCard(card=CardData(description="Mary was six."), evidence={"description": records})
    found = problems_of(draft, [source_of(TEXT)], ["Mary"])
    assert len(found) == 2
    assert all(problem.startswith("description:") for problem in found)
