"""Proposals in the editor: shown while they are written, and decided by the person."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from ...domain.checking import Proposal
from ...domain.draft import DraftOptions
from ...domain.errors import CardgenError
from ...domain.events import Event, ProposalsChanged
from ...domain.field_locks import locked_fields
from ...domain.job import JobSnapshot
from ...domain.job_kinds import DraftRequest
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..tasks import TaskOwner
from .field_offers import show_offers
from .fields import Tab, tab_of
from .new_text import NewTextPlace
from .proposal_box import ProposalBox
from .proposal_ends import add_item, end_words, new_title
from .prose_field import ProseField
from .rewriting import is_item, separate_requests
from .session import EditSession
from .stale_texts import StaleTexts
from .writing import WritingJobs


class Proposals(QObject):
    """Shows at most one proposal in a place; the card changes only by what is accepted.

    `fields` gives the text boxes there are now, `new_places` where items that the card does not have are
    shown. Signals: `changed` when what waits or is written is another, `place_made(path)` when an accepted
    proposal became a new item.
    """

    changed = Signal()
    place_made = Signal(str)

    def __init__(
        self,
        fields: Callable[[], list[ProseField]],
        new_places: dict[Tab, NewTextPlace],
        *,
        context: UiContext,
        tasks: TaskOwner,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._fields, self._new_places, self._context, self._tasks = fields, new_places, context, tasks
        self._commands: Commands | None = None
        self._session: EditSession | None = None
        self._open: tuple[Proposal, ...] = ()
        self._accepted_of: dict[str, int | None] = {}
        self.stale = StaleTexts()
        self.writing = WritingJobs(self)
        self._stop: Callable[[], None] = lambda: None
        self._connect()

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
        self._open, self._accepted_of = (), {}
        self._show_all()
        self._read()

    @property
    def card_id(self) -> int:
        """The card that is shown; 0 for none."""
        return self._session.card_id if self._session else 0

    @property
    def waiting(self) -> tuple[str, ...]:
        """The places with an open proposal."""
        return tuple(dict.fromkeys(proposal.path for proposal in self._open))

    @property
    def being_written(self) -> tuple[str, ...]:
        """The places that a job is to write and has not proposed yet."""
        paths = (path for writing in self.writing.of_card(self.card_id) for path in writing.paths)
        return tuple(path for path in dict.fromkeys(paths) if path not in self.waiting)

    def is_new(self, path: str) -> bool:
        """Whether a proposal for a place is about an item that the card does not have."""
        if self._session is None or not is_item(path):
            return False
        proposal = self._proposal(path)
        document = self._session.document
        count = len(document.entries if tab_of(path) == "lorebook" else document.data.alternate_greetings)
        is_behind = int(path[path.index("[") + 1 : path.index("]")]) >= count
        return is_behind or bool(proposal and not proposal.base and document.text(path))

    def show_field(self, field: ProseField) -> None:
        """A field shows another place: offer what fits it, and its proposal."""
        show_offers(field, self._session.document if self._session else None)
        proposal, writing = self._proposal(field.path), self.writing.at(self.card_id, field.path)
        if proposal is not None and not self.is_new(field.path):
            self._box(field).show_proposal(proposal, field.edit.text)
        elif writing is not None and proposal is None:
            box = self._box(field)
            box.show_writing(writing.job.engine, *writing.shown(field.path))
        else:
            field.show_proposal(None)

    async def start(self, requests: Sequence[DraftRequest], *, batch_title: str = "") -> None:
        """Have places written anew; what is on the screen is stored before. Raises `CardgenError`."""
        session = self._session
        if session is None or self._commands is None or not requests:
            return
        if await session.autosave.flush():
            await self.writing.start(requests, self._commands, batch_title=batch_title)
            for request in requests:
                self.stale.settle(session.card_id, request.paths)
            self._show_all()

    def write_stale(self, engine: str, style: str) -> None:
        """Have every text that is out of date written again, as one batch."""
        if self._session is None:
            return
        record, locked = self._session.document.record, locked_fields(self._session.document.data)
        paths = [path for path in self.stale.of(self.card_id) if path not in locked]
        requests = separate_requests(record, paths, engine, DraftOptions(style=style))
        title = f"{self._session.document.data.name}: written again" if len(requests) > 1 else ""
        self._tasks.spawn(self.start(requests, batch_title=title), name="write texts again")

    def stop_writing(self, paths: Sequence[str] = ()) -> None:
        """Stop the jobs that write these places, or all of the card."""
        wanted = set(paths)
        jobs = [
            writing.job.id
            for writing in self.writing.of_card(self.card_id)
            if not wanted or wanted & set(writing.paths)
        ]
        if jobs and self._commands is not None:
            self._tasks.spawn(self._commands.cancel_jobs(jobs), name="stop writing")

    def _connect(self) -> None:
        self.writing.changed.connect(self._refresh)
        self.writing.moved.connect(self.changed)
        self.writing.ended.connect(self._on_ended)
        for tab, place in self._new_places.items():
            place.box.accepted.connect(partial(self._on_new_accepted, tab))
            place.box.rejected.connect(partial(self._on_new_rejected, tab))
            place.box.stop_requested.connect(partial(self._on_new_stop, tab))

    def _hear(self, event: Event) -> None:
        self.writing.hear(event)
        if isinstance(event, ProposalsChanged) and event.card_id == self.card_id:
            self._read()

    def _on_ended(self, job: JobSnapshot) -> None:
        is_here = job.request.get("card_id") == self.card_id
        is_seen = is_here and any(field.isVisible() for field in self._fields())
        if words := end_words(job, is_seen=is_seen):
            self._context.notify.toast(words)
        self._read()  # what shows the place again, with the proposal if there is one

    def _read(self) -> None:
        if self._session is not None and self._commands is not None:
            self._tasks.spawn(self._show(self._session, self._commands), name="read proposals")

    async def _show(self, session: EditSession, commands: Commands) -> None:
        found = await commands.proposals(session.card_id)
        if session is self._session:
            self._open = found
            self._show_all()

    def _show_all(self) -> None:
        for field in self._fields():
            self.show_field(field)
        for tab in self._new_places:
            self._show_new(tab)
        self.changed.emit()

    def _show_new(self, tab: Tab) -> None:
        """Show the first item there may be, or the one that is being written."""
        place, path = self._new_places[tab], self._new_path(tab)
        proposal = self._proposal(path)
        writing = self.writing.at(self.card_id, path) if path else None
        if proposal is not None:
            place.show_title(new_title(proposal))
            place.box.show_proposal(proposal, "")
        elif writing is not None:
            place.show_title("New greeting" if tab == "greetings" else "New entry")
            place.box.show_writing(writing.job.engine, *writing.shown(path))
        else:
            place.show_title("")

    def _new_path(self, tab: Tab) -> str:
        places = (*self.waiting, *self.being_written)
        return next((path for path in places if tab_of(path) == tab and self.is_new(path)), "")

    def _refresh(self, path: str) -> None:
        if is_item(path) and self.is_new(path):
            self._show_new(tab_of(path))
        for field in self._fields():
            if field.path == path:
                self.show_field(field)

    def _proposal(self, path: str) -> Proposal | None:
        """The oldest open proposal for a place."""
        return next((proposal for proposal in self._open if proposal.path == path), None)

    def _box(self, field: ProseField) -> ProposalBox:
        if isinstance(field.proposal, ProposalBox):
            return field.proposal
        box = ProposalBox(context=self._context)
        box.accepted.connect(partial(self._on_accepted, field))
        box.rejected.connect(partial(self._on_rejected, field))
        box.stop_requested.connect(lambda: self.stop_writing([field.path]))
        field.show_proposal(box)
        return box

    def _on_accepted(self, field: ProseField, text: str) -> None:
        proposal = self._take(field.path)
        if proposal is None or self._session is None:
            return
        document = self._session.document
        document.end_burst()
        document.type_text(field.path, text)
        document.end_burst()
        field.show_proposal(None)
        field.edit.setFocus()
        self._settle(proposal)

    def _on_rejected(self, field: ProseField) -> None:
        proposal = self._take(field.path)
        field.show_proposal(None)
        field.edit.setFocus()
        self._close(proposal, accepted=False)

    def _on_new_accepted(self, tab: Tab, text: str) -> None:
        proposal = self._take(self._new_path(tab))
        if proposal is not None and self._session is not None:
            path = add_item(self._session, tab, text, proposal)
            self._settle(proposal)
            self.place_made.emit(path)

    def _on_new_rejected(self, tab: Tab) -> None:
        self._close(self._take(self._new_path(tab)), accepted=False)

    def _on_new_stop(self, tab: Tab) -> None:
        self.stop_writing([self._new_path(tab)])

    def _take(self, path: str) -> Proposal | None:
        """The proposal for a place, which is open no more."""
        proposal = self._proposal(path)
        self._open = tuple(each for each in self._open if each is not proposal)
        return proposal

    def _settle(self, proposal: Proposal) -> None:
        """A proposal was accepted: say what is out of date by it, and store that it is closed."""
        assert self._session is not None
        same = {path for path, job in self._accepted_of.items() if job is not None and job == proposal.job_id}
        leave_out = {*same, *self.waiting, *self.being_written}
        self._accepted_of[proposal.path] = proposal.job_id
        self.stale.note(self.card_id, proposal.path, self._session.document.data, leave_out)
        self._close(proposal, accepted=True)

    def _close(self, proposal: Proposal | None, *, accepted: bool) -> None:
        self._show_all()
        if self._commands is not None and self._session is not None and proposal is not None:
            closing = self._close_stored(self._commands, self._session, proposal.id, accepted)
            self._tasks.spawn(closing, name="close a proposal")

    async def _close_stored(
        self, commands: Commands, session: EditSession, proposal_id: int, accepted: bool
    ) -> None:
        if accepted:
            await session.autosave.flush()
        try:
            await commands.close_proposal(proposal_id, accepted=accepted)
            if accepted:
                session.take_evidence(await commands.card(session.card_id))
        except CardgenError:
            self._read()
