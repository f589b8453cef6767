"""Servers that ask to be left alone are: no request comes before its time, whatever the person presses.

    python -m tests.proof.asked_waits --trials 200 --seed 1

In each trial a server refuses a draft once or twice and says how long to wait, in one of the forms that there
are. Meanwhile the person says *Run now*, pauses and resumes, and starts other drafts with the same server
(ux-and-reliability.md 2.2, "rate.429": `Retry-After` is a minimum).
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.job import TERMINAL_STATES, JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.workspace import Workspace
from tests.jobs.conftest import added
from tests.jobs.generation import BOOK, model_workspace, profile_of
from tests.support.llm_server import FakeModelServer, Received, Reply, error

SECONDS = 60.0
KEY = "an-odd-key-nobody-would-guess"
SIDE_BY_SIDE = 5
SHORTEST, LONGEST = 0.2, 0.7
PRESSES = ("run now", "run now", "pause", "another", "nothing")


@dataclass
class Found:
    """What the servers saw: refusals by form, and requests that came before their time."""

    refused: Counter[str] = field(default_factory=Counter)
    beaten: list[str] = field(default_factory=list)
    pressed: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        forms = ", ".join(f"{count} {form}" for form, count in sorted(self.refused.items()))
        return f"{forms}; pressed {self.pressed.total()} times; {len(self.beaten)} requests came too early"


class BusyServer:
    """Refuses some chats with a wait, and notes every request that comes before it is over."""

    def __init__(self, server: FakeModelServer, chance: random.Random, found: Found) -> None:
        self._server, self._chance, self._found = server, chance, found
        self._not_before = 0.0
        self.left = 0

    def __call__(self, request: Received) -> Reply:
        """The answer to a chat."""
        if request.at < self._not_before:
            self._found.beaten.append(f"{request.path}, {self._not_before - request.at:.3f} s early")
        if not self.left:
            return self._server.fitting(request)
        self.left -= 1
        own = ("metadata",) if self._server.kind == "openrouter" else ()
        form = self._chance.choice(("seconds", "date", "field", *own))
        wait, reply = self._refusal(form, self._chance.uniform(SHORTEST, LONGEST))
        self._found.refused[form] += 1
        self._not_before = time.monotonic() + wait
        return reply

    def _refusal(self, form: str, wait: float) -> tuple[float, Reply]:
        """How long is really asked for, and the answer that says so."""
        status, kind = self._chance.choice((429, 503)), self._server.kind
        if form == "date":
            # A date has whole seconds; the server's own clock stands beside it.
            now = int(time.time())
            headers = {"Date": formatdate(now, usegmt=True), "Retry-After": formatdate(now + 1, usegmt=True)}
            return 1.0, error(kind, status, "Busy", headers=headers)
        if form == "metadata":
            return wait, error(kind, status, "Busy", metadata={"retry_after_seconds": round(wait, 3)})
        if form == "field":
            return wait, error(kind, status, "Busy", retry_after=round(wait, 3))
        return wait, error(kind, status, "Busy", headers={"Retry-After": f"{wait:.3f}"})


class Trials:
    """Trials with one server, one after the other."""

    def __init__(self, workspace: Workspace, server: FakeModelServer, name: str, found: Found) -> None:
        self._workspace, self._server, self._name, self._found = workspace, server, name, found

    async def run(self, source_id: int, count: int, seed: str) -> None:
        """So many trials."""
        for number in range(count):
            chance = random.Random(f"{seed} {self._name} {number}")
            busy = BusyServer(self._server, chance, self._found)
            busy.left = chance.choice((1, 1, 2))
            self._server.default = busy
            jobs = [await self._start(source_id, f"{self._name} {number}")]
            async with asyncio.timeout(SECONDS):
                while not await self._are_over(jobs):
                    await self._press(chance, jobs, source_id, f"{self._name} {number}")
                    await asyncio.sleep(chance.uniform(0.05, 0.4))

    async def _start(self, source_id: int, title: str) -> int:
        options = DraftOptions(instruction=title, repair=False)
        request = DraftRequest(
            source_ids=(source_id,), engine=self._name, options=options, fields=("scenario",)
        )
        (job,) = await self._workspace.commands.start_drafts([request])
        return job.id

    async def _are_over(self, ids: list[int]) -> bool:
        jobs: tuple[JobSnapshot, ...] = await self._workspace.commands.jobs_by_id(ids)
        failed = [job for job in jobs if job.state in (JobState.FAILED, JobState.HELD)]
        assert not failed, f"{failed[0].state}: {failed[0].error} {failed[0].phase}"
        return all(job.state in TERMINAL_STATES for job in jobs)

    async def _press(self, chance: random.Random, jobs: list[int], source_id: int, title: str) -> None:
        """What an impatient person does."""
        what, commands = chance.choice(PRESSES), self._workspace.commands
        self._found.pressed[what] += what != "nothing"
        if what == "run now":
            await commands.run_jobs_now(jobs)
        elif what == "pause":
            await commands.pause_jobs(jobs[:1])
            await commands.resume_jobs(jobs[:1])
        elif what == "another" and len(jobs) < 3:
            jobs.append(await self._start(source_id, f"{title} {len(jobs)}"))


async def prove(home: Path, trials: int, seed: int, *, side_by_side: int = SIDE_BY_SIDE) -> Found:
    """So many trials in one data folder, with some servers side by side."""
    found = Found()
    kinds: tuple[Any, ...] = ("openrouter", "openai", "vllm", "llamacpp", "openrouter")
    async with FakeModelServer() as first, model_workspace(home, first) as workspace:
        source_id = await added(workspace, BOOK)
        share = [len(range(place, trials, side_by_side)) for place in range(side_by_side)]

        async def one(place: int) -> None:
            async with FakeModelServer(kinds[place % len(kinds)]) as server:
                name = f"model {place}"
                profile = profile_of(server, name=name, at_once=1)
                await workspace.commands.save_profile(profile, key=KEY)
                await Trials(workspace, server, name, found).run(source_id, share[place], str(seed))

        await asyncio.gather(*map(one, range(side_by_side)))
    return found


def main() -> int:
    """Run the proof; the exit code is 1 when a request came too early."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.asked_waits")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(prove(Path(folder) / "home", options.trials, options.seed))
    print(f"{options.trials} trials: {found}", *found.beaten, sep="\n")
    return 1 if found.beaten else 0


if __name__ == "__main__":
    sys.exit(main())
