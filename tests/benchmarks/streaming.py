"""A streamed answer: our own CPU time beside the wall time of a bare client, and how free the loop stays."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import httpx

from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.llm.client import ChatRequest, Http, ModelClient
from cardgen_desktop.llm.server import Server
from tests.support.memory_facts import MemoryFacts

from .row import Row

ROOT = Path(__file__).parent.parent.parent
TOKENS = 300
TOKENS_A_SECOND = 100
REPEATS = 5
STREAMS = 20
TICK = 0.005
LATENESS_BUDGET = 0.05


def rows() -> Iterator[Row]:
    """One stream, and twenty of them."""
    with serving() as base_url:
        costs = [asyncio.run(both(base_url)) for _ in range(REPEATS)]
        lateness = asyncio.run(late(base_url))
    cpu, wall = (statistics.median(values) for values in zip(*costs, strict=True))
    yield Row("CPU of a stream at 100 tokens/s / wall of bare httpx", "s", cpu, wall, 0.03)
    yield Row("p99 lateness of the loop, 20 streams / 50 ms", "s", lateness, LATENESS_BUDGET, 1.0)


@contextmanager
def serving() -> Iterator[str]:
    """The fake server in a process of its own, so that its work is not counted as ours."""
    command = [sys.executable, "-m", "tests.support.llm_server", str(TOKENS), str(1 / TOKENS_A_SECOND)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


async def both(base_url: str) -> tuple[float, float]:
    """CPU seconds of our client beyond those of bare httpx, and the wall seconds of the latter."""
    async with Http() as http:
        await ours(http, base_url)  # connects, loads certificates and models of chunks
        start = time.process_time()
        await ours(http, base_url)
        cpu = time.process_time() - start
    start = time.perf_counter()
    bare_cpu = await bare(base_url)
    wall = time.perf_counter() - start
    return max(cpu - bare_cpu, 0.0), wall


async def ours(http: Http, base_url: str) -> int:
    """One answer through the client; how many events it had."""
    server = Server(kind="openrouter", base_url=base_url, name="Bench")
    messages = (PromptMessage(role="user", text="Who keeps the lamp?"),)
    events = 0
    async with aclosing(
        ModelClient(http, server, MemoryFacts()).chat(ChatRequest("m", messages, TOKENS))
    ) as answer:
        async for _ in answer:
            events += 1
    return events


async def bare(base_url: str) -> float:
    """The same answer through httpx alone, its bytes read and dropped; the CPU seconds it took."""
    async with httpx.AsyncClient() as client:
        start = time.process_time()
        async with client.stream("POST", f"{base_url}/chat/completions", json={"model": "m"}) as response:
            async for _ in response.aiter_raw():
                pass
        return time.process_time() - start


async def late(base_url: str) -> float:
    """How late a ticking task is called while many answers stream: the 99th percentile, in seconds."""
    delays: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            delays.append(time.perf_counter() - due)

    async with Http() as http:
        await ours(http, base_url)
        ticking = asyncio.ensure_future(tick())
        await asyncio.gather(*(ours(http, base_url) for _ in range(STREAMS)))
        ticking.cancel()
    return sorted(delays)[round(0.99 * (len(delays) - 1))]
