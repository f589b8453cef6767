"""A draft that a model writes: our own CPU time beside the wall time of a bare client, and a free loop.

What counts is everything from the first word on: reading the stream, showing and keeping the text, rules,
the check in its child process, storing. Packing is measured elsewhere.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cardgen_desktop.domain.draft import DraftField, DraftOptions
from cardgen_desktop.domain.events import Event, JobText
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.jobs.workspace import Workspace, open_workspace

from .row import Row
from .streaming import LATENESS_BUDGET, STREAMS, TICK, bare, serving

BOOK = Path(__file__).parent.parent / "data" / "drafting" / "lamp_on_corran_rock.txt"
REPEATS = 3
FIELDS: tuple[DraftField, ...] = ("description", "personality", "scenario")


def rows() -> Iterator[Row]:
    """One job after the other, then twenty at once."""
    with serving() as base_url, tempfile.TemporaryDirectory() as folder:
        costs, lateness = asyncio.run(_measured(Path(folder) / "home", base_url))
    cpu, wall = (statistics.median(values) for values in zip(*costs, strict=True))
    yield Row("CPU of a drafting job at 100 tokens/s / wall of bare httpx", "s", cpu, wall, 0.03)
    yield Row("p99 lateness of the loop, 20 drafting jobs / 50 ms", "s", lateness, LATENESS_BUDGET, 1.0)


async def _measured(home: Path, base_url: str) -> tuple[list[tuple[float, float]], float]:
    async with open_workspace(home, workers=2) as workspace:
        url = base_url.replace("127.0.0.1", "127.1")
        profile = Profile(name="model", kind="openai", base_url=url, model="m", at_once=STREAMS)
        await workspace.commands.save_profile(profile)
        (added,) = await workspace.commands.add_files([BOOK])
        assert added.source is not None
        await _drafted(workspace, added.source.id, "to begin with")
        costs = []
        for number in range(REPEATS):
            cpu = await _drafted(workspace, added.source.id, f"alone {number}")
            start = time.perf_counter()
            floor = [await bare(base_url) for _ in FIELDS]
            costs.append((max(0.0, cpu - sum(floor)), time.perf_counter() - start))
        return costs, await _late(workspace, added.source.id)


async def _drafted(workspace: Workspace, source_id: int, name: str) -> float:
    """CPU seconds of one job from its first word on, in all our processes."""
    begun: list[float] = []

    def hear(event: Event) -> None:
        if isinstance(event, JobText) and event.path == FIELDS[0] and not begun:
            begun.append(_cpu(workspace))

    stop = workspace.events.subscribe(hear)
    options = DraftOptions(instruction=name, repair=False, max_output=2000)
    request = DraftRequest(source_ids=(source_id,), engine="model", options=options, fields=FIELDS)
    (job,) = await workspace.commands.start_drafts([request])
    ended = await workspace.service.wait(job.id)
    stop()
    assert ended.state is JobState.SUCCEEDED, ended.error
    return _cpu(workspace) - begun[0]


def _cpu(workspace: Workspace) -> float:
    """CPU seconds of this process and its children so far."""
    children = sum(_of(pid) for pid in workspace.pool.pids)
    return time.process_time() + children


def _of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _late(workspace: Workspace, source_id: int) -> float:
    """How late a ticking task is called while twenty jobs stream: the 99th percentile, in seconds."""
    delays: list[float] = []

    async def tick() -> None:
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            delays.append(time.perf_counter() - due)

    await workspace.commands.set_lane_limit(Lane.NETWORK, STREAMS)
    ticking = asyncio.ensure_future(tick())
    await asyncio.gather(*(_drafted(workspace, source_id, f"together {at}") for at in range(STREAMS)))
    ticking.cancel()
    return sorted(delays)[round(0.99 * (len(delays) - 1))]
