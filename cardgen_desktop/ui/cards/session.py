"""An open card: its document with the history, and its saving. Kept while the program runs."""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...domain.avatar import Crop
from ...domain.card import CardFile
from ...domain.card_library import CardRecord, CardSummary
from ...jobs.interface import Commands
from ..tasks import TaskOwner
from .document import CardDocument, Change
from .saving import Autosave, CardStore, SaveState, SaveStatus

_CONTAINER = b"ftyp"
"""What an AVIF begins with, behind four bytes; the library keeps it as a PNG."""


class EditSession(QObject):
    """Connects one document with the stored card.

    Signals: `status_changed(SaveStatus)`, `avatar_changed` when another picture is shown,
    `evidence_changed` when more or other things are known about its texts.
    """

    status_changed = Signal(object)
    evidence_changed = Signal()
    avatar_changed = Signal()

    def __init__(self, record: CardRecord, *, commands: Commands, tasks: TaskOwner) -> None:
        super().__init__()
        self._commands, self._tasks = commands, tasks
        self.card_id = record.summary.id
        self.document = CardDocument(record, parent=self)
        self._adopting = False
        store = CardStore(
            save=lambda data, version: commands.save_card(self.card_id, data, version=version),
            load=lambda: commands.card(self.card_id),
            restore=lambda: commands.restore_card(self.card_id),
        )
        self.autosave = Autosave(
            store,
            version=record.summary.version,
            read=lambda: self.document.data,
            spawn=self._spawn,
            on_status=self.status_changed.emit,
        )
        self.document.changed.connect(self._on_changed)

    @property
    def status(self) -> SaveStatus:
        """Whether everything is stored."""
        return self.autosave.status

    def adopt(self, record: CardRecord) -> None:
        """Show a stored version instead of this text."""
        self._adopting = True
        self.document.adopt(record)
        self._adopting = False
        self.autosave.take(record)
        self.avatar_changed.emit()

    def take_theirs(self) -> None:
        """End a conflict with the other version."""
        if self.status.theirs is not None:
            self.adopt(self.status.theirs)

    def keep_mine(self) -> None:
        """End a conflict with this text."""
        self._spawn(self.autosave.keep_mine())

    def put_back(self) -> None:
        """Bring the card back from the trash."""
        self._spawn(self.autosave.put_back())

    def retry(self) -> None:
        """Save now."""
        self._spawn(self.autosave.flush())

    async def set_avatar(self, image: bytes | None) -> CardSummary:
        """Store another picture and show it; raises `CardgenError`."""
        summary = await self.autosave.alone(lambda: self._commands.set_avatar(self.card_id, image))
        if image is not None and image[4:8] == _CONTAINER:
            image = (await self._commands.card(self.card_id)).avatar
        record = self.document.record
        self.document.record = record.model_copy(update={"avatar": image, "crop": None, "summary": summary})
        self.avatar_changed.emit()
        return summary

    async def whole_picture(self) -> bytes | None:
        """The picture that the portrait is a part of; raises `CardgenError`."""
        return await self._commands.avatar_source(self.card_id)

    async def add_file(self, path: Path, kind: str) -> CardFile:
        """Keep a copy of a file with the card; raises `CardgenError`."""
        file = await self._commands.add_card_file(self.card_id, path, kind)
        record = self.document.record
        self.document.record = record.model_copy(update={"files": (*record.files, file)})
        return file

    async def crop_avatar(self, crop: Crop | None) -> None:
        """Show a part of the picture and store which; raises `CardgenError`."""
        await self.autosave.alone(lambda: self._commands.crop_avatar(self.card_id, crop))
        stored = await self._commands.card(self.card_id)
        self.document.record = self.document.record.model_copy(
            update={"avatar": stored.avatar, "crop": stored.crop, "summary": stored.summary}
        )
        self.avatar_changed.emit()

    def take_evidence(self, record: CardRecord) -> None:
        """Take over what is known about the texts, and the sources it points into; the texts stay."""
        known = {"evidence": record.evidence, "sources": record.sources}
        self.document.record = self.document.record.model_copy(update=known)
        self.evidence_changed.emit()

    async def refresh(self, summary: CardSummary) -> None:
        """Take over a change made elsewhere, unless something here is unsaved: then saving notices it."""
        if self.autosave.busy or self.autosave.dirty or summary.version <= self.autosave.version:
            return
        record = await self._commands.card(self.card_id)
        if not self.autosave.dirty and record.summary.version > self.autosave.version:
            self.adopt(record)

    def _on_changed(self, _: Change) -> None:
        if not self._adopting:
            self.autosave.touch()

    def _spawn(self, coro: Coroutine[Any, Any, Any]) -> None:
        self._tasks.spawn(coro, name="save a card")


def banner_words(status: SaveStatus) -> tuple[str, str, str, str] | None:
    """Fact, sentence, and one or two actions for a save that needs the person; None when there is none."""
    if status.state is SaveState.FAILED:
        kept = "Your text is kept here and saved as soon as that works."
        return f"{status.words}.", f"{status.reason} {kept}", "Save a copy…", ""
    if status.state is SaveState.CONFLICT:
        text = "Your text is kept here and not saved yet. Which one should stay?"
        return "This card was changed elsewhere.", text, "Keep mine", "Use the other"
    if status.state is SaveState.GONE:
        text = "Your text is kept here. Putting the card back saves it."
        return "This card was removed elsewhere.", text, "Put it back", ""
    return None
