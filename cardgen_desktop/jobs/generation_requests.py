"""One request of a job to a model: noted before it is sent, streamed, its end noted whatever happens.

A profile gets as many requests at once as it allows, and a server none before the moment it asked for.
"""

import asyncio
import math
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ..domain.costs import Usage
from ..domain.draft import DraftOptions
from ..domain.errors import TransientError
from ..domain.profile import Profile
from .generation_speed import learn_speed
from .generation_text import GrowingText
from .providers import Connection, Providers
from .running import RunningJob
from .server_pauses import ServerPauses

if TYPE_CHECKING:
    from ..drafting.generative.prompts import Prompt
    from ..llm.client import ChatRequest

LONGEST_SLEEP = 5.0
"""Seconds that a running job waits for its server itself; for a longer time it makes room for others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to send: the prompt with its size in tokens, and how much the answer may take."""

    prompt: "Prompt"
    tokens: int
    max_output: int
    request_hash: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """How an answer ended; its text is in the `GrowingText` that it was written to."""

    is_cut: bool
    usage: Usage | None


class ModelRequests:
    """Sends the requests of all jobs."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._steady = providers.core.clock.steady
        self._pauses = ServerPauses(providers.facts, providers.core.clock)
        self._places: dict[str, tuple[int, asyncio.Semaphore]] = {}

    async def send(
        self,
        job: RunningJob,
        connection: Connection,
        asked: Asked,
        options: DraftOptions,
        text: GrowingText,
    ) -> Answered:
        """Ask once; the answer grows in `text`. Raises `CardgenError`; the socket is closed in any case."""
        server = connection.server.place
        async with self._place(connection.profile):
            await self._wait_as_asked(server, text)
            try:
                async with self._providers.in_use(connection, partial(_tell, text)) as ready:
                    return await self._streamed(job, ready, asked, options, text)
            except TransientError as error:
                if error.retry_after:
                    await self._pauses.asked(server, error.retry_after)
                raise
            finally:
                text.close()

    async def _streamed(
        self,
        job: RunningJob,
        connection: Connection,
        asked: Asked,
        options: DraftOptions,
        text: GrowingText,
    ) -> Answered:
        from ..llm.client import Ended, Phase, Started, TextDelta

        ended: Ended | None = None
        asked_at, begun_at = self._steady(), 0.0
        request = chat_request(connection, asked, options)
        async with (
            self._providers.paid.sent(
                connection,
                asked.prompt.step.key,
                tokens_in=asked.tokens,
                max_output=asked.max_output,
                job=job,
                card_id=job.snapshot.request.get("card_id"),
                request_hash=asked.request_hash,
            ) as paid,
            aclosing(connection.client.chat(request)) as events,
        ):
            async for event in events:
                if isinstance(event, TextDelta):
                    begun_at = begun_at or self._steady()
                    text.add(event.text)
                elif isinstance(event, Phase):
                    _tell(text, event.text, event.fraction)
                elif isinstance(event, Started):
                    await paid.told(event.provider_id, event.model)
                elif isinstance(event, Ended):
                    ended = event
                    paid.ended(event.usage, event.finish_reason)
        usage = ended.usage if ended else None
        if usage is not None:
            await self._learn(connection, asked, usage, (asked_at, begun_at, self._steady()))
        return Answered(is_cut=ended is not None and ended.finish_reason == "length", usage=usage)

    async def _learn(
        self, connection: Connection, asked: Asked, usage: Usage, moments: tuple[float, float, float]
    ) -> None:
        """What a server counted, and how fast it was, makes the next estimate better."""
        if usage.tokens_in:
            prompt = "\n".join(message.text for message in asked.prompt.messages)
            await connection.counter.learn(prompt, usage.tokens_in)
        asked_at, begun_at, ended_at = moments
        server, model = connection.server.place, connection.model
        if begun_at:
            waited, wrote = begun_at - asked_at, ended_at - begun_at
            facts = self._providers.facts
            await learn_speed(facts, server, model, usage, waited=waited, wrote=wrote)

    def _place(self, profile: Profile) -> asyncio.Semaphore:
        """As many at once as the profile says; a changed number counts for those who come from now on."""
        known = self._places.get(profile.name)
        if known is None or known[0] != profile.at_once:
            known = self._places[profile.name] = (profile.at_once, asyncio.Semaphore(profile.at_once))
        return known[1]

    async def _wait_as_asked(self, server: str, text: GrowingText) -> None:
        """What a server said to one job is true for all: nobody asks it earlier."""
        while (left := await self._pauses.left(server)) > 0:
            words = f"provider asked to wait {math.ceil(left):,} s"
            if left > LONGEST_SLEEP:
                raise TransientError(f"Busy – {words}.", retry_after=left, kind="rate.429", counts=False)
            text.tell(f"the {words}", share=0.0)
            await asyncio.sleep(min(left, 1.0))


def chat_request(connection: Connection, asked: Asked, options: DraftOptions) -> "ChatRequest":
    """The question as the client takes it: options of the draft go before those of the profile."""
    from ..llm.client import ChatRequest

    sampling = connection.profile.sampling
    chosen: dict[str, Any] = {
        name: getattr(sampling if getattr(options, name) is None else options, name)
        for name in ("temperature", "top_p", "seed")
    }
    return ChatRequest(
        model=connection.model,
        messages=asked.prompt.messages,
        max_tokens=asked.max_output,
        schema=asked.prompt.schema,
        extra=sampling.extra,
        **chosen,
    )


def _tell(text: GrowingText, words: str, fraction: float | None) -> None:
    """What a server does before the first word: "reading 3,200 tokens 40 %"."""
    share = "" if fraction is None else f" {fraction:.0%}".replace("%", " %")
    text.tell(f"{words}{share}", share=0.0)
