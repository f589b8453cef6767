"""New jobs: drafts, imports, exports and reading, alone or as a batch; and copies of a job with changes."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..domain.errors import UsageError
from ..domain.events import JobChanged
from ..domain.job import JobSnapshot, JobState
from ..domain.job_kinds import (
    DRAFT,
    EXPORT,
    IMPORT,
    READ,
    DraftRequest,
    ExportRequest,
    ImportRequest,
    ReadRequest,
)
from ..domain.source import SourceSummary
from ..domain.value import Value
from ..store import cards as stored_cards
from ..store import intake
from ..store import jobs as stored_jobs
from ..store import sources as stored_sources
from ..store import steps as stored_steps
from ..store.engine import Connection
from ..store.intake import NewJob
from ..store.rows import AT_ONCE
from .core import Core
from .draft_job import PICTURE_KEY
from .engine_places import engine_places
from .kinds import KINDS
from .process import set_key

MOST_AT_ONCE = 10_000


class JobStarts:
    """Queues jobs. Raises `CardgenError` and nothing else."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._left_over: dict[str, int] = {}

    async def learn(self) -> None:
        """Note which jobs an earlier process left unfinished; see `_left`."""
        async with self._core.database.read() as connection:
            self._left_over = await stored_jobs.unfinished_keys(connection)

    async def drafts(
        self,
        requests: Sequence[DraftRequest],
        pictures: Sequence[str | None],
        request_ids: Sequence[str] | None = None,
        batch_title: str = "",
    ) -> tuple[JobSnapshot, ...]:
        """Queue drafts in one transaction; a request that an unfinished job already does gets that job.

        Its files are added to those of that job. `pictures` are SHA-256 of stored pictures.
        """
        ids: Sequence[str | None] = request_ids or [None] * len(requests)
        if not len(requests) == len(pictures) == len(ids) <= MOST_AT_ONCE:
            raise UsageError("Each draft needs one request id, and at most 10,000 drafts start at once.")
        new = await self._new_drafts(requests, pictures, ids)
        async with self._core.database.write() as connection:
            if len(requests) > 1:
                batch_id = await intake.create_batch(connection, batch_title, self._core.clock.wall())
                new = [item.model_copy(update={"batch_id": batch_id}) for item in new]
            jobs = await self._stored(connection, new)
            for job, request in zip(jobs, requests, strict=True):
                if request.outputs or request.evidence_path:
                    await _ask_files(connection, job.id, request)
        return self._announced(jobs)

    async def start(self, kind: str, request: Value, title: str, request_id: str | None) -> JobSnapshot:
        """Queue one job of another kind; calls of one moment share a transaction."""
        body = request.model_dump(mode="json")
        new = NewJob(
            kind=kind, lane=KINDS[kind].lane, request=body, title=title, unique_key=_hash([kind, body]),
            request_id=request_id,
        )  # fmt: skip
        return self._core.running.live(await self._core.queue.enqueue(new))

    async def imports(self, request: ImportRequest, request_id: str | None = None) -> JobSnapshot:
        """Queue the import of card files."""
        request = request.model_copy(update={"paths": _absolute_all(request.paths)})
        return await self.start(IMPORT, request, _named(request.paths), request_id)

    async def reads(self, request: ReadRequest, request_id: str | None = None) -> JobSnapshot:
        """Queue the reading of documents."""
        request = request.model_copy(update={"paths": _absolute_all(request.paths)})
        return await self.start(READ, request, _named(request.paths), request_id)

    async def exports(self, request: ExportRequest, request_id: str | None = None) -> JobSnapshot:
        """Queue the export of cards."""
        request = request.model_copy(update={"folder": _absolute(request.folder)})
        count = len(request.card_ids)
        title = f"{count:,} {'card' if count == 1 else 'cards'} to {Path(request.folder).name}"
        return await self.start(EXPORT, request, title, request_id)

    async def copy(self, job_id: int, changes: Mapping[str, Any]) -> JobSnapshot:
        """Queue a copy of a job with some fields of its request changed; raises `UsageError` for bad ones."""
        async with self._core.database.read() as connection:
            job = await stored_jobs.get(connection, job_id)
        if job is None or job.kind not in KINDS:
            raise UsageError(f"Job {job_id} cannot be copied.")
        request = _changed(job, changes)
        if isinstance(request, DraftRequest):
            picture = job.metadata.get(PICTURE_KEY)
            return (await self.drafts([request], [picture if isinstance(picture, str) else None]))[0]
        return await self.start(job.kind, request, job.title, None)

    async def _new_drafts(
        self, requests: Sequence[DraftRequest], pictures: Sequence[str | None], ids: Sequence[str | None]
    ) -> list[NewJob]:
        """The rows of drafts, made before the transaction: other writers need not wait for that."""
        known: dict[tuple[int, ...], tuple[SourceSummary, ...]] = {}
        new: list[NewJob] = []
        async with self._core.database.read() as connection:
            places = await engine_places(connection, {request.engine for request in requests})
            for request, picture, request_id in zip(requests, pictures, ids, strict=True):
                await _refuse_unfit(connection, request)
                if request.source_ids not in known:
                    known[request.source_ids] = await _known_sources(connection, request)
                draft = _new_draft(request, known[request.source_ids], picture, request_id)
                new.append(draft.model_copy(update=places[request.engine].of(request)))
                if len(new) % AT_ONCE == 0:
                    await asyncio.sleep(0)
        return new

    async def _stored(self, connection: Connection, new: Sequence[NewJob]) -> list[JobSnapshot]:
        left = [await self._left(connection, item.unique_key) for item in new]
        fresh = [item for item, job in zip(new, left, strict=True) if job is None]
        created = iter(await intake.create_all(connection, fresh, self._core.clock.wall()) if fresh else ())
        return [job or next(created) for job in left]

    async def _left(self, connection: Connection, key: str | None) -> JobSnapshot | None:
        """The job that an earlier process left and this one has just finished: the command means that one.

        It is queued again to write the files that are asked for; only the first such command gets it.
        """
        job_id = self._left_over.pop(key or "", None)
        job = await stored_jobs.get(connection, job_id) if job_id is not None else None
        if job is None or job.state is not JobState.SUCCEEDED:
            return None
        return await stored_jobs.retry(connection, job.id, self._core.clock.wall())

    def _announced(self, jobs: Sequence[JobSnapshot]) -> tuple[JobSnapshot, ...]:
        live = tuple(self._core.running.live(job) for job in jobs)
        for job in live:
            self._core.bus.announce(JobChanged(job))
        self._core.queue.wake()
        return live


def _new_draft(
    request: DraftRequest, sources: tuple[SourceSummary, ...], picture: str | None, request_id: str | None
) -> NewJob:
    return NewJob(
        kind=DRAFT,
        lane=KINDS[DRAFT].lane,
        request=request.model_dump(mode="json"),
        title=_title(sources),
        character=request.character.strip(),
        engine=request.engine,
        unique_key=_draft_key(request, sources, picture),
        request_id=request_id,
        metadata={PICTURE_KEY: picture} if picture else {},
    )


async def _known_sources(connection: Connection, request: DraftRequest) -> tuple[SourceSummary, ...]:
    sources = await stored_sources.summaries(connection, request.source_ids)
    if len(sources) != len(request.source_ids):
        raise UsageError("A source of this draft is not in the database. Add its file, then draft again.")
    return sources


async def _refuse_unfit(connection: Connection, request: DraftRequest) -> None:
    """New texts for a card need the card, and change no file."""
    if request.card_id is None:
        return
    if request.outputs or request.evidence_path:
        raise UsageError("New texts for a card are proposals: they write no file. Leave the files out.")
    if not await stored_cards.names(connection, [request.card_id]):
        raise UsageError(f"There is no card {request.card_id} in the library. Nothing was started.")


async def _ask_files(connection: Connection, job_id: int, request: DraftRequest) -> None:
    evidence = [request.evidence_path] if request.evidence_path else []
    await stored_steps.ask_outputs(connection, job_id, "card", request.outputs)
    await stored_steps.ask_outputs(connection, job_id, "evidence", evidence)


def _changed(job: JobSnapshot, changes: Mapping[str, Any]) -> Value:
    unknown = sorted(set(changes) - set(KINDS[job.kind].request.model_fields))
    if unknown:
        raise UsageError(f"A job of the kind {job.kind} has no setting called {', '.join(unknown)}.")
    try:
        return KINDS[job.kind].request.model_validate({**job.request, **changes})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"The setting {where} cannot be that: {first['msg']}.", details=str(error)
        ) from error


def _title(sources: tuple[SourceSummary, ...]) -> str:
    return _and_more(sources[0].title or sources[0].name, len(sources) - 1)


def _named(paths: Sequence[str]) -> str:
    return _and_more(Path(paths[0]).name or paths[0], len(paths) - 1)


def _and_more(first: str, others: int) -> str:
    return first if not others else f"{first} and {others:,} more"


def _draft_key(request: DraftRequest, sources: tuple[SourceSummary, ...], picture: str | None) -> str:
    """decisions.md, "Unique job": the sources, the character, the engine and its settings; not the files.

    The picture is part of it, because another picture makes another card.
    """
    parts: Mapping[str, Any] = {
        "sources": set_key(sources),
        "character": " ".join(request.character.split()).casefold(),
        "engine": request.engine,
        "picture": picture,
        **_asked(request),
    }
    return _hash(parts)


def _asked(request: DraftRequest) -> dict[str, Any]:
    """What a request asks for beside the defaults, so that the keys of older jobs stay as they are."""
    names = ("options", "fields", "card_id", "paths")
    asked = request.model_dump(mode="json", include=set(names), exclude_defaults=True)
    return {name: value for name, value in asked.items() if value not in ({}, None)}


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def absolute_files(request: DraftRequest) -> DraftRequest:
    """The request with whole paths, for a process that resumes it from another folder."""
    evidence = request.evidence_path and _absolute(request.evidence_path)
    return request.model_copy(update={"outputs": _absolute_all(request.outputs), "evidence_path": evidence})


def _absolute_all(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_absolute, paths)))


def _absolute(path: str) -> str:
    try:
        return str(Path(path).expanduser().absolute())
    except RuntimeError:  # a name that begins with "~" and is nobody's home
        return str(Path(path).absolute())
