"""`python -m tests.proof.kill --seed 1 --rounds 200`: `kill -9` at random moments while twenty jobs run.

Each round a forked process opens the same data folder, takes jobs in and works on them in all lanes, until it
is killed. After each kill a copy of the database is looked at; at the end everything is finished and counted
(ux-and-reliability.md 4.3, test 1).
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cardgen_desktop.jobs.commands
import cardgen_desktop.jobs.handover.server
import cardgen_desktop.store.engine  # noqa: F401  (before the forks, so that none of them imports)
from cardgen_desktop.domain.job import TERMINAL_STATES
from cardgen_desktop.jobs.service import JobService
from cardgen_desktop.jobs.workspace import open_workspace
from cardgen_desktop.store.intake import NewJob
from tests.proof.runners import RUNNING, SideFile, Troubles, new_job, put_fakes
from tests.support.databases import place_empty_database

BACKLOG = 2 * RUNNING
DRAIN_SECONDS = 120.0


async def work(home: Path, side: SideFile, seed: int, number: int, *, takes_in: bool) -> None:
    """One life of the program: take jobs in and work on them; without `takes_in` until all have ended."""
    chance = random.Random(f"{seed} {number}")
    async with open_workspace(home, workers=6, start_workers=False) as workspace:
        service = workspace.service
        put_fakes(service, service._database, side, Troubles(chance.randrange(2**32)))
        service.start()
        side.note("open", service.core.running.epoch)
        made = 0
        while takes_in or await unfinished(service):
            missing = BACKLOG - await unfinished(service) if takes_in else 0
            new = [new_job(f"{seed}-{number}", made + extra, chance) for extra in range(missing)]
            made += len(new)
            await asyncio.gather(*(taken(service, item, side) for item in new))
            await service.core.gates.probe()
            await asyncio.sleep(0.05)
        side.note("drained", service.core.running.epoch)


async def taken(service: JobService, new: NewJob, side: SideFile) -> None:
    """Queue a job; it is noted when that was acknowledged."""
    job = await service.core.queue.enqueue(new)
    side.note("taken", job.id, new.request_id)


async def unfinished(service: JobService) -> int:
    """How many jobs have not ended."""
    counts = await service.counts()
    return sum(count for state, count in counts.items() if state not in TERMINAL_STATES)


def live(home: Path, side_path: Path, seed: int, number: int, kill_after: float | None) -> tuple[float, bool]:
    """One life in a process of its own; when it was killed, and whether it ended well by itself.

    The time until the kill counts from the moment it works, or (below 0) from its very start.
    """
    before = side_path.stat().st_size if side_path.exists() else 0
    child = os.fork()
    if not child:
        code = 1
        try:
            side = SideFile(side_path)
            asyncio.run(work(home, side, seed, number, takes_in=kill_after is not None))
            code = 0
        except BaseException:  # noqa: BLE001  (printed; the parent sees the exit code)
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        finally:
            os._exit(code)
    if kill_after is not None:
        while kill_after >= 0 and (not side_path.exists() or side_path.stat().st_size == before):
            time.sleep(0.005)
        time.sleep(abs(kill_after))
        os.kill(child, signal.SIGKILL)
    at = time.time()
    _, status = os.waitpid(child, 0)
    return at, os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


class Ledger:
    """The side file, read: what was really done, and what was acknowledged."""

    def __init__(self, path: Path) -> None:
        self.begun: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.texts: dict[tuple[int, str], list[tuple[float, int]]] = defaultdict(list)
        self.taken: dict[str, int] = {}
        self.ends: Counter[int] = Counter()
        for line in path.read_text().splitlines() if path.exists() else ():
            self._read(*line.split(" "))

    def _read(self, word: str, at: str, *values: str) -> None:
        if word == "step":
            self.begun[int(values[1]), values[2]].append(int(values[0]))
        elif word == "text":
            self.texts[int(values[1]), values[2]].append((float(at), int(values[3])))
        elif word == "taken":
            self.taken[values[1]] = int(values[0])
        elif word == "done":
            self.ends[int(values[1])] += 1


class Check:
    """Looks at a copy of the database after each kill and at the end, and collects what is wrong."""

    def __init__(self, home: Path, side: Path, folder: Path, *, behind: float) -> None:
        self._home, self._side, self._folder, self._behind = home, side, folder, behind
        self.wrong: list[str] = []
        self.running = 0

    def after_kill(self, number: int, born_at: float, killed_at: float) -> None:
        """What must hold at any moment."""
        ledger = Ledger(self._side)
        with self._copy() as look:
            self._sound(look, f"round {number}")
            self._nothing_lost(look, ledger, f"round {number}")
            self._text_kept(look, ledger, born_at, killed_at, f"round {number}")
            self.running += look.execute("SELECT count(*) FROM job WHERE state = 'running'").fetchone()[0]

    def at_end(self) -> dict[str, int]:
        """What must hold when everything has ended; the figures."""
        ledger = Ledger(self._side)
        with self._copy() as look:
            self._sound(look, "end")
            self._nothing_lost(look, ledger, "end")
            look.execute("INSERT INTO job_text (job_text) VALUES ('integrity-check')")
            self._none(look, "SELECT id, state, error FROM job WHERE state <> 'succeeded'", "not succeeded")
            self._none(look, _NOT_ONE_END, "jobs that did not end exactly once")
            self._none(look, "SELECT job_id FROM attempt WHERE ended_at IS NULL", "open attempts")
            self.wrong += [f"job {job} was announced {n} times" for job, n in ledger.ends.items() if n > 1]
            repeats = self._repeats(look, ledger)
            (jobs,) = look.execute("SELECT count(*) FROM job").fetchone()
            (cut,) = look.execute("SELECT count(*) FROM attempt WHERE outcome = 'interrupted'").fetchone()
        steps = sum(map(len, ledger.begun.values()))
        return {"jobs": jobs, "steps": steps, "repeated steps": repeats, "interrupted attempts": cut}

    def _copy(self) -> "closing[sqlite3.Connection]":
        """A copy, so that the next start finds the files as the kill left them."""
        for suffix in ("", "-wal"):
            source, copy = self._home / f"cardgen.db{suffix}", self._folder / f"copy.db{suffix}"
            copy.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, copy)
        (self._folder / "copy.db-shm").unlink(missing_ok=True)
        return closing(sqlite3.connect(self._folder / "copy.db"))

    def _sound(self, look: sqlite3.Connection, where: str) -> None:
        found = look.execute("PRAGMA integrity_check").fetchall()
        self.wrong += [f"{where}: {found}"] if found != [("ok",)] else []
        tally = look.execute(f"SELECT kind, state, needs_review, jobs FROM tally WHERE jobs <> 0 {_ORDER}")
        counted = look.execute(f"SELECT kind, state, needs_review, count(*) FROM job {_GROUPED} {_ORDER}")
        self.wrong += [f"{where}: the tally is wrong"] if tally.fetchall() != counted.fetchall() else []

    def _nothing_lost(self, look: sqlite3.Connection, ledger: Ledger, where: str) -> None:
        there = dict(look.execute("SELECT request_id, id FROM job").fetchall())
        lost = {name: job for name, job in ledger.taken.items() if there.get(name) != job}
        self.wrong += [f"{where}: lost {lost}"] if lost else []
        ended = {job for (job,) in look.execute("SELECT id FROM job WHERE state = 'succeeded'")}
        undone = set(ledger.ends) - ended
        self.wrong += [f"{where}: ends that were announced and are not stored: {undone}"] if undone else []

    def _text_kept(
        self, look: sqlite3.Connection, ledger: Ledger, born_at: float, killed_at: float, where: str
    ) -> None:
        stored: dict[tuple[int, str], int] = {}
        for table, text in (("step", "json_extract(output, '$.text')"), ("partial", "text")):
            for job, key, size in look.execute(f"SELECT job_id, step_key, length({text}) FROM {table}"):
                place = job, key.replace(" ", "_")
                stored[place] = max(size, stored.get(place, 0))
        for place, texts in ledger.texts.items():
            early = [size for at, size in texts[-200:] if born_at < at < killed_at - self._behind]
            if early and stored.get(place, 0) < early[-1]:
                self.wrong.append(f"{where}: {place} had {early[-1]} characters, {stored.get(place, 0)} kept")

    def _repeats(self, look: sqlite3.Connection, ledger: Ledger) -> int:
        """Steps that were begun again; each only because its process was killed, and the log says so."""
        cut = set(look.execute("SELECT job_id, epoch FROM attempt WHERE outcome = 'interrupted'").fetchall())
        lost_steps: Counter[tuple[int, int]] = Counter()
        for (job, key), epochs in ledger.begun.items():
            for epoch in epochs[:-1]:
                lost_steps[job, epoch] += 1
                if (job, epoch) not in cut:
                    self.wrong.append(f"job {job} repeated {key} of epoch {epoch} without a trace")
        self.wrong += [
            f"job {job} repeated {n} steps of epoch {e}" for (job, e), n in lost_steps.items() if n > 1
        ]
        return lost_steps.total()

    def _none(self, look: sqlite3.Connection, statement: str, what: str) -> None:
        if found := look.execute(statement).fetchmany(5):
            self.wrong.append(f"{what}: {found}")


_GROUPED = "WHERE removed_at IS NULL GROUP BY 1, 2, 3"
_ORDER = "ORDER BY 1, 2, 3"
_NOT_ONE_END = (
    "SELECT id FROM job WHERE (SELECT count(*) FROM event WHERE job_id = job.id AND kind = 'succeeded') <> 1 "
    "OR (SELECT count(*) FROM attempt WHERE job_id = job.id AND outcome = 'succeeded') <> 1"
)


def moments(seed: int, rounds: int) -> Iterator[float]:
    """Seconds until each kill: mostly 50 to 400 ms amid the work, sometimes later, sometimes at the start."""
    chance = random.Random(seed)
    for number in range(rounds):
        yield {3: chance.uniform(1.1, 2.2), 6: -chance.uniform(0.02, 0.4)}.get(
            number % 8, chance.uniform(0.05, 0.4)
        )


def run(folder: Path, seed: int, rounds: int, behind: float) -> Check:
    """Kill and look so many times, then let everything end."""
    home, side = folder / "home", folder / "side.txt"
    place_empty_database(home / "cardgen.db")
    check = Check(home, side, folder, behind=behind)
    for number, seconds in enumerate(moments(seed, rounds)):
        born_at = time.time()
        killed_at, _ = live(home, side, seed, number, seconds)
        check.after_kill(number, born_at, killed_at)
    _, well = live(home, side, seed, rounds, None)
    check.wrong += [] if well else ["the last life did not end well"]
    return check


def main() -> int:
    """The exit code is 0 when nothing was lost, doubled or damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--behind", type=float, default=1.0, help="how far the disk may be behind, seconds")
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        check = run(Path(folder), options.seed, options.rounds, options.behind)
        figures = check.at_end()
    print("\n".join(check.wrong))
    print(
        f"seed {options.seed}: {options.rounds} kills, {check.running} jobs running when killed, {figures}, "
        f"{len(check.wrong)} faults, {time.monotonic() - begin:.0f} s"
    )
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
