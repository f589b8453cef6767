"""The header of the card editor: whose card it is, whether it is saved, and what can be done with it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QUndoStack
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ..components import Button, ElidedLabel, Label, Menu, tooltip
from ..context import UiContext
from ..painting import draw_picture, ink, paint_focus
from ..theme import HEIGHT, SPACE
from ..wording import UNNAMED
from .saving import SaveState, SaveStatus

PORTRAIT = 40


class PortraitButton(QAbstractButton):
    """The portrait; a click leads to where it is changed."""

    def __init__(self, width: int, height: int, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._name, self._avatar = "", b""
        self.setFixedSize(width, height)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Portrait")

    def show_portrait(self, name: str, avatar: bytes | None) -> None:
        """Show a picture, or the one made from the name."""
        self._name, self._avatar = name, avatar or b""
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pixmap = self._context.portraits.pixmap(
            self._name, self.width(), self.height(), self.devicePixelRatioF(), self._avatar or None
        )
        draw_picture(painter, pixmap, QRectF(self.rect()))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_focus(painter, QRectF(self.rect()), self._context.theme.tokens, 6)


class EditorHeader(QWidget):
    """64 px: back, portrait, name, save state in words; undo, redo, *Export…*, more.

    Signals: `back_requested`, `details_requested`, `retry_requested`, `undo_requested`, `redo_requested`,
    `lint_requested`, `export_requested`, `card_requested` to write the whole card anew, `check_requested`,
    `draft_requested` to use the card as a source, `remove_requested`.
    """

    back_requested = Signal()
    details_requested = Signal()
    retry_requested = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    lint_requested = Signal()
    export_requested = Signal()
    card_requested = Signal()
    check_requested = Signal()
    draft_requested = Signal()
    remove_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._back = self._icon_button("All cards", "chevron-left", "Alt+Left")
        self.portrait = PortraitButton(PORTRAIT, PORTRAIT, context=context)
        self.portrait.setToolTip("Portrait, name and details")
        self._name = ElidedLabel(context=context, role="name")
        self._state = Label(context=context, role="small", ink="muted")
        self._retry = Button("Retry", context=context, variant="link", size="small")
        self.lint = Button("", context=context, variant="ghost", size="small", icon="warning")
        self._undo = self._icon_button("Undo", "undo", "Ctrl+Z")
        self._redo = self._icon_button("Redo", "redo", "Ctrl+Shift+Z")
        self.export = Button("Export…", context=context, variant="primary", icon="export", shortcut="Ctrl+E")
        self._more = self._icon_button("More", "more")
        self._lay_out()
        self._connect()
        self.show_status(SaveStatus())
        self.show_findings(0)

    def _icon_button(self, text: str, icon: str, shortcut: str = "") -> Button:
        return Button(text, context=self._context, variant="ghost", size="icon", icon=icon, shortcut=shortcut)

    def _lay_out(self) -> None:
        self.setFixedHeight(HEIGHT.EDITOR_HEADER)
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.MD, 0, SPACE.PANE_EDGE, 1)
        row.setSpacing(SPACE.SM)
        row.addWidget(self._back)
        row.addWidget(self.portrait)
        row.addSpacing(SPACE.XS)
        row.addWidget(self._name)
        row.addSpacing(SPACE.XS)
        row.addWidget(self._state)
        row.addWidget(self._retry)
        row.addStretch(1)
        row.addWidget(self.lint)
        for button in (self._undo, self._redo, self.export, self._more):
            row.addWidget(button)

    def _connect(self) -> None:
        self._back.clicked.connect(self.back_requested)
        self.portrait.clicked.connect(self.details_requested)
        self._retry.clicked.connect(self.retry_requested)
        self._undo.clicked.connect(self.undo_requested)
        self._redo.clicked.connect(self.redo_requested)
        self.lint.clicked.connect(self.lint_requested)
        self.export.clicked.connect(self.export_requested)
        self._more.clicked.connect(self._open_menu)

    def show_name(self, name: str, avatar: bytes | None) -> None:
        """Show whose card it is."""
        self._name.setText(name or UNNAMED)
        self._name.set_ink("text" if name else "faint")
        self.portrait.show_portrait(name, avatar)
        self.updateGeometry()

    def show_status(self, status: SaveStatus) -> None:
        """Say in words whether everything is stored."""
        failed = status.state in (SaveState.FAILED, SaveState.CONFLICT, SaveState.GONE)
        retry = status.state is SaveState.FAILED
        self._state.setText(f"{status.words} ·" if retry else status.words)
        self._state.set_ink("danger" if failed else "muted")
        self._state.setToolTip(tooltip(status.reason) if status.reason else "")
        self._retry.setVisible(retry)

    @property
    def state_words(self) -> str:
        """What the header says about saving."""
        return self._state.text()

    def show_findings(self, number: int) -> None:
        """How much lint found; nothing is said while it found nothing."""
        self.lint.setText(f"{number:,} to look at")
        self.lint.setToolTip("What may not work as meant in chat programs")
        self.lint.setVisible(number > 0)

    def show_history(self, history: QUndoStack) -> None:
        """Name the steps that undo and redo would take."""
        for button, verb, name, able in (
            (self._undo, "Undo", history.undoText(), history.canUndo()),
            (self._redo, "Redo", history.redoText(), history.canRedo()),
        ):
            button.setEnabled(able)
            button.setText(f"{verb} {name}" if able else f"Nothing to {verb.lower()}")

    def _open_menu(self) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.open_below(self._more)

    def make_menu(self) -> Menu:
        """Everything that is done with a card as a whole and not every day."""
        menu = Menu(context=self._context, parent=self)
        menu.add("Rewrite the card…", self.card_requested.emit, icon="draft")
        menu.add("Look over for mistakes", self.lint_requested.emit, icon="check")
        menu.add("Check against the sources", self.check_requested.emit, icon="evidence")
        menu.addSeparator()
        menu.add("Draft from this card", self.draft_requested.emit, icon="book")
        menu.add("Name and portrait", self.details_requested.emit, icon="card")
        menu.addSeparator()
        menu.add("Remove card", self.remove_requested.emit, icon="trash", danger=True)
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink(self._context.theme.tokens, "border"))
