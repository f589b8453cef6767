"""Fetches the passages behind a sentence and opens their source; late answers are dropped."""

from collections import OrderedDict

from PySide6.QtCore import QObject

from ...domain.errors import CardgenError
from ...domain.source import PassageView, Span
from ...jobs.interface import Commands
from ..tasks import TaskOwner
from .document import CardDocument
from .editor_panes import EditorPanes
from .evidence import Located
from .evidence_pane import (
    HINT_NOTHING,
    HINT_UNKNOWN,
    MAX_QUOTES,
    source_of,
    spans_of,
)

KEPT_PASSAGES = 256
LOST = "The source of this sentence is not known any more."


class EvidenceLookup(QObject):
    """Fills the evidence pane and the source pane."""

    def __init__(self, panes: EditorPanes, *, tasks: TaskOwner) -> None:
        super().__init__(panes)
        self._panes, self._pane, self._tasks = panes, panes.evidence, tasks
        self._commands: Commands | None = None
        self._document: CardDocument | None = None
        self._shown: tuple[Located | None, bool] | None = None
        self._turn = 0
        self._passages: OrderedDict[tuple[int, int, int], PassageView] = OrderedDict()
        self._pane.open_requested.connect(self._on_open_requested)

    def attach(self, commands: Commands) -> None:
        """Hand over the commands."""
        self._commands = commands

    def set_document(self, document: CardDocument) -> None:
        """Look up for another card."""
        self._document, self._shown = document, None

    def show(self, place: Located | None) -> None:
        """Show what stands behind a stretch; None when the cursor is in none."""
        known = self._document is not None and bool(self._document.record.evidence)
        if (place, known) == self._shown:
            return
        self._shown = (place, known)
        self._turn += 1
        if place is None:
            self._pane.show_nothing(HINT_NOTHING if known else HINT_UNKNOWN)
            return
        self._pane.show_verdict(place)
        if place.record is not None and (spans := spans_of(place.record)):
            self._tasks.spawn(self._fetch(self._turn, spans, place), name="read a passage")

    async def _fetch(self, turn: int, spans: tuple[Span, ...], place: Located) -> None:
        try:
            passages = [await self._passage(span) for span in spans[:MAX_QUOTES]]
        except CardgenError as error:
            if turn == self._turn:
                self._pane.show_problem(error.message)
            return
        if turn != self._turn:
            return
        if place.record is not None and place.record.kind == "computed":
            self._pane.show_quotes(passages, spans[0], len(spans))
        else:
            self._pane.show_passage(passages[0], spans[0])

    async def _passage(self, span: Span) -> PassageView:
        source_id = self._source_id(span)
        key = (source_id, span.start, span.end)
        if key not in self._passages and self._commands is not None:
            self._passages[key] = await self._commands.passage(*key)
            if len(self._passages) > KEPT_PASSAGES:
                self._passages.popitem(last=False)
        return self._passages[key]

    def _source_id(self, span: Span) -> int:
        source = source_of(span, self._document.record.sources if self._document else ())
        if source is None:
            raise CardgenError(LOST)
        return source.id

    def _on_open_requested(self, span: Span) -> None:
        self._tasks.spawn(self._open(span), name="open a source")

    async def _open(self, span: Span) -> None:
        source = source_of(span, self._document.record.sources if self._document else ())
        if source is None or self._commands is None:
            return
        reader = self._panes.source
        reader.show_waiting(source.title or source.name)
        self._panes.show_source()
        try:
            reader.show_source(await self._commands.source_text(source.id), span)
        except CardgenError as error:
            reader.show_problem(error.message)
