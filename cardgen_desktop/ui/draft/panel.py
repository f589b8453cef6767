"""The right column: who was chosen, who drafts, what it takes, and the button."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.costs import Estimate
from ...domain.people import Person
from ...domain.source import SourceSummary
from ..components import Button, Chip, ElidedLabel, FlowLayout, Hairline, Label, Pane, PortraitPicture
from ..context import UiContext
from ..wording import counted
from .engines import EngineChoice
from .estimates import costs_words, leaves_words, note_of, takes_words, warning_of
from .people_model import mentions_of, other_names
from .places import first_seen
from .wishes import Wishes

WIDTH = 336
PORTRAIT = (72, 108)
LOW = 720
"""Of a panel that is lower the facts are one line."""

MOST_NAMES = 8
LONG_NAME = 26
UNKNOWN = "–"
WORDS_A_SECOND = 20_000
"""How fast the slowest machine we care for reads, with the drafting itself; for an honest upper bound."""


def offline_takes(words: int) -> str:
    """How long the offline drafter takes over so many words, as a range."""
    return takes_words(1, 2 + words // WORDS_A_SECOND)


class DraftPanel(Pane):
    """Shows the chosen person and starts the draft.

    Signals: `draft_requested`, `draft_all_requested`, `dry_run_requested`.
    """

    draft_requested = Signal()
    draft_all_requested = Signal()
    dry_run_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, width=WIDTH, parent=parent)
        self._narrow = False
        self._busy = False
        self._person: Person | None = None
        self._build_person()
        self._build_engines()
        self._build_facts()
        self._build_foot()
        self._lay_out()
        self.setAccessibleName("Draft")
        self.show_person(None, (), "")

    def show_person(self, person: Person | None, sources: Sequence[SourceSummary], reason: str) -> None:
        """Show who is chosen; `reason` says why nobody can be drafted yet."""
        self._person = person
        for widget in (self._who, self._names_title, self._names):
            widget.setVisible(person is not None)
        self._hint.setVisible(person is None)
        self._hint.setText(reason)
        self.draft.setEnabled(person is not None)
        self.draft.setToolTip("" if person is not None else reason)
        if person is not None:
            self._show_words(person, sources)
        else:
            for key in ("reads", "takes"):
                self._values[key].setText(UNKNOWN)
            self._fold_facts()
        self._show_names()

    def show_main(self, number: int, left_out: str = "") -> None:
        """Offer to draft all main characters; `left_out` says who of them is done or at work already."""
        self.left_out.setText(left_out)
        self.left_out.setVisible(bool(left_out))
        is_offered = number > 1 or bool(left_out and number)
        if self.draft_all.hasFocus() and not is_offered:
            # Qt would pass the focus on out of the page, which then could not take it to the next page.
            self.draft.setFocus(Qt.FocusReason.OtherFocusReason)
        self.draft_all.setVisible(is_offered)
        all_of_them = f"Draft all {number} main characters"
        the_others = f"Draft the other {number} characters" if number > 1 else "Draft the other character"
        self.draft_all.setText(the_others if left_out else all_of_them)

    def show_engine(self, is_model: bool) -> None:
        """What there is to choose for a language model, and for the embedded drafter."""
        self.wishes.setVisible(is_model)
        self.dry_run.setVisible(is_model)
        self._warn("")

    def show_offline(self, words: int) -> None:
        """The facts of the embedded drafter over a set of so many words."""
        self._say(offline_takes(words), "nothing", "nothing")
        self._warn("")

    def show_asking(self) -> None:
        """An estimate is on its way."""
        self._say("…", "…", "…")

    def show_estimate(self, estimate: Estimate) -> None:
        """What a draft by a language model would take."""
        takes = takes_words(estimate.seconds_low, estimate.seconds_high)
        self._say(takes, costs_words(estimate), leaves_words(estimate))
        self._warn(warning_of(estimate), note_of(estimate))

    def show_no_estimate(self, sentence: str) -> None:
        """It could not be estimated."""
        self._say(UNKNOWN, UNKNOWN, UNKNOWN)
        self._warn(sentence)

    def _say(self, takes: str, costs: str, leaves: str) -> None:
        for key, words in (("takes", takes), ("costs", costs), ("leaves", leaves)):
            self._values[key].setText(words)
        costs = f"costs {costs}" if costs in ("nothing", "not known") else costs
        leaves = "nothing leaves this computer" if leaves == "nothing" else leaves
        self._brief.setText("…" if takes == "…" else f"{takes} · {costs} · {leaves}")
        self._fold_facts()

    def _warn(self, sentence: str, note: str = "") -> None:
        """What has to be known at the button, and what is good to know."""
        for label, words in ((self._warning, sentence), (self._note, note)):
            label.setText(words)
            label.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold_facts()

    def _fold_facts(self) -> None:
        """Where there is little height the facts are one line, so that the engines stay in sight."""
        is_low = self.height() < LOW
        self._facts.setVisible(not is_low)
        self._brief.setVisible(is_low and self._person is not None)

    def set_busy(self, busy: bool) -> None:
        """Between the click and the answer nothing can be started twice; the button keeps the focus."""
        self._busy = busy

    def set_narrow(self, narrow: bool) -> None:
        """Fold the aliases away."""
        self._narrow = narrow
        self._show_names()

    def _ask(self, wish: SignalInstance) -> None:
        if not self._busy:
            wish.emit()

    def _show_words(self, person: Person, sources: Sequence[SourceSummary]) -> None:
        self._portrait.show_name(person.name)
        role = "name" if len(person.name) <= LONG_NAME else "name_small"
        self._name.setFont(self._context.theme.font(role))
        self._name.setText(person.name)
        mentions, quotes = mentions_of(person), counted(person.quotes, "quotation")
        self._counts.setText(f"{mentions[:1].upper()}{mentions[1:]} · {quotes}")
        self._first.setText(first_seen(person, sources))
        self._values["reads"].setText(f"{counted(person.mentions, 'mention')}, {quotes}")
        if self.engines.profile is None:
            self.show_offline(sum(source.words for source in sources))

    def _show_names(self) -> None:
        names = other_names(self._person) if self._person is not None else ()
        visible = bool(names) and not self._narrow
        self._names_title.setVisible(visible)
        self._names.setVisible(visible)
        self._names_flow.clear()
        for name in names[:MOST_NAMES] if visible else ():
            chip = Chip(name, context=self._context)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._names_flow.addWidget(chip)
            chip.show()
        self._names.updateGeometry()

    def _build_person(self) -> None:
        context = self._context
        self._portrait = PortraitPicture(*PORTRAIT, context=context)
        self._name = Label(context=context, role="name", wrap=True)
        self._counts = Label(context=context, role="small", ink="muted", wrap=True)
        self._first = ElidedLabel(context=context, role="small", ink="muted")
        self._hint = Label(context=context, role="small", ink="muted", wrap=True)
        self._names_title = Label("Also called", context=context, role="small_strong")
        self._names = QWidget()
        self._names_flow = FlowLayout(self._names, gap=8)
        self._who = QWidget()

    def _build_engines(self) -> None:
        self.engines = EngineChoice(context=self._context)
        self.wishes = Wishes(context=self._context)
        self.wishes.hide()
        self._note = Label(context=self._context, role="small", ink="muted", wrap=True)
        self._note.hide()
        self._warning = Label(context=self._context, role="small", ink="warning", wrap=True)
        self._warning.hide()

    def _build_facts(self) -> None:
        self._values = {
            key: Label(value, context=self._context, role="small_medium")
            for key, value in (
                ("reads", UNKNOWN),
                ("takes", UNKNOWN),
                ("costs", "nothing"),
                ("leaves", "nothing"),
            )
        }
        self._facts = QWidget()
        self._brief = Label(context=self._context, role="small_medium", wrap=True)
        self._brief.setContentsMargins(0, 0, 0, 8)
        self._brief.hide()

    def _build_foot(self) -> None:
        context = self._context
        self.draft = Button(
            "Draft card", context=context, variant="primary", size="large", shortcut="Ctrl+Return"
        )
        self.draft_all = Button("", context=context, variant="ghost", size="small")
        self.dry_run = Button("Dry run…", context=context, variant="ghost", size="small")
        self.dry_run.setToolTip("Shows the exact prompts. Nothing is sent.")
        self.dry_run.clicked.connect(self.dry_run_requested)
        self.dry_run.hide()
        self.draft.clicked.connect(lambda: self._ask(self.draft_requested))
        self.draft_all.clicked.connect(lambda: self._ask(self.draft_all_requested))
        self.draft_all.hide()
        self.left_out = Label(context=context, role="small", ink="muted", wrap=True)
        self.left_out.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.left_out.hide()

    def _lay_out(self) -> None:
        body = self.body
        body.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._name, self._counts, self._first):
            words.addWidget(label)
        words.addStretch(1)
        who = QHBoxLayout(self._who)
        who.setContentsMargins(0, 0, 0, 8)
        who.setSpacing(16)
        who.addWidget(self._portrait, 0, Qt.AlignmentFlag.AlignTop)
        who.addLayout(words, 1)
        for widget in (self._who, self._names_title, self._names):
            body.addWidget(widget)
        body.addSpacing(8)
        body.addWidget(Label("Drafted by", context=self._context, role="small_strong"))
        body.addWidget(self.engines)
        body.addWidget(self.wishes)
        body.addWidget(self._note)
        body.addStretch(1)
        self._lay_out_foot()

    def _lay_out_foot(self) -> None:
        """What the draft takes stands at the button that starts it, however far the rest is scrolled."""
        foot = self.foot
        foot.setSpacing(4)
        rows = QVBoxLayout(self._facts)
        rows.setContentsMargins(0, 0, 0, 6)
        rows.setSpacing(4)
        rows.addWidget(Hairline())
        rows.addSpacing(4)
        for key, word in FACTS:
            rows.addLayout(self._fact(word, self._values[key]))
        for widget in (
            self._facts, self._brief, self._warning, self._hint, self.draft, self.dry_run, self.draft_all,
            self.left_out,
        ):  # fmt: skip
            foot.addWidget(widget)

    def _fact(self, word: str, value: Label) -> QHBoxLayout:
        value.setWordWrap(True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(12)
        word_label = Label(word, context=self._context, role="small", ink="muted")
        row.addWidget(word_label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(value, 1)
        return row

    def minimumSizeHint(self) -> QSize:
        return QSize(288, 200)


FACTS = (("reads", "Reads"), ("takes", "Takes"), ("costs", "Costs"), ("leaves", "Leaves this computer"))
