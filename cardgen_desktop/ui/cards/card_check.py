"""Checks a card against sources: its own, or those of the desk that the person chooses."""

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from ...domain.errors import CardgenError
from ...domain.source import SourceSummary
from ...jobs.interface import Commands
from ..components import Button, Check, QuestionDialog
from ..context import UiContext
from ..dialogs import opened
from ..tasks import TaskOwner
from .findings_list import FindingsSection, report_words
from .session import EditSession

NOTHING_ON_THE_DESK = (
    "There is nothing on the desk to check against. Add the book on the Draft page, then check again."
)
MOST_OFFERED = 12
TITLE = "What is the card written from?"
REMEMBERED = "It came without its sources. The ones you choose are remembered with it."

ChooseSources = Callable[[Sequence[SourceSummary], UiContext, QWidget], Awaitable[tuple[int, ...]]]


class SourcesDialog(QuestionDialog):
    """Which sources a card is about; accepted with at least one."""

    def __init__(
        self, sources: Sequence[SourceSummary], *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        self.check = Button("Check the card", context=context, variant="primary", icon="evidence")
        super().__init__(TITLE, REMEMBERED, self.check, context=context, parent=parent)
        self.setWindowTitle("Check against the sources")
        self.boxes = {
            source.id: Check(source.title or source.name, context=context, checked=number == 0)
            for number, source in enumerate(sources[-MOST_OFFERED:][::-1])
        }
        for box in self.boxes.values():
            box.toggled.connect(self._tell)
            self.body.addWidget(box)
        self.check.clicked.connect(self.accept)
        self.begin_at(next(iter(self.boxes.values()), self.cancel))
        self._tell()

    @property
    def chosen(self) -> tuple[int, ...]:
        """The sources with a tick, in the order of the desk."""
        return tuple(sorted(number for number, box in self.boxes.items() if box.isChecked()))

    def _tell(self) -> None:
        self.check.setEnabled(bool(self.chosen))


async def choose_sources(
    sources: Sequence[SourceSummary], context: UiContext, window: QWidget
) -> tuple[int, ...]:
    """Ask which sources of the desk to check against; none when the person changed their mind."""
    dialog = SourcesDialog(sources, context=context, parent=window)
    accepted = await opened(dialog)
    return dialog.chosen if accepted == QDialog.DialogCode.Accepted else ()


class CardCheck(QObject):
    """Runs the check, keeps it as the card's evidence, and fills the list of findings.

    Signals: `finished` when the card that is shown was checked.
    """

    finished = Signal()

    def __init__(
        self,
        section: FindingsSection,
        *,
        context: UiContext,
        tasks: TaskOwner,
        window: Callable[[], QWidget],
        choose: ChooseSources = choose_sources,
    ) -> None:
        super().__init__(section)
        self._section, self._context, self._tasks = section, context, tasks
        self._window, self._choose = window, choose
        self._commands: Commands | None = None
        self._session: EditSession | None = None
        self._closed: set[int] = set()
        section.closed.connect(self._on_closed)

    def attach(self, commands: Commands) -> None:
        """From now on there are commands."""
        self._commands = commands

    def set_session(self, session: EditSession | None) -> None:
        """Show what is known about another card: what the check of its draft had to say."""
        self._session = session
        if session is not None and self._commands is not None:
            self._section.show_findings((), session.document.data)
            if session.card_id not in self._closed:
                self._tasks.spawn(self._tell(session, self._commands), name="read findings")

    def start(self) -> None:
        """Check the card that is shown."""
        if self._session is not None and self._commands is not None:
            self._tasks.spawn(self._check(self._session, self._commands), name="check a card")

    async def _tell(self, session: EditSession, commands: Commands) -> None:
        findings = await commands.card_findings(session.card_id)
        if session is self._session:
            self._section.show_findings(findings, session.document.data)

    async def _check(self, session: EditSession, commands: Commands) -> None:
        known = tuple(source.id for source in session.document.record.sources)
        source_ids = known or await self._ask(commands)
        if not source_ids or not await session.autosave.flush():
            return
        self._section.show_busy()
        try:
            report = await commands.verify_card(session.document.data, source_ids)
            session.take_evidence(await commands.keep_check(session.card_id, report, source_ids))
        except CardgenError as error:
            self._section.show_findings((), session.document.data)
            self._context.notify.error(error)
            return
        self._closed.discard(session.card_id)
        if session is self._session:
            total = report_words(report)
            self._section.show_findings(report.findings, session.document.data, total)
            self._context.notify.toast(f"Checked: {total}")
            self.finished.emit()

    async def _ask(self, commands: Commands) -> tuple[int, ...]:
        sources = [source for source in await commands.sources() if source.words]
        if not sources:
            self._context.notify.toast(NOTHING_ON_THE_DESK)
            return ()
        return await self._choose(sources, self._context, self._window())

    def _on_closed(self) -> None:
        if self._session is not None:
            self._closed.add(self._session.card_id)
            self._section.show_findings((), self._session.document.data)
