"""The desk: which sources lie on it, which files are on their way, which could not be read.

Nothing is lost silently. A removal is shown at once and carried out later, so that *Undo* always works; until
then the source is hidden.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.card_library import AddedFile
from ...domain.errors import CardgenError, InternalError, StorageError
from ...domain.events import Event, SourcesChanged
from ...domain.job_kinds import ImportRequest, ReadRequest
from ...domain.source import SourceSummary
from ...jobs.interface import Commands, Events
from ..notify import Notify
from ..tasks import TaskOwner
from ..wording import shortened
from .arrivals import Arrivals
from .pasting import Pasting
from .sorting import sorted_drop
from .source_rows import SourceRow, row_of_failure

_log = logging.getLogger(__name__)

UNDO_MILLISECONDS = 60_000
KEPT_CODES = frozenset({StorageError.code, InternalError.code})
"""Failures that are no fault of the file: it is worth trying again."""
UNREAD = "The program made a mistake while reading. The file is kept in this list; try again."


class Desk(QObject):
    """Adds, lists and removes sources.

    Signals: `rows_changed(tuple[SourceRow, ...])`; `set_changed(tuple[SourceSummary, ...])` when other
    sources make up the set and no file is on its way; `card_added(CardSummary)`; `loaded` after the first
    list; `batches_started` when jobs took some of what was added.
    """

    rows_changed = Signal(object)
    set_changed = Signal(object)
    card_added = Signal(object)
    loaded = Signal()
    batches_started = Signal()

    def __init__(
        self,
        commands: Commands,
        events: Events,
        tasks: TaskOwner,
        notify: Notify,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._tasks, self._notify = commands, tasks, notify
        self._pasting = Pasting(commands, tasks, notify, self.card_added.emit)
        self._sources: dict[int, SourceSummary] = {}
        self._hidden: set[int] = set()
        self._reading: dict[str, str] = {}
        self._failed: dict[str, str] = {}
        self._arrivals = Arrivals()
        self._unstored: dict[str, None] = {}
        self._told_ids: tuple[int, ...] | None = None
        self._was_loaded = self._loading = self._outdated = False
        self._unsubscribe: Callable[[], None] = events.subscribe(self._on_event)
        self._commit = QTimer(self, singleShot=True, interval=UNDO_MILLISECONDS)
        self._commit.timeout.connect(self._commit_removals)

    @property
    def sources(self) -> tuple[SourceSummary, ...]:
        """The sources that make up the set, oldest first."""
        return tuple(source for key, source in self._sources.items() if key not in self._hidden)

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """Everything the list shows: sources and files on their way, then files that failed."""
        return (
            *self._arrivals.rows(self.sources, self._reading),
            *(row_of_failure(path, sentence) for path, sentence in self._failed.items()),
        )

    @property
    def is_reading(self) -> bool:
        """Whether a file is on its way."""
        return bool(self._reading)

    @property
    def unstored(self) -> tuple[str, ...]:
        """The paths of files that were dropped and could not be stored; they are kept until they are."""
        return tuple(path for path in self._unstored if path in self._failed)

    def store_again(self) -> None:
        """Try again to store what could not be."""
        self.add_paths([Path(path) for path in self.unstored])

    def load(self) -> None:
        """Read the list of sources, now and once more if it changes meanwhile."""
        self._outdated = True
        if not self._loading:
            self._loading = True
            self._tasks.spawn(self._load(), name="list sources")

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Put files on the desk; each gets a row at once."""
        fresh = [path for path in dict.fromkeys(paths) if str(path) not in self._reading]
        for path in fresh:
            self._failed.pop(str(path), None)
            self._unstored.pop(str(path), None)
            self._reading[str(path)] = ""
        if fresh:
            self._arrivals.expect([str(path) for path in fresh])
            self._tell_rows()
            self._tasks.spawn(self._add(fresh), name="add files")

    def add_text(self, text: str, name: str) -> None:
        """Put pasted text on the desk; what means to be a card goes to the library."""
        self._pasting.add(text, name)

    def add_card(self, card_id: int) -> None:
        """Put a card of the library on the desk as a source."""
        self._tasks.spawn(self._add_card(card_id), name="add a card as a source")

    async def _add_card(self, card_id: int) -> None:
        try:
            source = await self._commands.add_card_as_source(card_id)
        except CardgenError as error:
            self._notify.error(error, retry=lambda: self.add_card(card_id))
            return
        self._take(source, source.id in self._sources)
        self._tell_rows()
        self.load()

    def remove(self, row: SourceRow) -> None:
        """Take a row off the desk; a file that is still being read stays until it has been."""
        if row.source is not None:
            self._remove_source(row.source)
        elif row.state == "failed":
            self._dismiss(row)

    def clear(self) -> None:
        """Take everything off the desk, to be undone in one step."""
        sources, failed = self.sources, dict(self._failed)
        self._failed.clear()
        self._hide(sources)

        def bring_back() -> None:
            self._failed.update(failed)
            self._bring_back(sources)

        self._notify.toast("Everything taken off the desk", action="Undo", callback=bring_back)

    async def aclose(self) -> None:
        """Stop listening and carry out what was removed."""
        self._unsubscribe()
        self._commit.stop()
        await self._remove_hidden()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, SourcesChanged):
            self.load()

    async def _load(self) -> None:
        try:
            while self._outdated:
                self._outdated = False
                self._sources = {source.id: source for source in await self._commands.sources()}
            self._hidden &= self._sources.keys()
        finally:
            self._loading = False
            self._tell_rows()
        self._tell_set()
        if not self._was_loaded:
            self._was_loaded = True
            self.loaded.emit()

    async def _add(self, paths: Sequence[Path]) -> None:
        names = [str(path) for path in paths]
        left = dict.fromkeys(names)
        try:
            paths = await self._start_batches(paths, left)
            if not paths:
                return
            await self._commands.add_files(
                paths, on_progress=partial(self._on_progress, paths), on_added=partial(self._on_added, left)
            )
        except CardgenError as error:
            self._fail(left, error.message, error.code)
        except Exception:
            # A mistake of ours is told by whoever owns the task; the dropped files must not go with it.
            self._fail(left, UNREAD, InternalError.code)
            raise
        finally:
            for path in left:
                self._reading.pop(path, None)
            self._sources = self._arrivals.settle(names, self._sources)
            self._tell_rows()
        self.load()

    async def _start_batches(self, paths: Sequence[Path], left: dict[str, None]) -> Sequence[Path]:
        """Give folders and many cards to jobs, which tell their end; what is left comes back."""
        found = await asyncio.to_thread(sorted_drop, paths)
        if found.cards:
            await self._commands.start_import(ImportRequest(paths=tuple(map(str, found.cards))))
        if found.documents:
            await self._commands.start_read(ReadRequest(paths=tuple(map(str, found.documents))))
        for path in {*found.cards, *found.documents}:
            left.pop(str(path), None)
            self._reading.pop(str(path), None)
        if found.cards or found.documents:
            self._tell_rows()
            self.batches_started.emit()
        return found.files

    def _on_progress(self, paths: Sequence[Path], _fraction: float, phase: str) -> None:
        """The first file that is not done yet is the one that is being read."""
        for path in paths:
            if str(path) in self._reading:
                self._reading[str(path)] = phase
                break
        self._tell_rows()

    def _on_added(self, left: dict[str, None], added: AddedFile) -> None:
        was_known = added.source is not None and added.source.id in self._sources
        left.pop(added.path, None)
        self._reading.pop(added.path, None)
        if added.error is not None:
            self._fail((added.path,), added.error, added.error_code)
        elif added.card is not None:
            self.card_added.emit(added.card)
        elif added.source is not None:
            self._take(added.source, was_known)
            if not was_known:
                self._arrivals.note(added.path, added.source.id)
        self._tell_rows()

    def _take(self, source: SourceSummary, was_known: bool) -> None:
        if was_known and source.id not in self._hidden:
            self._notify.toast(f"“{shortened(source.title or source.name)}” is on the desk already")
        self._hidden.discard(source.id)
        self._sources[source.id] = source

    def _fail(self, paths: Iterable[str], sentence: str, code: str | None) -> None:
        for path in paths:
            self._failed[path] = sentence
            if code in KEPT_CODES:
                self._unstored[path] = None

    def _remove_source(self, source: SourceSummary) -> None:
        self._hide((source,))
        self._notify.toast(
            f"{source.title or source.name} removed",
            action="Undo",
            callback=lambda: self._bring_back((source,)),
        )

    def _hide(self, sources: Sequence[SourceSummary]) -> None:
        self._hidden.update(source.id for source in sources)
        self._commit.start()
        self._tell_rows()
        self._tell_set()

    def _bring_back(self, sources: Sequence[SourceSummary]) -> None:
        self._hidden.difference_update(source.id for source in sources)
        self._tell_rows()
        self._tell_set()
        self.add_paths([Path(source.path) for source in sources if source.id not in self._sources])

    def _dismiss(self, row: SourceRow) -> None:
        path = row.key.removeprefix("file:")
        sentence = self._failed.pop(path)
        self._tell_rows()

        def bring_back() -> None:
            self._failed[path] = sentence
            self._tell_rows()

        self._notify.toast(f"“{shortened(row.name)}” taken off the list", action="Undo", callback=bring_back)

    def _commit_removals(self) -> None:
        self._tasks.spawn(self._remove_hidden(), name="remove sources")

    async def _remove_hidden(self) -> None:
        for source_id in tuple(self._hidden & self._sources.keys()):
            try:
                await self._commands.remove_source(source_id)
            except CardgenError as error:
                _log.info("source %d stays on the desk: %s", source_id, error.message)
                continue
            self._sources.pop(source_id, None)
            self._hidden.discard(source_id)

    def _tell_rows(self) -> None:
        self.rows_changed.emit(self.rows)

    def _tell_set(self) -> None:
        """Tell only another set, and only once nothing is on its way that will change it again."""
        ids = tuple(source.id for source in self.sources)
        if not self._reading and ids != self._told_ids:
            self._told_ids = ids
            self.set_changed.emit(self.sources)
