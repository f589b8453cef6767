"""Drafts cancelled at random moments: the socket is closed, nothing is read after, the states are right.

    python -m tests.proof.cancelled_streams --cancels 200 --seed 1

The moment lies anywhere between the click that starts a draft and its end: in the queue, while the book is
packed, before the first token, between two, in the last one.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.events import Event, JobText
from cardgen_desktop.domain.job import TERMINAL_STATES, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.workspace import Workspace
from tests.jobs.conftest import added
from tests.jobs.generation import BOOK, model_workspace, telling
from tests.support.llm_server import FakeModelServer

SECONDS = 60.0
CLOSED_WITHIN = 1.0
"""Seconds after the click within which the server has seen the connection end."""

PACE = 0.01
LONGEST = 1.0
"""Seconds: about as long as a whole draft takes here."""

TEXT = " ".join(f"Maren Toll keeps lamp number {number} on Corran Rock." for number in range(6))


@dataclass
class Found:
    """How the jobs ended, how soon connections were closed (seconds), and what should not have happened."""

    states: Counter[str] = field(default_factory=Counter)
    closed: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        slowest = f"{1000 * max(self.closed):.0f} ms" if self.closed else "none was open"
        return (
            f"{dict(self.states)}; {len(self.closed)} connections cut under way, slowest {slowest}; "
            f"{len(self.wrong)} wrong"
        )


class Cancels:
    """Cancels in one data folder, one after the other."""

    def __init__(self, workspace: Workspace, server: FakeModelServer, found: Found) -> None:
        self._commands, self._server, self._found = workspace.commands, server, found
        self._letters: Counter[int] = Counter()
        workspace.events.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, JobText):
            self._letters[event.job_id] += len(event.text)

    async def one(self, source_id: int, number: int, after: float) -> None:
        """Start a draft, cancel it so many seconds later, and look at what is left of it."""
        options = DraftOptions(instruction=f"cancel {number}", repair=False)
        request = DraftRequest(source_ids=(source_id,), engine="model", options=options, fields=("scenario",))
        chats = len(self._server.chats)
        (job,) = await self._commands.start_drafts([request])
        if number % 2:
            await self._asked(job.id, chats)
        await asyncio.sleep(after)
        told_at = time.monotonic()
        await self._commands.cancel_jobs([job.id])
        state = await self._ended(job.id)
        letters, asked = self._letters[job.id], len(self._server.chats)
        await self._closed(number, chats, told_at)
        details = await self._commands.job_details(job.id)
        if self._letters[job.id] != letters or len(self._server.chats) != asked:
            self._found.wrong.append(f"cancel {number}: it went on after its end")
        if state is JobState.CANCELLED and len(details.partial) > letters:
            self._found.wrong.append(f"cancel {number}: more is kept than was shown")
        if state not in (JobState.CANCELLED, JobState.SUCCEEDED):
            self._found.wrong.append(f"cancel {number}: it is {state}")
        self._found.states[state] += 1

    async def _asked(self, job_id: int, before: int) -> None:
        """Wait until the model is asked, so that many cancels come while it answers."""
        async with asyncio.timeout(SECONDS):
            while len(self._server.chats) == before:
                assert (await self._commands.job(job_id)).state not in TERMINAL_STATES
                await asyncio.sleep(0.005)

    async def _ended(self, job_id: int) -> JobState:
        async with asyncio.timeout(SECONDS):
            while (state := (await self._commands.job(job_id)).state) not in TERMINAL_STATES:
                await asyncio.sleep(0.005)
        return state

    async def _closed(self, number: int, first: int, told_at: float) -> None:
        """Wait until every answer of this draft is whole or its connection gone."""
        bills = self._server.bills[first:]
        async with asyncio.timeout(SECONDS):
            while not all(bill.is_whole or bill.closed_at for bill in bills):
                await asyncio.sleep(0.005)
        late = [bill.closed_at - told_at for bill in bills if bill.closed_at and bill.closed_at > told_at]
        self._found.closed += late
        if any(seconds > CLOSED_WITHIN for seconds in late):
            self._found.wrong.append(f"cancel {number}: closed after {max(late):.2f} s")
        sent = [bill.tokens for bill in bills]
        await asyncio.sleep(3 * PACE)
        if sent != [bill.tokens for bill in bills]:
            self._found.wrong.append(f"cancel {number}: tokens were sent after the end")


async def prove(home: Path, cancels: int, seed: int) -> Found:
    """So many cancels; what was found."""
    found, chance = Found(), random.Random(seed)
    async with FakeModelServer() as server, model_workspace(home, server) as workspace:
        source_id = await added(workspace, BOOK)
        server.pace = PACE
        telling(server, scenario=TEXT)
        trial = Cancels(workspace, server, found)
        for number in range(cancels):
            await trial.one(source_id, number, chance.uniform(0.0, LONGEST))
    return found


def main() -> int:
    """Run the proof; the exit code is 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.cancelled_streams")
    parser.add_argument("--cancels", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(prove(Path(folder) / "home", options.cancels, options.seed))
    print(f"{options.cancels} cancels: {found}", *found.wrong, sep="\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
