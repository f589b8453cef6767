"""The embedded drafter at work on a job: its steps run in a child process, each stored before the next."""

import hashlib
import json
import logging
from collections.abc import Sequence

from pydantic import ValidationError

from .. import __version__
from ..domain.draft import DraftedCard, StepOutput
from ..domain.job_kinds import DraftRequest
from ..domain.source import SourceText
from . import frames
from .draft_end import DRAFTING_SHARE
from .draft_steps import DraftSteps
from .process import ProcessPool, set_key
from .running import RunningJob

_log = logging.getLogger(__name__)


class OfflineEngine:
    """Drafts without a language model; see `draft_job.Engine`."""

    def __init__(self, pool: ProcessPool, steps: DraftSteps) -> None:
        self._pool = pool
        self._steps = steps

    async def __call__(
        self, job: RunningJob, request: DraftRequest, sources: Sequence[SourceText]
    ) -> DraftedCard:
        """Run the steps that are not done yet, and put the card together."""
        base = [request.engine, set_key(sources), request.character.strip().casefold()]
        if request.options.greetings != type(request.options)().greetings:
            base.append(str(request.options.greetings))
        done = await self._done(job.id, base)
        async with self._pool.draft(
            sources, request.character, done, engine=request.engine, greetings=request.options.greetings
        ) as talk:
            async for message in talk:
                await self._hear(job, message, base)
            return talk.result

    async def _hear(self, job: RunningJob, message: object, base: Sequence[str]) -> None:
        if isinstance(message, frames.Progress):
            job.report(DRAFTING_SHARE * message.fraction, message.phase)
        elif isinstance(message, frames.CharacterFound):
            job.note("found", f"Found {message.name} in the sources.")
            await self._steps.keep_name(job, message.name)
        elif isinstance(message, frames.StepDone):
            await self._steps.keep(job, message, input_hash(base, message.key))
            job.stop_if_wanted()

    async def _done(self, job_id: int, base: Sequence[str]) -> dict[str, StepOutput]:
        """Stored steps whose inputs are still the same; whatever cannot be read is done again."""
        done: dict[str, StepOutput] = {}
        for step in await self._steps.stored(job_id):
            if step.output is not None and step.input_hash == input_hash(base, step.key):
                try:
                    done[step.key] = StepOutput.model_validate(step.output)
                except ValidationError as error:
                    _log.info("job %d: step %s is done again: %s", job_id, step.key, error)
        return done


def input_hash(base: Sequence[str], step_key: str) -> str:
    """What a step's output depends on: program, engine, set of sources, character and step."""
    return hashlib.sha256(json.dumps([__version__, *base, step_key]).encode()).hexdigest()
