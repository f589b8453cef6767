"""The right pane with what a writer should look at: a list, the chosen finding in full, and its fix."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.card import CardData
from ...domain.lint import LintFinding
from ..components import LINE_ROLE, Badge, Button, EmptyState, Label, Pane, TwoLineList, tooltip
from ..context import UiContext
from ..theme import SPACE
from ..wording import counted
from .lint_places import place_words
from .right_pane import PANE_WIDTH

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_BADGES = {
    "error": ("failed", "Does not work"),
    "warning": ("inferred", "May not work as meant"),
    "info": ("neutral", "Worth a look"),
}
NOTHING = "Every part is there, macros and keys are sound, and nothing leads nowhere."


class LintModel(QAbstractListModel):
    """Findings: the reason above, the place below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.findings: tuple[LintFinding, ...] = ()
        self._data = CardData()

    def show(self, findings: tuple[LintFinding, ...], data: CardData) -> None:
        """Show other findings."""
        self.beginResetModel()
        self.findings, self._data = findings, data
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.findings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.findings):
            return None
        finding = self.findings[index.row()]
        place = place_words(finding.where, self._data)
        if role == Qt.ItemDataRole.DisplayRole:
            return finding.reason.partition(". ")[0].rstrip(".")
        if role == LINE_ROLE:
            return f"{place} · {_BADGES[finding.level][1]}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(finding.reason)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{place}: {finding.reason}"
        return None


class LintPane(Pane):
    """Signals: `chosen(LintFinding)` to go to its place, `fix_requested(LintFinding)`, `close_requested`."""

    chosen = Signal(object)
    fix_requested = Signal(object)
    close_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, width=PANE_WIDTH, parent=parent)
        self._close = Button("Close", context=context, variant="ghost", size="icon_small", icon="close")
        self.facts = Label(context=context, role="small", ink="muted", wrap=True)
        self.model = LintModel(self)
        self.list = TwoLineList(self.model, "Worth a look", context=context, is_sentence=True)
        self.empty = EmptyState("check", "Nothing to look at", NOTHING, context=context)
        self._badge = Badge("", context=context)
        self.reason = Label(context=context, role="small", wrap=True)
        self.fix = Button("", context=context, variant="outline", size="small", icon="check")
        self.go = Button("Show", context=context, variant="ghost", size="small")
        self._tile = self._chosen_tile()
        self._lay_out()
        self._connect()

    def _chosen_tile(self) -> QFrame:
        tile = QFrame()
        tile.setProperty("tile", True)
        column = QVBoxLayout(tile)
        column.setContentsMargins(SPACE.MD, SPACE.MD, SPACE.MD, SPACE.MD)
        column.setSpacing(SPACE.SM)
        column.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.reason)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.fix)
        row.addWidget(self.go)
        row.addStretch(1)
        column.addLayout(row)
        return tile

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Worth a look", context=self._context, role="heading"))
        head.addStretch(1)
        head.addWidget(self._close)
        self.body.addLayout(head)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.empty, 1)
        self.foot.addWidget(self._tile)

    def _connect(self) -> None:
        self._close.clicked.connect(self.close_requested)
        self.list.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self.go.clicked.connect(self._go)
        self.fix.clicked.connect(self._on_fix)

    @property
    def finding(self) -> LintFinding | None:
        """The chosen finding."""
        row = self.list.currentIndex().row()
        return self.model.findings[row] if 0 <= row < len(self.model.findings) else None

    @property
    def _holds_focus(self) -> bool:
        focus = self.window().focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def take_focus(self) -> None:
        """Give the keyboard to the findings, or to the way out while there are none."""
        place = self.list if self.model.findings else self._close
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_findings(self, findings: tuple[LintFinding, ...], data: CardData) -> None:
        """Show what was found; the chosen row stays the same one as far as there is one."""
        if findings != self.model.findings:
            row = max(0, self.list.currentIndex().row())
            self.model.show(findings, data)
            self.list.setCurrentIndex(self.model.index(min(row, len(findings) - 1), 0))
        if not findings and self._holds_focus:
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)
        self.list.setVisible(bool(findings))
        self.empty.setVisible(not findings)
        self.facts.setText(facts_of(findings))
        self.facts.setVisible(bool(findings))
        self._show_chosen()

    def _show_chosen(self) -> None:
        finding = self.finding
        self._tile.setVisible(finding is not None)
        if finding is None:
            return
        self._badge.show_kind(*_BADGES[finding.level])
        self.reason.setText(finding.reason)
        if finding.fix is None and self.fix.hasFocus():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)  # else hiding it passes the focus on
        self.fix.setVisible(finding.fix is not None)
        if finding.fix is not None:
            self.fix.setText(finding.fix.title)

    def _go(self) -> None:
        if self.finding is not None:
            self.chosen.emit(self.finding)

    def _on_fix(self) -> None:
        if self.finding is not None and self.finding.fix is not None:
            self.fix_requested.emit(self.finding)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)


def facts_of(findings: tuple[LintFinding, ...]) -> str:
    """How many there are of each level: "1 does not work · 3 may not work as meant · 2 worth a look"."""
    levels = [finding.level for finding in findings]
    counts = (
        (levels.count("error"), "not working"),
        (levels.count("warning"), "may not work as meant"),
        (levels.count("info"), "worth a look"),
    )
    words = " · ".join(f"{count:,} {word}" for count, word in counts if count)
    fixable = sum(finding.fix is not None for finding in findings)
    return f"{words}. {counted(fixable, 'has', 'have')} a fix by one click." if fixable else words
