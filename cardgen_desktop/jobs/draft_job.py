"""Running a draft: the engine that was asked for writes it, step by step; then files; then the card.

The embedded drafter works in a child process, a language model is asked from this one. Either leaves each
finished step in the database before the next begins.
"""

from collections.abc import Awaitable, Callable, Sequence

from ..domain.draft import OFFLINE_ENGINE, DraftedCard
from ..domain.errors import InternalError, StorageError
from ..domain.evidence import FieldEvidence
from ..domain.job_kinds import DraftRequest
from ..domain.source import SourceText
from ..domain.value import Value
from ..store import sources as stored_sources
from ..store.engine import Database
from .draft_end import PICTURE_KEY as PICTURE_KEY
from .draft_end import DraftEnd
from .draft_steps import DraftSteps
from .events import EventBus
from .kinds import request_of
from .offline_draft import OfflineEngine
from .process import ProcessPool
from .running import RunningJob, RunningJobs

Engine = Callable[[RunningJob, DraftRequest, Sequence[SourceText]], Awaitable[DraftedCard]]
"""Writes what a request asks for; stores each finished step, and does not repeat those that are stored.

Raises `CardgenError`, and `StoppedError` at the end of a step when a pause is wanted.
"""

Proposing = Callable[[RunningJob, DraftRequest, DraftedCard], Awaitable[None]]
"""Ends a job about a card that is there: its texts become proposals."""

_FIELD_NAMES = {"lorebook": "character_book"}


class DraftRunner:
    """Runs claimed draft jobs; see `worker.Runner`.

    `model` is the engine of every request that is not for the embedded drafter.
    """

    def __init__(
        self,
        database: Database,
        pool: ProcessPool,
        bus: EventBus,
        running: RunningJobs,
        *,
        model: Engine | None = None,
        propose: Proposing | None = None,
    ) -> None:
        self._database = database
        self._offline: Engine = OfflineEngine(pool, DraftSteps(database, running))
        self._model = model
        self._propose = propose
        self._end = DraftEnd(database, pool, bus, running)

    async def __call__(self, job: RunningJob) -> Value | None:
        """Run one job to its end, which it stores itself with the card.

        Raises `CardgenError`, and `StoppedError` at the end of a step when a pause is wanted.
        """
        request = request_of(job.snapshot)
        if not isinstance(request, DraftRequest):
            raise InternalError(f"Job {job.id} is not a draft.")
        sources = await self._sources(request)
        job.note("read", f"Took up {_counted(sources)}.")
        drafted = await self._engine(request)(job, request, sources)
        if request.card_id is None or self._propose is None:
            await self._end(job, only_asked(drafted, request), sources)
        else:
            await self._propose(job, request, drafted)
        return None

    def _engine(self, request: DraftRequest) -> Engine:
        if request.engine == OFFLINE_ENGINE:
            return self._offline
        if self._model is None:
            raise InternalError("This program was started without its language models.")
        return self._model

    async def _sources(self, request: DraftRequest) -> tuple[SourceText, ...]:
        async with self._database.read() as connection:
            sources = await stored_sources.texts(connection, request.source_ids)
        if len(sources) != len(request.source_ids):
            raise StorageError(
                "A source of this draft is no longer in the database. Start it anew from its files."
            )
        return sources


def only_asked(drafted: DraftedCard, request: DraftRequest) -> DraftedCard:
    """A draft without the fields that were not asked for; the name is always there."""
    if not request.fields:
        return drafted
    wanted = {"name", *(_FIELD_NAMES.get(name, name) for name in request.fields)}
    empty = type(drafted.card)()
    kept = {name: getattr(drafted.card, name) for name in wanted}
    evidence: FieldEvidence = {
        path: records for path, records in drafted.evidence.items() if _top(path) in wanted
    }
    return drafted.model_copy(update={"card": empty.model_copy(update=kept), "evidence": evidence})


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _counted(sources: Sequence[SourceText]) -> str:
    """The size of a set in words: "3 sources, 58,000 words"."""
    words = sum(source.words for source in sources)
    return f"{len(sources)} {'source' if len(sources) == 1 else 'sources'}, {words:,} words"
