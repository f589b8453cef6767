"""The right pane of the editor: what stands behind the sentence under the cursor."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.evidence import Evidence
from ...domain.source import PassageView, SourceSummary, Span
from ..components import Badge, Button, ElidedLabel, Label, Pane
from ..context import UiContext
from ..theme import SPACE
from .evidence import Located
from .findings_list import FindingsSection
from .passage_text import PassageText
from .passages import shortened
from .right_pane import PANE_WIDTH
from .source_line import SourceLine
from .token_summary import TokenSummary

MAX_QUOTES = 6
AROUND, AROUND_IN_LOW, LOW = 220, 100, 680
"""Characters shown on both sides of a passage; fewer where the pane is lower than 680 pixels."""
QUOTE_AROUND = 40
"""Characters shown on both sides of words that something was counted from."""

_BADGES = {
    "verbatim": ("supported", "In the source, word for word"),
    "adapted": ("supported", "From the source, adapted"),
    "computed": ("inferred", "Counted in the source"),
    "template": ("neutral", "Connecting words"),
}
_OF_VERDICT = {
    "supported": ("supported", "In the source, in other words"),
    "inferred": ("inferred", "Partly in the source"),
    "unsupported": ("unsupported", "Not in the source"),
}
_VERDICT_SENTENCES = {
    "supported": "A language model wrote this; the passage says it too.",
    "inferred": "A language model wrote this; the nearest passage says some of it.",
    "unsupported": "A language model wrote this, and no passage says it. Check it, or take it out.",
}
_SENTENCES = {
    "verbatim": "",
    "adapted": "The facts are in the passage; the wording was changed to fit.",
    "computed": "Worked out from these passages.",
    "template": "A heading or separator. It claims nothing, so nothing stands behind it.",
}
HINT_NOTHING = "Put the cursor into a sentence to see where it comes from."
HINT_UNKNOWN = "This card came without its sources, so nothing is known about where its sentences come from."
HINT_YOURS = "Nothing in the source was found for this sentence."


def place_words(passage: PassageView) -> str:
    """Chapter and position in one line: "Chapter 3 · at 4 %"."""
    position = f"at {round(passage.position * 100)} %"
    return f"{passage.chapter} · {position}" if passage.chapter else position


class QuoteTile(QFrame):
    """One of several passages: where it stands, and its words among their neighbours."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tile", True)
        self._where = ElidedLabel(context=context, role="caption", ink="muted")
        self._words = PassageText(context=context, name="Passage in the source")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.MD, SPACE.SM, SPACE.MD, SPACE.SM)
        column.setSpacing(2)
        column.addWidget(self._where)
        column.addWidget(self._words)

    def show_passage(self, passage: PassageView) -> None:
        """Show a passage by the words that count in it."""
        self._where.setText(place_words(passage))
        self._words.show_reading(shortened(passage.text, passage.mark_start, passage.mark_end, QUOTE_AROUND))


class EvidencePane(Pane):
    """Evidence above, tokens pinned below.

    Signals: `open_requested(Span)` for *Open in source*.
    """

    open_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, width=PANE_WIDTH, parent=parent)
        self._span: Span | None = None
        self._badge = Badge("", context=context)
        self._title = SourceLine(context=context)
        self._where = ElidedLabel(context=context, role="caption", ink="muted")
        self._note = Label(context=context, role="small", ink="muted", wrap=True)
        self._passage = PassageText(context=context, name="Passage in the source")
        self._open = Button("Open in source", context=context, variant="outline", size="small", icon="book")
        self._tiles = [QuoteTile(context=context) for _ in range(MAX_QUOTES)]
        self._more = Label(context=context, role="caption", ink="muted")
        self.findings = FindingsSection(context=context)
        self.tokens = TokenSummary(context=context)
        self._lay_out()
        self._open.clicked.connect(self._on_open)
        self.findings.told.clicked.connect(self.show_findings)
        self.show_nothing(HINT_NOTHING)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Evidence", context=self._context, role="heading"))
        head.addStretch(1)
        head.addWidget(self.findings.told)
        self.findings.told.hide()
        self.body.addLayout(head)
        self.body.addSpacing(SPACE.XS)
        for widget in (self._badge, self._note, self._title, self._where, self._passage, *self._tiles):
            self.body.addWidget(widget)
        self.body.addWidget(self._more)
        row = QHBoxLayout()
        row.addWidget(self._open)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.findings)
        self.body.addStretch(1)
        self.foot.addWidget(self.tokens)

    def show_nothing(self, hint: str) -> None:
        """Nothing is under the cursor, or nothing is known."""
        self._show_parts(note=hint)

    def show_own_words(self) -> None:
        """The sentence is the person's own."""
        self._badge.show_kind("yours", "Your own words")
        self._show_parts(badge=True, note=HINT_YOURS)

    def show_verdict(self, place: Located) -> None:
        """Say the verdict at once; the passages follow when they were read."""
        if place.record is None:
            self.show_own_words()
            return
        kind, verdict = place.record.kind, place.record.verdict
        self._badge.show_kind(*(_OF_VERDICT[verdict] if verdict else _BADGES[kind]))
        note = _VERDICT_SENTENCES[verdict] if verdict else _SENTENCES[kind]
        if not spans_of(place.record):
            self._show_parts(badge=True, note=note)
        else:
            self._badge.show()
            self._note.setText(note)
            self._note.setVisible(bool(note))

    def show_passage(self, passage: PassageView, span: Span) -> None:
        """Show the passage that one sentence was taken from."""
        self._span = span
        self._name_source(passage)
        around = AROUND if self.height() >= LOW else AROUND_IN_LOW
        self._passage.show_reading(shortened(passage.text, passage.mark_start, passage.mark_end, around))
        self._show_parts(badge=True, source=True, passage=True, note=self._note.text())

    def show_quotes(self, passages: Sequence[PassageView], span: Span, total: int) -> None:
        """Show what a sentence was counted from: the first few of `total` places."""
        self._span = span
        self._name_source(passages[0])
        self._where.setText(f"{total} passages" if total != 1 else "1 passage")
        self._show_parts(badge=True, source=True, note=self._note.text(), quotes=len(passages))
        for tile, passage in zip(self._tiles, passages, strict=False):
            tile.show_passage(passage)
        left = total - len(passages)
        self._more.setText(f"and {left:,} more")
        self._more.setVisible(left > 0)

    def show_findings(self) -> None:
        """Bring what a check has found into sight."""
        QTimer.singleShot(0, self, lambda: self.scroller.ensureWidgetVisible(self.findings))

    def show_problem(self, sentence: str) -> None:
        """The passage could not be read."""
        self._show_parts(badge=True, note=sentence)

    def _name_source(self, passage: PassageView) -> None:
        self._title.show_source(passage.source_title)
        self._where.setText(place_words(passage))

    def _show_parts(
        self,
        *,
        badge: bool = False,
        source: bool = False,
        passage: bool = False,
        note: str = "",
        quotes: int = 0,
    ) -> None:
        self._badge.setVisible(badge)
        self._title.setVisible(source)
        self._where.setVisible(source)
        self._passage.setVisible(passage)
        self._open.setVisible(source)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        for number, tile in enumerate(self._tiles):
            tile.setVisible(number < quotes)
        self._more.hide()

    def _on_open(self) -> None:
        if self._span is not None:
            self.open_requested.emit(self._span)


def spans_of(record: Evidence) -> tuple[Span, ...]:
    """Where a record points: its own place, or the places it was counted from."""
    if record.source is not None and record.start is not None and record.end is not None:
        return (Span(source=record.source, start=record.start, end=record.end),)
    return record.spans


def source_of(span: Span, sources: Sequence[SourceSummary]) -> SourceSummary | None:
    """The source a span points into, if the card still knows it."""
    return sources[span.source] if 0 <= span.source < len(sources) else None
