"""Model files: what their header says, whether they fit, and the child process that runs them."""

import asyncio
import os
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardgenError, HeldError, TransientError
from cardgen_desktop.domain.profile import Profile
from cardgen_desktop.llm import gguf_failures, machine
from cardgen_desktop.llm.chat import Phase
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.connection import check_connection
from cardgen_desktop.llm.gguf import GgufFile, GgufServers, check_engine, fitness, read_gguf
from cardgen_desktop.llm.gguf_child import IdleClock
from cardgen_desktop.llm.gguf_process import Heard
from cardgen_desktop.llm.machine import Memory
from cardgen_desktop.llm.request_body import Manners, known_manners, learn_manners
from tests.support.gguf_files import FACTS, header, text, write_gguf
from tests.support.memory_facts import MemoryFacts

ROOT = Path(__file__).resolve().parents[2]
STUB = ROOT / "tests/support/stub_engine"
GB = 1_000_000_000


def test_the_header_tells_what_the_model_is(tmp_path: Path) -> None:
    file = read_gguf(write_gguf(tmp_path / "a.gguf", weights=1000))
    assert (file.name, file.architecture, file.context) == ("Small Model", "llama", 4096)
    assert file.kv_bytes == 30 * 3 * (64 + 64) * 2, "SmolLM2's own numbers, as its engine reports them"
    assert file.has_chat_template
    assert file.size == file.path.stat().st_size


def test_missing_facts_are_not_known(tmp_path: Path) -> None:
    facts = {"general.architecture": "llama", "llama.attention.head_count": 0, "general.name": "  "}
    file = read_gguf(write_gguf(tmp_path / "plain.gguf", facts))
    assert (file.name, file.context, file.kv_bytes, file.has_chat_template) == ("plain", None, None, False)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "a.gguf")
    assert read_gguf(path) == read_gguf(path)
    write_gguf(path, dict(FACTS) | {"general.name": "Another Model"})
    assert read_gguf(path).name == "Another Model"


def test_heads_that_differ_by_layer(tmp_path: Path) -> None:
    facts = dict(FACTS) | {"llama.attention.head_count_kv": [0, 6, 0]}
    file = read_gguf(write_gguf(tmp_path / "a.gguf", facts))
    assert file.kv_bytes == 30 * 2 * (64 + 64) * 2


GOOD = header()
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is not a GGUF file"),
    "text": (b"hello " * 100, "is not a GGUF file"),
    "big endian": (b"GGUF" + struct.pack(">I", 3) + bytes(100), "of another kind"),
    "version 1": (header(version=1), "of another kind"),
    "cut in its header": (GOOD[:200], "damaged or not complete"),
    "cut in its weights": (header(offset=10_000) + bytes(500), "its weights are cut off"),
    "too many keys": (b"GGUF" + struct.pack("<IQQ", 3, 1, 2**60) + bytes(100), "damaged"),
    "too many tensors": (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 1) + bytes(100), "damaged"),
    "endless text": (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**63) + bytes(100), "damaged"),
    "unknown type": (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<I", 99), "damaged"),
    "endless list": (
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 4, 2**62),
        "damaged",
    ),
    "list of lists of lists": (
        b"GGUF"
        + struct.pack("<IQQ", 3, 0, 1)
        + text("k")
        + struct.pack("<IIQ", 9, 9, 1)
        + struct.pack("<IQ", 9, 1) * 40,
        "damaged",
    ),
    "picture encoder": (header({"general.architecture": "clip"}, tensors=0), "holds no language model"),
    "nothing": (header({}, tensors=0), "holds no language model"),
}


@pytest.mark.parametrize("name", BAD)
def test_files_that_cannot_be_used_say_why(tmp_path: Path, name: str) -> None:
    data, words = BAD[name]
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    with pytest.raises(HeldError) as caught:
        read_gguf(path)
    assert words in caught.value.message
    assert caught.value.message.startswith('"model.gguf" ')
    assert (caught.value.kind, caught.value.reason) == ("model.404", "model")


def test_every_cut_of_a_header_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    for size in range(0, len(GOOD), 7):
        path.write_bytes(GOOD[:size])
        with pytest.raises(HeldError):
            read_gguf(path)


@pytest.mark.parametrize("name", ["gone.gguf", "."])
def test_files_that_cannot_be_read_say_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(HeldError, match=r"not there any more|cannot be read"):
        read_gguf(tmp_path / name)


def test_a_model_in_parts_counts_all_of_them(tmp_path: Path) -> None:
    first = write_gguf(tmp_path / "big-00001-of-00003.gguf")
    alone = first.stat().st_size
    (tmp_path / "big-00002-of-00003.gguf").write_bytes(bytes(1000))
    with pytest.raises(HeldError, match=r"needs .big-00003-of-00003\.gguf. beside it"):
        read_gguf(first)
    (tmp_path / "big-00003-of-00003.gguf").write_bytes(bytes(500))
    assert read_gguf(first).size == alone + 1500
    later = write_gguf(tmp_path / "big-00002-of-00003.gguf")
    with pytest.raises(HeldError, match="later part"):
        read_gguf(later)


def model(size: int, kv_bytes: int | None = 20_000) -> GgufFile:
    """A model of so many bytes."""
    return GgufFile(path=Path("m.gguf"), name="M", architecture="llama", size=size, kv_bytes=kv_bytes)


@pytest.mark.parametrize(
    ("size", "memory", "word"),
    [
        (GB, Memory(total=16 * GB, free=8 * GB), "Fits"),
        (4 * GB, Memory(total=16 * GB, free=5 * GB), "May be slow"),
        (8 * GB, Memory(total=16 * GB, free=5 * GB), "Won't fit"),
        (GB, Memory(total=16 * GB), "Fits"),
        (8 * GB, Memory(total=16 * GB), "May be slow"),
        (20 * GB, Memory(total=16 * GB), "Won't fit"),
        (GB, Memory(), "Not known"),
    ],
)
def test_whether_a_model_fits(size: int, memory: Memory, word: str) -> None:
    found = fitness(model(size), 8192, memory)
    assert found.word == word
    assert found.sentence.startswith("It needs about ")


def test_a_longer_context_needs_more() -> None:
    memory = Memory(total=16 * GB, free=2 * GB)
    assert fitness(model(GB), 1000, memory).word == "Fits"
    assert fitness(model(GB), 100_000, memory).word == "Won't fit"
    assert fitness(model(GB, None), 100_000, memory).needs == fitness(model(GB, None), 1, memory).needs


def test_memory_of_linux_and_of_its_containers(tmp_path: Path) -> None:
    told = machine.parse_meminfo("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\nOdd\n")
    assert told == Memory(total=1000 * 1024, free=400 * 1024)
    assert machine.parse_meminfo("") == Memory()
    (tmp_path / "memory.max").write_text("300000\n")
    (tmp_path / "memory.current").write_text("100000\n")
    assert machine.within_container(told, tmp_path) == Memory(total=300000, free=200000)
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.within_container(told, tmp_path) == told


def test_this_computer_tells_its_memory() -> None:
    assert (machine.memory().total or 0) > 100_000_000


def test_old_processors_are_known_by_their_flags() -> None:
    assert machine.flags_lack_instructions("processor: 0\nflags\t\t: fpu sse2 avx fma f16c\n")
    assert not machine.flags_lack_instructions("flags\t\t: fpu avx avx2 fma f16c\n")
    assert not machine.flags_lack_instructions("Features: fp asimd\n"), "another processor is not judged"


def test_without_the_engine_its_installation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    monkeypatch.delitem(sys.modules, "xllamacpp")
    with pytest.raises(HeldError) as caught:
        check_engine()
    assert "pip install cardgen-desktop[local]" in caught.value.message
    assert (caught.value.kind, caught.value.reason) == ("net.refused", "endpoint")


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ("libgomp.so.1: cannot open shared object file: No such file or directory", "libgomp1"),
        ("No module named 'xllamacpp'", "pip install cardgen-desktop[local]"),
        ("version `GLIBC_2.34' not found", "does not start on this computer"),
    ],
)
def test_an_engine_that_does_not_import_is_explained(details: str, words: str) -> None:
    report = Heard(state="failed", problem="engine", details=details)
    error = gguf_failures.told(Path("m.gguf"), report, "")
    assert words in error.message
    assert details in error.details


def test_idle_time_is_counted_from_the_last_work() -> None:
    now, used = 0.0, 0.0
    idle = IdleClock(100, clock=lambda: now, used=lambda: used)
    now = 90
    assert not idle.is_over()
    now, used = 95, 4.0
    assert not idle.is_over(), "it worked just now"
    now, used = 190, 4.0
    assert not idle.is_over()
    idle.touch()
    now = 280
    assert not idle.is_over(), "it was asked for"
    now = 290
    assert idle.is_over()


@pytest.fixture
async def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GgufServers]:
    """Servers whose children find a stand-in for the engine."""
    monkeypatch.setenv("PYTHONPATH", str(STUB))
    monkeypatch.setenv("PYTHON_STUB_RECORD", str(tmp_path / "record"))
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-canary")
    async with GgufServers(threads=3) as servers:
        yield servers


async def failure(servers: GgufServers, path: Path) -> CardgenError:
    """Why a model does not get ready."""
    with pytest.raises(CardgenError) as caught:
        await servers.ready(path, name="Mine")
    assert servers.pid is None
    return caught.value


async def test_a_child_is_told_everything_but_shows_nothing(servers: GgufServers, tmp_path: Path) -> None:
    phases: list[Phase] = []
    path = write_gguf(tmp_path / "good.gguf", weights=40_000_000)
    server = await servers.ready(path, 2000, phases.append, name="Mine")
    key = server.key.get_secret_value()
    record = (tmp_path / "record").read_text()
    settings, arguments, *variables = record.split("\n")
    assert f"'api_keys': ['{key}']" in settings
    assert len(key) > 30
    assert "'n_ctx': 2000" in settings
    assert "'n_batch': 256" in settings
    assert "'endpoint_slots': False" in settings
    assert "n_threads=3" in settings
    assert key not in arguments
    assert str(path) not in arguments
    assert "OMP_WAIT_POLICY" in variables
    assert "OPENROUTER_API_KEY" not in variables
    assert (server.kind, server.base_url, server.name) == ("gguf", "http://127.0.0.1:9/v1", "Mine")
    assert key not in repr(server)
    fractions = [phase.fraction for phase in phases if phase.fraction is not None]
    assert fractions == sorted(fractions)
    assert len(fractions) >= 3
    assert fractions[-1] == 1.0
    assert phases[0] == Phase("Loading model")
    assert phases[-1] == Phase("Preparing model")


async def test_a_running_model_is_used_again_and_a_changed_one_is_not(
    servers: GgufServers, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "good.gguf")
    first = await servers.ready(path, 2000)
    pid = servers.pid
    assert await servers.ready(path, 2000) == first
    assert servers.pid == pid
    write_gguf(path, weights=512)
    assert (await servers.ready(path, 2000)).key != first.key
    assert servers.pid != pid


async def test_a_context_above_the_models_own_is_lowered(servers: GgufServers, tmp_path: Path) -> None:
    await servers.ready(write_gguf(tmp_path / "good.gguf"), 100_000, slots=2)
    assert "'n_ctx': 8192" in (tmp_path / "record").read_text()


async def test_one_model_at_a_time(servers: GgufServers, tmp_path: Path) -> None:
    await servers.ready(write_gguf(tmp_path / "one.gguf"))
    first = servers.pid
    assert first is not None
    await servers.ready(write_gguf(tmp_path / "two.gguf"))
    assert not is_there(first)
    assert servers.pid not in (None, first)


async def test_a_model_that_writes_is_waited_for(servers: GgufServers, tmp_path: Path) -> None:
    phases: list[Phase] = []
    await servers.ready(write_gguf(tmp_path / "busy.gguf"))
    async with asyncio.timeout(60):
        await servers.ready(write_gguf(tmp_path / "two.gguf"), on_phase=phases.append)
    assert phases[0] == Phase('Waiting until "busy.gguf" is done')


async def test_a_model_that_is_lent_stays_until_it_is_given_back(
    servers: GgufServers, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "one.gguf")
    waits = asyncio.Event()
    async with servers.lent(path, name="Mine") as server:
        first = servers.pid
        other = asyncio.create_task(
            servers.ready(write_gguf(tmp_path / "two.gguf"), on_phase=lambda _: waits.set())
        )
        await asyncio.wait_for(waits.wait(), 60)
        assert not other.done() and servers.pid == first
    assert (await asyncio.wait_for(other, 60)).file.endswith("two.gguf")
    assert servers.pid != first
    assert server.place == str(path) and server.name == "Mine"


async def test_what_is_learnt_of_a_model_file_is_known_after_its_next_start(
    servers: GgufServers, tmp_path: Path
) -> None:
    path, facts = write_gguf(tmp_path / "one.gguf"), MemoryFacts()
    before = await servers.ready(path)
    await learn_manners(facts, before, "m", Manners("object"))
    await servers.stop()
    after = (await servers.ready(path)).model_copy(update={"base_url": "http://127.0.0.1:10/v1"})
    assert (await known_manners(facts, after, "m")).form == "object"
    assert Profile(name="Mine", kind="gguf", path=str(path)).place == after.place


def is_there(pid: int) -> bool:
    """Whether a process runs; one that ended and was not collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("template", ["", "{{ messages }}"])
async def test_the_connection_says_when_a_model_has_no_chat_template(
    servers: GgufServers, tmp_path: Path, http: Http, template: str
) -> None:
    path = write_gguf(tmp_path / "good.gguf", dict(FACTS) | {"tokenizer.chat_template": template})
    profile = Profile(name="File", kind="gguf", path=str(path))
    lines = [line async for line in check_connection(http, profile, "", MemoryFacts(), servers=servers)]
    address = lines[1]
    assert (address.step, address.status) == ("address", "ok")
    assert address.sentence.startswith('"good.gguf" runs on this computer')
    assert ("no chat template" in address.sentence) == (not template)
    assert lines[-1].status == "skipped", "the stand-in answers nobody"


CRASHES: list[tuple[str, str, str, type[CardgenError]]] = [
    ("killed", "memory ran out", "net.refused", TransientError),
    ("abort", "ended by itself", "net.refused", TransientError),
    ("illegal", "AVX2", "net.refused", HeldError),
    ("damaged", "cannot be loaded", "model.404", HeldError),
    ("future", "of a kind (tomorrow)", "model.404", HeldError),
    ("large", "does not fit into memory", "model.404", HeldError),
]


@pytest.mark.skipif(sys.platform == "win32", reason="ends by signals")
@pytest.mark.parametrize(("name", "words", "kind", "error"), CRASHES)
async def test_a_child_that_fails_is_one_clear_sentence(
    servers: GgufServers, tmp_path: Path, name: str, words: str, kind: str, error: type[CardgenError]
) -> None:
    found = await failure(servers, write_gguf(tmp_path / f"{name}.gguf"))
    assert isinstance(found, error)
    assert words in found.message
    assert found.kind == kind
    held = found if isinstance(found, HeldError) else getattr(found, "then", None)
    assert isinstance(held, HeldError)
    assert held.scope == "Mine"
    assert (await servers.ready(write_gguf(tmp_path / "good.gguf"))).base_url, "the next model runs"


async def test_a_model_that_never_gets_ready_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(STUB))
    async with GgufServers(silence_seconds=3) as servers:
        found = await failure(servers, write_gguf(tmp_path / "hang.gguf"))
    assert "was not ready" in found.message


async def test_a_cancelled_start_leaves_no_child(servers: GgufServers, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "hang.gguf")
    reached = asyncio.Event()

    def note(phase: Phase) -> None:
        if phase.text == "Preparing model":
            reached.set()

    task = asyncio.create_task(servers.ready(path, on_phase=note))
    async with asyncio.timeout(60):
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert servers.pid is None


async def test_leaving_ends_a_child_that_is_just_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(STUB))
    reached = asyncio.Event()
    async with asyncio.timeout(60):
        async with GgufServers() as servers:
            path = write_gguf(tmp_path / "hang.gguf")
            task = asyncio.create_task(servers.ready(path, on_phase=lambda phase: reached.set()))
            await reached.wait()
        with pytest.raises(CardgenError):
            await task


async def test_one_that_dies_is_started_again_and_told_about_the_second_time(
    servers: GgufServers, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "dies.gguf")
    pids = []
    for _ in range(2):
        await servers.ready(path, name="Mine")
        pids.append(servers.pid)
        await ended(servers)
    assert len(set(pids)) == 2
    assert "ended by itself" in (await failure(servers, path)).message
    await servers.ready(path)


async def ended(servers: GgufServers) -> None:
    """Wait until the child is gone."""
    async with asyncio.timeout(60):
        while servers.pid is not None:
            await asyncio.sleep(0.05)


async def test_an_idle_server_ends_by_itself_and_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(STUB))
    async with GgufServers(idle_seconds=0.1) as servers:
        path = write_gguf(tmp_path / "good.gguf")
        first = await servers.ready(path)
        await ended(servers)
        assert (await servers.ready(path)).key != first.key


PARENT = """
import asyncio, sys
from pathlib import Path
from cardgen_desktop.llm.client import Http
from cardgen_desktop.llm.connection import check_connection
from tests.support.memory_facts import MemoryFacts
from cardgen_desktop.llm.gguf import GgufServers
async def main():
    servers = GgufServers()
    await servers.ready(Path(sys.argv[1]))
    print(servers.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_the_child_goes_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "good.gguf")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(STUB), str(ROOT)))}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE, env=environment
    )
    try:
        assert parent.stdout is not None
        child = int(await asyncio.to_thread(parent.stdout.readline))
        assert is_there(child)
    finally:
        parent.kill()
        await asyncio.to_thread(parent.wait)
        if parent.stdout is not None:
            parent.stdout.close()
    async with asyncio.timeout(60):
        while is_there(child):
            await asyncio.sleep(0.05)


def test_a_report_of_the_child_cannot_point_elsewhere() -> None:
    hostile: list[dict[str, Any]] = [
        {"state": "ready", "url": "http://example.org:80"},
        {"state": "ready", "url": "http://127.0.0.1:80@example.org"},
        {"state": "owned"},
        {"state": "reading", "read": -1},
    ]
    for report in hostile:
        with pytest.raises(ValueError, match="validation error"):
            Heard.model_validate(report)
