"""Proposals in the editor: asked for, shown while they are written, decided by the person."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from ...domain.checking import Proposal
from ...domain.draft import OFFLINE_ENGINE
from ...domain.errors import CardgenError
from ...domain.events import Event, JobChanged, JobText, ProposalsChanged
from ...domain.job import TERMINAL_STATES, JobSnapshot, JobState
from ...domain.profile import ProfileView
from ...jobs.interface import Commands, Events
from ..components import Menu
from ..context import UiContext
from ..jobs.streaming import StreamedText
from ..tasks import TaskOwner
from .proposal_box import ProposalBox
from .prose_field import ProseField
from .rewriting import NO_SOURCES, WISHES, field_of, rewrite_request
from .session import EditSession

STANDS_STILL = frozenset({JobState.HELD, JobState.WAITING, JobState.PAUSED})


class _Writing:
    """A job that writes a proposal for one path."""

    def __init__(self, job: JobSnapshot, path: str, streamed: StreamedText) -> None:
        self.job, self.path, self.streamed = job, path, streamed
        self.text = ""


class Proposals(QObject):
    """Shows at most one proposal in a field; the card changes only by what is accepted.

    `fields` gives the text boxes there are now; a proposal for a place that is not shown waits.
    """

    def __init__(
        self, fields: Callable[[], list[ProseField]], *, context: UiContext, tasks: TaskOwner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._fields, self._context, self._tasks = fields, context, tasks
        self._commands: Commands | None = None
        self._session: EditSession | None = None
        self._profiles: tuple[ProfileView, ...] = ()
        self._open: dict[str, Proposal] = {}
        self._writing: dict[int, _Writing] = {}
        self._stop: Callable[[], None] = lambda: None

    def attach(self, commands: Commands, events: Events) -> None:
        """From now on there are commands and events."""
        self._commands = commands
        self._stop = events.subscribe(self._hear)

    def close(self) -> None:
        """Stop listening."""
        self._stop()

    def set_session(self, session: EditSession | None) -> None:
        """Show the proposals of another card."""
        self._session = session
        self._open, self._writing = {}, {}
        for field in self._fields():
            field.show_proposal(None)
        self._read()

    def show_field(self, field: ProseField) -> None:
        """A field shows another place: offer what fits it, and its proposal."""
        record = self._session.document.record if self._session else None
        field.offer_rewriting(bool(record and record.sources and field_of(field.path)))
        writing = next((each for each in self._writing.values() if each.path == field.path), None)
        proposal = self._open.get(field.path)
        if proposal is not None:
            self._box(field).show_proposal(proposal, field.edit.text)
        elif writing is not None:
            self._box(field).show_writing(writing.job.engine, writing.text)
        else:
            field.show_proposal(None)

    def open_menu(self, field: ProseField) -> None:
        """Ask how a field is to be written anew."""
        if self._session is None or self._commands is None:
            return
        if not self._session.document.record.sources:
            self._context.notify.toast(NO_SOURCES)
            return
        self._tasks.spawn(self._open_menu(field, self._commands), name="offer rewriting")

    async def _open_menu(self, field: ProseField, commands: Commands) -> None:
        menu = await self.make_menu(field, commands)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.open_below(field.rewrite)

    async def make_menu(self, field: ProseField, commands: Commands) -> Menu:
        """The ways to write a field anew, and below them who does it."""
        self._profiles = await commands.profiles()
        menu = Menu(context=self._context, parent=field)
        chosen = self._engine
        for wish in WISHES if chosen != OFFLINE_ENGINE else WISHES[:1]:
            menu.add(wish.word, partial(self.start, field, wish.instruction), icon="draft")
        menu.addSeparator()
        for engine in (OFFLINE_ENGINE, *(view.profile.name for view in self._profiles)):
            word = "Offline drafter" if engine == OFFLINE_ENGINE else engine
            menu.add(word, partial(self._choose_engine, engine), icon="check" if engine == chosen else "")
        return menu

    @property
    def _engine(self) -> str:
        wanted = self._context.settings.value.engine
        known = {view.profile.name for view in self._profiles}
        return wanted if wanted in known else OFFLINE_ENGINE

    def _choose_engine(self, engine: str) -> None:
        self._context.settings.update(engine=engine)

    def start(self, field: ProseField, instruction: str = "") -> None:
        """Have a field written anew."""
        if self._session is not None and self._commands is not None:
            self._tasks.spawn(self._start(field, instruction, self._commands), name="rewrite a field")

    async def _start(self, field: ProseField, instruction: str, commands: Commands) -> None:
        session, path = self._session, field.path
        if session is None or not await session.autosave.flush():
            return
        style = self._context.settings.value.style
        request = rewrite_request(session.document.record, path, self._engine, style, instruction)
        if request is None:
            return
        (job,) = await commands.start_drafts([request])
        streamed = StreamedText(partial(self._on_text, job.id), self)
        streamed.follow(job.id)
        self._writing[job.id] = _Writing(job, path, streamed)
        self._refresh(path)

    def _hear(self, event: Event) -> None:
        if isinstance(event, JobText) and event.job_id in self._writing:
            self._writing[event.job_id].streamed.hear(event)
        elif isinstance(event, JobChanged) and event.job.id in self._writing:
            self._on_job(event.job)
        elif isinstance(event, ProposalsChanged) and self._is_shown(event.card_id):
            self._read()

    def _is_shown(self, card_id: int) -> bool:
        return self._session is not None and self._session.card_id == card_id

    def _on_text(self, job_id: int, _path: str, text: str) -> None:
        writing = self._writing.get(job_id)
        if writing is not None:
            writing.text = text
            self._refresh(writing.path)

    def _on_job(self, job: JobSnapshot) -> None:
        writing = self._writing[job.id]
        writing.job = job
        if job.state in TERMINAL_STATES:
            del self._writing[job.id]
            if job.state is JobState.FAILED:
                self._context.notify.toast(job.error or "It was not written. The field is as it was.")
            self._read()  # what shows the field again, with the proposal if there is one
        elif job.state in STANDS_STILL:
            self._context.notify.toast(f"{job.phase or 'The job stands still'}. The field is as it was.")
            del self._writing[job.id]
            self._refresh(writing.path)

    def _read(self) -> None:
        if self._session is not None and self._commands is not None:
            self._tasks.spawn(self._show(self._session, self._commands), name="read proposals")

    async def _show(self, session: EditSession, commands: Commands) -> None:
        found = await commands.proposals(session.card_id)
        if session is self._session:
            self._open = {proposal.path: proposal for proposal in found}
            for field in self._fields():
                self.show_field(field)

    def _refresh(self, path: str) -> None:
        for field in self._fields():
            if field.path == path:
                self.show_field(field)

    def _box(self, field: ProseField) -> ProposalBox:
        if isinstance(field.proposal, ProposalBox):
            return field.proposal
        box = ProposalBox(context=self._context)
        box.accepted.connect(partial(self._on_accepted, field))
        box.rejected.connect(partial(self._on_rejected, field))
        box.stop_requested.connect(partial(self._on_stop, field))
        field.show_proposal(box)
        return box

    def _on_accepted(self, field: ProseField, text: str) -> None:
        proposal = self._open.pop(field.path, None)
        if proposal is None or self._session is None:
            return
        self._session.document.end_burst()
        self._session.document.type_text(field.path, text)
        self._session.document.end_burst()
        field.show_proposal(None)
        field.edit.setFocus()
        self._close(proposal, accepted=True)

    def _on_rejected(self, field: ProseField) -> None:
        proposal = self._open.pop(field.path, None)
        field.show_proposal(None)
        field.edit.setFocus()
        if proposal is not None:
            self._close(proposal, accepted=False)

    def _close(self, proposal: Proposal, *, accepted: bool) -> None:
        if self._commands is not None:
            closing = self._close_stored(self._commands, proposal.id, accepted)
            self._tasks.spawn(closing, name="close a proposal")

    async def _close_stored(self, commands: Commands, proposal_id: int, accepted: bool) -> None:
        if accepted and self._session is not None:
            await self._session.autosave.flush()
        try:
            await commands.close_proposal(proposal_id, accepted=accepted)
        except CardgenError:
            self._read()

    def _on_stop(self, field: ProseField) -> None:
        jobs = [job_id for job_id, writing in self._writing.items() if writing.path == field.path]
        if jobs and self._commands is not None:
            self._tasks.spawn(self._commands.cancel_jobs(jobs), name="stop writing")
