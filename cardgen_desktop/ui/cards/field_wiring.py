"""Connects every text box of the editor with the card: typing, history, saving, evidence."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from ..context import UiContext
from ..tasks import TaskOwner
from .evidence import Located, records_for
from .evidence_lookup import EvidenceLookup
from .fields import tab_of
from .line_row import CardLine, LineRow
from .prose_field import ProseField
from .session import EditSession

MIN_ZOOM, MAX_ZOOM = 80, 200


class FieldWiring(QObject):
    """Knows which field has the focus and what stands under its cursor.

    Signals: `focused(path)` when another text has the focus, `rewrite_requested(ProseField)`,
    `undo_requested`, `redo_requested`.
    """

    focused = Signal(str)
    rewrite_requested = Signal(object)
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, lookup: EvidenceLookup, *, context: UiContext, tasks: TaskOwner) -> None:
        super().__init__()
        self._lookup, self._context, self._tasks = lookup, context, tasks
        self._session: EditSession | None = None
        self._current: ProseField | None = None
        self._shown: dict[ProseField, str] = {}
        self.all: list[ProseField] = []

    def add(self, fields: Sequence[ProseField]) -> None:
        """Take care of these text boxes."""
        for field in fields:
            self.all.append(field)
            field.typed.connect(self._on_typed)
            field.focus_changed.connect(self._on_focus_changed)
            field.rewrite_requested.connect(self.rewrite_requested)
            field.edit.undo_requested.connect(self.undo_requested)
            field.edit.redo_requested.connect(self.redo_requested)
            field.edit.sentence_changed.connect(partial(self._on_sentence_changed, field))
            field.edit.apply_zoom()

    def add_lines(self, lines: Sequence[LineRow]) -> None:
        """Take care of these lines."""
        for line in lines:
            line.typed.connect(self._on_typed)
        self.add_entry_lines([line.edit for line in lines])

    def add_entry_lines(self, lines: Sequence[CardLine]) -> None:
        """Take care of the history and saving of lines that edit the card by themselves."""
        for line in lines:
            line.undo_requested.connect(self.undo_requested)
            line.redo_requested.connect(self.redo_requested)
            line.editingFinished.connect(self._on_left)

    @property
    def current(self) -> ProseField | None:
        """The field whose evidence is shown."""
        return self._current

    def go_to_change(self, path: str) -> None:
        """Put the cursor where undo or redo changed a text."""
        for field in self.all:
            if field.path == path:
                field.edit.go_to(field.edit.changed_at)

    def go_to(self, path: str, offset: int) -> None:
        """Put the cursor to an offset, in code points, of the text a path names."""
        for field in self.all:
            if field.path == path and field.isVisible():
                field.edit.go_to(offset)

    def zoom(self, step: int) -> None:
        """Make prose larger or smaller by percent, from 80 to 200; 0 goes back to 100."""
        before = self._context.settings.value.prose_zoom
        wanted = max(MIN_ZOOM, min(MAX_ZOOM, before + step)) if step else 100
        self._context.settings.update(prose_zoom=wanted)
        for field in self.all:
            field.edit.apply_zoom()

    def set_session(self, session: EditSession) -> None:
        """Connect another card."""
        self._session = session
        self._shown.clear()
        self.set_current(None)

    def set_current(self, field: ProseField | None) -> None:
        """Make a field the one whose evidence is shown, or none."""
        for each in self.all:
            each.edit.set_active(each is field)
        self._current = field
        self.focused.emit(field.path if field else "")
        self._lookup.show(field.edit.under_cursor if field else None)

    def show_current(self) -> None:
        """Show once more what stands under the cursor: more may be known about it."""
        self._lookup.show(self._current.edit.under_cursor if self._current else None)

    def start_at(self, field: ProseField) -> None:
        """Put the cursor into a field, at its first sentence that something stands behind."""
        _go_to_support(field)
        field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.set_current(field)

    def show_evidence(self, field: ProseField) -> None:
        """Underline a field by the records that fit its text."""
        if self._session is None:
            return
        evidence = self._session.document.record.evidence
        records = records_for(evidence, field.path, field.edit.text)
        known = bool(records) or (bool(evidence) and tab_of(field.path) != "details")
        field.edit.set_evidence(records if known else None)
        if self._shown.get(field) != field.path and not field.edit.hasFocus():
            _go_to_support(field)
        self._shown[field] = field.path

    def go_to_next_without_support(self, fields: Sequence[ProseField]) -> bool:
        """Move to the next of the person's own sentences, in this field or one of those that follow."""
        start = next((number for number, field in enumerate(fields) if field is self._current), 0)
        for field in [*fields[start:], *fields[:start]]:
            if field.edit.go_to_next_without_support(wrap=field is not self._current):
                field.edit.setFocus()
                return True
        current = self._current if self._current in fields else None
        return current is not None and current.edit.go_to_next_without_support()

    def _on_typed(self, path: str, text: str) -> None:
        if self._session is not None:
            self._session.document.type_text(path, text)

    def _on_focus_changed(self, field: ProseField, focused: bool) -> None:
        if focused:
            self.set_current(field)
        else:
            self._on_left()

    def _on_left(self) -> None:
        if self._session is not None:
            self._session.document.end_burst()
            if self._session.autosave.dirty:
                self._tasks.spawn(self._session.autosave.flush(), name="save a card")

    def _on_sentence_changed(self, field: ProseField, place: Located | None) -> None:
        if field is self._current:
            self._lookup.show(place)


def _go_to_support(field: ProseField) -> None:
    """Put the cursor to the first sentence that stands in a source: the pane then has something to show."""
    places = field.edit.located
    field.edit.go_to(next((place.start for place in places if place.verdict == "supported"), 0))
