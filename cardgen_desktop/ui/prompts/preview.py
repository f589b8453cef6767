"""The exact prompts of a draft in a style, step by step, with their lengths; nothing is sent."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...domain.draft import OFFLINE_ENGINE, DraftOptions
from ...domain.errors import CardgenError
from ...domain.job_kinds import DraftRequest
from ...domain.prompt_style import PromptPreview, PromptStyle
from ..components import Button, Combo, ElidedLabel, Label, ProgressLine
from ..context import UiContext
from ..diagnostics.text_view import TextView
from ..theme import SPACE
from ..wording import counted
from .desk import StyleDesk
from .words import prompt_text, sample, tokens_line

SAMPLE = (
    "A sample, filled with examples: there is no source on the desk or no language model set up. With both, "
    "the exact prompts stand here with their lengths."
)


class PromptPreviews(QWidget):
    """Asks for a dry run and shows one step of it. `request` is the draft that is looked at, None for any.

    Signals: `shown` after an answer.
    """

    shown = Signal()

    def __init__(self, desk: StyleDesk, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._desk = context, desk
        self._style: PromptStyle | None = None
        self._run = 0
        self.request: DraftRequest | None = None
        self.previews: tuple[PromptPreview, ...] = ()
        self.progress = ProgressLine(context=context)
        self.steps = Combo(context=context, name="Step", small=True)
        self.steps.currentIndexChanged.connect(self._show_step)
        self.again = Button("Renew", context=context, variant="ghost", size="small", icon="retry")
        self.again.clicked.connect(lambda: self._style and self.show_style(self._style))
        self.facts = ElidedLabel(context=context, role="small_medium")
        self.note = Label(context=context, role="small", ink="muted", wrap=True)
        self.text = TextView("Prompt", context=context)
        self.text.setLineWrapMode(TextView.LineWrapMode.WidgetWidth)
        self.text.setFont(context.theme.font("body"))
        self._lay_out()

    def show_style(self, style: PromptStyle) -> None:
        """Show the prompts of a style."""
        self._style = style
        self._run += 1
        self.progress.start()
        self._desk.tasks.spawn(self._ask(style, self._run), name="preview prompts")

    async def _ask(self, style: PromptStyle, run: int) -> None:
        found: Sequence[PromptPreview] = ()
        note = SAMPLE
        try:
            request = await self._request_of(style)
            if request is not None:
                assert self._desk.commands is not None
                found, note = await self._desk.commands.dry_run(request), ""
        except CardgenError as error:
            note = f"{error.message} Below is a sample, filled with examples."
        if run != self._run:
            return
        self.progress.stop()
        self._show(tuple(found) or sample(style, self._desk.variables), note)

    async def _request_of(self, style: PromptStyle) -> DraftRequest | None:
        """The draft that is looked at: the given one, else one of everything on the desk."""
        commands = self._desk.commands
        if commands is None:
            return None
        if self.request is not None:
            options = self.request.options.model_copy(update={"style": style.name})
            return self.request.model_copy(update={"options": options})
        engine = self._context.settings.value.engine
        profiles = [view.profile.name for view in await commands.profiles()]
        if engine == OFFLINE_ENGINE or engine not in profiles:
            engine = profiles[0] if profiles else ""
        sources = await commands.sources()
        if not engine or not sources:
            return None
        ids = tuple(source.id for source in sources)
        return DraftRequest(source_ids=ids, engine=engine, options=DraftOptions(style=style.name))

    def _show(self, previews: tuple[PromptPreview, ...], note: str) -> None:
        step = self.steps.currentData()
        self.previews = previews
        self.steps.blockSignals(True)
        self.steps.clear()
        for preview in previews:
            self.steps.addItem(preview.title or preview.step, preview.step)
        self.steps.setCurrentIndex(max(0, self.steps.findData(step)))
        self.steps.blockSignals(False)
        self.steps.updateGeometry()
        self._note = note
        self._show_step()
        self.shown.emit()

    def _show_step(self) -> None:
        index = self.steps.currentIndex()
        if not 0 <= index < len(self.previews):
            self.text.show_text("")
            return
        preview = self.previews[index]
        total = sum(one.tokens for one in self.previews)
        of_all = f" · {counted(len(self.previews), 'request')}, {total:,} tokens in all" if total else ""
        line = tokens_line(preview)
        self.facts.setText(f"{line}{of_all}" if line else "")
        self.facts.setVisible(bool(line))
        note = " ".join(part for part in (self._note, preview.note) if part)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.text.show_text(prompt_text(preview))

    def _lay_out(self) -> None:
        self._note = ""
        row = QHBoxLayout()
        row.setSpacing(SPACE.MD)
        row.addWidget(self.steps)
        row.addWidget(self.facts, 1)
        row.addWidget(self.again)
        self.facts.setMinimumWidth(40)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.progress)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.text, 1)
