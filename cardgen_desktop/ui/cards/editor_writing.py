"""What engines do in the editor: single fields, new items, the whole card, what is out of date, checks."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from ...domain.checking import Finding
from ...domain.field_locks import extensions_with_lock
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..dialogs import opened
from ..tasks import TaskOwner
from .card_check import CardCheck
from .document import Change
from .fields import label_of, tab_of
from .greetings_form import GreetingsForm
from .lorebook_form import LorebookForm
from .proposal_banners import QuietBanner, waiting_words
from .proposals import Proposals
from .prose_field import ProseField
from .rewrite_menu import RewriteMenu
from .rewriting import NO_SOURCES
from .session import EditSession
from .write_dialog import WriteDialog, WriteTask
from .write_tasks import TaskOf, card_task, entry_task, field_task, greeting_task

if TYPE_CHECKING:
    from .editor import CardEditor

NO_WORDS = ("", "", "")
SEEN_AFTER = 120
"""Milliseconds after a scroll or another tab, until it is told what is out of sight."""


class EditorWriting(QObject):
    """Connects proposals, their banners, dialogs and the check with an editor."""

    def __init__(self, editor: "CardEditor", *, context: UiContext, tasks: TaskOwner) -> None:
        super().__init__(editor)
        self._editor, self._context, self._tasks = editor, context, tasks
        self._commands: Commands | None = None
        self._session: EditSession | None = None
        self.proposals = Proposals(
            lambda: editor.fields.all, editor.forms.new_places, context=context, tasks=tasks, parent=self
        )
        self.menu = RewriteMenu(self.proposals, context=context, tasks=tasks, parent=self)
        section = editor.panes.evidence.findings
        self.check = CardCheck(section, context=context, tasks=tasks, window=editor.window)
        self.waiting = QuietBanner("info", "draft", context=context, closable=False)
        self.stale = QuietBanner("info", "history", context=context, closable=True)
        self.dialog: WriteDialog | None = None
        self._soon = QTimer(self, singleShot=True, interval=SEEN_AFTER)
        self._connect()

    def attach(self, commands: Commands, events: Events) -> None:
        """Hand over the commands and events."""
        self._commands = commands
        self.menu.attach(commands)
        self.check.attach(commands)
        self.proposals.attach(commands, events)
        self._tasks.spawn(self.menu.engines(commands), name="read profiles")

    def close(self) -> None:
        """Stop listening."""
        self.proposals.close()

    def set_session(self, session: EditSession) -> None:
        """Write for another card."""
        if self._session is not None:
            self._session.evidence_changed.disconnect(self._on_evidence)
            self._session.document.changed.disconnect(self._on_changed)
        self._session = session
        session.evidence_changed.connect(self._on_evidence)
        session.document.changed.connect(self._on_changed)
        self.menu.set_session(session)
        self.proposals.set_session(session)
        self.check.set_session(session)
        self._tell()

    def watch(self, form: QWidget) -> None:
        """A form was made: what scrolls into sight needs no telling, and its buttons ask for texts."""
        for field in form.findChildren(ProseField):
            field.lock_requested.connect(self._lock)
        own = [form] if isinstance(form, QScrollArea) else []
        for area in (*own, *form.findChildren(QScrollArea)):
            area.verticalScrollBar().valueChanged.connect(lambda _value: self._soon.start())
        if isinstance(form, GreetingsForm):
            form.write.clicked.connect(lambda: self._ask(greeting_task))
        elif isinstance(form, LorebookForm):
            form.write.clicked.connect(lambda: self._ask(entry_task))
            form.empty_write.clicked.connect(lambda: self._ask(entry_task))

    def rewrite_card(self) -> None:
        """Ask for proposals for every text of the card."""
        self._ask(card_task)

    def rewrite_field(self, field: ProseField) -> None:
        """Ask in which way a field is to be written anew."""
        self._ask(field_task(field.path))

    def look_again(self) -> None:
        """Another part of the card is shown."""
        self._soon.start()

    def _connect(self) -> None:
        self._soon.timeout.connect(self._tell)
        self.menu.wish_wanted.connect(self.rewrite_field)
        self.proposals.changed.connect(self._tell)
        self.proposals.place_made.connect(self._show_made)
        self.check.finished.connect(self._editor.panes.evidence.show_findings)
        self.waiting.action_triggered.connect(self._on_waiting)
        self.stale.action_triggered.connect(self._write_stale)
        self.stale.close_requested.connect(self._close_stale)
        for banner in (self.waiting, self.stale):
            banner.left.connect(self._focus_text)
        self._editor.panes.evidence.findings.chosen.connect(self._go_to)

    def _tell(self) -> None:
        """Say what is out of sight, and what is out of date."""
        waiting = [path for path in self.proposals.waiting if not self._is_seen(path)]
        writing = [path for path in self.proposals.being_written if not self._is_seen(path)]
        words = waiting_words(waiting, writing)
        self.waiting.say(*words)
        # Lists have little room: there, what is out of date is told once the rest is decided.
        is_room = not words[0] or self._editor.tab == "card"
        self.stale.say(*(self.proposals.stale.words(self.proposals.card_id) if is_room else NO_WORDS))

    def _is_seen(self, path: str) -> bool:
        if self.proposals.is_new(path):
            return self._editor.forms.new_places[tab_of(path)].isVisible()
        fields = (field for field in self._editor.fields.all if field.path == path)
        return any(field.isVisible() and not field.visibleRegion().isEmpty() for field in fields)

    def _on_waiting(self) -> None:
        """Go to the first proposal that is out of sight; where there is none, stop what is being written."""
        hidden = [path for path in self.proposals.waiting if not self._is_seen(path)]
        if not hidden:
            self.proposals.stop_writing()
        elif self.proposals.is_new(hidden[0]):
            self._editor.show_tab(tab_of(hidden[0]))
        else:
            self._editor.show_path(hidden[0])
        self._soon.start()

    def _show_made(self, path: str) -> None:
        """An accepted item is in the card now: the keyboard goes on in its text."""
        self._editor.show_path(path)
        field = self._editor.forms.current_field(self._editor.tab)
        if field is not None:
            field.edit.setFocus()

    def _focus_text(self) -> None:
        """A banner has gone with the focus: the keyboard goes back to the text it was in."""
        field = self._editor.fields.current or self._editor.forms.current_field(self._editor.tab)
        if field is not None and field.isVisible():
            field.edit.setFocus()

    def _write_stale(self) -> None:
        self.proposals.write_stale(self.menu.engine, self.menu.style)

    def _close_stale(self) -> None:
        self.proposals.stale.settle(self.proposals.card_id)
        self._tell()

    def _on_evidence(self) -> None:
        if self._session is not None:
            self._editor.lookup.set_document(self._session.document)
            for field in self._editor.fields.all:
                self._editor.fields.show_evidence(field)
                self.proposals.show_field(field)
            self._editor.fields.show_current()

    def _lock(self, field: ProseField, locked: bool) -> None:
        """Lock a field, or unlock it: a step of the card like any other, which can be taken back."""
        if self._session is not None:
            document = self._session.document
            extensions = extensions_with_lock(document.data, field.path, locked=locked)
            name = f"{'locking' if locked else 'unlocking'} {label_of(field.path)}"
            document.edit("extensions", extensions, name=name, path=field.path)

    def _on_changed(self, change: Change) -> None:
        if self._session is not None:
            if change.touches("extensions"):
                for field in self._editor.fields.all:
                    self.proposals.show_field(field)
            if change.keys != ("extensions",):  # a lock changes no text
                self.proposals.stale.settle(self._session.card_id, [change.path])
            self._editor.panes.evidence.findings.show_data(self._session.document.data)
            self._soon.start()

    def _go_to(self, finding: Finding) -> None:
        self._editor.show_path(finding.path)
        for field in self._editor.fields.all:
            if field.path == finding.path and field.isVisible():
                at = field.edit.text.find(finding.text) if finding.text else finding.at
                field.edit.go_to(max(0, at))
                field.edit.setFocus()

    def _ask(self, task_of: TaskOf) -> None:
        if self._session is None or self._commands is None or self.dialog is not None:
            return
        if not self._session.document.record.sources:
            self._context.notify.toast(NO_SOURCES)
            return
        asking = self._write(task_of(self._session, lambda: self.menu.style), self._commands)
        self._tasks.spawn(asking, name="ask what to write")

    async def _write(self, task: WriteTask, commands: Commands) -> None:
        engines = await self.menu.engines(commands)
        self.dialog = dialog = WriteDialog(
            task, engines, self.menu.engine, commands=commands, tasks=self._tasks, context=self._context,
            parent=self._editor.window(),
        )  # fmt: skip
        try:
            wanted = await opened(dialog)
            request = dialog.request() if wanted else None
        finally:
            self.dialog = None
        if request is not None:
            if request.engine != self.menu.engine:
                self.menu.choose_engine(request.engine)
            await self.proposals.start([request])
