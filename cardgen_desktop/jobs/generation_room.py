"""The room of a model: how much evidence fits, and prompts that surely fit: none too long reaches a server.

All steps of a job that one model writes see the same evidence, byte for byte, so that prompt caches hit; only
a step whose own part is unusually long gets less of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.draft import DraftOptions
from ..domain.errors import HeldError
from ..domain.evidence_pack import EvidencePack
from ..domain.job import HoldReason
from .generation_requests import Asked
from .providers import Connection

if TYPE_CHECKING:
    from ..drafting.generative.prompts import Prompt
    from ..drafting.generative.steps import GenerationStep

MARGIN_TOKENS = 64
MOST_OUTPUT_SHARE = 0.5
REMOTE_EVIDENCE_TOKENS = 16_000
LOCAL_EVIDENCE_TOKENS = 6_000
"""Every step sends the evidence again: beyond this it costs more than it adds (offline-drafter.md 6)."""

EARLIER_TOKENS = 1_200
"""What is kept free for the texts of earlier steps, of a large context."""

EARLIER_SHARE = 0.12
MOST_FITTINGS = 8
SMALLER = 0.9
LETTERS_PER_TOKEN = 6
"""More than any language has: a pack of so many letters for each token is large enough to cut from."""

Build = Callable[[EvidencePack], "Prompt"]


@dataclass(frozen=True, slots=True)
class Room:
    """What one model offers one job, in tokens. `limit` is its context, of which an answer gets a part."""

    connection: Connection
    limit: int

    def output(self, step: "GenerationStep", options: DraftOptions) -> int:
        """The most tokens of an answer: what the person, the profile and the model allow."""
        info = self.connection.model_info
        wanted = options.max_output or step.max_output
        bounds = (self.connection.profile.max_output, info.max_output if info else None)
        least = min([wanted, *(bound for bound in bounds if bound)])
        return max(16, min(least, int(self.limit * MOST_OUTPUT_SHARE)))

    def evidence(self, steps: "Sequence[GenerationStep]", options: DraftOptions) -> int:
        """Tokens of evidence that leave room for the longest answer and what was written before."""
        answer = max((self.output(step, options) for step in steps), default=0)
        earlier = min(EARLIER_TOKENS, int(self.limit * EARLIER_SHARE))
        is_local = self.connection.profile.is_local
        most = LOCAL_EVIDENCE_TOKENS if is_local else REMOTE_EVIDENCE_TOKENS
        return max(0, min(most, self.limit - answer - earlier - MARGIN_TOKENS))

    def pack_letters(self, steps: "Sequence[GenerationStep]", options: DraftOptions) -> int:
        """How many letters to pack, once, so that every later fitting only leaves out."""
        return LETTERS_PER_TOKEN * self.evidence(steps, options)

    async def fitted(
        self, pack: EvidencePack, steps: "Sequence[GenerationStep]", options: DraftOptions
    ) -> EvidencePack:
        """The evidence for all steps of this model."""
        from ..drafting.generative.packing_fitting import fit_pack

        sample = "\n".join(passage.text for passage in pack.passages[:40])
        letters = await self.connection.counter.letters_for(self.evidence(steps, options), sample)
        return fit_pack(pack, letters)

    async def ask(self, pack: EvidencePack, build: Build, max_output: int, *, share: float = 1.0) -> Asked:
        """A prompt that fits with its answer; raises `HeldError` when even one without evidence does not.

        `share` is less than 1 when the server said that an earlier one was too long.
        """
        from ..drafting.generative.packing_fitting import fit_pack

        room = int((self.limit - max_output - MARGIN_TOKENS) * share)
        smaller = pack
        for number in range(MOST_FITTINGS + 1):
            prompt = build(smaller)
            count = await self.connection.counter.count_prompt(prompt.messages)
            if count.tokens <= room:
                return Asked(prompt, count.tokens, max_output)
            if not smaller.passages:
                break
            letters = _less(smaller.characters, count.tokens, room)
            smaller = fit_pack(pack, 0 if number + 1 == MOST_FITTINGS else letters)
        raise self._too_long(count.tokens + max_output)

    def _too_long(self, tokens: int) -> HeldError:
        name = self.connection.profile.name
        return HeldError(
            HoldReason.CONTEXT,
            f"This step needs {tokens:,} tokens; {self.connection.model} takes {self.limit:,}. "
            "What is written is kept. Use a model with a larger context, or ask for less at once.",
            scope=name,
            kind="ctx.overflow",
        )


def _less(letters: int, tokens: int, room: int) -> int:
    """How much evidence to try next: what is too much goes, and a tenth more."""
    over = (tokens - room) * letters / max(1, tokens)
    return max(0, int((letters - over) * SMALLER))


def room_of(connection: Connection) -> Room:
    """The room of a model: what the profile says, else the server, else what its kind is known for."""
    from ..llm.models import context_of

    limit = context_of(connection.server, connection.model_info, connection.profile.context)
    return Room(connection, limit)
