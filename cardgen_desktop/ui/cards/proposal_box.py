"""A proposal in the place of a field's box: what goes, what comes, and a choice for every change.

The field itself stays as it is until the person accepts (visual language, section 4.4).
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ...domain.checking import Finding, Proposal
from ...domain.draft import OFFLINE_ENGINE
from ..components import Button, ElidedLabel, Label
from ..context import UiContext
from ..painting import fill_rounded, ink, stroke_rounded
from ..theme import RADIUS, SPACE
from ..wording import counted
from .budget import tokens
from .hunks import Piece, merged, pieces_of
from .proposal_text import HIGHEST, ProposalText
from .rewriting import WISHES

EDGE = 3
CORNERS = QMargins(RADIUS.BUTTON, RADIUS.BUTTON, RADIUS.BUTTON, RADIUS.BUTTON)
MOST_FINDINGS, QUOTED = 3, 60
WORDS_TOLD = 10
"""The number of words is told in such steps while they come."""
KEYS, KEYS_OF_ONE = "A accept · R reject · J next · K back", "A accept · R reject"


class ProposalBox(QWidget):
    """One proposal, growing or whole.

    Signals: `accepted(text)` with the text as decided, `rejected`, `stop_requested` while it is written.
    """

    accepted = Signal(str)
    rejected = Signal()
    stop_requested = Signal()

    def __init__(self, *, context: UiContext, highest: int = HIGHEST, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._highest = context, highest
        self._pieces: tuple[Piece, ...] = ()
        self._decided: list[bool | None] = []
        self._current = 0
        self._base, self._is_writing, self._told = "", False, 0
        self.proposal: Proposal | None = None
        self._build()
        self._lay_out()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_writing(self, engine: str, text: str, phase: str = "") -> None:
        """Show a proposal that is being written; before its first word, what is done for it (`phase`).

        It is called for every few words, so it does little.
        """
        if not self._is_writing:
            self.proposal, self._base, self._is_writing = None, "", True
            who = "the offline drafter" if engine == OFFLINE_ENGINE else engine
            self._title.setText(f"Proposal: {who} is writing")
            self._show_buttons(writing=True)
            self._count.setText("")
            self._told = 0
        self._show_phase("" if text else phase)
        self.text.stream(text)
        if not 0 <= self.text.words - self._told < WORDS_TOLD:
            self._told = self.text.words
            self._count.setText(counted(self._told, "word"))

    def show_proposal(self, proposal: Proposal, base: str) -> None:
        """Show a proposal against the text that the field has now; what was decided of it stays decided."""
        if (proposal, base) == (self.proposal, self._base):
            return
        self.proposal, self._base, self._is_writing = proposal, base, False
        self._pieces = pieces_of(base, proposal.text)
        self._decided = [None] * sum(piece.is_hunk for piece in self._pieces)
        self._current = 0
        self._title.setText(_title(proposal, base))
        said = [_finding_words(finding) for finding in proposal.findings[:MOST_FINDINGS]]
        more = len(proposal.findings) - len(said)
        self._findings.setText("\n".join([*said, f"and {more} more"] if more > 0 else said))
        self._findings.setVisible(bool(said))
        self._show_phase("")
        self._show_buttons(writing=False)
        self._show_pieces()

    def accept_hunk(self) -> None:
        """Take the current change."""
        self._decide(accepted=True)

    def reject_hunk(self) -> None:
        """Leave the current change out."""
        self._decide(accepted=False)

    def accept_all(self) -> None:
        """Take every change that is not decided yet."""
        self._decided = [True if each is None else each for each in self._decided]
        self._finish()

    def next_hunk(self) -> None:
        """Go to the next change that is not decided."""
        self._step(1)

    def previous_hunk(self) -> None:
        """Go to the one before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        left = [number for number, each in enumerate(self._decided) if each is None]
        if left:
            place = left.index(self._current) if self._current in left else 0
            self._current = left[(place + by) % len(left)]
            self._show_pieces()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._act_on(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """The keys work while the text has the focus too."""
        return isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._act_on(event)

    def _act_on(self, event: QKeyEvent) -> bool:
        actions: dict[str, Callable[[], None]] = {
            "a": self.accept_hunk, "r": self.reject_hunk, "j": self.next_hunk, "k": self.previous_hunk,
        }  # fmt: skip
        action = actions.get(event.text())
        if action is None or self.proposal is None:
            return False
        action()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self._context.theme.tokens
        if self.rect().adjusted(EDGE, 1, -1, -1).marginsRemoved(CORNERS).contains(event.rect()):
            painter.fillRect(event.rect(), ink(palette, "surface"))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, RADIUS.BUTTON, ink(palette, "surface"))
        stroke_rounded(painter, rect, RADIUS.BUTTON, ink(palette, "border"))
        edge = QRectF(rect.left(), rect.top() + 6, EDGE, rect.height() - 12)
        fill_rounded(painter, edge, EDGE / 2, ink(palette, "accent"))

    def _build(self) -> None:
        context = self._context
        self._title = ElidedLabel(context=context, role="small_strong")
        self._count = Label(context=context, role="caption", ink="muted")
        self._findings = Label(context=context, role="small", ink="warning", wrap=True)
        self._findings.hide()
        self._phase = Label(context=context, role="small", ink="muted", wrap=True)
        self._phase.hide()
        self.text = ProposalText(context=context, highest=self._highest)
        self.text.installEventFilter(self)
        self.accept = Button("Accept", context=context, variant="primary", size="small", shortcut="A")
        self.reject = Button("Reject", context=context, variant="outline", size="small", shortcut="R")
        self.all = Button("Accept all", context=context, variant="ghost", size="small")
        self.none = Button("Discard", context=context, variant="ghost", size="small")
        self.stop = Button("Stop", context=context, variant="outline", size="small", icon="close")
        self._keys = Label(KEYS, context=context, role="caption", ink="faint")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE.SM)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE.SM)
        for button in (self.accept, self.reject, self.all, self.none, self.stop):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self._keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(SPACE.SM)
        column.addLayout(head)
        column.addWidget(self._phase)
        column.addWidget(self.text)
        column.addWidget(self._findings)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.accept.clicked.connect(self.accept_hunk)
        self.reject.clicked.connect(self.reject_hunk)
        self.all.clicked.connect(self.accept_all)
        self.none.clicked.connect(self.rejected)
        self.stop.clicked.connect(self.stop_requested)

    def _show_buttons(self, *, writing: bool) -> None:
        if not writing and self.stop.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        for widget in (self.accept, self.reject, self.all, self.none, self._keys):
            widget.setVisible(not writing)
        self.stop.setVisible(writing)
        if writing:
            self._findings.hide()

    def _show_phase(self, phase: str) -> None:
        """In the place of a text that has not begun: reading, packing and a loading model take their time."""
        if phase != self._phase.text():
            self._phase.setText(phase)
            self._phase.setVisible(bool(phase))
            self.text.setVisible(not phase)

    def _show_pieces(self) -> None:
        total = len(self._decided)
        if self.proposal is not None and not self._base:
            self.text.show_whole(self.proposal.text)
            self._count.setText("")
        else:
            self.text.show_pieces(self._pieces, self._decided, self._current)
            self._count.setText(f"Change {self._current + 1} of {total}" if total else "No change")
        self._keys.setText(KEYS if total > 1 else KEYS_OF_ONE)
        self.all.setVisible(total > 1)
        self.none.setVisible(total != 1)
        self.accept.setEnabled(bool(total))
        self.reject.setEnabled(bool(total))
        self.update()

    def _decide(self, *, accepted: bool) -> None:
        if not self._decided:
            return
        self._decided[self._current] = accepted
        if None not in self._decided:
            self._finish()
            return
        self._step(1)

    def _finish(self) -> None:
        decided = [bool(each) for each in self._decided]
        if any(decided):
            self.accepted.emit(merged(self._pieces, decided))
        else:
            self.rejected.emit()


def _finding_words(finding: Finding) -> str:
    """What is wrong, behind the beginning of the sentence that it is about."""
    words = " ".join(finding.text.split())
    shown = words if len(words) <= QUOTED else f"{words[:QUOTED].rpartition(' ')[0]}…"
    return f"“{shown}” {finding.message}" if words else finding.message


def _title(proposal: Proposal, base: str) -> str:
    known = next((wish.word.lower() for wish in WISHES if wish.instruction == proposal.instruction != ""), "")
    wish = known or proposal.instruction.rstrip(". ") or ("written again" if base else "written")
    sizes = f"{tokens(base):,} → {tokens(proposal.text):,} tokens"
    unfinished = "" if proposal.is_whole else " · unfinished"
    who = "offline drafter" if proposal.engine == OFFLINE_ENGINE else proposal.engine
    return f"Proposal: {wish} · {who} · {sizes}{unfinished}"
