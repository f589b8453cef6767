"""The right side of the editor: evidence, the source itself, or the export, one at a time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from ..context import UiContext
from .evidence_pane import EvidencePane
from .export_pane import ExportPane
from .source_pane import SourcePane


class EditorPanes(QStackedWidget):
    """Swaps panes in place, so that nothing else moves.

    Signals: `left` before a pane that has the focus goes away.
    """

    left = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.evidence = EvidencePane(context=context)
        self.source = SourcePane(context=context)
        self.export = ExportPane(context=context)
        for pane in (self.evidence, self.source, self.export):
            self.addWidget(pane)
        self.setMinimumWidth(288)
        self.source.close_requested.connect(self.show_evidence)
        self.export.close_requested.connect(self.show_evidence)

    @property
    def holds_focus(self) -> bool:
        """Whether the keyboard is in one of the panes."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def show_evidence(self) -> None:
        """Back to what stands behind the sentence."""
        if self.currentWidget() is not self.evidence and self.holds_focus:
            self.left.emit()
        self.setCurrentWidget(self.evidence)

    def show_source(self) -> None:
        """Read in the source."""
        self.setCurrentWidget(self.source)

    def show_export(self) -> None:
        """Choose what to write and where."""
        self.setCurrentWidget(self.export)
