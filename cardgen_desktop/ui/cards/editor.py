"""The card editor: header, tabs, forms on the left, evidence on the right."""

from collections.abc import Iterator
from functools import cached_property, partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..dialogs import choose_files
from ..tasks import TaskOwner
from .budget import budget_of
from .choosing import ChooseFiles, ChoosePath, choose_export_path
from .copy_flow import start_copy
from .document import Change
from .editor_forms import TABS, EditorForms
from .editor_header import EditorHeader
from .editor_keys import bind_keys
from .editor_lint import EditorLint
from .editor_panes import EditorPanes
from .editor_splitter import EditorSplitter
from .editor_writing import EditorWriting
from .evidence_lookup import EvidenceLookup
from .export_flow import ExportFlow
from .field_wiring import FieldWiring
from .fields import Tab, first_tab, tab_of
from .form_wiring import connect_form
from .import_banner import ImportBanner
from .save_banner import SaveBanner
from .saving import SaveStatus
from .session import EditSession
from .tabs import EditorTabs, TabStrip


class CardEditor(QWidget):
    """Edits one card at a time.

    Signals: `back_requested`, `draft_requested(card_id)`, `remove_requested(card_id)`.
    """

    back_requested = Signal()
    draft_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(
        self,
        *,
        context: UiContext,
        tasks: TaskOwner,
        choose_path: ChoosePath = choose_export_path,
        choose_picture: ChooseFiles = choose_files,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.context, self.tasks = context, tasks
        self.session: EditSession | None = None
        self.header = EditorHeader(context=context)
        self.tabs = EditorTabs(tuple(TABS.values()), context=context)
        self.banner = SaveBanner(context=context)
        self.imported = ImportBanner(context=context)
        self.forms = EditorForms(context=context)
        self.panes = EditorPanes(context=context)
        self.lookup = EvidenceLookup(self.panes, tasks=tasks)
        self.fields = FieldWiring(self.lookup, context=context, tasks=tasks)
        self.lint = EditorLint(self, context=context, tasks=tasks)
        self.writing = EditorWriting(self, context=context, tasks=tasks)
        self.proposals = self.writing.proposals
        self.choose_path, self.choose_picture = choose_path, choose_picture
        self.commands: Commands | None = None
        self._lay_out()
        self._connect()
        bind_keys(self)

    def attach(self, commands: Commands, events: Events) -> None:
        """Hand over the commands and events."""
        self.commands = commands
        self.lookup.attach(commands)
        self.lint.flow.attach(commands)
        self.writing.attach(commands, events)

    @cached_property
    def export(self) -> ExportFlow:
        """What runs the export pane."""
        flow = ExportFlow(
            self.panes.export, context=self.context, tasks=self.tasks, flush=self.flush,
            choose_path=self.choose_path,
        )  # fmt: skip
        flow.finished.connect(self.panes.show_evidence)
        self.panes.export.lorebook_requested.connect(partial(self.show_tab, "lorebook"))
        if self.commands is not None:
            flow.attach(self.commands)
        return flow

    def warm_up(self) -> Iterator[object]:
        """Build what was not needed yet, piece by piece: between two pieces the loop may turn."""
        for tab in TABS:
            yield self.forms.form(tab)
        yield self.panes.source
        yield self.export

    def show_session(self, session: EditSession) -> None:
        """Edit another card."""
        if self.session is session:
            return
        self.leave()
        self.session = session
        document = session.document
        session.status_changed.connect(self._on_status)
        session.avatar_changed.connect(self._show_name)
        document.history.indexChanged.connect(self._on_history)
        self.lookup.set_document(document)
        self.forms.set_document(document)
        document.changed.connect(self._on_changed)
        self.fields.set_session(session)
        self.writing.set_session(session)
        self.panes.show_evidence()
        self.show_tab(first := first_tab(document.data))
        self._on_tab_changed(list(TABS).index(first))
        self._on_changed(Change((), "", by_history=False))
        self._on_history()
        self.banner.set_session(session)
        self.imported.show_record(document.record)
        self.lint.flow.begin()
        self._on_status(session.status)
        if first == "card":
            self.fields.start_at(self.forms.card.form.fields[0])
        else:
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def tab(self) -> Tab:
        """The part of the card that is shown."""
        return list(TABS)[max(0, self.tabs.currentIndex())]

    def show_tab(self, tab: Tab) -> None:
        """Show one part of the card."""
        self.tabs.setCurrentIndex(list(TABS).index(tab))

    def show_path(self, path: str) -> None:
        """Show the place a path names."""
        self.show_tab(tab_of(path))
        self.forms.show_path(path)

    def show_export(self) -> None:
        """Open the export pane; Enter then exports."""
        if self.session is not None:
            by_keyboard = self.header.export.shows_ring or not self.header.export.hasFocus()
            reason = Qt.FocusReason.ShortcutFocusReason if by_keyboard else Qt.FocusReason.OtherFocusReason
            self.panes.show_export()
            self.export.open(self.session.document)
            self.panes.export.export.setFocus(reason)

    async def flush(self) -> bool:
        """Store what is unsaved; true when everything is stored."""
        return self.session is None or await self.session.autosave.flush()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.imported)
        column.addWidget(self.writing.waiting)
        column.addWidget(self.writing.stale)
        column.addWidget(self.forms, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.header)
        page.addWidget(TabStrip(self.tabs, context=self.context))
        page.addWidget(EditorSplitter(left, self.panes, context=self.context), 1)

    def _connect(self) -> None:
        header = self.header
        header.back_requested.connect(self.back_requested)
        header.details_requested.connect(self._on_details_requested)
        header.retry_requested.connect(self.save)
        header.undo_requested.connect(self.undo)
        header.redo_requested.connect(self.redo)
        header.export_requested.connect(self.show_export)
        header.lint_requested.connect(self.lint.show)
        header.card_requested.connect(self.writing.rewrite_card)
        header.check_requested.connect(self.writing.check.start)
        header.draft_requested.connect(self._on_draft_requested)
        header.remove_requested.connect(self._on_remove_requested)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.banner.copy_requested.connect(partial(start_copy, self))
        self.forms.form_made.connect(partial(connect_form, self))
        self.forms.field_shown.connect(self.fields.show_evidence)
        self.forms.field_shown.connect(self.proposals.show_field)
        self.fields.rewrite_requested.connect(self.writing.menu.open_menu)
        self.panes.currentChanged.connect(self._on_pane_changed)
        self.panes.left.connect(self._on_pane_left)
        self.fields.undo_requested.connect(self.undo)
        self.fields.redo_requested.connect(self.redo)

    def undo(self) -> None:
        """Take the last step back, wherever it was made."""
        if self.session is not None:
            self.session.document.history.undo()

    def redo(self) -> None:
        """Make the step again."""
        if self.session is not None:
            self.session.document.history.redo()

    def leave(self) -> None:
        """Let go of the card, so that its history can end without being shown."""
        if self.session is None:
            return
        self.session.status_changed.disconnect(self._on_status)
        self.session.avatar_changed.disconnect(self._show_name)
        self.session.document.history.indexChanged.disconnect(self._on_history)
        self.session.document.changed.disconnect(self._on_changed)
        self.session = None

    def rewrite(self) -> None:
        """Have the field with the cursor written anew."""
        if self.fields.current is not None:
            self.writing.menu.open_menu(self.fields.current)

    def _on_changed(self, change: Change) -> None:
        if self.session is None:
            return
        data = self.session.document.data
        self.panes.evidence.tokens.show_budget(budget_of(data))
        self.tabs.set_count(1, 1 + len(data.alternate_greetings) + len(data.group_only_greetings))
        self.tabs.set_count(2, len(self.session.document.entries))
        self.tabs.set_count(4, len(data.assets or ()))
        self.lint.flow.look_soon()
        if change.touches("name"):
            self._show_name()
        if self.panes.exporting:
            self.export.open(self.session.document)
        if change.by_history:
            self.show_path(change.path)
            self.fields.go_to_change(change.path)

    def _show_name(self) -> None:
        if self.session is not None:
            document = self.session.document
            self.header.show_name(document.data.name, document.record.avatar)
            self.forms.show_portrait()

    def _on_history(self) -> None:
        if self.session is not None:
            self.header.show_history(self.session.document.history)

    def _on_status(self, status: SaveStatus) -> None:
        self.header.show_status(status)
        self.banner.show_status(status)

    def _on_tab_changed(self, index: int) -> None:
        if (focus := self.focusWidget()) is not None and self.forms.isAncestorOf(focus):
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)  # else Qt would pass it on to any widget
        tab = list(TABS)[index]
        self.forms.show_tab(tab)
        self.fields.set_current(self.forms.current_field(tab))
        self.writing.look_again()

    def _on_pane_changed(self, _: int) -> None:
        self.header.export.set_variant("default" if self.panes.exporting else "primary")

    def _on_pane_left(self) -> None:
        """Give the keyboard back to the text it came from."""
        field = self.fields.current
        if field is not None and field.isVisible():
            field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_details_requested(self) -> None:
        self.show_path("name")

    def save(self) -> None:
        """Store what is unsaved now."""
        self.tasks.spawn(self.flush(), name="save a card")

    def _on_draft_requested(self) -> None:
        if self.session is not None:
            self.draft_requested.emit(self.session.card_id)

    def _on_remove_requested(self) -> None:
        if self.session is not None:
            self.remove_requested.emit(self.session.card_id)

    def shown_session(self) -> EditSession | None:
        """The card that is open."""
        return self.session
