"""Several programs on one data folder: one owns it, the others hand over, wait, and take over."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.events import Event, FilesHandedOver, JobChanged
from cardgen_desktop.domain.job import JobQuery, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.handover.arrival import hand_files_over, own_folder
from cardgen_desktop.jobs.handover.joined import SharedWorkspace, join_workspace
from cardgen_desktop.jobs.handover.link import NotAnsweringError
from cardgen_desktop.jobs.lock import FolderTakenError, folder_lock, read_holder
from cardgen_desktop.jobs.workspace import Workspace, open_workspace

from .conftest import FAKE, Opening, write_book
from .handover_script import Pair

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
    pytest.mark.usefixtures("run_parent"),
]
ROOT = Path(__file__).resolve().parents[2]


class Sharer:
    """A second program on the folder, and what it says."""

    def __init__(self, home: Path, *books: Path, hold: bool = False) -> None:
        command = [sys.executable, "-m", "tests.jobs.share_folder", str(home), *map(str, books)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **({"CARDGEN_TEST_HOLD": "1"} if hold else {})}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=home.parent, env=environment
        )
        self.said: list[str] = []

    def hears(self, start: str) -> str:
        """The next line that begins like this."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line.startswith(start):
                return line.strip()
        raise AssertionError(f"ended without saying {start!r}: {self.said}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def finish(self, seconds: float = 60) -> list[str]:
        """Everything it says until its end."""
        assert self.process.stdout is not None
        ending = threading.Timer(seconds, self.process.kill)
        ending.start()
        self.said += [line.strip() for line in self.process.stdout]
        self.process.wait(10)
        ending.cancel()
        ending.join()
        return self.said


@contextmanager
def sharer(home: Path, *books: Path, hold: bool = False) -> Iterator[Sharer]:
    one = Sharer(home, *books, hold=hold)
    try:
        yield one
    finally:
        one.kill()
        assert one.process.stdout is not None
        one.process.stdout.close()


@pytest.fixture
def home(opening: Opening, tmp_path: Path) -> Path:
    """A data folder with an empty database."""
    return tmp_path / "home"


def joining(home: Path, **options: object) -> AbstractAsyncContextManager[SharedWorkspace]:
    return join_workspace(home, workers=2, tasks=FAKE, **options)  # type: ignore[arg-type]


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "cardgen.db")) as connection:
        return connection.execute(sql).fetchall()


async def source_of(workspace: SharedWorkspace | Workspace, book: Path) -> int:
    (added,) = await workspace.commands.add_files([book])
    assert added.source is not None, added.error
    return added.source.id


async def until_heard(one: Sharer, start: str) -> str:
    return await asyncio.wait_for(asyncio.to_thread(one.hears, start), 60)


async def test_a_guest_drafts_through_its_owner_and_hears_the_progress(home: Path, tmp_path: Path) -> None:
    heard: list[Event] = []
    async with open_workspace(home, workers=2, tasks=FAKE) as owner, joining(home) as guest:
        assert owner.is_owner and not guest.is_owner
        guest.events.subscribe(heard.append)
        source_id = await source_of(guest, write_book(tmp_path))
        request = DraftRequest(source_ids=(source_id,), outputs=("jim.png",))
        (job,) = await guest.commands.start_drafts([request])
        ended = await guest.wait(job.id)
        assert ended.state is JobState.SUCCEEDED
        assert ended.request["outputs"] == [str(Path.cwd() / "jim.png")], "the owner works in another folder"
        assert ended == await owner.commands.job(job.id)
        (card,) = await guest.commands.cards()
        record = await guest.commands.card(card.id)
        assert record.card.data.name == "Jim"
    Path("jim.png").unlink()
    assert {event.job.phase for event in heard if isinstance(event, JobChanged)} >= {"Writing description"}


async def test_a_guest_takes_over_the_same_job_when_its_owner_is_killed(
    home: Path, tmp_path: Path, step_log: Path
) -> None:
    with sharer(home, hold=True) as owner:
        owner.hears("owner")
        with sharer(home, write_book(tmp_path, "Jim seconds=1 ran")) as guest:
            assert guest.hears("guest")
            number = guest.hears("job").split()[1]
            guest.hears(f"running {number} Writing description")
            owner.kill()
            assert guest.hears("ended") == f"ended {number} succeeded owner"
    assert step_log.read_text().split().count("name") == 1, "what was finished is not done again"
    assert rows(home, "SELECT count(*) FROM card") == [(1,)]
    assert (tmp_path / "book.png").exists()


async def test_the_same_work_asked_for_by_two_programs_is_one_job(home: Path, tmp_path: Path) -> None:
    book = write_book(tmp_path, "Jim seconds=2 ran")
    with sharer(home, book) as owner:
        number = owner.hears("job").split()[1]
        with sharer(home, book) as guest:
            assert guest.hears("job").split()[1] == number
            assert guest.hears("ended").startswith(f"ended {number} succeeded")
        assert owner.hears("ended").startswith(f"ended {number} succeeded")
    assert rows(home, "SELECT count(*) FROM card") == [(1,)]


async def test_an_owner_that_has_finished_leaves_its_guests_job_to_the_guest(
    home: Path, tmp_path: Path
) -> None:
    with sharer(home, hold=True) as owner:
        owner.hears("owner")
        with sharer(home, write_book(tmp_path, "Pew seconds=1 ran", "long.txt")) as guest:
            guest.hears("guest")
            number = guest.hears("job").split()[1]
            guest.hears(f"running {number} Writing description")
            owner.process.send_signal(signal.SIGINT)
            owner.hears("closed")
            assert guest.hears("ended") == f"ended {number} succeeded owner"
    assert rows(home, "SELECT count(*) FROM card") == [(1,)]
    assert rows(home, "SELECT count(*) FROM job WHERE state <> 'succeeded'") == [(0,)]


async def test_an_owner_works_only_on_what_somebody_waits_for(home: Path, tmp_path: Path) -> None:
    async with open_workspace(home, workers=2, tasks=FAKE, start_workers=False) as workspace:
        source_id = await source_of(workspace, write_book(tmp_path, "Jim ran", "left.txt"))
        (left,) = await workspace.commands.start_drafts([DraftRequest(source_ids=(source_id,))])
    async with joining(home) as owner:
        source_id = await source_of(owner, write_book(tmp_path, "Pew ran", "mine.txt"))
        (mine,) = await owner.commands.start_drafts([DraftRequest(source_ids=(source_id,))])
        assert (await owner.wait(mine.id)).state is JobState.SUCCEEDED
        await asyncio.sleep(0.2)
        assert (await owner.commands.job(left.id)).state is JobState.QUEUED
        await owner.run_jobs(None)
        assert (await owner.wait(left.id)).state is JobState.SUCCEEDED


async def test_what_must_not_be_done_twice_is_not_asked_of_the_next_owner(home: Path) -> None:
    pair = Pair(home)
    async with pair.owner(), joining(home) as guest:
        undoing = asyncio.create_task(guest.commands.undo())
        await pair.commands.hanging.wait()
        await pair.server.say_goodbye()
        with pytest.raises(StorageError, match="ended before it answered"):
            await undoing


async def test_what_only_looks_is_asked_of_the_next_owner(home: Path) -> None:
    pair = Pair(home)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(pair.owner())
        async with joining(home) as guest:
            asking = asyncio.create_task(guest.commands.queue_status())
            await pair.commands.hanging.wait()
            await stack.aclose()
            assert (await asking).lanes
            assert guest.is_owner


async def test_a_view_that_fails_does_not_cost_the_connection(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a view's mistake")

    async with open_workspace(home, tasks=FAKE) as owner, joining(home) as guest:
        guest.events.subscribe(fail)
        await guest.commands.add_files([home / "missing.txt"], on_progress=fail, on_added=fail)
        await guest.commands.pause_queue()
        assert (await owner.commands.queue_status()).paused
        assert not guest.is_owner
    assert "a view's mistake" in caplog.text


async def test_several_guests_race_for_a_dead_owner_and_one_wins(home: Path, tmp_path: Path) -> None:
    texts = [write_book(tmp_path, f"Jim seconds=0.2 number {n}", f"{n}.txt") for n in range(4)]
    with ExitStack() as stack:
        owner = stack.enter_context(sharer(home, write_book(tmp_path, "Pew seconds=20 ran", "own.txt")))
        owner.hears("running")
        guests = [stack.enter_context(sharer(home, text)) for text in texts]
        for guest in guests:
            guest.hears("job")
        owner.kill()
        said = [guest.finish() for guest in guests]
    ends = [line.split() for lines in said for line in lines if line.startswith("ended")]
    assert [end[2] for end in ends] == ["succeeded"] * 4, said
    assert rows(home, "SELECT count(*) FROM card") == [(4,)]


async def test_a_frozen_owner_is_named_after_two_seconds(home: Path) -> None:
    with sharer(home, hold=True) as owner:
        owner.hears("owner")
        owner.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(NotAnsweringError) as caught:
            async with joining(home):
                pass
        assert 1.5 < time.monotonic() - began < 12
        assert f"Sharer (process {owner.process.pid})" in caught.value.message
        assert caught.value.exit_code == 5
        owner.process.send_signal(signal.SIGCONT)
        async with joining(home) as guest:
            assert not guest.is_owner


async def test_an_owner_of_an_older_version_that_lets_nobody_in_is_named(home: Path) -> None:
    home.mkdir(exist_ok=True)
    with folder_lock(home / "cardgen.lock", "an older cardgen"):
        with pytest.raises(NotAnsweringError, match=r"An older cardgen .process"):
            async with joining(home):
                pass
        with pytest.raises(FolderTakenError):
            async with open_workspace(home, tasks=FAKE):
                pass


async def test_a_command_gives_way_to_a_window_and_follows_its_job_there(home: Path, tmp_path: Path) -> None:
    book = write_book(tmp_path, "Jim seconds=0.5 ran")
    with sharer(home, book) as command:
        number = command.hears("job").split()[1]
        command.hears(f"running {number} Writing description")
        began = time.monotonic()
        opening = lambda: open_workspace(home, workers=2, tasks=FAKE, program="w", is_window=True)  # noqa: E731
        async with own_folder(home, "the CardGen window", opening) as window:
            assert time.monotonic() - began < 6
            assert [job.id for job in window.recovered] in ([], [int(number)])
            assert await until_heard(command, "ended") == f"ended {number} succeeded guest"
            assert (await window.commands.job(int(number))).state is JobState.SUCCEEDED
    assert rows(home, "SELECT count(*) FROM card") == [(1,)]


async def test_files_reach_the_window_that_has_the_folder(home: Path) -> None:
    heard: list[Event] = []
    assert not await hand_files_over(home, [home / "a.txt"]), "nobody is there"
    async with open_workspace(home, tasks=FAKE, program="the CardGen window", is_window=True) as window:
        window.events.subscribe(heard.append)
        began = time.monotonic()
        assert await hand_files_over(home, [home / "a.txt"])
        assert time.monotonic() - began < 2
        assert heard == [FilesHandedOver((str(home / "a.txt"),))]
    async with joining(home):
        assert not await hand_files_over(home, [home / "a.txt"]), "a command has no desk"


def assert_one_owner_at_a_time(home: Path) -> None:
    """Each owner has an epoch: what one works on has ended before the next one begins."""
    turns = rows(home, "SELECT min(started_at), max(ended_at) FROM attempt GROUP BY epoch ORDER BY epoch")
    assert all(turn[1] <= following[0] for turn, following in pairwise(turns)), turns  # type: ignore[operator]


async def test_twenty_at_once_have_one_owner_at_a_time_and_all_get_their_card(
    home: Path, tmp_path: Path
) -> None:
    books = [write_book(tmp_path, f"Jim seconds=0.02 number {n}", f"{n}.txt") for n in range(20)]
    with ExitStack() as stack:
        programs = [stack.enter_context(sharer(home, book)) for book in books]
        said = [program.finish(90) for program in programs]
    ends = [line.split() for lines in said for line in lines if line.startswith("ended")]
    assert [line for lines in said for line in lines if line.startswith("error")] == []
    assert [end[2] for end in ends] == ["succeeded"] * 20
    assert len({end[1] for end in ends}) == 20
    assert rows(home, "SELECT count(*) FROM card") == [(20,)]
    assert rows(home, "SELECT count(*) FROM attempt WHERE ended_at IS NULL") == [(0,)]
    assert_one_owner_at_a_time(home)
    assert all((tmp_path / f"{n}.png").exists() for n in range(20))


async def test_after_kill_the_next_start_owns_at_once(home: Path) -> None:
    with sharer(home, hold=True) as owner:
        owner.hears("owner")
        holder = read_holder(home / "cardgen.lock")
        assert holder is not None and Path(holder.address).exists()
        owner.kill()
        began = time.monotonic()
        async with joining(home) as workspace:
            assert workspace.is_owner
            assert time.monotonic() - began < 4
            assert not Path(holder.address).exists(), "what the dead one left behind is swept"


async def test_quit_with_twenty_in_work_is_quick_and_all_of_them_resume(home: Path, tmp_path: Path) -> None:
    books = [write_book(tmp_path, f"Jim seconds=20 number {n}", f"{n}.txt") for n in range(20)]
    async with open_workspace(home, workers=20, tasks=FAKE) as workspace:
        added = await workspace.commands.add_files(books)
        requests = [DraftRequest(source_ids=(item.source.id,)) for item in added if item.source]
        jobs = await workspace.commands.start_drafts(requests)
        await until_all_run(workspace)
        began = time.monotonic()
    assert time.monotonic() - began < 12
    assert rows(home, "SELECT count(*) FROM job WHERE state = 'queued'") == [(20,)]
    async with open_workspace(home, workers=20, tasks=FAKE) as workspace:
        await until_all_run(workspace)
        page = await workspace.commands.jobs(JobQuery())
    assert {job.id for job in page.jobs} == {job.id for job in jobs}
    assert {job.attempts for job in page.jobs} == {1}, "a quit is not charged"


async def until_all_run(workspace: Workspace) -> None:
    async with asyncio.timeout(90):
        while (await workspace.commands.job_counts()).get(JobState.RUNNING) != 20:
            await asyncio.sleep(0.02)


@pytest.mark.soak
async def test_owners_killed_among_twenty_leave_no_ghost(home: Path, tmp_path: Path) -> None:
    books = [write_book(tmp_path, f"Jim seconds=0.2 number {n}", f"{n}.txt") for n in range(20)]
    with ExitStack() as stack:
        programs = {one.process.pid: one for one in (stack.enter_context(sharer(home, b)) for b in books)}
        for seconds in (2.5, 1.0, 1.0):
            await asyncio.sleep(seconds)
            holder = read_holder(home / "cardgen.lock")
            if holder is not None and programs.get(holder.pid) is not None:
                programs.pop(holder.pid).kill()
        said = [program.finish(90) for program in programs.values()]
    assert [line for lines in said for line in lines if line.startswith("error")] == []
    assert [lines[-1] for lines in said] == ["closed"] * len(programs)
    states = {line.split()[2] for lines in said for line in lines if line.startswith("ended")}
    assert states == {"succeeded"}
    assert rows(home, "PRAGMA integrity_check") == [("ok",)]
    assert rows(home, "SELECT id FROM job WHERE state = 'running'") == []
