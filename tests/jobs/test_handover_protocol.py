"""The socket between an owner and its guests: what travels, who is let in, and what a hostile peer can do."""

import asyncio
import contextlib
import gc
import logging
import os
import socket
import stat
import struct
import subprocess
import sys
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.errors import InternalError, SourceError, UsageError
from cardgen_desktop.domain.events import FilesHandedOver, JobChanged, JobListChanged, JobRemoved
from cardgen_desktop.domain.job import JobQuery, JobSnapshot, JobState
from cardgen_desktop.jobs.handover import methods, place, wire
from cardgen_desktop.jobs.handover.link import LinkLostError, NotAnsweringError, linked
from cardgen_desktop.jobs.handover.wire import Frame, Kind
from cardgen_desktop.jobs.interface import Commands
from cardgen_desktop.jobs.lock import Holder, read_holder

from .handover_script import Pair

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="unix sockets; Windows has a port"),
    pytest.mark.usefixtures("run_parent"),
]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def pair(home: Path) -> AsyncIterator[Pair]:
    async with Pair(home).open() as pair:
        yield pair


def test_every_command_of_the_protocol_can_be_called_and_nothing_else() -> None:
    names = {name for name in dir(Commands) if not name.startswith("_")}
    assert names == methods.ALLOWED - methods.DESK
    assert not methods.READING & methods.ASKING and not methods.ONCE & methods.REPEATABLE
    for name in methods.ALLOWED:
        assert methods.method(name).result is not None
    with pytest.raises(KeyError):
        methods.method("__class__")


async def test_arguments_results_and_callbacks_travel(pair: Pair, tmp_path: Path) -> None:
    steps: list[Any] = []
    odd = tmp_path / os.fsdecode(b"no\xffunicode")
    added = await pair.link.call(
        "add_files",
        [Path("here.txt"), odd],
        on_progress=lambda *step: steps.append(step),
        on_added=steps.append,
        sources_only=True,
    )
    assert pair.commands.asked == [((Path.cwd() / "here.txt", odd), True)], "paths are whole, and bytes"
    assert [outcome.error for outcome in added] == ["no", "no"]
    assert steps[0] == (0.0, "Reading here.txt")
    assert [step.path for step in steps if not isinstance(step, tuple)] == [item.path for item in added]
    page = await pair.link.call("jobs", JobQuery(limit=7))
    assert (page.jobs[0].character, page.jobs[0].state, page.limit) == ("Renée", JobState.RUNNING, 7)
    assert await pair.link.call("job_order", JobQuery()) == array("q", range(100_000))
    assert await pair.link.call("remove_source", source_id=4) is None


async def test_failures_travel_with_their_class_and_details(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SourceError) as caught:
        await pair.link.call("job", 1)
    assert (caught.value.message, caught.value.details) == ("There is none.", "at line 3")
    with pytest.raises(InternalError, match="made a mistake"):
        await pair.link.call("cards")
    assert "ZeroDivisionError" in caplog.text


async def test_events_are_streamed_in_order_once_they_are_asked_for(pair: Pair) -> None:
    pair.bus.announce(JobListChanged())
    pair.link.listen()
    await pair.link.call("remove_source", 1)
    job = JobSnapshot(id=3, kind="draft", state=JobState.QUEUED, title="Renée")
    for event in (JobChanged(job), FilesHandedOver(("/a",)), JobRemoved(4)):
        pair.bus.announce(event)
    await pair.link.call("remove_source", 2)
    kinds = [type(event) for event in pair.heard]
    assert kinds == [JobChanged, FilesHandedOver, JobRemoved]
    first = pair.heard[0]
    assert isinstance(first, JobChanged) and first.job.title == "Renée"
    assert set(methods.EVENTS) >= {"BatchEnded", "QueueChanged", "CardChanged", "SourcesChanged"}


async def test_a_call_that_is_given_up_ends_at_the_owner(pair: Pair) -> None:
    asking = asyncio.create_task(pair.link.call("queue_status"))
    await pair.commands.hanging.wait()
    asking.cancel()
    await asyncio.wait({asking})
    await pair.link.call("remove_source", 1)
    await asyncio.sleep(0)
    assert pair.commands.cancelled


async def test_the_socket_is_for_its_owner_alone(pair: Pair, run_parent: Path) -> None:
    path = Path(pair.holder.address)
    assert path.parent.parent == run_parent
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((pair.home / "cardgen.lock").stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
        assert place.is_same_user(caller)


async def test_a_data_folder_with_a_long_path_has_a_socket_too(tmp_path: Path) -> None:
    home = tmp_path / ("a" * 120) / ("b" * 120)
    home.mkdir(parents=True)
    async with Pair(home).open() as pair:
        assert len(os.fsencode(pair.holder.address)) <= place.LONGEST_ADDRESS
        await pair.link.call("remove_source", 1)


async def test_a_long_run_folder_is_passed_over(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (long := tmp_path / ("c" * 90)).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    async with Pair(home).open() as pair:
        assert len(os.fsencode(pair.holder.address)) <= place.LONGEST_ADDRESS


async def test_a_run_folder_that_others_can_enter_is_not_used(home: Path, run_parent: Path) -> None:
    open_to_all = run_parent / f"cardgen-{os.geteuid()}"
    open_to_all.mkdir(mode=0o755)
    async with Pair(home).open() as pair:
        assert Path(pair.holder.address).parent != open_to_all


async def test_a_closed_owner_leaves_no_socket_and_no_address(home: Path) -> None:
    pair = Pair(home)
    async with pair.owner():
        address = pair.holder.address
        assert Path(address).exists()
    assert not Path(address).exists()
    assert pair.holder.address == "" and pair.holder.token == ""


async def test_sockets_of_killed_owners_are_swept_and_living_ones_are_not(home: Path, tmp_path: Path) -> None:
    async with Pair(tmp_path / "other").owner():
        living = Path((read_holder(tmp_path / "other" / "cardgen.lock") or fail()).address)
        killed = living.parent / f"1-dead{place.SUFFIX}"
        with socket.socket(socket.AF_UNIX) as forsaken:
            forsaken.bind(str(killed))
        for path in (killed, living):
            os.utime(path, (time.time() - 3600,) * 2)
        (bystander := living.parent / "note.sock").write_text("no socket")
        os.utime(bystander, (time.time() - 3600,) * 2)
        async with Pair(home).owner():
            assert not killed.exists()
            assert living.exists() and bystander.exists()


def fail() -> Holder:
    raise AssertionError


async def test_who_has_not_read_the_lock_file_is_not_answered(pair: Pair) -> None:
    stranger = pair.holder.model_copy(update={"token": "0" * 64})
    with pytest.raises(LinkLostError):
        async with linked(pair.home, stranger, "a stranger", print):
            pass
    await pair.link.call("remove_source", 1)


async def test_a_port_is_guarded_by_the_token_alone(home: Path) -> None:
    """What Windows uses, where there is no unix socket and no user to ask for."""
    async with Pair(home, over_port=True).open() as pair:
        assert pair.holder.address.startswith("127.0.0.1:")
        assert await pair.link.call("remove_source", 1) is None
        for token in ("", "0" * 64):
            stranger = pair.holder.model_copy(update={"token": token})
            with pytest.raises(LinkLostError):
                async with linked(home, stranger, "a stranger", print):
                    pass
    with pytest.raises(LinkLostError):
        async with linked(home, pair.holder.model_copy(update={"address": "192.0.2.1:80"}), "", print):
            pass


async def test_somebody_else_at_the_old_port_learns_nothing_and_is_not_believed(home: Path) -> None:
    said: list[wire.Frame] = []

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        challenge = wire.Challenge(protocol=wire.PROTOCOL, nonce="n")
        writer.write(Frame(Kind.CHALLENGE, 0, challenge.model_dump_json().encode()).packed)
        said.append(await wire.read_frame(reader))
        welcome = wire.Welcome(pid=1, program="evil", is_window=True, proof="0" * 64)
        writer.write(Frame(Kind.WELCOME, 0, welcome.model_dump_json().encode()).packed)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(pretend, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        holder = Holder(pid=1, program="cardgen", address=f"127.0.0.1:{port}", token="secret")
        with pytest.raises(LinkLostError, match="somebody else"):
            async with linked(home, holder, "cardgen", print):
                pass
    assert b"secret" not in said[0].body


async def test_another_version_is_told_in_a_sentence(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = await asyncio.open_unix_connection(pair.holder.address)
    challenge = wire.decoded(methods.adapter_of(wire.Challenge), (await wire.read_frame(reader)).body)
    proof = wire.proof(pair.holder.token, "guest", challenge.nonce)
    hello = wire.Hello(protocol=99, pid=1, program="later", nonce="n", proof=proof)
    writer.write(Frame(Kind.HELLO, 0, hello.model_dump_json().encode()).packed)
    failure = await wire.read_frame(reader)
    assert failure.kind is Kind.FAILURE and b"The owner has the data folder open" in failure.body
    assert await reader.read() == b""
    writer.close()


HOSTILE = {
    "noise": b"GET / HTTP/1.1\r\n\r\n",
    "a frame without end": struct.pack(">IBI", 2**32 - 1, Kind.HELLO, 0),
    "a hello that is none": Frame(Kind.HELLO, 0, b"[1]").packed,
    "an unknown kind": struct.pack(">IBI", 0, 250, 0),
    "a call before the hello": Frame(Kind.CALL, 1, b"jobs\n{}").packed,
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_peer_costs_only_its_own_connection(pair: Pair, said: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(pair.holder.address)
    await wire.read_frame(reader)
    writer.write(said)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
        await asyncio.wait_for(wire.read_frame(reader), 30)
    writer.transport.abort()
    await pair.link.call("remove_source", 1)


@pytest.mark.parametrize(
    "body", [b"nothing", b"__class__\n{}", b"aclose\n{}", b"x" * 200 + b"\n{}", b"\xff\n{}"]
)
async def test_a_guest_that_calls_what_it_may_not_is_dropped(pair: Pair, body: bytes) -> None:
    async with linked(pair.home, pair.holder, "hostile", print) as hostile:
        await hostile._send(Frame(Kind.CALL, 1, body))
        assert isinstance(await asyncio.wait_for(hostile.lost, 30), LinkLostError)
    await pair.link.call("remove_source", 1)


@pytest.mark.parametrize("body", [b"{}", b'{"job_id":"x"}', b'{"job_id":1,"more":1}', b"{", b"\xff"])
async def test_arguments_that_do_not_fit_are_refused_in_a_sentence(pair: Pair, body: bytes) -> None:
    reader, writer = pair.link._reader, pair.link._writer
    _ = reader
    answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
    from cardgen_desktop.jobs.handover.link import _Call

    pair.link._calls[77] = _Call(answer)
    writer.write(Frame(Kind.CALL, 77, b"job\n" + body).packed)
    with pytest.raises(UsageError, match="does not fit"):
        await asyncio.wait_for(answer, 30)
    del pair.link._calls[77]


async def test_many_half_open_peers_do_not_lock_the_owner_up(pair: Pair, monkeypatch: Any) -> None:
    monkeypatch.setattr(wire, "GREETING_SECONDS", 0.1)
    silent = [await asyncio.open_unix_connection(pair.holder.address) for _ in range(100)]
    await pair.link.call("remove_source", 1)
    async with asyncio.timeout(30):
        while pair.server.guests > 1:
            await asyncio.sleep(0.02)
    async with linked(pair.home, pair.holder, "after them", print) as link:
        await link.call("remove_source", 2)
    for _, writer in silent:
        writer.transport.abort()


async def test_a_guest_that_reads_nothing_keeps_the_newest_word_on_each_job_only(pair: Pair) -> None:
    reader, writer = pair.link._reader, pair.link._writer
    pair.link.listen()
    await pair.link.call("remove_source", 1)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    for round_ in range(3000):
        for job_id in range(20):
            job = JobSnapshot(id=job_id, kind="draft", state=JobState.RUNNING, progress=round_ / 30)
            pair.bus.announce(JobChanged(job))
        if round_ % 100 == 0:
            await asyncio.sleep(0)
    (session,) = pair.server._sessions.values()
    # A word on something else than a job may wait beside them.
    assert len(session._outbox._waiting) <= 20 + 2
    reader._transport.resume_reading()  # type: ignore[attr-defined]
    await pair.link.call("remove_source", 2)
    last = {event.job.id: event.job.progress for event in pair.heard if isinstance(event, JobChanged)}
    assert last == dict.fromkeys(range(20), 2999 / 30)
    assert not writer.is_closing()


async def test_an_owner_that_says_nothing_is_told_apart_in_two_seconds(home: Path, run_parent: Path) -> None:
    home.mkdir()
    path = run_parent / f"frozen{place.SUFFIX}"
    with socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(str(path))
        frozen.listen()
        holder = Holder(pid=4242, program="the CardGen window", address=str(path), token="t")
        began = time.monotonic()
        with pytest.raises(NotAnsweringError) as caught:
            async with linked(home, holder, "cardgen", print):
                pass
        assert 1.9 < time.monotonic() - began < 10
    assert caught.value.message.startswith("The CardGen window (process 4242) is using the data folder")
    assert caught.value.exit_code == 5


async def test_an_owner_that_freezes_later_is_noticed(pair: Pair, monkeypatch: Any) -> None:
    monkeypatch.setattr(wire, "PING_SECONDS", 0.02)
    monkeypatch.setattr("cardgen_desktop.jobs.handover.guest_session.GuestSession._hear", lambda *_: None)
    async with linked(pair.home, pair.holder, "cardgen", print) as link:
        monkeypatch.setattr(wire, "MOST_PINGS", 5)
        with pytest.raises(NotAnsweringError, match="does not answer"):
            await asyncio.wait_for(link.call("jobs", JobQuery()), 30)


async def test_an_owner_that_leaves_lets_answers_out_first(home: Path) -> None:
    async with Pair(home).open() as pair:
        pair.link.listen()
        adding = asyncio.create_task(pair.link.call("add_files", [home], on_progress=print, on_added=print))
        waiting = asyncio.create_task(pair.link.call("queue_status"))
        await pair.commands.hanging.wait()
        pair.server.pause = 1.5
        await pair.server.say_goodbye()
        assert len(await adding) == 1
        with pytest.raises(LinkLostError) as caught:
            await waiting
        assert caught.value.closing == wire.Closing(pause=1.5)
        with pytest.raises(LinkLostError) as again:
            async with linked(home, pair.holder, "late", print):
                pass
        assert again.value.closing == wire.Closing(pause=1.5)


QT_SCRIPT = """
import asyncio, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from cardgen_desktop.domain.events import JobListChanged
from cardgen_desktop.domain.job import JobQuery
from cardgen_desktop.ui.loop import AppLoop
from tests.jobs.handover_script import Pair

async def main(home):
    async with Pair(home).open() as pair:
        pair.link.listen()
        order = await pair.link.call("job_order", JobQuery())
        pair.bus.announce(JobListChanged())
        asking = asyncio.create_task(pair.link.call("queue_status"))
        await pair.commands.hanging.wait()
        asking.cancel()
        await asyncio.wait({asking})
        added = await pair.link.call("add_files", [home] * 50, on_progress=lambda *_: None, on_added=id)
        print(len(order), len(added), pair.heard)
    print("closed", [task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}])

app = QApplication(sys.argv[:1])
app.setQuitOnLastWindowClosed(False)
with asyncio.Runner(loop_factory=lambda: AppLoop(app)) as runner:
    runner.run(main(Path(sys.argv[1])))
"""


def test_the_socket_works_on_the_qt_loop(home: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6"}
    command = [sys.executable, "-W", "error", "-c", QT_SCRIPT, str(home)]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=90, check=False, cwd=ROOT
    )
    assert run.stdout.splitlines() == ["100000 50 [JobListChanged()]", "closed []"], run.stderr
    assert run.stderr == ""


async def test_silence_of_the_loggers(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    """A guest that is killed is nothing to complain about."""
    async with linked(pair.home, pair.holder, "killed", print) as link:
        link.abort()
        await asyncio.wait_for(link.lost, 30)
    await pair.link.call("remove_source", 1)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("rounds", range(6))
async def test_a_guest_that_comes_while_the_owner_leaves_is_dropped(home: Path, rounds: int) -> None:
    """Whatever the loop had begun to take in: nothing is left open, which the collector would complain of."""
    pair = Pair(home)
    async with pair.owner():
        guest = socket.socket(socket.AF_UNIX)
        guest.connect(pair.holder.address)
        for _ in range(rounds):
            await asyncio.sleep(0)
    guest.settimeout(30)
    with closing(guest), contextlib.suppress(ConnectionError):
        while await asyncio.to_thread(guest.recv, 4096):
            pass
    gc.collect()
