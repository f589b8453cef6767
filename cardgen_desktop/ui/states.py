"""How a job's state, a verdict or a message kind looks: always an icon, a word and a colour together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..domain.job import JobSnapshot


@dataclass(frozen=True, slots=True)
class Look:
    """An icon name, the token of ink, the token of its wash, and the word people read."""

    icon: str
    ink: str
    wash: str
    word: str


LOOKS: dict[str, Look] = {
    "running": Look("running", "accent", "wash", "Running"),
    "queued": Look("queued", "muted", "hover", "Queued"),
    "waiting": Look("waiting", "warning", "warning_wash", "Waiting"),
    "held": Look("held", "warning", "warning_wash", "Held"),
    "paused": Look("paused", "muted", "hover", "Paused"),
    "succeeded": Look("done", "success", "success_wash", "Done"),
    "review": Look("eye", "accent", "wash", "To review"),
    "failed": Look("failed", "danger", "danger_wash", "Failed"),
    "cancelled": Look("cancelled", "muted", "hover", "Cancelled"),
    "supported": Look("done", "success", "success_wash", "Supported"),
    "inferred": Look("info", "warning", "warning_wash", "Inferred"),
    "unsupported": Look("failed", "danger", "danger_wash", "Unsupported"),
    "yours": Look("draft", "muted", "hover", "Yours"),
    "info": Look("info", "accent", "wash", "Note"),
    "success": Look("done", "success", "success_wash", "Done"),
    "warning": Look("warning", "warning", "warning_wash", "Needs a look"),
    "danger": Look("failed", "danger", "danger_wash", "Failed"),
    "neutral": Look("info", "muted", "hover", ""),
}


def look_of(state: str) -> Look:
    """The look of a state, verdict or kind; a state from a newer version looks neutral."""
    return LOOKS.get(state, LOOKS["neutral"])


def state_of(job: "JobSnapshot") -> str:
    """The key of a job's look: its state, or `review` when it is done and wants to be looked at."""
    if job.state.value == "succeeded" and job.needs_review:
        return "review"
    return job.state.value
