"""The right side of the editor: evidence, the source itself, lint, or the export, one at a time."""

from functools import cached_property

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from ..context import UiContext
from .evidence_pane import EvidencePane
from .export_pane import ExportPane
from .lint_pane import LintPane
from .source_pane import SourcePane


class EditorPanes(QStackedWidget):
    """Swaps panes in place, so that nothing else moves. The others are built when first asked for.

    Signals: `left` before a pane that has the focus goes away.
    """

    left = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._exporting = False
        self.evidence = EvidencePane(context=context, parent=self)
        self.addWidget(self.evidence)
        self.setMinimumWidth(288)

    @cached_property
    def source(self) -> SourcePane:
        """The page that reads in a source."""
        pane = SourcePane(context=self._context, parent=self)
        pane.close_requested.connect(self.show_evidence)
        self.addWidget(pane)
        return pane

    @cached_property
    def export(self) -> ExportPane:
        """The page that chooses what to write and where."""
        pane = ExportPane(context=self._context, parent=self)
        pane.close_requested.connect(self.show_evidence)
        self.addWidget(pane)
        return pane

    @cached_property
    def lint(self) -> LintPane:
        """The page of what is worth a look."""
        pane = LintPane(context=self._context, parent=self)
        pane.close_requested.connect(self.show_evidence)
        self.addWidget(pane)
        return pane

    @property
    def linting(self) -> bool:
        """Whether the findings of lint are shown."""
        return "lint" in vars(self) and self.currentWidget() is self.lint

    @property
    def exporting(self) -> bool:
        """Whether the export is shown."""
        return self._exporting

    @property
    def holds_focus(self) -> bool:
        """Whether the keyboard is in one of the panes."""
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def show_evidence(self) -> None:
        """Back to what stands behind the sentence."""
        if self.currentWidget() is not self.evidence and self.holds_focus:
            self.left.emit()
        self._show(self.evidence)

    def show_source(self) -> None:
        """Read in the source."""
        self._show(self.source)

    def show_lint(self) -> None:
        """Show what is worth a look."""
        self._show(self.lint)

    def show_export(self) -> None:
        """Choose what to write and where."""
        self._show(self.export, exporting=True)

    def _show(self, pane: QWidget, *, exporting: bool = False) -> None:
        self._exporting = exporting
        self.setCurrentWidget(pane)
