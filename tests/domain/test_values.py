"""The values that cross layers: what they refuse, and what they keep."""

import pytest
from pydantic import ValidationError

from cardgen_desktop.domain.card import Card, CardData, LorebookEntry
from cardgen_desktop.domain.errors import ERRORS_BY_CODE, InternalError, SourceError, error_from
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.job import JOB_MOVES, STATUS_OF_STATE, TERMINAL_STATES, JobState
from cardgen_desktop.domain.source import SourceText, Span


@pytest.mark.parametrize("kind", ["verbatim", "adapted"])
def test_a_quoting_record_needs_its_place(kind: str) -> None:
    with pytest.raises(ValidationError):
        Evidence(text="She was tall.", kind=kind)
    assert Evidence(text="She was tall.", kind=kind, source=0, start=3, end=16).end == 16


def test_a_template_record_has_no_source() -> None:
    with pytest.raises(ValidationError):
        Evidence(text="\n", kind="template", source=0, start=0, end=1)
    with pytest.raises(ValidationError):
        Evidence(text="\n", kind="template", spans=(Span(source=0, start=0, end=1),))


def test_values_are_frozen_and_closed() -> None:
    span = Span(source=0, start=1, end=2)
    with pytest.raises(ValidationError):
        span.start = 5
    with pytest.raises(ValidationError):
        Span(source=0, start=1, end=2, length=1)


def test_foreign_keys_of_a_card_survive() -> None:
    raw = {
        "spec": "chara_card_v3",
        "spec_version": "3.0",
        "create_date": "2024-01-01",
        "data": {
            "name": "Ada",
            "extensions": {"chub": {"id": 7}},
            "custom": [1, None],
            "character_book": {"entries": [{"keys": ["lamp"], "x": {"deep": True}}], "own": 1},
        },
    }
    dumped = Card.model_validate(raw).model_dump(mode="json", exclude_unset=True)
    assert dumped == raw


def test_defaults_of_a_card_are_those_of_the_specification() -> None:
    data = CardData()
    assert (data.alternate_greetings, data.group_only_greetings, data.extensions) == ((), (), {})
    assert data.character_book is None
    entry = LorebookEntry()
    assert (entry.enabled, entry.use_regex, entry.extensions) == (True, False, {})


def test_only_the_person_leaves_a_terminal_state() -> None:
    assert set(JOB_MOVES) == set(JobState)
    assert all(JOB_MOVES[state] == {JobState.QUEUED} for state in TERMINAL_STATES)


def test_public_statuses() -> None:
    pending = {JobState.QUEUED, JobState.HELD, JobState.WAITING, JobState.PAUSED}
    assert {state for state, status in STATUS_OF_STATE.items() if status == "pending"} == pending
    assert STATUS_OF_STATE[JobState.RUNNING] == "processing"
    assert STATUS_OF_STATE[JobState.SUCCEEDED] == "completed"


def test_an_error_travels_as_data() -> None:
    error = SourceError("“a.pdf” has no text.", details="0 characters")
    again = error_from(error.code, error.message, error.details)
    assert (type(again), again.message, again.details) == (SourceError, error.message, "0 characters")
    assert isinstance(error_from("unheard-of", "?"), InternalError)


def test_exit_codes_are_the_documented_ones() -> None:
    codes = {code: kind.exit_code for code, kind in ERRORS_BY_CODE.items()}
    assert codes == {
        "usage": 2, "input": 3, "source": 3, "card": 3, "provider": 4, "storage": 5, "internal": 1,
        "disk_full": 5, "unavailable": 5, "read_only": 5, "damaged": 5,
    }  # fmt: skip


def test_a_source_counts_characters_of_its_text() -> None:
    source = SourceText(
        path="a.txt", name="a.txt", kind="text", title="A", sha256="0", size=9, words=2, text="Straße ä"
    )
    assert source.chars == 8
    assert "Straße" not in repr(source), "a log line must not hold a book"
