"""Looks a card over while it is written: after a pause, in the background, the newest text only."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.card import Card, CardData
from ...domain.card_paths import with_changes
from ...domain.errors import CardgenError, UsageError
from ...domain.lint import LintFinding
from ...jobs.interface import Commands
from ..context import UiContext
from ..tasks import TaskOwner
from .lint_places import editor_path
from .session import EditSession

PAUSE = 700
"""Milliseconds without an edit before the card is looked over."""


class LintFlow(QObject):
    """What is found in the card that is open.

    Signals: `found` when `findings` are those of another text.
    """

    found = Signal()

    def __init__(
        self,
        session: Callable[[], EditSession | None],
        *,
        context: UiContext,
        tasks: TaskOwner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._context, self._tasks = session, context, tasks
        self._commands: Commands | None = None
        self._turn = 0
        self.findings: tuple[LintFinding, ...] = ()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.look)

    def attach(self, commands: Commands) -> None:
        """Hand over the commands."""
        self._commands = commands

    def begin(self) -> None:
        """Another card is shown: nothing is known of it yet."""
        self._take(())
        self.look_soon()

    def look_soon(self) -> None:
        """Look the card over once nothing was typed for a while."""
        self._pause.start()

    def look(self) -> None:
        """Look the card over now."""
        self._pause.stop()
        self._turn += 1
        self._tasks.spawn(self._look(self._turn), name="look a card over")

    async def _look(self, turn: int) -> None:
        session = self._session()
        if session is None or self._commands is None:
            return
        document = session.document
        card = document.record.card.model_copy(update={"data": document.data})
        try:
            findings = await self._commands.lint_card(card, document.record.files)
        except CardgenError as error:
            self._context.notify.error(error)
            return
        if turn == self._turn and self._session() is session:
            self._take(findings)

    def _take(self, findings: tuple[LintFinding, ...]) -> None:
        self.findings = findings
        self.found.emit()

    def fix(self, finding: LintFinding) -> None:
        """Make the change that a finding offers, as one step that can be undone; then look again."""
        session = self._session()
        if session is None or finding.fix is None:
            return
        document = session.document
        card: Card = document.record.card.model_copy(update={"data": document.data})
        try:
            fixed = with_changes(card, finding.fix.changes).data
        except UsageError as error:
            self._context.notify.error(error)
            self.look()
            return
        name = finding.fix.title[0].lower() + finding.fix.title[1:]
        document.edit_fields(
            _changed(document.data, fixed), name=f"“{name}”", path=editor_path(finding.where)
        )
        self.look()


def _changed(before: CardData, after: CardData) -> dict[str, Any]:
    names = (*CardData.model_fields, *(before.model_extra or {}))
    return {name: getattr(after, name) for name in names if getattr(before, name) != getattr(after, name)}
