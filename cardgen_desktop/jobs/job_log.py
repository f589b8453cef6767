"""The log of a job: what happened to it, as sentences without secrets.

A runner's notes are made safe when they are stored (`noted`) and once more when they are shown, so that a
text that was stored by an older or a careless program is not shown as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..domain.job_views import JobLogLine
from ..store.job_history import StoredEvent
from .redaction import safe_line

Data = Mapping[str, Any]


def noted(text: str) -> dict[str, str]:
    """The data of an event for a line that a runner wrote."""
    return {"text": safe_line(text)}


def log_lines(events: Sequence[StoredEvent]) -> tuple[JobLogLine, ...]:
    """Events as lines, in their order."""
    return tuple(
        JobLogLine(at=item.at, kind=item.kind, text=sentence(item.kind, item.data)) for item in events
    )


def sentence(kind: str, data: Data) -> str:
    """What happened, in words; an event that this program does not know keeps its own text or name."""
    text = _text(data, "text", "sentence")
    say = _SENTENCES.get(kind)
    if say is not None:
        return safe_line(say(data) if callable(say) else say)
    return safe_line(text or kind.replace("_", " ").capitalize())


def _text(data: Data, *names: str) -> str:
    for name in names:
        if isinstance(value := data.get(name), str) and value:
            return value
    return ""


def _with_reason(sentence: str) -> Callable[[Data], str]:
    def say(data: Data) -> str:
        reason = _text(data, "text", "sentence", "reason", "error")
        return f"{sentence}: {reason}" if reason else f"{sentence}."

    return say


def _held(data: Data) -> str:
    reason = _text(data, "text", "sentence", "reason")
    return f"Held: {_ended(_HOLDS.get(reason, reason or 'a gate is closed'))}"


def _waiting(data: Data) -> str:
    reason = _text(data, "text", "sentence", "reason")
    delay = data.get("delay")
    again = (
        f"Tries again in {duration(delay)}." if isinstance(delay, int | float) else "Tries again by itself."
    )
    return f"{_ended(reason)} {again}" if reason else again


def _ended(sentence: str) -> str:
    """A sentence with one mark at its end: its own question mark, or a full stop."""
    return sentence if sentence.endswith("?") else f"{sentence.rstrip('.')}."


def _started(data: Data) -> str:
    number = data.get("attempt")
    return f"Started, attempt {number}." if isinstance(number, int) and number > 1 else "Started."


def duration(seconds: float) -> str:
    """A time to wait, in words: "38 s", "2 min"."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


_HOLDS = {
    "offline": "you are offline",
    "endpoint": "the address does not answer",
    "key": "the key was not accepted",
    "access": "the key may not use this model",
    "credits": "the credits are used up",
    "budget": "the budget is used up",
    "model": "the model was not found",
    "disk": "the disk is almost full",
    "source": "a file was moved or changed",
    "context": "the text is longer than the model takes",
}
_SENTENCES: dict[str, str | Callable[[Data], str]] = {
    "created": "Created.",
    "queued": _with_reason("Back in the queue"),
    "started": _started,
    "held": _held,
    "released": "Released: the gate is open.",
    "waiting": _waiting,
    "due": "Its time has come; back in the queue.",
    "pause_wanted": "You asked it to pause.",
    "paused": "Paused by you. What was finished is kept.",
    "resumed": "Resumed by you.",
    "cancel_wanted": "You asked it to stop.",
    "cancelled": "Cancelled by you. What was finished is kept.",
    "retried": "Run again by you. Finished steps are used again where they still fit.",
    "run_now": "Moved ahead of the others by you.",
    "prioritised": "Its priority was changed by you.",
    "moved_top": "Moved to the top by you.",
    "moved_bottom": "Moved to the bottom by you.",
    "interrupted": "The program ended; the job went back into the queue. Finished steps are kept.",
    "recovered": "Recovered after the program ended.",
    "crashed": _with_reason("Its worker process ended by itself"),
    "superseded": "A result came too late and was dropped.",
    "succeeded": "Finished.",
    "failed": _with_reason("Failed"),
    "removed": "Taken off the list by you.",
    "restored": "Put back on the list.",
    "undone": _with_reason("An action was taken back"),
    "redone": _with_reason("An action was done again"),
    "copied": _with_reason("Copied with changes"),
}
