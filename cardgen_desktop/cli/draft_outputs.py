"""The shapes of what `draft --json` prints beside a finished draft: a dry run, and one that stopped."""

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from ..domain.costs import Estimate
from ..domain.draft import OFFLINE_ENGINE
from ..domain.errors import CardgenError, ProviderError, UsageError
from ..domain.failures import FAILURES, Action, failure_class
from ..domain.job import JobSnapshot, JobState
from ..domain.job_kinds import DraftResult
from ..domain.prompt_style import PromptPreview
from ..domain.value import Value

if TYPE_CHECKING:
    from .console import Console


class DryRun(Value):
    """What a draft would send, and what it would take. Money is US dollars as text. Nothing was sent."""

    estimate: Estimate
    prompts: tuple[PromptPreview, ...]


class Stopped(Value):
    """Why a draft did not end well. `action` is what to do first, a name of `domain.failures.Action`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    class_name: str = Field(alias="class")
    message: str
    action: str


class StoppedDraft(Value):
    """A draft that did not end well: why, which job it is, and where that stands now.

    `job` is null when it came to none, as for files that cannot be read.
    """

    error: Stopped
    job: int | None
    state: JobState


_CLASSES = {
    "source": "src.unreadable", "input": "src.unreadable", "card": "src.unreadable", "disk_full": "disk.full",
    "unavailable": "disk.full", "read_only": "disk.ro", "storage": "disk.ro", "damaged": "disk.ro",
}  # fmt: skip
"""The classes of failures that have codes of their own in the database."""

_OURS = ("usage", "cancelled", "paused")
"""What is no failure of the table: a name that fits nobody, and what the person did with the job."""


def stopped_draft(job: JobSnapshot, failure: CardgenError) -> StoppedDraft:
    """A job that did not end well as scripts see it; class names are those of `domain.failures`."""
    said = job.error if job.state is JobState.FAILED else job.phase
    stopped = job.state.value if job.state in (JobState.CANCELLED, JobState.PAUSED) else ""
    name = _class_of(stopped or job.error_code or failure.kind or failure.code)
    return StoppedDraft(
        error=_stopped(name, said if said and not stopped else failure.message), job=job.id, state=job.state
    )


def unfit_draft(job: JobSnapshot, result: DraftResult) -> StoppedDraft:
    """A card that is there, but with a text that was cut, or came in no shape that can be read."""
    return StoppedDraft(error=_stopped(result.failure, result.failed), job=job.id, state=job.state)


def no_draft(failure: CardgenError) -> StoppedDraft:
    """A draft that came to no job."""
    error = _stopped(_class_of(failure.kind or failure.code), failure.message)
    return StoppedDraft(error=error, job=None, state=JobState.FAILED)


def exit_code_of(engine: str, failure: CardgenError) -> int:
    """What `cardgen draft` ends with: 4 for every failure under a language model but a slip in the command.

    The offline drafter asks no provider: its drafts end with the code of the failure itself.
    """
    if engine == OFFLINE_ENGINE or isinstance(failure, UsageError):
        return failure.exit_code
    return ProviderError.exit_code


def _class_of(code: str) -> str:
    return code if code in FAILURES or code in _OURS else _CLASSES.get(code, "bug")


def _stopped(name: str, message: str) -> Stopped:
    """With what to do first: for a command that made no sense, or was stopped, to give it again."""
    action = str(Action.RETRY if name in _OURS else failure_class(name).actions[0])
    return Stopped.model_validate({"class": name, "message": message, "action": action})


def print_dry_run(shown: DryRun, console: "Console") -> None:
    """The prompts of a dry run for reading."""
    estimate = shown.estimate
    for prompt in shown.prompts:
        about = "" if prompt.is_exact else "about "
        size = f": {about}{prompt.tokens:,} tokens, at most {prompt.max_output:,} back"
        console.line(f"{prompt.title}{size if prompt.messages else ''}")
        for message in prompt.messages:
            console.line(f"  [{message.role}]")
            for text in message.text.splitlines():
                console.line(f"  {text}")
        if prompt.note:
            console.line(f"  ({prompt.note})")
    where = f"{estimate.sends} to {estimate.sends_to}" if estimate.sends_to else estimate.sentence
    size = f"{estimate.tokens_in:,} tokens in, {_cost(estimate)}"
    console.line(f"{estimate.requests} requests to {estimate.model}, {size}.")
    console.line(where)
    console.line("Nothing was sent.")


def _cost(estimate: Estimate) -> str:
    """What a draft may cost; a price that nobody told is not guessed."""
    low, high = estimate.cost_low, estimate.cost_high
    if low is None or high is None:
        return "cost not known"
    if not high:
        return "free"
    return f"US $ {low:.4f} to {high:.4f}"


SCHEMAS = {
    "draft-dry-run": (DryRun, "what `draft --dry-run --json` prints"),
    "draft-stopped": (StoppedDraft, "what `draft --json` prints when it did not end well"),
}
"""Names for `cardgen schema`."""
