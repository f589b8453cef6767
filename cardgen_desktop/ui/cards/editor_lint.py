"""Lint in the editor: the number in its header, the pane, and the way from a finding to its place."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ...domain.lint import LintFinding
from ..context import UiContext
from ..tasks import TaskOwner
from .lint_flow import LintFlow
from .lint_places import editor_path

if TYPE_CHECKING:
    from .editor import CardEditor


class EditorLint(QObject):
    """Connects what is found with what is shown. `flow` does the looking."""

    def __init__(self, editor: "CardEditor", *, context: UiContext, tasks: TaskOwner) -> None:
        super().__init__(editor)
        self._editor = editor
        self._is_connected = False
        self.flow = LintFlow(editor.shown_session, context=context, tasks=tasks, parent=self)
        self.flow.found.connect(self._show_findings)

    def show(self) -> None:
        """Open the pane, and look the card over."""
        panes = self._editor.panes
        if not self._is_connected:
            self._is_connected = True
            panes.lint.chosen.connect(self.show_finding)
            panes.lint.fix_requested.connect(self.flow.fix)
        panes.show_lint()
        self._show_findings()
        panes.lint.take_focus()
        self.flow.look()

    def show_finding(self, finding: LintFinding) -> None:
        """Show the place of a finding, and the words that it is about."""
        path = editor_path(finding.where)
        self._editor.show_path(path)
        if finding.start is not None:
            self._editor.fields.go_to(path, finding.start)

    def _show_findings(self) -> None:
        editor = self._editor
        editor.header.show_findings(len(self.flow.findings))
        if editor.session is not None and editor.panes.linting:
            editor.panes.lint.show_findings(self.flow.findings, editor.session.document.data)
