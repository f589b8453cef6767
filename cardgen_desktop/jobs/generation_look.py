"""A look ahead at a draft: the prompts that it would send, counted, without sending anything.

Texts never leave this computer for it: a server that counts tokens is asked only when it is here or at home.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..domain.card import CardData
from ..domain.errors import HeldError, UsageError
from ..domain.evidence_pack import EvidencePack
from ..domain.job_kinds import DraftRequest
from ..domain.profile import TASKS, Task
from ..domain.prompt_style import PromptPreview, PromptStyle
from ..domain.source import SourceText
from ..store import sources as stored_sources
from ..store.engine import Database
from . import prompt_styles
from .generation_cards import current_card
from .generation_plan import Plan, plan_of
from .generation_requests import Asked
from .generation_room import Room, room_of
from .process import ProcessPool, set_key
from .providers import Connection, Providers

if TYPE_CHECKING:
    from ..drafting.generative.prompts import Prompt
    from ..drafting.generative.steps import GenerationStep

MOST_KEPT = 4
EARLIER_NOTE = "Texts of the steps before it are added when they are written."
CHOSEN_NOTE = "What it writes is chosen by a step before it. With nothing left to write it is left out."


@dataclass(frozen=True, slots=True)
class Look:
    """What a draft would work with: as `generative_job.Work`, before the first answer."""

    request: DraftRequest
    sources: Sequence[SourceText]
    style: PromptStyle
    rooms: dict[Task, Room]
    plan: Plan
    pack: EvidencePack
    packs: dict[Task, EvidencePack]
    card: CardData | None

    async def ask(self, step: "GenerationStep") -> Asked:
        """The request of a step; raises `HeldError` when it does not fit."""
        from ..drafting.generative.prompts import build_prompt

        room, options = self.rooms[step.task], self.request.options

        def build(pack: EvidencePack) -> "Prompt":
            path = self.plan.path_of(step)
            return build_prompt(step, pack, options, self.style, {}, card=self.card, path=path)

        return await room.ask(self.packs[step.task], build, room.output(step, options))


class Looking:
    """Looks ahead at drafts; keeps the last packs, so that a changed option is counted at once."""

    def __init__(self, database: Database, pool: ProcessPool, providers: Providers) -> None:
        self._database = database
        self._pool = pool
        self.providers = providers
        self._packs: OrderedDict[tuple[str, str, int], EvidencePack] = OrderedDict()

    async def look(self, request: DraftRequest) -> Look:
        """What a request would work with. Raises `UsageError`, and `HeldError` without profile or model."""
        rooms = await self.rooms(request.engine)
        card = None if request.card_id is None else await current_card(self._database, request.card_id)
        style = await prompt_styles.find(self._database, request.options.style)
        plan = plan_of(request, card, min(room.limit for room in rooms.values()))
        async with self._database.read() as connection:
            sources = await stored_sources.texts(connection, request.source_ids)
        if len(sources) != len(request.source_ids):
            raise UsageError("A source of this draft is not in the database. Add its file, then try again.")
        options = request.options
        letters = max(room.pack_letters(plan.of_task(task), options) for task, room in rooms.items())
        whom = request.character or (card.name if card else "")
        pack = await self._packed(sources, whom, letters)
        packs = {task: await room.fitted(pack, plan.of_task(task), options) for task, room in rooms.items()}
        return Look(request, sources, style, rooms, plan, pack, packs, card)

    async def rooms(self, engine: str) -> dict[Task, Room]:
        """The models of a profile without asking them anything."""
        profile = await self.providers.profile(engine)
        found: dict[str, Room] = {}
        for task in TASKS:
            if (model := profile.model_for(task)) not in found:
                connection = await self.providers.connect(engine, task, only_look=True)
                found[model] = room_of(await self._counting_here(connection))
        return {task: found[profile.model_for(task)] for task in TASKS}

    async def _counting_here(self, connection: Connection) -> Connection:
        """The same with a counter that sends no text to somebody else's server, or to one at rest."""
        if connection.profile.is_local and connection.profile.kind != "gguf":
            return connection
        from ..llm.tokens import TokenCounter

        server = connection.server.model_copy(update={"kind": "openai"})
        http, facts = await self.providers.http(), self.providers.facts
        return replace(connection, counter=TokenCounter(http, server, facts, connection.model))

    async def _packed(self, sources: Sequence[SourceText], character: str, letters: int) -> EvidencePack:
        key = (set_key(sources), character.casefold(), letters)
        if key not in self._packs:
            self._packs[key] = await self._pool.pack(sources, character, letters)
            while len(self._packs) > MOST_KEPT:
                self._packs.popitem(last=False)
        self._packs.move_to_end(key)
        return self._packs[key]

    async def dry_run(self, request: DraftRequest) -> tuple[PromptPreview, ...]:
        """The exact prompt of every step, as far as it is known before the first answer."""
        look = await self.look(request)
        return tuple([await _preview(look, step) for step in look.plan.steps])


async def _preview(look: Look, step: "GenerationStep") -> PromptPreview:
    room = look.rooms[step.task]
    shown = PromptPreview(step=step.key, title=step.title, model=room.connection.model)
    try:
        asked = await look.ask(step)
    except HeldError as error:
        return shown.model_copy(update={"note": error.message})
    if not asked.prompt.schema.get("properties"):
        return shown.model_copy(update={"note": CHOSEN_NOTE})
    count = await room.connection.counter.count_prompt(asked.prompt.messages)
    return shown.model_copy(
        update={
            "messages": asked.prompt.messages,
            "tokens": count.tokens,
            "is_exact": count.is_exact,
            "max_output": asked.max_output,
            "note": EARLIER_NOTE if step.needs else "",
        }
    )
