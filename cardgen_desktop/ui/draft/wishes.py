"""How the card is to be written: the style, and behind a fold every other wish."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ...domain.draft import DraftOptions
from ...domain.prompt_style import PromptStyle
from ..components import Button, Combo, Label, LineField
from ..context import UiContext
from .option_rows import ROWS, OptionRow

LABEL_WIDTH = 108
TEXT_HEIGHT = 72
MOST_LETTERS = {"moods": 400, "tone": 200, "avoid": 2000, "instruction": 4000}

Control = Combo | LineField | QPlainTextEdit


class Wishes(QWidget):
    """The form of `DraftOptions`.

    Signals: `changed` a moment after any wish is another, `styles_requested` to look at the prompts.
    """

    changed = Signal()
    styles_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.style_choice = Combo([("Prose", "prose")], context=context, name="Style")
        self.fold = Button(
            "More wishes", context=context, variant="ghost", size="small", icon="chevron-right"
        )
        self.controls: dict[str, Control] = {}
        self._more = QWidget()
        self._lay_out()
        self._show_defaults()
        self._connect()

    def show_styles(self, styles: Sequence[PromptStyle], chosen: str) -> None:
        """Offer the prompt styles there are."""
        self.style_choice.blockSignals(True)
        self.style_choice.clear()
        for style in styles:
            self.style_choice.addItem(style.title or style.name, style.name)
            self.style_choice.setItemData(
                self.style_choice.count() - 1, style.description, Qt.ItemDataRole.ToolTipRole
            )
        self.style_choice.setCurrentIndex(max(0, self.style_choice.findData(chosen)))
        self.style_choice.blockSignals(False)

    @property
    def options(self) -> DraftOptions:
        """The wishes as they are now."""
        values = {row.key: self._value(row) for row in ROWS}
        moods = str(values.pop("moods"))
        listed = tuple(mood.strip() for mood in moods.split(",") if mood.strip())[:20]
        style = self.style_choice.currentData() or "prose"
        return DraftOptions.model_validate({**values, "moods": listed, "style": style})

    def set_unfolded(self, unfolded: bool) -> None:
        """Show or hide what is behind the fold."""
        self._more.setVisible(unfolded)
        self.fold.set_icon("chevron-down" if unfolded else "chevron-right")

    def _value(self, row: OptionRow) -> object:
        control = self.controls[row.key]
        if isinstance(control, Combo):
            return control.currentData()
        text = control.text() if isinstance(control, LineField) else control.toPlainText()
        return text.strip()[: MOST_LETTERS[row.key]]

    def _show_defaults(self) -> None:
        values = DraftOptions()
        for row in ROWS:
            control = self.controls[row.key]
            if isinstance(control, Combo):
                control.setCurrentIndex(max(0, control.findData(getattr(values, row.key))))

    def _connect(self) -> None:
        self.fold.clicked.connect(lambda: self.set_unfolded(self._more.isHidden()))
        self.style_choice.currentIndexChanged.connect(lambda _index: self.changed.emit())
        for control in self.controls.values():
            if isinstance(control, Combo):
                control.currentIndexChanged.connect(lambda _index: self.changed.emit())
            else:
                control.textChanged.connect(lambda *_: self.changed.emit())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._row("Style", self.style_choice))
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._more)
        rows = QVBoxLayout(self._more)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for option in ROWS:
            self.controls[option.key] = control = self._control(option)
            rows.addLayout(self._row(option.label, control))
        styles = Button("Look at the prompts…", context=self._context, variant="link", size="small")
        styles.clicked.connect(self.styles_requested)
        rows.addWidget(styles, 0, Qt.AlignmentFlag.AlignLeft)
        self._more.hide()

    def _control(self, option: OptionRow) -> Control:
        if option.kind == "choice":
            return Combo(option.choices, context=self._context, name=option.label, small=True)
        if option.kind == "line":
            field = LineField(context=self._context, placeholder=option.hint, dense=True)
            field.setAccessibleName(option.label)
            field.setMaxLength(MOST_LETTERS[option.key])
            return field
        text = QPlainTextEdit()
        text.setFont(self._context.theme.font("small"))
        text.setPlaceholderText(option.hint)
        text.setAccessibleName(option.label)
        text.setTabChangesFocus(True)
        text.setFixedHeight(TEXT_HEIGHT)
        return text

    def _row(self, label: str, control: QWidget) -> QHBoxLayout:
        words = Label(label, context=self._context, role="small", ink="muted")
        words.setFixedWidth(LABEL_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(
            words,
            0,
            Qt.AlignmentFlag.AlignTop
            if isinstance(control, QPlainTextEdit)
            else Qt.AlignmentFlag.AlignVCenter,
        )
        row.addWidget(control, 1)
        return row
