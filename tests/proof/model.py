"""`python -m tests.proof.model --sequences 10000 --seed 1`: random operations against the reference model.

Prints the seed, and for a divergence the shortest sequence that still shows it (ux-and-reliability.md 4.3,
test 13).
"""

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from cardgen_desktop.store.engine import Database, open_database
from tests.proof.driving import ENGINES, GATES, KINDS, DivergenceError, Driver, Operation, looking
from tests.proof.reference import LANES
from tests.support.databases import place_empty_database

LENGTH = 20
ENDS = ("fail", "transient", "hold", "crash")
WEIGHTS = {
    "enqueue": 20, "dispatch": 20, "cancel": 6, "pause": 6, "resume": 6, "retry": 6, "run_now": 3,
    "prioritise": 4, "move": 4, "remove": 3, "undo": 9, "redo": 4, "progress": 3, "succeed": 6, "end": 9,
    "settle": 6, "abandon": 2, "ghost": 4, "gate": 6, "kill": 3, "fault": 3, "advance": 6, "jump": 3,
    "pause_queue": 3, "limit": 2,
}  # fmt: skip


def picks(chance: random.Random) -> list[int] | None:
    """Some jobs, or (None) all."""
    return None if chance.random() < 0.2 else [chance.randrange(60) for _ in range(chance.randint(1, 3))]


def operation(chance: random.Random) -> Operation:
    """Any operation."""
    (word,) = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
    some, one = picks(chance), chance.randrange(60)
    more: dict[str, tuple[object, ...]] = {
        "enqueue": (chance.randrange(len(KINDS)), chance.choice([None, None, 0, 1]), one % len(ENGINES)),
        "prioritise": (some, chance.randint(-2, 2)),
        "move": (some, chance.choice(["top", "bottom"])),
        "undo": (chance.choice([None, None, one]),),
        "progress": (one, chance.randrange(101)),
        "end": (one, chance.choice(ENDS), chance.randrange(5)),
        "ghost": (one, chance.choice(["succeed", "fail", "wait", "stop"])),
        "gate": (one % len(GATES), chance.random() < 0.5),
        "advance": (chance.choice([1, 20, 600, 1300, 90_000]),),
        "jump": (chance.choice([-86_400, 86_400, -3600, 3600, 400_000_000]),),
        "pause_queue": (one % (len(LANES) + 1), chance.random() < 0.3),
        "limit": (one % len(LANES), chance.randint(1, 3)),
    }
    alone = {"succeed": (one,), "settle": (one,), "abandon": (one,)}
    none = {"dispatch": (), "redo": (), "kill": (), "fault": ()}
    return (word, *(more | alone | none).get(word, (some,)))


def sequence(seed: int) -> list[Operation]:
    """The sequence of a seed; it begins with some jobs, so that there is something to do."""
    chance = random.Random(seed)
    first = [operation(chance) for _ in range(60)]
    jobs = [item for item in first if item[0] == "enqueue"][:4]
    return [*jobs, *(operation(chance) for _ in range(LENGTH - len(jobs)))]


class Comparison:
    """Sequences on one database that is emptied for each."""

    def __init__(self, database: Database, look: sqlite3.Connection, home: Path) -> None:
        self._database, self._look, self._home = database, look, home

    async def differs(self, operations: list[Operation], seed: int) -> str:
        """What differs; "" when nothing does. A failure of the program counts as a difference."""
        try:
            await Driver(self._database, self._look, self._home, seed).run(operations)
        except DivergenceError as error:
            return str(error)
        except Exception:  # noqa: BLE001  (whatever it is, it is a finding)
            return traceback.format_exc()
        return ""

    async def shrunk(self, operations: list[Operation], seed: int) -> list[Operation]:
        """The sequence without what it does not need to differ."""
        index = 0
        while index < len(operations):
            shorter = operations[:index] + operations[index + 1 :]
            if await self.differs(shorter, seed):
                operations = shorter
            else:
                index += 1
        return operations

    async def run(self, count: int, seed: int, *, most: int = 3) -> list[str]:
        """Reports of divergences, at most so many."""
        found: list[str] = []
        done: Counter[str] = Counter()
        for number in range(seed, seed + count):
            operations = sequence(number)
            done.update(item[0] for item in operations)
            if difference := await self.differs(operations, number):
                short = await self.shrunk(operations, number)
                lines = "\n".join(f"    {item}," for item in short)
                what = await self.differs(short, number)
                found.append(f"seed {number}\n{lines}\n{what or difference}")
                if len(found) >= most:
                    break
        print(f"{sum(done.values()):,} operations: {dict(done)}")
        return found


async def compare(folder: Path, sequences: int, seed: int) -> list[str]:
    """Run sequences in a folder; the reports of divergences."""
    path = folder / "cardgen.db"
    place_empty_database(path)
    database = await open_database(path)
    try:
        with looking(path) as look:
            return await Comparison(database, look, folder).run(sequences, seed)
    finally:
        await database.aclose()


def main() -> int:
    """The exit code is 0 when nothing diverged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None, help="where the database is, such as /dev/shm")
    options = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        found = asyncio.run(compare(Path(folder), options.sequences, options.seed))
    for report in found:
        print(report)
    print(
        f"seed {options.seed}: {options.sequences:,} sequences of {LENGTH}, {len(found)} divergences, "
        f"{time.monotonic() - begin:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
