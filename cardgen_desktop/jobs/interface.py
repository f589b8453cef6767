"""The commands and events the window is written against; light enough to import before the first paint."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ..domain.card import CardData, ExportTarget
from ..domain.card_library import AddedFile, CardRecord, CardSummary, ExportReport
from ..domain.events import Event
from ..domain.job import DraftRequest, JobPage, JobQuery, JobSnapshot, JobState, JobStepView
from ..domain.people import Person
from ..domain.source import PassageView, SourceSummary, SourceText

Progress = Callable[[float, str], None]
"""Called with a fraction from 0 to 1 and a phase text, on the event loop."""


class Events(Protocol):
    """Where facts are announced; callbacks run on the event loop, in order, and must not block."""

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Hear every event from now on; call the result to stop."""
        ...


class Commands(Protocol):
    """Every user action. Each raises `CardgenError` with a sentence for the person, and nothing else."""

    async def add_files(
        self,
        paths: Sequence[Path],
        *,
        on_progress: Progress | None = None,
        on_added: Callable[[AddedFile], None] | None = None,
        sources_only: bool = False,
    ) -> tuple[AddedFile, ...]:
        """Read files: sources are stored as sources, cards go to the library; one outcome for each path.

        `on_added` hears each outcome as soon as it is known. With `sources_only` a card is refused.
        """
        ...

    async def add_text(self, text: str, name: str) -> SourceSummary:
        """Store pasted text as a source."""
        ...

    async def sources(self) -> tuple[SourceSummary, ...]:
        """The sources on the desk, oldest first."""
        ...

    async def remove_source(self, source_id: int) -> None:
        """Take a source off the desk; cards and jobs made from it keep their evidence."""
        ...

    async def source_text(self, source_id: int) -> SourceText:
        """The whole canonical text of a source."""
        ...

    async def people(
        self, source_ids: Sequence[int], *, on_progress: Progress | None = None
    ) -> tuple[Person, ...]:
        """Read the set and rank its characters; fast when the same set was read before."""
        ...

    async def passage(self, source_id: int, start: int, end: int) -> PassageView:
        """The surroundings of a span, for the evidence pane."""
        ...

    async def start_draft(self, request: DraftRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue a draft, or return the unfinished job that already does the same."""
        ...

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs, newest first."""
        ...

    async def job(self, job_id: int) -> JobSnapshot:
        """One job; raises `UsageError` when there is none."""
        ...

    async def job_steps(self, job_id: int) -> tuple[JobStepView, ...]:
        """The steps of a job in order, with what is done."""
        ...

    async def job_counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        ...

    async def cancel_job(self, job_id: int) -> JobSnapshot:
        """Ask for a job to stop; a job that waits is cancelled at once."""
        ...

    async def retry_job(self, job_id: int) -> JobSnapshot:
        """Run a failed, cancelled or finished job again; finished steps are reused where still valid."""
        ...

    async def remove_job(self, job_id: int) -> None:
        """Hide a finished job from the list; `restore_job` brings it back."""
        ...

    async def restore_job(self, job_id: int) -> JobSnapshot:
        """Undo `remove_job`."""
        ...

    async def cards(self, text: str = "") -> tuple[CardSummary, ...]:
        """The library, newest change first, filtered by name or tag."""
        ...

    async def card(self, card_id: int) -> CardRecord:
        """One card with its evidence; raises `UsageError` when there is none."""
        ...

    async def save_card(self, card_id: int, data: CardData, *, version: int) -> CardSummary:
        """Store edited fields; raises `UsageError` when the card changed since `version`."""
        ...

    async def set_avatar(self, card_id: int, image: bytes | None) -> CardSummary:
        """Replace the picture (checked and bounded), or go back to the generated portrait."""
        ...

    async def remove_card(self, card_id: int) -> None:
        """Move a card to the trash; `restore_card` brings it back."""
        ...

    async def restore_card(self, card_id: int) -> CardSummary:
        """Undo `remove_card`."""
        ...

    async def export_card(
        self, card_id: int, path: Path, target: ExportTarget, *, overwrite: bool = False
    ) -> ExportReport:
        """Write a card file, read it back and compare before reporting success."""
        ...
