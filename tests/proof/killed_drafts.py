"""`python -m tests.proof.killed_drafts --seed 1 --kills 50`: `kill -9` while a model writes eight cards.

Each life of the program goes on with the drafts of the one before, until it is killed. No job is lost or ends
twice, no finished step is asked for again, what was on the screen a second before is on disk, requests that
were under way are known as possibly billed, and what ended costs what the server billed for it
(ux-and-reliability.md 4.3, tests 1, 20, 21).
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.events import Event, JobText
from cardgen_desktop.domain.job import Lane
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.profile import Profile
from tests.proof.model_folder import KEY, ROOT, add_book, far_profile, model_folder
from tests.proof.runners import SideFile
from tests.support.llm_server import FakeModelServer, Received, Reply, stream
from tests.support.llm_server.fillings import filled

JOBS = 8
TEXT = " ".join(f"Maren Toll keeps the lamp through night {number}." for number in range(12))
FIELDS = ("scenario", "personality", "first_mes")
PATIENCE = 180.0


async def live(home: Path, side_path: Path, profile: Profile) -> None:
    """One life: the drafts are queued unless they are there, and worked on until all have ended."""
    side = SideFile(side_path)

    def hear(event: Event) -> None:
        if isinstance(event, JobText) and event.path in FIELDS:
            side.note("text", event.job_id, event.path, event.at + len(event.text))

    async with model_folder(home) as workspace:
        workspace.events.subscribe(hear)
        workspace.service.core.lanes.set_limit(Lane.NETWORK, JOBS)
        if not await workspace.commands.profiles():
            await workspace.commands.save_profile(profile)
        source_id = await add_book(workspace)
        requests = [
            DraftRequest(
                source_ids=(source_id,), engine=profile.name, fields=FIELDS,
                options=DraftOptions(greetings=1, entries=2, repair=False, instruction=f"Wish {number}."),
            )
            for number in range(JOBS)
        ]  # fmt: skip
        ids = [f"draft {number}" for number in range(JOBS)]
        jobs = await workspace.commands.start_drafts(requests, request_ids=ids)
        side.note("open", *(job.id for job in jobs))
        for job in jobs:
            await workspace.service.wait(job.id)


class Slow(FakeModelServer):
    """Writes slowly, so that a kill hits something, and names and prices each answer."""

    def __init__(self, chance: random.Random, pace: float) -> None:
        super().__init__("openrouter")
        self.chance, self.pace = chance, pace
        self.default = self._reply

    def _reply(self, request: Received) -> Reply:
        schema = request.body["response_format"]["json_schema"]["schema"]
        value = {key: TEXT if item == "Ada keeps the lamp." else item for key, item in filled(schema).items()}
        cost = Decimal(self.chance.randrange(1, 99_999)).scaleb(-7)
        name = f"gen-{len(self.bills)}"
        return stream("openrouter", json.dumps(value), cost=cost, name=name).paced(self.pace)


@dataclass
class Figures:
    """What happened, and what was wrong."""

    kills: int = 0
    cut: int = 0
    texts: int = 0
    wrong: list[str] = field(default_factory=list)


class Killer:
    """Kills lives and looks at what they left."""

    def __init__(self, folder: Path, server: Slow, chance: random.Random, behind: float) -> None:
        self._behind = behind
        self._home, self._side, self._copy = folder / "home", folder / "side.txt", folder / "copy.db"
        self._server, self._chance = server, chance
        self._kept: dict[tuple[int, str], int] = {}
        self._side.touch()
        self.figures = Figures()

    async def kill(self) -> bool:
        """One life; whether it was killed before it had done everything."""
        size = self._side.stat().st_size
        child = await self._life()
        ending = asyncio.ensure_future(child.wait())
        # Mostly while it writes; now and then while it still takes up what it finds.
        sign = self._chance.choice((b"open ", b"text ", b"text ", b"text "))
        while sign not in self._side.read_bytes()[size:] and not ending.done():
            await asyncio.sleep(0.02)
        await asyncio.wait({ending}, timeout=self._chance.uniform(0.05, 4.0))
        if ending.done():
            return False
        os.kill(child.pid, signal.SIGKILL)
        at = time.time()
        await ending
        self.figures.kills += 1
        self._after(at, self._side.read_bytes()[size:].decode())
        return True

    async def finish(self) -> None:
        """A last life, to the end of all drafts."""
        child = await self._life()
        code = await asyncio.wait_for(child.wait(), PATIENCE)
        self.figures.wrong += [f"the last life ended with {code}"] if code else []
        with self._look() as look:
            self._at_end(look)

    async def _life(self) -> asyncio.subprocess.Process:
        profile = far_profile(self._server, at_once=JOBS).model_dump_json()
        words = ["--life", str(self._home), "--side", str(self._side), "--profile", profile]
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.proof.killed_drafts", *words, cwd=ROOT,
            env={**os.environ, "CARDGEN_API_KEY": KEY},
        )  # fmt: skip

    def _look(self) -> "closing[sqlite3.Connection]":
        for suffix in ("", "-wal"):
            source, copy = self._home / f"cardgen.db{suffix}", Path(f"{self._copy}{suffix}")
            copy.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, copy)
        Path(f"{self._copy}-shm").unlink(missing_ok=True)
        return closing(sqlite3.connect(self._copy))

    def _after(self, killed_at: float, told: str) -> None:
        with self._look() as look:
            kept = kept_letters(look)
            (jobs,) = look.execute("SELECT count(*) FROM job").fetchone()
            self.figures.cut += look.execute(_OPEN).fetchone()[0]
        if jobs != JOBS:
            self.figures.wrong.append(f"{jobs} jobs after a kill")
        shown = shown_letters(told, killed_at - self._behind)
        self.figures.texts += len(shown)
        # What nobody has written on in this life is still what it was after the last one.
        for place, letters in {**self._kept, **shown}.items():
            if kept.get(place, 0) < letters and (place in shown or f" {place[0]} {place[1]} " not in told):
                self.figures.wrong.append(f"{place}: {letters} letters were shown, {kept.get(place, 0)} kept")
        self._kept = kept

    def _at_end(self, look: sqlite3.Connection) -> None:
        rows = look.execute("SELECT id, state, error FROM job WHERE state <> 'succeeded'").fetchall()
        self.figures.wrong += [f"not succeeded: {rows}"] if rows else []
        cards = look.execute("SELECT job_id, count(*) FROM card GROUP BY job_id").fetchall()
        if len(cards) != JOBS or any(count != 1 for _, count in cards):
            self.figures.wrong.append(f"cards of jobs: {cards}")
        again = look.execute(_AGAIN).fetchall()
        self.figures.wrong += [f"finished steps were asked for again: {again}"] if again else []
        hidden = look.execute(_HIDDEN).fetchall()
        self.figures.wrong += [f"cut requests that do not say so: {hidden}"] if hidden else []
        self._money(look)

    def _money(self, look: sqlite3.Connection) -> None:
        ended = look.execute("SELECT provider_id, cost FROM ledger WHERE outcome = 'stop'").fetchall()
        bills = {f"gen-{number}": bill.cost for number, bill in enumerate(self._server.bills)}
        paid = sum((Decimal(cost) for _, cost in ended), Decimal(0))
        billed = sum((bills[name] for name, _ in ended), Decimal(0))
        if paid != billed or len(dict(ended)) != len(ended):
            self.figures.wrong.append(f"the ledger says {paid}, the server billed {billed}")
        (rows,) = look.execute("SELECT count(*) FROM ledger").fetchone()
        if rows < len(self._server.bills):
            self.figures.wrong.append(f"{len(self._server.bills)} requests, {rows} in the ledger")


_OPEN = "SELECT count(*) FROM ledger WHERE ended_at IS NULL AND possibly_billed = 0"
_AGAIN = (
    "SELECT ledger.job_id, ledger.step FROM ledger JOIN step ON step.job_id = ledger.job_id "
    "AND step.step_key = ledger.step WHERE ledger.started_at > step.finished_at"
)
_HIDDEN = "SELECT id, outcome FROM ledger WHERE outcome <> 'stop' AND possibly_billed = 0"


def shown_letters(told: str, until: float) -> dict[tuple[int, str], int]:
    """How many letters of each text the screen had at a moment, and has had ever since.

    Going on with a text may take back a half sentence: then the shorter text is the one to look for.
    """
    shown: dict[tuple[int, str], int] = {}
    for line in told.splitlines():
        word, at, *values = line.split(" ")
        if word == "text":
            place, letters = (int(values[0]), values[1]), int(values[2])
            if float(at) < until:
                shown[place] = letters
            elif place in shown:
                shown[place] = min(letters, shown[place])
    return shown


def kept_letters(look: sqlite3.Connection) -> dict[tuple[int, str], int]:
    """How many letters of each text are on disk, finished or not."""
    kept: dict[tuple[int, str], int] = {}
    for job, output in look.execute("SELECT job_id, output FROM step"):
        keep(kept, job, json.loads(output).get("values", {}))
    for job, raw in look.execute("SELECT job_id, text FROM partial"):
        keep(kept, job, from_json(raw, allow_partial="trailing-strings") if raw.strip() else {})
    return kept


def keep(kept: dict[tuple[int, str], int], job: int, values: Any) -> None:
    """Note the texts of an answer."""
    for path, text in values.items() if isinstance(values, dict) else ():
        name = "first_mes" if path in ("first_mes", "greeting") else path
        if isinstance(text, str):
            kept[job, name] = max(len(text), kept.get((job, name), 0))


async def prove(folder: Path, seed: int, kills: int, pace: float, behind: float) -> Figures:
    """Kill so many times, then let everything end."""
    chance = random.Random(seed)
    async with Slow(chance, pace) as server:
        killer = Killer(folder, server, chance, behind)
        while killer.figures.kills < kills and await killer.kill():
            pass
        server.pace = 0.0
        await killer.finish()
    return killer.figures


def main() -> int:
    """The exit code is 0 when nothing was lost, doubled or hidden."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--pace", type=float, default=0.1, help="seconds between two words")
    parser.add_argument("--behind", type=float, default=1.0, help="how far the disk may be behind, seconds")
    parser.add_argument("--life", type=Path)
    parser.add_argument("--side", type=Path)
    parser.add_argument("--profile", type=Profile.model_validate_json)
    options = parser.parse_args()
    if options.life:
        asyncio.run(live(options.life, options.side, options.profile))
        return 0
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(prove(Path(folder), options.seed, options.kills, options.pace, options.behind))
    print("\n".join(figures.wrong))
    print(
        f"seed {options.seed}: {figures.kills} kills, {figures.cut} requests cut, {figures.texts} texts "
        f"looked at, {len(figures.wrong)} wrong, {time.monotonic() - begin:.0f} s"
    )
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
