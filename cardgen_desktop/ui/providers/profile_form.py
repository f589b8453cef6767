"""The form of an engine: what it is called, where it is, which model writes, how, and within which limits."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.profile import KeyringStatus, Profile, ProfileView, ServerKind
from ..components import Button, Combo, Label
from ..context import UiContext
from ..settings.layout import Section
from ..theme import SPACE
from .desk import ProfileDesk
from .file_field import FileField
from .form_fields import ADDRESS, NAME, SECTIONS, FieldSpec, value_at
from .inputs import FormField
from .key_field import KeyField
from .model_fields import ModelFields
from .words import KINDS, KINDS_OF_GROUP

FOLDED = "Advanced"


class ProfileForm(QWidget):
    """All fields of an engine; it stores nothing itself.

    Signals: `edited(path, value)` for a valid value of one field, `typed` at every key, `refused` when a
    field was left with something that is not valid.
    """

    edited = Signal(str, object)
    typed = Signal()
    refused = Signal()

    def __init__(self, desk: ProfileDesk, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.fields: dict[str, FormField] = {}
        self._sections: dict[str, Section] = {}
        self._lay_out(desk)
        self.kind.activated.connect(lambda _index: self.edited.emit("kind", self.kind.currentData()))
        self.models.edited.connect(self._on_models)

    def show_data(self, data: dict[str, Any], *, keep_typing: bool = False) -> None:
        """Show the values of an engine; with `keep_typing` a field that is being written in is left alone."""
        kind: ServerKind = data["kind"]
        self.kind.setCurrentIndex(self.kind.findData(kind))
        for path, field in self.fields.items():
            if not (keep_typing and field.is_dirty):
                field.show_value(value_at(data, path))
        self.file.show_path(data["path"])
        self._show_kind(kind)

    def show_models(self, profile: Profile) -> None:
        """Show which models write."""
        self.models.show_profile(profile)

    def show_view(self, view: ProfileView | None, keyring: KeyringStatus | None) -> None:
        """Show where the key is."""
        self.key.show_view(view, keyring)

    def set_error(self, path: str, sentence: str) -> None:
        """Mark a field."""
        if path in self.fields:
            self.fields[path].set_error(sentence)
        elif path == "path":
            self.file.set_error(sentence)
        elif path.startswith("model"):
            self.models.set_error(sentence)

    def commit(self) -> None:
        """Take what is being typed, as if every field had been left."""
        for field in self.fields.values():
            field.commit()
        self.models.commit()

    def lead_to(self, field: str) -> QWidget | None:
        """Put the focus where a remedy points; the widget that has it then."""
        known = {"name": "name", "address": "base_url", "context": "context", "cap": "monthly_cap"}
        known |= {"job_cap": "job_cap", "sampling": "sampling.temperature"}
        if field == "key":
            self.key.begin()
            return self.key.input
        target: QWidget | None = self.models.inputs[""] if field == "model" else None
        if field in known:
            target = self.fields[known[field]].input
        if field == "address" and self.kind.currentData() == "gguf":
            target = self.file.choose
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        return target

    def _show_kind(self, kind: ServerKind) -> None:
        is_file = kind == "gguf"
        self.file.setVisible(is_file)
        self.key.setVisible(not is_file)
        self._sections["Model"].setVisible(not is_file)
        for field in self.fields.values():
            if field.spec.needs_address:
                field.setVisible(not is_file)
        fixed = kind in KINDS_OF_GROUP["openrouter"]
        self.fields["base_url"].setVisible(not is_file and not fixed)

    def _on_models(self, model: str, models: dict[str, str]) -> None:
        self.edited.emit("models", models)
        self.edited.emit("model", model)

    def _field(self, spec: FieldSpec, parent: QWidget) -> FormField:
        field = FormField(spec, context=self._context, parent=parent)
        field.edited.connect(lambda spec, value: self.edited.emit(spec.path, value))
        field.typed.connect(self.typed)
        field.refused.connect(lambda _spec: self.refused.emit())
        self.fields[spec.path] = field
        return field

    def _lay_out(self, desk: ProfileDesk) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.XL)
        self._lay_out_connection(desk)
        model = self._section("Model")
        self.models = ModelFields(context=self._context, parent=model.tile)
        model.add(self.models)
        for title, rows in SECTIONS:
            section = self._folded(title) if title == FOLDED else self._section(title)
            for row in rows:
                section.add(self._row(row, section.tile))
        self._column.addStretch(1)

    def _lay_out_connection(self, desk: ProfileDesk) -> None:
        context, section = self._context, self._section("Connection")
        first = self._row((NAME,), section.tile)
        first_row = first.layout()
        assert isinstance(first_row, QHBoxLayout)
        first_row.addWidget(self._kind_field(first), 1)
        section.add(first)
        section.add(self._field(ADDRESS, section.tile))
        self.file = FileField(desk, context=context, parent=section.tile)
        self.key = KeyField(context=context, parent=section.tile)
        section.add(self.file)
        section.add(self.key)

    def _kind_field(self, parent: QWidget) -> QWidget:
        holder = QWidget(parent)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Label("Kind of server", context=self._context, role="small_strong", parent=holder))
        self.kind = Combo(
            [(words.name, kind) for kind, words in KINDS.items()],
            context=self._context,
            name="Kind of server",
            parent=holder,
        )
        column.addWidget(self.kind)
        column.addStretch(1)
        return holder

    def _row(self, specs: Sequence[FieldSpec], parent: QWidget) -> QWidget:
        holder = QWidget(parent)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.LG)
        for spec in specs:
            row.addWidget(self._field(spec, holder), 1)
        return holder

    def _section(self, title: str) -> Section:
        self._sections[title] = Section(title, context=self._context, parent=self)
        self._column.addWidget(self._sections[title])
        return self._sections[title]

    def _folded(self, title: str) -> Section:
        """A section behind a button, for what few people need."""
        self.unfold = Button(title, context=self._context, variant="link", icon="chevron-right", parent=self)
        self._column.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignLeft)
        content = self._sections[title] = Section("", context=self._context, parent=self)
        self._column.addWidget(content)
        content.hide()
        self.unfold.clicked.connect(lambda: self._show_folded(content, content.isHidden()))
        return content

    def _show_folded(self, content: QWidget, shown: bool) -> None:
        content.setVisible(shown)
        self.unfold.set_icon("chevron-down" if shown else "chevron-right")
