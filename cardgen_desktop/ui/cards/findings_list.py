"""What a check has to say about a card: one row for each finding; a click leads to its place."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.card import CardData
from ...domain.checking import CheckReport, Finding
from ..components import LINE_ROLE, Button, Hairline, Label, TwoLineList, tooltip
from ..context import UiContext
from ..theme import HEIGHT, SPACE
from ..wording import counted
from .fields import label_of, text_at

ROWS_SHOWN = 4
MOST_FINDINGS = 500
_Index = QModelIndex | QPersistentModelIndex


def still_true(findings: Sequence[Finding], data: CardData) -> tuple[Finding, ...]:
    """The findings whose words still stand in the card."""
    texts: dict[str, str] = {}
    for finding in findings:
        if finding.path not in texts:
            texts[finding.path] = _text_of(data, finding.path)
    return tuple(finding for finding in findings if not finding.text or finding.text in texts[finding.path])[
        :MOST_FINDINGS
    ]


def _text_of(data: CardData, path: str) -> str:
    if path == "tags":
        return ", ".join(data.tags)
    text = text_at(data, path)
    return text if isinstance(text, str) else ""


def report_words(report: CheckReport) -> str:
    """The verdicts of a check in a line: "41 supported · 6 inferred · 3 not in the source"."""
    counts = (
        (report.supported, "supported"),
        (report.inferred, "inferred"),
        (report.unsupported, "not in the source"),
    )
    return " · ".join(f"{count:,} {word}" for count, word in counts if count) or "Nothing to check"


class FindingsModel(QAbstractListModel):
    """Sentences with the places they are about."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.findings: tuple[Finding, ...] = ()

    def show(self, findings: tuple[Finding, ...]) -> None:
        """Show other findings."""
        self.beginResetModel()
        self.findings = findings
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.findings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.findings):
            return None
        finding = self.findings[index.row()]
        place, words = label_of(finding.path), " ".join(finding.text.split())
        upper, lower = finding.message.rstrip("."), words
        if finding.kind == "unsupported" and words:  # its message is much the same for every sentence
            upper, lower = lower, upper
        if role == Qt.ItemDataRole.DisplayRole:
            return upper
        if role == LINE_ROLE:
            return f"{place} · {lower}" if lower else place
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            whole = f"{place}: {finding.message}" + (f"\n“{words}”" if words else "")
            return tooltip(whole) if role == Qt.ItemDataRole.ToolTipRole else whole
        return None


class FindingsSection(QWidget):
    """The part of the evidence pane below the passage; there only while it has something to say.

    `told` is a button for the head of the pane, since the list may be below what can be seen.
    Signals: `chosen(Finding)`, `closed`.
    """

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Finding, ...] = ()
        self._sum = ""
        self.model = FindingsModel(self)
        self.list = TwoLineList(self.model, "What the check found", context=context, is_sentence=True)
        self._title = Label("What the check found", context=context, role="small_strong")
        self.facts = Label(context=context, role="caption", ink="muted", wrap=True)
        self._close = Button(
            "Close the list", context=context, variant="ghost", size="icon_small", icon="close"
        )
        self._lay_out()
        self.list.clicked.connect(self._on_chosen)
        self.list.activated.connect(self._on_chosen)
        self._close.clicked.connect(self.closed)
        self.told = Button("", context=context, variant="link", size="small")
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE.SM, 0, 0)
        column.setSpacing(SPACE.XS)
        column.addWidget(Hairline())
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.list)

    def show_busy(self) -> None:
        """A check is under way."""
        self._all, self._sum = (), ""
        self.told.hide()
        self.facts.setText("Every sentence is being looked for in the sources…")
        self.model.show(())
        self.list.hide()
        self.show()

    def show_findings(self, findings: Sequence[Finding], data: CardData, total: str = "") -> None:
        """Show what is still true of the card; `total` are the verdicts of a check in words."""
        self._all, self._sum = tuple(findings), total
        self.setVisible(bool(findings or total))
        self.told.setVisible(bool(findings))
        self.show_data(data)

    def show_data(self, data: CardData) -> None:
        """The card has other words: what they were said of is gone from the list."""
        if self.isHidden() or not (self._all or self._sum):
            return
        shown = still_true(self._all, data)
        if shown != self.model.findings:
            self.model.show(shown)
        rows = min(ROWS_SHOWN, len(shown))
        self.list.setFixedHeight(rows * HEIGHT.SOURCE_ROW + 2)
        self.list.setVisible(bool(shown))
        told = counted(len(shown), "finding") if shown else "Nothing to correct is left"
        self.facts.setText(f"{self._sum} · {told}" if self._sum else told)
        self.told.setText(counted(len(shown), "finding"))
        self.told.setVisible(bool(shown))

    def _on_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.model.findings[index.row()])
