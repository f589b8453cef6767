"""What every test relies on: the right event loop, no display, and nothing left behind unheard."""

import asyncio
import gc
import inspect
import logging
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

# The same examples in every run; `pytest --hypothesis-profile exploring` looks for new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None, max_examples=1000)
settings.load_profile("fixed")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
# No test, and no child of one, may touch the keyring of whoever runs it, or use a key of theirs.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
for _name in ("CARDGEN_API_KEY", "OPENROUTER_API_KEY"):
    os.environ.pop(_name, None)

if TYPE_CHECKING:
    from cardgen_desktop.ui.context import UiContext
    from tests.support.messages import RecordingNotify

HERE = Path(__file__).parent
QT_FOLDERS = (HERE / "ui", HERE / "app")
LEAK_GRACE_STEPS = 50


def _is_qt(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in QT_FOLDERS)


def _qt_loop() -> asyncio.AbstractEventLoop:
    from PySide6.QtWidgets import QApplication

    from cardgen_desktop.ui.loop import AppLoop

    app = QApplication.instance() or QApplication([])
    # Otherwise closing a test's last window ends the loop under the test.
    app.setQuitOnLastWindowClosed(False)
    return AppLoop(app)


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests of the window run on Qt's loop, all others on plain asyncio."""
    if _is_qt(item.path):
        return {"qt": _qt_loop}
    return {"asyncio": asyncio.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Watch the tasks of coroutine tests only: a plain test needs no loop."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.fixturenames.append("no_leaked_tasks")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Collect the garbage of widgets on this thread alone, as the window does, and before a test without one.

    Tests of the queue run threads: one that happened to collect a window left by a test before them would
    destroy it there, and the next events that Qt processes would end the program.
    """
    if not _is_qt(item.path):
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path != item.path:
            gc.collect()
            gc.enable()


@pytest.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    """Fail a test that leaves tasks running, after half a second of grace for closing."""
    before = asyncio.all_tasks()
    yield
    left: set[asyncio.Task[object]] = set()
    for _ in range(LEAK_GRACE_STEPS):
        left = asyncio.all_tasks() - before - {asyncio.current_task()}  # type: ignore[arg-type]
        if not left:
            return
        await asyncio.sleep(0.01)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    pytest.fail(f"leaked tasks: {[task.get_coro() for task in left]}")


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning nobody expects; a test that reads `caplog` judges for itself."""
    handler = _Records()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.records and "caplog" not in request.fixturenames:
        pytest.fail("unexpected log: " + "; ".join(record.getMessage() for record in handler.records))


@pytest.fixture
def messages() -> "RecordingNotify":
    """What the person would have been told."""
    from tests.support.messages import RecordingNotify

    return RecordingNotify()


@pytest.fixture
def context(qapp: object, tmp_path: Path, messages: "RecordingNotify") -> "UiContext":
    """The services a widget is handed, in the light theme, with recorded messages and throw-away settings."""
    from tests.support.messages import make_context

    return make_context(tmp_path, messages)


@pytest.fixture
def run_parent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the sockets of owners stand, also those of child processes: short, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cg", dir="/tmp", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)
