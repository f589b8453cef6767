"""Child processes: what they answer, how they die, and that nothing of them stays."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop.domain.draft import StepOutput
from cardgen_desktop.domain.errors import InputError, InternalError, SourceError, UsageError
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.jobs import child, frames
from cardgen_desktop.jobs.process import ProcessPool

FAKE = "tests.jobs.fake_tasks:TASKS"
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and resource limits are POSIX")


@pytest.fixture
async def pool() -> AsyncIterator[ProcessPool]:
    async with ProcessPool(2, tasks=FAKE, read_seconds=20) as pool:
        yield pool


def written(folder: Path, text: str, name: str = "book.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def source(text: str, name: str = "book.txt") -> SourceText:
    return SourceText(
        path=name, name=name, kind="text", title="Book", sha256=f"{hash(text):x}", size=1, words=1, text=text
    )


def gone(pid: int) -> bool:
    """No such process, or only its entry that nobody has reaped yet."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


async def test_reading_gives_the_text_of_the_file(pool: ProcessPool, tmp_path: Path) -> None:
    text = "“Hé, Émile!”\r\nsaid she.\x00 𝔘"
    found = await pool.read(written_bytes(tmp_path, text.encode()))
    assert found.text == text
    assert found.sha256


def written_bytes(folder: Path, data: bytes) -> Path:
    path = folder / "book.txt"
    path.write_bytes(data)
    return path


async def test_half_a_surrogate_pair_travels_as_one_character(pool: ProcessPool, tmp_path: Path) -> None:
    found = await pool.read(written_bytes(tmp_path, b"caf\xe9 au lait"))
    assert found.text == "caf\ufffd au lait"


async def test_expected_failure_arrives_as_itself_and_the_child_stays(
    pool: ProcessPool, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=r'"gone\.txt" is not there'):
        await pool.read(tmp_path / "gone.txt")
    before = pool.pids
    await pool.read(written(tmp_path, "Well."))
    assert pool.pids == before


async def test_failure_about_a_name_that_is_no_unicode_arrives(pool: ProcessPool, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match='"caf\ufffd\\.txt" is not there'):
        await pool.read(tmp_path / os.fsdecode(b"caf\xe9.txt"))
    assert len(pool.pids) == 1


async def test_child_that_cannot_be_started_is_not_the_files_fault(
    pool: ProcessPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(SourceError, match=r'"book\.txt" was not read: .* start no further program'):
        await pool.read(written(tmp_path, "Well."))


@pytest.mark.parametrize(
    ("order", "sentence", "details"),
    [
        ("kill", "stopped the reader", "exit status -9"),
        ("say last words", "stopped the reader", "last words"),
        ("raise odd file", "could not be read", "ValueError: odd file"),
        ("memory", "needs more memory", ""),
        ("raw ffffffff52", "stopped the reader", "over the limit"),
        ("raw 0000000258", "stopped the reader", "unknown frame"),
        ("raw 00000002527b7d", "stopped the reader", "validation error"),
        ("raw 00000002507b7d", "stopped the reader", "fraction"),
        ("raw 0000000a53ffffffffffffffffffff", "stopped the reader", ""),
    ],
)
@posix
async def test_misbehaving_child_is_a_sentence_that_names_the_file(
    pool: ProcessPool, tmp_path: Path, order: str, sentence: str, details: str
) -> None:
    with pytest.raises(SourceError) as caught:
        await pool.read(written(tmp_path, order))
    assert caught.value.message.startswith('"book.txt" ')
    assert sentence in caught.value.message
    assert details in caught.value.details


@posix
@pytest.mark.parametrize("order", ["kill", "raw 00000004527b7d"])
async def test_child_that_dies_or_stops_in_a_frame_costs_one_request(tmp_path: Path, order: str) -> None:
    async with ProcessPool(1, tasks=FAKE, read_seconds=6) as pool:
        with pytest.raises(SourceError):
            await pool.read(written(tmp_path, order))
        assert (await pool.read(written(tmp_path, "And then"))).text == "And then"


async def test_slow_file_is_stopped_with_a_sentence(tmp_path: Path) -> None:
    async with ProcessPool(1, tasks=FAKE, read_seconds=1.0) as pool:
        with pytest.raises(SourceError, match="longer than 1 seconds"):
            await pool.read(written(tmp_path, "hang"))
        assert pool.pids == ()


async def test_what_a_library_prints_does_not_reach_the_wire(pool: ProcessPool, tmp_path: Path) -> None:
    assert (await pool.read(written(tmp_path, "print"))).text == "print"


async def test_the_set_is_sent_once_to_a_child(pool: ProcessPool) -> None:
    said: list[str] = []

    async def read(text: str) -> str:
        await pool.characters([source(text)], on_progress=lambda _, phase: said.append(phase))
        return said[-1]

    first, again, other = await read("Jim and Pew"), await read("Jim and Pew"), await read("Ben and Pew")
    assert first.endswith("sent True")
    assert again == first.replace("True", "False")
    assert other.endswith("sent True")
    assert other.split(",")[0] != first.split(",")[0], "another child reads the other set"
    assert await read("Jim and Pew") == again
    assert [quote.text for quote in await pool.quotes([source("Jim and Pew")])] == ["Jim "]


async def test_draft_hands_over_steps_and_skips_those_done(pool: ProcessPool) -> None:
    done = {"name": StepOutput(values={"name": "Kept Pew"})}
    messages = []
    async with pool.draft([source("Pew Pew Jim")], "pEW", done, engine="offline") as talk:
        async for message in talk:
            messages.append(message)
    assert [item.key for item in messages if isinstance(item, frames.StepDone)] == ["description", "scenario"]
    assert [item.name for item in messages if isinstance(item, frames.CharacterFound)] == ["Pew"]
    assert talk.result.card.name == "Kept Pew"


async def drafted(pool: ProcessPool, text: str, character: str) -> None:
    async with pool.draft([source(text)], character, {}, engine="offline") as talk:
        async for _ in talk:
            pass


async def test_unknown_character_is_a_usage_error(pool: ProcessPool) -> None:
    with pytest.raises(UsageError, match="Jim, Pew"):
        await drafted(pool, "Jim Pew", "Flint")


async def test_set_is_sent_again_after_a_failure(pool: ProcessPool) -> None:
    said: list[str] = []
    with pytest.raises(UsageError):
        await drafted(pool, "Jim Pew", "Flint")
    await pool.characters([source("Jim Pew")], on_progress=lambda _, phase: said.append(phase))
    assert said[0].endswith("sent True")


async def test_child_waits_for_leave_after_a_step(pool: ProcessPool, tmp_path: Path, monkeypatch) -> None:
    log = tmp_path / "steps"
    monkeypatch.setenv("PYTHON_STEP_LOG", str(log))
    async with pool.draft([source("Jim")], "", {}, engine="offline") as talk:
        async for message in talk:
            if isinstance(message, frames.StepDone):
                await asyncio.sleep(0.2)
                break
    assert log.read_text() == "name\n"
    assert pool.pids == (), "a request left before its end ends its child"


async def test_died_draft_says_that_finished_parts_are_kept(pool: ProcessPool) -> None:
    with pytest.raises(InternalError, match=r'working on "Book".*kept'):
        await drafted(pool, "kill\nJim", "")


async def test_cancelling_kills_the_child_at_once(pool: ProcessPool, tmp_path: Path) -> None:
    task = asyncio.create_task(pool.read(written(tmp_path, "hang")))
    while not pool.pids:
        await asyncio.sleep(0.01)
    pid, started = pool.pids[0], time.monotonic()
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 5.2
    assert gone(pid)


async def test_more_requests_than_children_wait_their_turn(pool: ProcessPool, tmp_path: Path) -> None:
    paths = [written(tmp_path, f"text {number}", f"{number}.txt") for number in range(9)]
    found = await asyncio.gather(*(pool.read(path) for path in paths))
    assert [item.text for item in found] == [f"text {number}" for number in range(9)]
    assert len(pool.pids) <= 2


async def test_closing_reaps_children_within_a_second(tmp_path: Path) -> None:
    pool = ProcessPool(2, tasks=FAKE)
    hanging = asyncio.create_task(pool.read(written(tmp_path, "hang")))
    await pool.read(written(tmp_path, "ok", "other.txt"))
    pids, started = pool.pids, time.monotonic()
    await pool.aclose()
    assert time.monotonic() - started < 4
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)
    with pytest.raises(SourceError):
        await hanging
    with pytest.raises(SourceError):
        await pool.read(tmp_path / "other.txt")
    assert pool.pids == ()


async def test_event_loop_keeps_turning_while_a_child_works(pool: ProcessPool, tmp_path: Path) -> None:
    big = written(tmp_path, "It was the best of times. " * 25_000)
    reading, worst, last = asyncio.create_task(pool.read(big)), 0.0, time.monotonic()
    while not reading.done():
        await asyncio.sleep(0.001)
        worst, last = max(worst, time.monotonic() - last), time.monotonic()
    assert len((await reading).text) == 650_000
    assert worst < 0.1


@posix
async def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys, pathlib\n"
        "from cardgen_desktop.jobs.process import ProcessPool\n"
        "async def main():\n"
        f"    pool = ProcessPool(1, tasks={FAKE!r})\n"
        "    task = asyncio.create_task(pool.read(pathlib.Path(sys.argv[1])))\n"
        "    while not pool.pids: await asyncio.sleep(0.01)\n"
        "    print(pool.pids[0], flush=True)\n"
        "    await task\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", script, str(written(tmp_path, "hang"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 3
        while not gone(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert gone(pid)


@posix
async def test_interrupt_of_the_terminal_does_not_reach_children(pool: ProcessPool, tmp_path: Path) -> None:
    await pool.read(written(tmp_path, "ok"))
    assert os.getsid(pool.pids[0]) != os.getsid(0)


def test_children_do_not_see_the_persons_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "canary")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    environment = child.child_environment()
    assert "canary" not in environment.values()
    assert environment["LC_ALL"] == "C.UTF-8"


async def test_refused_file_of_any_kind_is_an_input_error(pool: ProcessPool, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        await pool.open_file(tmp_path)
