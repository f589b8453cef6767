"""One step of a draft from the first request to a checked output. Everything that is done again is bounded.

An answer that was cut is gone on with (`MOST_CONTINUED` times after a limit, once after a connection), one
that lacks places is asked for those once, and one that can be mended is repaired once. What is still wrong
then is a finding for the person (ux-and-reliability.md 2.2, "out.malformed", "out.truncated", "stream.cut").
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ..domain.checking import Finding
from ..domain.costs import Usage
from ..domain.draft import StepOutput
from ..domain.errors import CardgenError, HeldError, ProviderError, TransientError
from ..domain.evidence_pack import EvidencePack
from ..store import progress as stored_progress
from ..store.engine import Database
from .child import in_thread
from .generation_answer import Judged, merged, summed
from .generation_requests import Asked, ModelRequests
from .generation_room import Room
from .generation_text import GrowingText, Screen
from .process import ProcessPool

if TYPE_CHECKING:
    from ..drafting.generative.answers import StepAnswer
    from ..drafting.generative.prompts import Prompt
    from ..drafting.generative.steps import GenerationStep
    from .generative_job import Work

MOST_CONTINUED = 2
MOST_CUTS = 1
SHORTER = 0.6
MOST_SHORTENED = 2
THINKING_ROOM = 4


@dataclass(slots=True)
class Trying:
    """The tries at one step: what they write to, what was asked last, and what each came to."""

    work: "Work"
    step: "GenerationStep"
    room: Room
    pack: EvidencePack
    screen: Screen
    title: str
    asked: Asked | None = None
    usages: list[Usage | None] = field(default_factory=list)

    @property
    def prompt(self) -> "Prompt | None":
        """The prompt that was sent last."""
        return self.asked.prompt if self.asked else None


class StepWriter:
    """Writes the steps of all jobs."""

    def __init__(self, database: Database, pool: ProcessPool, requests: ModelRequests) -> None:
        self._database = database
        self._pool = pool
        self._requests = requests

    async def write(self, work: "Work", step: "GenerationStep", screen: Screen) -> StepOutput:
        """The output of a step; its texts are the last of the `screen`, which gets them when they are stored.

        Raises `CardgenError`; the text so far is kept as the job's partial text.
        """
        room = work.rooms[step.task]
        trying = Trying(work, step, room, work.packs[step.task], screen, work.plan.title(step))
        raw, is_cut = await self._whole(trying, await self._kept(work.job.id, step.key))
        answer = await self._read(trying, step, raw, is_cut=is_cut)
        if not is_cut:
            await _ask_more_loosely(answer, room)
        if answer.missing and not answer.refused:
            answer = await self._completed(trying, answer)
        _refuse_refusal(answer, room)
        judged = await self._judged(trying, answer, raw)
        if work.request.options.repair and judged.repairable:
            judged = await self._repaired(trying, judged)
        screen.last = judged.answer.texts
        return judged.output(summed(trying.usages))

    async def _kept(self, job_id: int, step_key: str) -> str:
        """What an earlier attempt had received of the step."""
        async with self._database.read() as connection:
            return (await stored_progress.partials(connection, job_id)).get(step_key, "")

    async def _whole(self, trying: Trying, so_far: str) -> tuple[str, bool]:
        """The raw answer, gone on with where it was cut; and whether it still is."""
        step, cuts, continued = trying.step, 0, 0
        so_far = "" if step.is_open_list else so_far
        if so_far and not step.is_text:
            return so_far, True
        while True:
            text = GrowingText(trying.work.job, step, trying.title, screen=trying.screen, before=so_far)
            try:
                is_cut = await self._ask(trying, step, text, so_far=so_far)
            except TransientError as error:
                if error.kind != "stream.cut" or cuts >= MOST_CUTS or not text.letters:
                    raise
                cuts, is_cut = cuts + 1, True
                again = "It is asked for again." if step.is_open_list else "It goes on from there."
                trying.work.job.note("cut", f"{error.message} {again}")
                if step.is_open_list:
                    continue
            else:
                continued += is_cut
            so_far = text.whole
            if not is_cut or not step.is_text or continued > MOST_CONTINUED:
                return so_far, is_cut

    async def _ask(
        self,
        trying: Trying,
        step: "GenerationStep",
        text: GrowingText,
        *,
        so_far: str = "",
        fix: Sequence[Finding] = (),
    ) -> bool:
        """One request; whether its answer ended at the limit. One that turns out too long is made shorter."""
        share, more = 1.0, 1
        for number in range(MOST_SHORTENED + 1):
            trying.asked = await self._fitted(trying, step, so_far, fix, share, more)
            try:
                options = trying.work.request.options
                answered = await self._requests.send(
                    trying.work.job, trying.room.connection, trying.asked, options, text
                )
            except (HeldError, ProviderError) as error:
                if number == MOST_SHORTENED or text.letters:
                    raise
                if error.kind == "ctx.overflow":
                    share *= SHORTER
                elif error.kind == "out.truncated" and more == 1:
                    more = THINKING_ROOM
                else:
                    raise
            else:
                trying.usages.append(answered.usage)
                return answered.is_cut
        raise AssertionError("the last try has returned or raised")

    async def _fitted(
        self,
        trying: Trying,
        step: "GenerationStep",
        so_far: str,
        fix: Sequence[Finding],
        share: float,
        more: int,
    ) -> Asked:
        from ..drafting.generative.prompts import build_prompt

        work = trying.work

        def build(pack: EvidencePack) -> "Prompt":
            return build_prompt(
                step,
                pack,
                work.request.options,
                work.style,
                work.done,
                card=work.card,
                path=work.plan.path_of(trying.step),
                fix=fix,
                so_far=so_far,
            )

        most = trying.room.output(step, work.request.options)
        room = min(most * more, max(most, trying.room.limit // 2))
        asked = await trying.room.ask(trying.pack, build, room, share=share)
        return Asked(asked.prompt, asked.tokens, asked.max_output, _hash_of(asked.prompt))

    async def _read(
        self, trying: Trying, step: "GenerationStep", raw: str, *, is_cut: bool = False
    ) -> "StepAnswer":
        """In a thread: rules look through every text several times."""
        from ..drafting.generative.answers import read_answer

        read = partial(read_answer, step, raw, trying.work.pack, trying.work.request.options)
        return await in_thread(partial(read, prompt=trying.prompt, is_cut=is_cut))

    async def _completed(self, trying: Trying, answer: "StepAnswer") -> "StepAnswer":
        """Ask once more, for what is missing alone."""
        step = (trying.prompt.step if trying.prompt else trying.step).narrowed(answer.missing)
        screen = None if answer.texts else trying.screen
        text = GrowingText(trying.work.job, step, trying.title, screen=screen)
        trying.work.job.note("asked_again", f"{trying.step.title}: {_parts(len(answer.missing))} missing.")
        is_cut = await self._ask(trying, step, text)
        return merged(answer, await self._read(trying, step, text.raw, is_cut=is_cut))

    async def _judged(self, trying: Trying, answer: "StepAnswer", raw: str) -> Judged:
        """Check every text of an answer against the sources, in a child process."""
        work = trying.work
        if not answer.texts:
            return Judged(answer, raw)
        trying.work.job.report_within(0.96, f"{trying.title} · checking")
        report = await self._pool.check(work.sources, work.pack.character, answer.texts, answer.cited)
        return Judged(answer, raw, report)

    async def _repaired(self, trying: Trying, judged: Judged) -> Judged:
        """One bounded try at mending; the better of both. What goes wrong with it costs nothing."""
        names = ", ".join(dict.fromkeys(finding.kind for finding in judged.repairable))
        trying.work.job.note("repair", f"{trying.step.title}: asked to mend {names}.")
        text = GrowingText(trying.work.job, trying.step, f"{trying.title} · mending", screen=None)
        try:
            is_cut = await self._ask(trying, trying.step, text, so_far=judged.raw, fix=judged.repairable)
            answer = await self._read(trying, trying.step, text.raw, is_cut=is_cut)
            return judged.better(await self._judged(trying, answer, text.raw))
        except CardgenError as error:
            trying.work.job.note("repair", f"{trying.step.title} stays as it was. {error.message}")
            return judged


async def _ask_more_loosely(answer: "StepAnswer", room: Room) -> None:
    """A server may drop a schema without a word; only a whole answer in the wrong shape shows it.

    From then on the shape is also put into words.
    """
    if answer.is_shapeless and not answer.refused:
        await room.connection.client.lower_form(room.connection.model)


def _refuse_refusal(answer: "StepAnswer", room: Room) -> None:
    """A model that declines is not asked again and again (error table, "out.refusal")."""
    if answer.refused:
        raise ProviderError(
            f"{room.connection.model} declined to write this. What was finished is kept. "
            "Choose another model, or change what is asked for.",
            kind="out.refusal",
        )


def _parts(count: int) -> str:
    return f"{count} {'part was' if count == 1 else 'parts were'}"


def _hash_of(prompt: "Prompt") -> str:
    told = json.dumps([(message.role, message.text) for message in prompt.messages])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
