"""Every event is a sentence, and no sentence tells a secret."""

import pytest

from cardgen_desktop.jobs.job_log import _SENTENCES, duration, log_lines, noted, sentence
from cardgen_desktop.store.job_history import StoredEvent

KEY = "sk-or-v1-" + "a1b2c3d4" * 6


@pytest.mark.parametrize("kind", sorted(_SENTENCES))
def test_every_kind_is_a_sentence_with_and_without_data(kind: str) -> None:
    for data in ({}, {"reason": "offline", "delay": 38, "text": "You are offline.", "priority": 9}):
        said = sentence(kind, data)
        assert said and said[0].isupper() and said.endswith("."), said


def test_what_an_event_tells() -> None:
    assert sentence("started", {"epoch": 4, "attempt": 3}) == "Started, attempt 3."
    assert sentence("waiting", {"reason": "Busy", "delay": 38.2}) == "Busy. Tries again in 38 s."
    assert sentence("held", {"reason": "disk"}) == "Held: the disk is almost full."
    assert sentence("failed", {"error": "The model was not found."}) == "Failed: The model was not found."
    assert sentence("held", {"reason": "You are offline."}) == "Held: You are offline."
    assert sentence("held", {"reason": "Is the server running?"}) == "Held: Is the server running?"
    assert (
        sentence("waiting", {"reason": "Is it running?", "delay": 9}) == "Is it running? Tries again in 9 s."
    )
    assert sentence("found", {"text": "Found 3 files."}) == "Found 3 files."
    assert sentence("of_tomorrow", {}) == "Of tomorrow"


def test_a_note_is_safe_when_stored_and_an_old_one_when_shown() -> None:
    assert KEY not in noted(f"Sent Authorization: Bearer {KEY}")["text"]
    (line,) = log_lines([StoredEvent(at=1.0, kind="progress", data={"text": f"key {KEY}"})])
    assert (line.at, line.kind, line.text) == (1.0, "progress", "key [hidden]")


def test_times_to_wait_are_words() -> None:
    assert [duration(seconds) for seconds in (0.2, 89, 91, 600)] == ["1 s", "89 s", "2 min", "10 min"]
