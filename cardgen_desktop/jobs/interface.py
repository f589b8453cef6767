"""The commands and events the window is written against; light enough to import before the first paint."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..domain.card import CardData
from ..domain.card_library import AddedFile, CardRecord
from ..domain.checking import CheckReport, Finding, Proposal
from ..domain.costs import CostQuery, CostReport, Estimate, LedgerEntry
from ..domain.events import Event
from ..domain.job import HoldReason, JobPage, JobQuery, JobSnapshot, JobState, Lane, Priority
from ..domain.job_kinds import DraftRequest, ExportRequest, ImportRequest, ReadRequest
from ..domain.job_views import BatchView, JobDetails, JobExport
from ..domain.people import Person
from ..domain.profile import (
    ConnectionCheck,
    FoundServer,
    KeyringStatus,
    ModelFitness,
    ModelInfo,
    ModelList,
    Profile,
    ProfileView,
)
from ..domain.prompt_style import PromptPreview, PromptStyle, PromptVariable
from ..domain.queue import (
    Backup,
    BundleFile,
    JobsMoved,
    Place,
    QueueFigures,
    QueueStatus,
    UndoHistory,
)
from ..domain.source import PassageView, SourceSummary, SourceText
from .library_interface import LibraryCommands

if TYPE_CHECKING:
    from array import array

Progress = Callable[[float, str], None]
"""Called with a fraction from 0 to 1 and a phase text, on the event loop."""


PartialChoice = Literal["keep", "continue", "discard"]

JobTarget = Sequence[int] | JobQuery
"""Some jobs by id, or every job that a filter lets through (its limit and offset do not count)."""


class Events(Protocol):
    """Where facts are announced; callbacks run on the event loop, in order, and must not block."""

    def subscribe(self, callback: Callable[[Event], None]) -> Callable[[], None]:
        """Hear every event from now on; call the result to stop."""
        ...


class Commands(LibraryCommands, Protocol):
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

        `on_added` hears each outcome as soon as it is known. With `sources_only` a card is read as a source.
        """
        ...

    async def add_text(self, text: str, name: str) -> SourceSummary:
        """Store pasted text as a source."""
        ...

    async def add_card_as_source(self, card_id: int) -> SourceSummary:
        """Put a card of the library on the desk, as it now stands, to draft from; `UsageError` for none."""
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

    async def start_drafts(
        self,
        requests: Sequence[DraftRequest],
        *,
        request_ids: Sequence[str] | None = None,
        batch_title: str = "",
    ) -> tuple[JobSnapshot, ...]:
        """Queue drafts in one transaction: all of them or none; one job for each request, in its order.

        A request whose work an unfinished job already does gets that job. Several requests are one batch
        under `batch_title`. A request id that was used before gives its job again.
        """
        ...

    async def start_import(self, request: ImportRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue the import of card files and folders of them."""
        ...

    async def start_export(self, request: ExportRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue the export of cards into a folder."""
        ...

    async def start_read(self, request: ReadRequest, *, request_id: str | None = None) -> JobSnapshot:
        """Queue the reading of documents and folders of them onto the desk."""
        ...

    async def jobs(self, query: JobQuery) -> JobPage:
        """A page of jobs in the order of the query."""
        ...

    async def job_order(self, query: JobQuery) -> "array[int]":
        """The ids of every job that matches, in order (typecode q); limit and offset do not count."""
        ...

    async def jobs_by_id(self, job_ids: Sequence[int]) -> tuple[JobSnapshot, ...]:
        """Those of at most 10,000 jobs that are in the list, in the order of the ids."""
        ...

    async def job(self, job_id: int) -> JobSnapshot:
        """One job; raises `UsageError` when there is none."""
        ...

    async def job_details(self, job_id: int) -> JobDetails:
        """Steps, attempts, log and partial text of a job."""
        ...

    async def export_job(self, job_id: int) -> JobExport:
        """A job with everything a report needs, free of secrets."""
        ...

    async def save_job_report(self, job_id: int, path: Path) -> Path:
        """Write what `export_job` tells; the suffix decides: .json, .yaml or .csv. Raises `StorageError`."""
        ...

    async def job_counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        ...

    async def needs_you_count(self) -> int:
        """How many jobs `JobQuery.needs_you` lets through."""
        ...

    async def batches(self) -> tuple[BatchView, ...]:
        """Batches that have unfinished jobs or ended in the last hour, newest first."""
        ...

    async def cancel_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Ask unfinished jobs to stop; those that wait are cancelled at once."""
        ...

    async def pause_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Ask jobs to stop at a safe point and stay; those that wait are paused at once."""
        ...

    async def resume_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Queue paused, held and waiting jobs again."""
        ...

    async def retry_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Run finished jobs again; finished steps are reused where still valid."""
        ...

    async def retry_copy(self, job_id: int, changes: Mapping[str, Any]) -> JobSnapshot:
        """Queue a copy of a job with some fields of its request changed; raises `UsageError` for bad ones."""
        ...

    async def run_jobs_now(self, jobs: JobTarget) -> JobsMoved:
        """Put jobs into the interactive lane, ahead of every other."""
        ...

    async def set_priority(self, jobs: JobTarget, priority: Priority) -> JobsMoved:
        """Make unfinished jobs more or less urgent."""
        ...

    async def move_jobs(self, jobs: JobTarget, place: Place) -> JobsMoved:
        """Put unfinished jobs first or last of their priority, in their present order."""
        ...

    async def remove_jobs(self, jobs: JobTarget) -> JobsMoved:
        """Take finished jobs off the list."""
        ...

    async def mark_reviewed(self, jobs: JobTarget) -> JobsMoved:
        """The person has looked at results: they need no review any more."""
        ...

    async def undo(self, undo_id: int | None = None) -> JobsMoved:
        """Take a step back, by default the last one; what moved since is skipped. Raises `UsageError`."""
        ...

    async def redo(self) -> JobsMoved:
        """Do the step that was taken back last once more. Raises `UsageError` when there is none."""
        ...

    async def undo_history(self) -> UndoHistory:
        """What can be taken back and done again; it survives a restart."""
        ...

    async def queue_status(self) -> QueueStatus:
        """Lanes, gates and whether the queue is paused."""
        ...

    async def pause_queue(self, lane: Lane | None = None) -> QueueStatus:
        """Start nothing new, in one lane or at all; what runs goes on."""
        ...

    async def resume_queue(self, lane: Lane | None = None) -> QueueStatus:
        """Start jobs again."""
        ...

    async def set_lane_limit(self, lane: Lane, limit: int) -> QueueStatus:
        """How many jobs of a lane run at once, 1 to 64."""
        ...

    async def try_gates(self, reason: HoldReason | None = None) -> QueueStatus:
        """Look now whether closed gates, or those of one reason, can be opened; release what they hold."""
        ...

    async def set_online(self, *, online: bool) -> None:
        """The system says that the network came or went: jobs that need it are released or held."""
        ...

    async def figures(self, since: float | None = None) -> QueueFigures:
        """Counters and timings of jobs that ended after a moment, or of all."""
        ...

    async def diagnostics(self) -> tuple[BundleFile, ...]:
        """The files of a diagnostics bundle, to be looked at before they are written."""
        ...

    async def write_diagnostics(self, path: Path) -> Path:
        """Write the bundle as a zip file; raises `StorageError`."""
        ...

    async def backups(self) -> tuple[Backup, ...]:
        """The backups of the database, newest first."""
        ...

    async def back_up(self) -> Backup:
        """Back the database up now, and read the copy back."""
        ...

    async def profiles(self) -> tuple[ProfileView, ...]:
        """Every profile, by name, with where its key is and what it cost this month."""
        ...

    async def save_profile(
        self, profile: Profile, *, key: str | None = None, replaces: str = ""
    ) -> ProfileView:
        """Store a profile. `key` None leaves its key, "" forgets it; `replaces` is its name before.

        A gate that what changed may open is tried at once.
        """
        ...

    async def remove_profile(self, name: str) -> None:
        """Remove a profile and its key; its jobs are held, and say so."""
        ...

    async def keyring_status(self) -> KeyringStatus:
        """Where keys are kept on this computer."""
        ...

    async def export_profiles(self, path: Path) -> Path:
        """Write all profiles to a JSON file, without any key. Raises `StorageError`."""
        ...

    async def import_profiles(self, path: Path) -> tuple[ProfileView, ...]:
        """Add the profiles of such a file; a name that is taken gets a number. Raises `InputError`."""
        ...

    async def test_profile(
        self,
        profile: Profile,
        *,
        key: str | None = None,
        on_check: Callable[[ConnectionCheck], None] | None = None,
    ) -> tuple[ConnectionCheck, ...]:
        """Try a profile, stored or not, line by line; `on_check` hears each line begin and end.

        The last line is a call of one token. `key` None means the key that is stored for it.
        """
        ...

    async def models(self, profile: Profile, *, key: str | None = None, refresh: bool = False) -> ModelList:
        """The models of a profile's server: the list kept from before, or with `refresh` a new one.

        Works offline with what is kept. With `refresh` it raises `CardgenError` when there is no answer.
        """
        ...

    async def nearest_models(self, profile: Profile) -> dict[str, ModelInfo]:
        """For each model of a profile that its server no longer offers, the one that comes nearest to it.

        Works with what is kept of the list where there is no answer.
        """
        ...

    async def weigh_model(self, path: Path, context: int | None = None) -> ModelFitness:
        """Whether a model file fits this computer's memory now; raises `HeldError` for no model."""
        ...

    async def find_local_servers(self) -> tuple[FoundServer, ...]:
        """Ask the usual ports of this computer which servers answer."""
        ...

    async def estimate(self, request: DraftRequest) -> Estimate:
        """What a draft would take: tokens, money, time, and what is sent where. Nothing is sent."""
        ...

    async def dry_run(self, request: DraftRequest) -> tuple[PromptPreview, ...]:
        """The exact prompts of a draft, as far as they are known before its first answer. Nothing is sent."""
        ...

    async def verify_card(
        self, data: CardData, source_ids: Sequence[int], character: str = ""
    ) -> CheckReport:
        """Check every sentence of a card against sources."""
        ...

    async def keep_check(self, card_id: int, report: CheckReport, source_ids: Sequence[int]) -> CardRecord:
        """Store a check as the evidence of a card; one without sources has those it was checked against."""
        ...

    async def card_findings(self, card_id: int) -> tuple[Finding, ...]:
        """What the check of its draft had to say about a card, as far as its job is still known."""
        ...

    async def proposals(self, card_id: int) -> tuple[Proposal, ...]:
        """The open proposals for a card, oldest first."""
        ...

    async def close_proposal(self, proposal_id: int, *, accepted: bool) -> None:
        """The person took what they want of a proposal, or nothing; its evidence becomes that of the card."""
        ...

    async def settle_partial(self, job_id: int, choice: PartialChoice) -> JobSnapshot:
        """Say what becomes of text that a stopped job had written: keep it, go on from it, or discard it."""
        ...

    async def prompt_styles(self) -> tuple[PromptStyle, ...]:
        """The shipped styles and the person's copies."""
        ...

    async def save_prompt_style(self, style: PromptStyle) -> PromptStyle:
        """Store a copy; raises `UsageError` for an unknown placeholder or a shipped name."""
        ...

    async def remove_prompt_style(self, name: str) -> None:
        """Remove a copy."""
        ...

    async def prompt_variables(self) -> tuple[PromptVariable, ...]:
        """The placeholders that templates may use, documented."""
        ...

    async def costs(self, query: CostQuery) -> CostReport:
        """Sums of the ledger."""
        ...

    async def ledger(self, query: CostQuery) -> tuple[LedgerEntry, ...]:
        """The single requests of a stretch of the ledger, newest first."""
        ...

    async def export_costs(self, path: Path, query: CostQuery) -> Path:
        """Write the single requests of a stretch as CSV. Raises `StorageError`."""
        ...
