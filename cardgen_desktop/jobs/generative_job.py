"""A draft that a language model writes: evidence packed once, then step after step, each stored at its end.

What is stored is never asked for again while its input is the same; the model is no part of that input, so
that another one can go on where the first gave out. Follows ux-and-reliability.md 3.4, "Steps" and "Money".
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from pydantic import ValidationError

from ..domain.card import CardData
from ..domain.draft import DraftedCard, StepOutput
from ..domain.evidence_pack import EvidencePack
from ..domain.job_kinds import DraftRequest
from ..domain.profile import TASKS, Task
from ..domain.prompt_style import PromptStyle
from ..domain.source import SourceText
from ..store.engine import Database
from . import prompt_styles
from .draft_end import DRAFTING_SHARE
from .draft_steps import DraftSteps
from .events import EventBus
from .generation_cards import card_before, with_outputs
from .generation_partials import ENDS_HERE, KEPT, outputs_of
from .generation_plan import Plan, plan_of
from .generation_requests import ModelRequests
from .generation_room import Room, room_of
from .generation_step import StepWriter
from .generation_text import Screen
from .generation_views import plan_shown
from .process import ProcessPool, set_key
from .providers import Providers
from .running import RunningJob

if TYPE_CHECKING:
    from ..drafting.generative.steps import GenerationStep

_log = logging.getLogger(__name__)

PACKING_SHARE = 0.05
"""How much of a job's progress is reading and packing."""


@dataclass(slots=True)
class Work:
    """One job on its way: what it is asked, what it reads, the models it uses, and what is finished."""

    job: RunningJob
    request: DraftRequest
    sources: Sequence[SourceText]
    style: PromptStyle
    rooms: Mapping[Task, Room]
    plan: Plan
    pack: EvidencePack
    packs: Mapping[Task, EvidencePack]
    card: CardData | None = None
    done: dict[str, StepOutput] = field(default_factory=dict)

    def step_input(self, step: "GenerationStep") -> str:
        """The hash of everything that the answer of a step depends on."""
        from ..drafting.generative.steps import step_input

        base = f"{set_key(self.sources)} {self.pack.character} {self.plan.path_of(step)} "
        base += self.card.model_dump_json() if self.card else ""
        told = step_input(step, base, self.request.options, self.style, self.done)
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


class ModelEngine:
    """Drafts with language models; see `draft_job.Engine`."""

    def __init__(
        self, database: Database, pool: ProcessPool, bus: EventBus, steps: DraftSteps, providers: Providers
    ) -> None:
        self._database = database
        self._pool = pool
        self._bus = bus
        self._steps = steps
        self._providers = providers
        requests = ModelRequests(providers)
        self._writer = StepWriter(database, pool, requests)
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __call__(
        self, job: RunningJob, request: DraftRequest, sources: Sequence[SourceText]
    ) -> DraftedCard:
        """Write the steps that are not done yet, and put the card together."""
        from ..drafting.generative.assembly import assemble

        if finished := await self._finished(job, request, sources):
            return finished
        work = await self._prepared(job, request, sources)
        await self._take_up(work)
        for number, step in enumerate(work.plan.steps):
            if step.key not in work.done and work.plan.has_work(step, work.done):
                await self._write(work, number, step)
                job.stop_if_wanted()
        job.model = work.rooms["prose"].connection.model
        if work.card is not None:
            return with_outputs(work.card, work.done)
        return assemble(work.plan.steps, work.done, work.pack)

    async def _finished(
        self, job: RunningJob, request: DraftRequest, sources: Sequence[SourceText]
    ) -> DraftedCard | None:
        """What there is, when the person has said that a stopped job is to end with that; nobody is asked."""
        from ..drafting.generative.assembly import assemble

        stored = await self._steps.stored(job.id)
        if not any(step.key == ENDS_HERE for step in stored):
            return None
        card = await card_before(self._database, self._steps, job, request)
        done = outputs_of(stored)
        await self._steps.drop(job.id, ENDS_HERE)
        if card is not None:
            return with_outputs(card, done)
        titles = tuple(source.title or source.name for source in sources)
        pack = EvidencePack(character=job.snapshot.character or request.character, titles=titles)
        return assemble(plan_shown(job.snapshot, stored).steps, done, pack)

    async def _prepared(self, job: RunningJob, request: DraftRequest, sources: Sequence[SourceText]) -> Work:
        card = await card_before(self._database, self._steps, job, request)
        style = await prompt_styles.find(self._database, request.options.style)
        rooms = await self._rooms(job, request)
        plan = plan_of(request, card, min(room.limit for room in rooms.values()))
        pack = await self._packed(job, request, sources, rooms, plan, card)
        await self._steps.keep_name(job, pack.character)
        packs = {
            task: await room.fitted(pack, plan.of_task(task), request.options) for task, room in rooms.items()
        }
        return Work(job, request, sources, style, rooms, plan, pack, packs, card)

    async def _rooms(self, job: RunningJob, request: DraftRequest) -> dict[Task, Room]:
        """The model of each task; a model that serves several is one connection."""
        profile = await self._providers.profile(request.engine)
        rooms: dict[str, Room] = {}
        found: dict[Task, Room] = {}
        for task in TASKS:
            model = profile.model_for(task)
            if model not in rooms:
                connection = await self._providers.connect(
                    request.engine, task, on_phase=lambda text, share: _tell(job, text, share)
                )
                rooms[model] = room_of(connection)
            found[task] = rooms[model]
        return found

    async def _packed(
        self,
        job: RunningJob,
        request: DraftRequest,
        sources: Sequence[SourceText],
        rooms: Mapping[Task, Room],
        plan: Plan,
        card: CardData | None,
    ) -> EvidencePack:
        letters = max(room.pack_letters(plan.of_task(task), request.options) for task, room in rooms.items())
        job.set_stretch(0.0, PACKING_SHARE)
        key = set_key(sources)
        lock = self._reading.setdefault(key, asyncio.Lock())
        # One after the other: the second job finds the child that has read the set for the first.
        async with lock:
            return await self._pool.pack(
                sources,
                request.character or (card.name if card else ""),
                letters,
                on_progress=job.report_within,
            )

    async def _take_up(self, work: Work) -> None:
        """Stored steps whose input is still the same, in order; whatever cannot be read is done again."""
        stored = {step.key: step for step in await self._steps.stored(work.job.id)}
        for step in work.plan.steps:
            kept = stored.get(step.key)
            if kept is None or kept.output is None:
                continue
            if kept.input_hash not in (KEPT, work.step_input(step)):
                continue
            try:
                work.done[step.key] = StepOutput.model_validate(kept.output)
            except ValidationError as error:
                _log.info("job %d: step %s is done again: %s", work.job.id, step.key, error)

    async def _write(self, work: Work, number: int, step: "GenerationStep") -> None:
        started = time.monotonic()
        before, after = work.plan.stretch(number)
        share = DRAFTING_SHARE - PACKING_SHARE
        work.job.set_stretch(PACKING_SHARE + share * before, PACKING_SHARE + share * after)
        # Reading a long prompt may take a model minutes, in which nothing else is to be told.
        work.job.report_within(0.0, f"{work.plan.title(step)} · waiting for the model's first word")
        screen = Screen(self._bus, work.job.id, step.key)
        output = await self._writer.write(work, step, screen)
        hashed = work.step_input(step)
        work.done[step.key] = output
        await self._steps.keep_written(work.job, step.key, output, time.monotonic() - started, hashed)
        screen.finish()


def _tell(job: RunningJob, text: str, share: float | None) -> None:
    done = "" if share is None else f" {share:.0%}".replace("%", " %")
    job.report(0.0, f"{text[:1].upper()}{text[1:]}{done}")
