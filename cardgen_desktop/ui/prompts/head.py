"""The head of a style: its title and what it is for, to be changed where it is the person's own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.prompt_style import PromptStyle
from ..components import Button, ElidedLabel, Label, LineField
from ..context import UiContext
from ..theme import SPACE

DEFAULT_NOTE = "New drafts begin with it."


class StyleHead(QWidget):
    """Title, description, state, and the buttons of a style.

    Signals: `edited(title, description)`, `copy_requested`, `menu_requested`.
    """

    edited = Signal(str, str)
    copy_requested = Signal()
    menu_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ("", "")
        self._own = False
        self.title = ElidedLabel(context=context, role="name")
        self.description = Label(context=context, role="small", ink="muted", wrap=True)
        self.title_field = LineField(context=context, placeholder="Title")
        self.title_field.setAccessibleName("Title of the style")
        self.title_field.setMaxLength(80)
        self.description_field = LineField(context=context, placeholder="What it is for")
        self.description_field.setAccessibleName("What the style is for")
        self.description_field.setMaxLength(500)
        self.state = Label(context=context, role="small", ink="muted")
        self.copy = Button("Copy to change it", context=context, variant="primary", icon="copy")
        self.more = Button("More", context=context, variant="ghost", size="icon", icon="more")
        self.copy.clicked.connect(self.copy_requested)
        self.more.clicked.connect(self.menu_requested)
        for field in (self.title_field, self.description_field):
            field.editingFinished.connect(self.commit)
        self._lay_out()

    def show_style(self, style: PromptStyle, *, is_default: bool) -> None:
        """Show a style; fields that are being written in are left alone."""
        self._own = not style.is_shipped
        self._shown = (style.title, style.description)
        self.title.setText(style.title or style.name)
        note = f" {DEFAULT_NOTE}" if is_default else ""
        self.description.setText(f"{style.description}{note}".strip())
        self.title.setVisible(not self._own)
        self.description.setVisible(not self._own)
        self.copy.setVisible(not self._own)
        fields = ((self.title_field, style.title), (self.description_field, style.description))
        for field, text in fields:
            field.setVisible(self._own)
            if not field.hasFocus() and field.text() != text:
                field.setText(text)
                field.setCursorPosition(0)

    def say(self, sentence: str, ink: str = "muted") -> None:
        """Say whether it is saved."""
        self.state.setText(sentence)
        self.state.set_ink(ink)

    def commit(self) -> None:
        """Take what is being typed."""
        if not self._own:
            return
        typed = (" ".join(self.title_field.text().split()), self.description_field.text().strip())
        if typed != self._shown:
            self._shown = typed
            self.edited.emit(*typed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.title, 1)
        row.addWidget(self.title_field, 1)
        for widget in (self.state, self.copy, self.more):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addLayout(row)
        column.addWidget(self.description)
        column.addWidget(self.description_field)
