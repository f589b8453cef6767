"""What a draft will take, before it starts: requests, tokens, money, time, and what is sent where."""

import time
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from ..domain.costs import Estimate
from ..domain.draft import OFFLINE_ENGINE
from ..domain.errors import HeldError
from ..domain.job_kinds import DraftRequest
from ..domain.profile import Profile
from ..store.engine import Database
from .budget import left_of_cap
from .generation_look import Look, Looking
from .generation_speed import Speed, speed_of

LEAST_TOKENS_PER_WORD, MOST_TOKENS_PER_WORD = 1.2, 2.4
FASTER, SLOWER = 0.7, 2.0
REPAIRED_SHARE = 0.6
"""How many steps are asked a second time when it goes badly."""

SECONDS_PER_REQUEST = 0.8
NOTHING_SENT = "Nothing leaves this computer."


@dataclass(frozen=True, slots=True)
class Sizes:
    """The requests of a draft counted together, in tokens."""

    requests: int = 0
    tokens_in: int = 0
    largest: int = 0
    out_low: int = 0
    out_high: int = 0
    is_exact: bool = True


async def estimate(looking: Looking, database: Database, request: DraftRequest) -> Estimate:
    """The estimate of a request. Raises `UsageError` for one that makes no sense."""
    if request.engine == OFFLINE_ENGINE:
        nothing = Decimal(0)
        return Estimate(
            engine=OFFLINE_ENGINE, sentence=NOTHING_SENT, is_free=True, cost_low=nothing, cost_high=nothing
        )
    try:
        look = await looking.look(request)
    except HeldError as error:
        return Estimate(
            engine=request.engine, fits=error.reason != "context", sentence=error.message, problem=error.kind
        )
    try:
        sizes = await _sizes(look)
    except HeldError as error:
        known = await _known(looking, database, look)
        return known.model_copy(update={"fits": False, "sentence": error.message, "problem": error.kind})
    return await _estimated(looking, database, look, sizes)


async def _sizes(look: Look) -> Sizes:
    """All requests of one pass; raises `HeldError` for a step that does not fit."""
    requests, tokens_in, largest, low, high, is_exact = 0, 0, 0, 0, 0, True
    for step in look.plan.steps:
        asked = await look.ask(step)
        counter = look.rooms[step.task].connection.counter
        is_exact = is_exact and (await counter.count("one word")).is_exact
        requests, tokens_in = requests + 1, tokens_in + asked.tokens
        largest = max(largest, asked.tokens)
        low += min(asked.max_output, int(step.weight * LEAST_TOKENS_PER_WORD))
        high += min(asked.max_output, int(step.weight * MOST_TOKENS_PER_WORD))
    return Sizes(requests, tokens_in, largest, low, high, is_exact)


async def _known(looking: Looking, database: Database, look: Look) -> Estimate:
    """What is known of a draft without counting its prompts."""
    room = look.rooms["prose"]
    profile = room.connection.profile
    async with database.read() as connection:
        left = await left_of_cap(connection, profile, time.time())
    return Estimate(
        engine=look.request.engine,
        model=room.connection.model,
        context=room.limit,
        sends="" if profile.is_local else _sent(look),
        sends_to="" if profile.is_local else urlsplit(profile.base_url).hostname or "",
        problem=await _problem(looking, profile),
        left_of_cap=left,
        is_free=profile.is_local,
    )


async def _estimated(looking: Looking, database: Database, look: Look, sizes: Sizes) -> Estimate:
    from ..llm.pricing import cost_range

    known = await _known(looking, database, look)
    connection = look.rooms["prose"].connection
    is_local, info = connection.profile.is_local, connection.model_info
    again = REPAIRED_SHARE if look.request.options.repair else 0.0
    more_in, more_out = int(sizes.tokens_in * (1 + again)), int(sizes.out_high * (1 + again))
    low, _ = cost_range(
        info, tokens_in=sizes.tokens_in, tokens_out_low=sizes.out_low, tokens_out_high=sizes.out_high,
        requests=sizes.requests, is_local=is_local,
    )  # fmt: skip
    _, high = cost_range(
        info, tokens_in=more_in, tokens_out_low=sizes.out_low, tokens_out_high=more_out,
        requests=int(sizes.requests * (1 + again)), is_local=is_local,
    )  # fmt: skip
    server = connection.server.place
    speed = await speed_of(looking.providers.facts, connection.profile, server, connection.model)
    return known.model_copy(
        update={
            "requests": sizes.requests,
            "tokens_in": sizes.tokens_in,
            "tokens_out_low": sizes.out_low,
            "tokens_out_high": more_out,
            "cost_low": low,
            "cost_high": high,
            "largest_prompt": sizes.largest,
            "is_exact": sizes.is_exact,
            "is_free": is_local or (info is not None and info.is_free),
            "sentence": _sentence(look, is_local, speed),
            **_seconds(speed, sizes, more_in, more_out),
        }
    )


def _seconds(speed: Speed, sizes: Sizes, more_in: int, more_out: int) -> dict[str, float]:
    """The least counts the source as read once and kept by the server, the most as read for every request."""
    idle = SECONDS_PER_REQUEST * sizes.requests
    return {
        "seconds_low": round(FASTER * (speed.seconds(sizes.largest, sizes.out_low) + idle), 1),
        "seconds_high": round(SLOWER * (speed.seconds(more_in, more_out) + idle), 1),
    }


def _sent(look: Look) -> str:
    """What leaves this computer, in words."""
    words = sum(len(passage.text.split()) for passage in look.pack.passages)
    source = "the whole source" if look.pack.whole else "the sources"
    card = ", and texts of the card" if look.card is not None else ""
    return f"{words:,} words of {source}{card}"


def _sentence(look: Look, is_local: bool, speed: Speed) -> str:
    parts = [NOTHING_SENT] if is_local and look.rooms["prose"].connection.profile.kind == "gguf" else []
    if is_local and not parts:
        parts.append("Nothing leaves this computer or the network at home.")
    if not speed.is_learnt:
        parts.append(f"Times assume {speed.writing:,.0f} tokens a second until the first draft is measured.")
    return " ".join(parts)


async def _problem(looking: Looking, profile: Profile) -> str:
    """The class of failure that would hold the job at once."""
    providers = looking.providers
    for gate in providers.core.gates.closed:
        if gate.scope == profile.name or (gate.reason == "offline" and not profile.is_local):
            return gate.code
    if profile.kind == "gguf":
        return ""
    server = await providers.server(profile)
    return "auth.401" if server.traits.needs_key and not server.key.get_secret_value() else ""
