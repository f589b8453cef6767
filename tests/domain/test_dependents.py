"""What is out of date after a change, and that the plan of a draft follows the same order."""

from cardgen_desktop.domain.dependents import WRITTEN_FROM, stale_after
from cardgen_desktop.domain.draft import DRAFT_FIELDS


def test_what_was_written_from_a_field_is_out_of_date_when_it_changes() -> None:
    assert stale_after("description") == ("personality", "scenario", "tags", "creator_notes")
    assert stale_after("scenario") == ("first_mes", "creator_notes")
    assert stale_after("first_mes") == ("alternate_greetings",)
    assert stale_after("alternate_greetings[2]") == () == stale_after("character_book.entries[0].content")


def test_every_field_is_written_from_earlier_ones() -> None:
    for field, before in WRITTEN_FROM.items():
        assert all(DRAFT_FIELDS.index(other) < DRAFT_FIELDS.index(field) for other in before)
    assert set(WRITTEN_FROM) == set(DRAFT_FIELDS)
