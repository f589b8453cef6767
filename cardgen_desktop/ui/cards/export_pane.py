"""The right pane while exporting: for whom, what kind of file, what it cannot hold, where it goes."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.card import ExportTarget
from ...domain.card_export import PRESETS, ExportPlan, RoundTrip
from ..components import Button, Combo, ElidedLabel, Hairline, Label, LineField, Pane
from ..context import UiContext
from ..theme import SPACE
from ..wording import counted
from .bullet_list import BulletList
from .export_plan import ANY_PROGRAM, TARGETS, preset_of, target_of
from .right_pane import PANE_WIDTH

TEMPLATE_HELP = "{name}, {creator}, {version} and {date} are filled in."
MOST_TEMPLATE = 200
CHECKING = "Writing and reading in memory…"


class ExportPane(Pane):
    """Chooses a program or a kind of file, a name and a place.

    Signals: `preset_chosen(str)`, `target_chosen(ExportTarget)`, `template_typed(str)`, `place_requested` for
    *Change…*, `export_requested`, `round_trip_requested`, `replace_requested`, `keep_both_requested`,
    `lorebook_requested`, `close_requested`.
    """

    preset_chosen = Signal(str)
    target_chosen = Signal(object)
    template_typed = Signal(str)
    place_requested = Signal()
    export_requested = Signal()
    round_trip_requested = Signal()
    replace_requested = Signal()
    keep_both_requested = Signal()
    lorebook_requested = Signal()
    close_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, width=PANE_WIDTH, parent=parent)
        self._close = Button("Close", context=context, variant="ghost", size="icon_small", icon="close")
        programs = [(preset.title, preset.key) for preset in (ANY_PROGRAM, *PRESETS)]
        self.presets = Combo(programs, context=context, name="Program")
        kinds = [(target.title, target.key) for target in TARGETS]
        self.kinds = Combo(kinds, context=context, name="Kind of file")
        self.sentence = Label(context=context, role="small", ink="muted", wrap=True)
        self.losses_title = Label(context=context, role="small_strong", wrap=True)
        self.losses = BulletList("What is left out", context=context)
        self.refusal = Label(context=context, role="small", wrap=True)
        self.lorebook = Button("Open lorebook", context=context, variant="link", size="small")
        self.check = Button("Check the way back", context=context, variant="link", size="small")
        self.way_back = Label(context=context, role="small", ink="muted", wrap=True)
        self.file = ElidedLabel(context=context, role="body_medium", mode="middle")
        self.folder = ElidedLabel(context=context, role="caption", ink="muted", mode="middle")
        self._change = Button("Change…", context=context, variant="outline", size="small")
        self.template = LineField(context=context, placeholder="{name}", dense=True)
        self._exists = Label(context=context, role="small", wrap=True)
        self.replace = Button("Replace it", context=context, variant="outline", size="small")
        self.keep_both = Button("Keep both", context=context, variant="outline", size="small")
        self.problem = Label(context=context, role="small", ink="danger", wrap=True)
        self.export = Button("Export", context=context, variant="primary", icon="export")
        self._asking, self._outcome = self._asking_tile(), self._outcome_part()
        self._name()
        self._lay_out()
        self._connect()
        self.ask_about(None)
        self.show_way_back(None)
        self.show_problem("")
        self._show_refusal("")

    def _name(self) -> None:
        self.template.setAccessibleName("Name of the file")
        self.template.setMaxLength(MOST_TEMPLATE)
        self.check.setToolTip("Writes the card in memory, reads it again and compares. No file is made.")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Export", context=self._context, role="heading"))
        head.addStretch(1)
        head.addWidget(self._close)
        self.body.addLayout(head)
        above = (self.presets, self.kinds, self.sentence, Hairline(), self.losses_title, self.losses)
        for part in (*above, self.refusal):
            self.body.addWidget(part)
        self.body.addWidget(self.lorebook, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._outcome)
        self.body.addWidget(Hairline())
        self.body.addWidget(Label("Name of the file", context=self._context, role="small_strong"))
        self.body.addWidget(self.template)
        help_words = Label(TEMPLATE_HELP, context=self._context, role="caption", ink="muted", wrap=True)
        self.body.addWidget(help_words)
        self.body.addStretch(1)
        for end in (self._asking, self.problem, self.export):
            self.foot.addWidget(end)

    def _outcome_part(self) -> QWidget:
        """What is only there when there is something to write: the way back, and the place."""
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.way_back)
        column.addWidget(Hairline())
        column.addWidget(Label("File", context=self._context, role="small_strong"))
        column.addLayout(self._place())
        return part

    def _place(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.file)
        words.addWidget(self.folder)
        row = QHBoxLayout()
        row.setSpacing(SPACE.MD)
        row.addLayout(words, 1)
        row.addWidget(self._change)
        return row

    def _asking_tile(self) -> QFrame:
        tile = QFrame()
        tile.setProperty("tile", "warning")
        column = QVBoxLayout(tile)
        column.setContentsMargins(SPACE.MD, SPACE.MD, SPACE.MD, SPACE.MD)
        column.setSpacing(SPACE.SM)
        column.addWidget(self._exists)
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.replace)
        row.addWidget(self.keep_both)
        row.addStretch(1)
        column.addLayout(row)
        return tile

    def _connect(self) -> None:
        self.presets.activated.connect(lambda: self.preset_chosen.emit(self.presets.currentData()))
        self.kinds.activated.connect(lambda: self.target_chosen.emit(self.kinds.currentData()))
        self.template.textEdited.connect(self.template_typed)
        self.check.clicked.connect(self.round_trip_requested)
        self.lorebook.clicked.connect(self.lorebook_requested)
        self._close.clicked.connect(self.close_requested)
        self._change.clicked.connect(self.place_requested)
        self.export.clicked.connect(self.export_requested)
        self.replace.clicked.connect(self.replace_requested)
        self.keep_both.clicked.connect(self.keep_both_requested)

    def show_choice(self, preset: str, target: ExportTarget, template: str) -> None:
        """Show what is chosen; its plan follows."""
        self.presets.setCurrentIndex(max(0, self.presets.findData(preset)))
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(target)))
        chosen = preset_of(preset)
        self.sentence.setText(chosen.sentence if chosen.key else target_of(target).sentence)
        if self.template.text() != template:
            self.template.setText(template)

    def show_plan(self, plan: ExportPlan, path: Path | None) -> None:
        """Show what would be written: `path`, or only the file's name while no folder was chosen yet."""
        self.file.setText(path.name if path else plan.file_name)
        self.folder.setText(str(path.parent) if path else "You choose the folder next.")
        lost = plan.losses
        self.losses_title.setText(
            "This file will not hold all of the card:" if lost else "Nothing is left out."
        )
        self.losses_title.set_ink("warning" if lost else "success")
        self.losses.show_sentences(lost)
        self._show_refusal("")
        self.export.setText(f"Export {target_of(plan.target).title}" if path else "Choose a folder…")
        self.check.setEnabled(True)
        self.show_problem("")
        self.ask_about(None)

    def show_refusal(self, sentence: str, *, lacks_lorebook: bool = False) -> None:
        """Nothing can be written this way: say why, and nothing of another plan."""
        self._keep_focus(self.kinds)
        self.losses_title.setText("This cannot be written.")
        self.losses_title.set_ink("danger")
        self.losses.show_sentences(())
        self.show_problem("")
        self.ask_about(None)
        self._show_refusal(sentence, lacks_lorebook=lacks_lorebook)
        self.export.setEnabled(False)
        self.export.setText("Export")

    def _show_refusal(self, sentence: str, *, lacks_lorebook: bool = False) -> None:
        self.refusal.setText(sentence)
        self.refusal.setVisible(bool(sentence))
        self.lorebook.setVisible(lacks_lorebook)
        self._outcome.setVisible(not sentence)

    def _keep_focus(self, place: QWidget) -> None:
        """A button that is disabled or hidden with the focus on it would pass it to the sidebar."""
        focus = self.window().focusWidget()
        if isinstance(focus, Button) and self.isAncestorOf(focus):
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_way_back(self, trip: RoundTrip | None, *, busy: bool = False) -> None:
        """Say what came back otherwise than it went; None takes the words away."""
        if busy:
            self._keep_focus(self.kinds)
        self.check.setEnabled(not busy)
        self.way_back.setVisible(busy or trip is not None)
        self.way_back.set_ink("danger" if trip is not None and trip.unexpected else "muted")
        self.way_back.setText(CHECKING if trip is None else way_back_words(trip))

    def ask_about(self, existing: Path | None) -> None:
        """Ask what to do about a file that is already there; None takes the question away."""
        by_keyboard = any(button.shows_ring for button in (self.export, self.replace, self.keep_both))
        reason = Qt.FocusReason.ShortcutFocusReason if by_keyboard else Qt.FocusReason.OtherFocusReason
        if existing is None:
            self.export.setEnabled(True)
            if self.replace.hasFocus() or self.keep_both.hasFocus():
                self.export.setFocus(reason)
            self._asking.hide()
            return
        self._exists.setText(f"“{existing.name}” is already in this folder. Nothing was written yet.")
        self._asking.show()
        self.keep_both.setFocus(reason)
        self.export.setEnabled(False)

    def show_busy(self, busy: bool) -> None:
        """The file is being written and read back."""
        if busy:
            self._keep_focus(self._close)
        self.export.setEnabled(not busy)
        if busy:
            self.export.setText("Writing and reading back…")
            self.ask_about(None)
            self.export.setEnabled(False)

    def show_problem(self, sentence: str) -> None:
        """Say why nothing was written."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)


def way_back_words(trip: RoundTrip) -> str:
    """A round trip in a sentence or two."""
    if trip.unexpected:
        places = ", ".join(difference.where for difference in trip.unexpected[:3])
        return f"Read again, {counted(len(trip.unexpected), 'place')} came back otherwise: {places}."
    if trip.differences:
        told = counted(len(trip.differences), "difference")
        return f"Written and read again: {told}, all of them named above. Nothing else changed."
    return "Written and read again: the card came back the same."
