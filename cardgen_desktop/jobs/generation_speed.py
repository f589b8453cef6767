"""How fast a model reads and writes: learnt from every request, assumed until then."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.costs import Usage
from ..domain.profile import Profile

if TYPE_CHECKING:
    from ..llm.facts import ServerFacts

READING_FACT, WRITING_FACT = "prompt_tokens_per_second", "tokens_per_second"
LEAST_TOKENS = 20
NEWER = 0.3
"""How much the newest request counts."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second of reading a prompt and of writing; `is_learnt` when they were measured."""

    reading: float
    writing: float
    is_learnt: bool = False

    def seconds(self, tokens_in: int, tokens_out: int) -> float:
        """How long requests of so many tokens take."""
        return tokens_in / self.reading + tokens_out / self.writing


REMOTE = Speed(reading=2_000.0, writing=40.0)
LOCAL = Speed(reading=150.0, writing=12.0)
"""Assumed: a hosted model of middle size, and a small model on a processor without help."""


async def speed_of(facts: "ServerFacts", profile: Profile, server: str, model: str) -> Speed:
    """The speed of a model."""
    assumed = LOCAL if profile.is_local else REMOTE
    reading = _number(await facts.get(server, model, READING_FACT))
    writing = _number(await facts.get(server, model, WRITING_FACT))
    return Speed(reading or assumed.reading, writing or assumed.writing, is_learnt=writing is not None)


async def learn_speed(
    facts: "ServerFacts", server: str, model: str, usage: Usage, *, waited: float, wrote: float
) -> None:
    """Note a request that took `waited` seconds to its first word and `wrote` seconds from there."""
    fresh = usage.tokens_in - usage.tokens_cached
    if fresh >= LEAST_TOKENS and waited > 0:
        await _note(facts, server, model, READING_FACT, fresh / waited)
    if usage.tokens_out >= LEAST_TOKENS and wrote > 0:
        await _note(facts, server, model, WRITING_FACT, usage.tokens_out / wrote)


async def _note(facts: "ServerFacts", server: str, model: str, fact: str, speed: float) -> None:
    known = _number(await facts.get(server, model, fact))
    mixed = speed if known is None else known + NEWER * (speed - known)
    await facts.put(server, model, fact, f"{mixed:.3g}")


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else 0.0
    except ValueError:
        return None
    return value if 0.01 <= value <= 1e7 else None
