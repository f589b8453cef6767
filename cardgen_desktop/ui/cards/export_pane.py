"""The right pane while exporting: what kind of file, what it cannot hold, where it goes."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.card import ExportTarget
from ..components import Button, ElidedLabel, Label, Pane, RadioTile
from ..context import UiContext
from ..theme import SPACE
from .export_plan import TARGETS, joined, target_of
from .right_pane import PANE_WIDTH

ICONS: dict[ExportTarget, str] = {"png": "card", "json-v3": "note", "json-v2": "note"}


class ExportPane(Pane):
    """Chooses a target and a place.

    Signals: `target_chosen(ExportTarget)`, `place_requested` for *Change…*, `export_requested`,
    `replace_requested`, `keep_both_requested`, `close_requested`.
    """

    target_chosen = Signal(object)
    place_requested = Signal()
    export_requested = Signal()
    replace_requested = Signal()
    keep_both_requested = Signal()
    close_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, width=PANE_WIDTH, parent=parent)
        self._close = Button("Close", context=context, variant="ghost", size="icon_small", icon="close")
        self.tiles = {
            target.key: RadioTile(target.title, target.sentence, ICONS[target.key], context=context)
            for target in TARGETS
        }
        self.losses = Label(context=context, role="small", ink="muted", wrap=True)
        self.file = ElidedLabel(context=context, role="body_medium", mode="middle")
        self.folder = ElidedLabel(context=context, role="caption", ink="muted", mode="middle")
        self._change = Button("Change…", context=context, variant="outline", size="small")
        self._exists = Label(context=context, role="small", wrap=True)
        self.replace = Button("Replace it", context=context, variant="outline", size="small")
        self.keep_both = Button("Keep both", context=context, variant="outline", size="small")
        self.problem = Label(context=context, role="small", ink="danger", wrap=True)
        self.export = Button("Export", context=context, variant="primary", icon="export")
        self._asking = self._asking_tile()
        self._lay_out()
        self._connect()
        self.ask_about(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Export", context=self._context, role="heading"))
        head.addStretch(1)
        head.addWidget(self._close)
        self.body.addLayout(head)
        self.body.addSpacing(SPACE.XS)
        for tile in self.tiles.values():
            self.body.addWidget(tile)
        self.body.addWidget(self.losses)
        self.body.addSpacing(SPACE.SM)
        self.body.addWidget(Label("File", context=self._context, role="small_strong"))
        self.body.addLayout(self._place())
        self.body.addWidget(self._asking)
        self.body.addWidget(self.problem)
        self.body.addStretch(1)
        self.foot.addWidget(self.export)

    def _place(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.file)
        words.addWidget(self.folder)
        row = QHBoxLayout()
        row.setSpacing(SPACE.MD)
        row.addLayout(words, 1)
        row.addWidget(self._change)
        return row

    def _asking_tile(self) -> QFrame:
        tile = QFrame()
        tile.setProperty("tile", "warning")
        column = QVBoxLayout(tile)
        column.setContentsMargins(SPACE.MD, SPACE.MD, SPACE.MD, SPACE.MD)
        column.setSpacing(SPACE.SM)
        column.addWidget(self._exists)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.replace)
        row.addWidget(self.keep_both)
        row.addStretch(1)
        column.addLayout(row)
        return tile

    def _connect(self) -> None:
        for key, tile in self.tiles.items():
            tile.clicked.connect(lambda _=False, chosen=key: self.target_chosen.emit(chosen))
        self._close.clicked.connect(self.close_requested)
        self._change.clicked.connect(self.place_requested)
        self.export.clicked.connect(self.export_requested)
        self.replace.clicked.connect(self.replace_requested)
        self.keep_both.clicked.connect(self.keep_both_requested)

    def show_plan(self, target: ExportTarget, path: Path | None, name: str, lost: tuple[str, ...]) -> None:
        """Show what would be written: `path`, or only the file `name` while no folder was chosen yet."""
        self.tiles[target].setChecked(True)
        self.file.setText(path.name if path else name)
        self.folder.setText(str(path.parent) if path else "You choose the folder next.")
        if lost:
            self.losses.setText(f"This file will not hold {joined(lost)}. The card in the library keeps it.")
        else:
            self.losses.setText("Nothing is left out.")
        self.losses.set_ink("warning" if lost else "muted")
        self.export.setText(f"Export {target_of(target).title}" if path else "Choose a folder…")
        self.show_problem("")
        self.ask_about(None)

    def ask_about(self, existing: Path | None) -> None:
        """Ask what to do about a file that is already there; None takes the question away."""
        self._asking.setVisible(existing is not None)
        self.export.setEnabled(existing is None)
        if existing is not None:
            self._exists.setText(f"“{existing.name}” is already in this folder. Nothing was written yet.")
            self.keep_both.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_busy(self, busy: bool) -> None:
        """The file is being written and read back."""
        focus = self.window().focusWidget()
        if busy and focus is not None and self.isAncestorOf(focus):
            # A button that is disabled or hidden with the focus on it would pass it to the sidebar.
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        self.export.setEnabled(not busy)
        if busy:
            self.export.setText("Writing and reading back…")
            self.ask_about(None)
            self.export.setEnabled(False)

    def show_problem(self, sentence: str) -> None:
        """Say why nothing was written."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)
