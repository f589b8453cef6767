"""An owner and its guest in one process, over a stub of the commands; for the event loops under test."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.card_library import AddedFile
from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.domain.events import Event
from cardgen_desktop.domain.job import JobPage, JobQuery, JobSnapshot, JobState
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.handover.guest_session import Services
from cardgen_desktop.jobs.handover.link import OwnerLink, linked
from cardgen_desktop.jobs.handover.server import GuestServer, listening
from cardgen_desktop.jobs.lock import Holder, folder_lock, read_holder


class StubCommands:
    """A few commands that remember how they were called."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.hanging = asyncio.Event()
        self.cancelled = False

    async def add_files(
        self,
        paths: Sequence[Path],
        *,
        on_progress: Callable[[float, str], None] | None = None,
        on_added: Callable[[AddedFile], None] | None = None,
        sources_only: bool = False,
    ) -> tuple[AddedFile, ...]:
        self.asked.append((tuple(paths), sources_only))
        added = []
        for index, path in enumerate(paths):
            assert on_progress and on_added
            on_progress(index / len(paths), f"Reading {path.name}")
            added.append(AddedFile(path=str(path), error="no"))
            on_added(added[-1])
            await asyncio.sleep(0)
        return tuple(added)

    async def jobs(self, query: JobQuery) -> JobPage:
        job = JobSnapshot(id=1, kind="draft", state=JobState.RUNNING, character="Renée", result={"a": [1]})
        return JobPage(jobs=(job,), total=1, limit=query.limit, offset=query.offset)

    async def job_order(self, query: JobQuery) -> "array[int]":
        return array("q", range(100_000))

    async def job(self, job_id: int) -> JobSnapshot:
        raise SourceError("There is none.", details="at line 3")

    async def queue_status(self) -> None:
        self.hanging.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise

    async def undo(self, undo_id: int | None = None) -> None:
        await self.queue_status()

    async def cards(self, text: str = "") -> tuple[Any, ...]:
        raise ZeroDivisionError("a mistake of ours")

    async def remove_source(self, source_id: int) -> None:
        self.asked.append(source_id)


class Pair:
    """The two ends, and what the guest heard."""

    def __init__(self, home: Path, *, over_port: bool = False) -> None:
        self.home, self.over_port = home, over_port
        self.commands = StubCommands()
        self.bus = EventBus()
        self.heard: list[Event] = []
        self.server: GuestServer
        self.link: OwnerLink

    @property
    def holder(self) -> Holder:
        """Who the lock file names."""
        holder = read_holder(self.home / "cardgen.lock")
        assert holder is not None
        return holder

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[GuestServer]:
        """Listen and answer."""
        self.home.mkdir(exist_ok=True)
        lock = folder_lock(self.home / "cardgen.lock", "the owner")
        with lock as held:
            listens = listening(held, "the owner", is_window=False, over_port=self.over_port)
            async with listens as self.server:
                self.server.ready(Services(self.commands, None, self.bus))  # type: ignore[arg-type]
                yield self.server

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Pair"]:
        """Both ends."""
        async with (
            self.owner(),
            linked(self.home, self.holder, "the guest", self.heard.append) as self.link,
        ):
            yield self
