"""One style: its head, and its templates, their difference to the shipped ones, or the prompts they make."""

from collections.abc import Sequence
from typing import Literal, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ...domain.prompt_style import PromptStyle, PromptVariable
from ..components import Button, Chip, Combo, Label
from ..context import UiContext
from ..theme import SPACE
from .desk import StyleDesk
from .difference import SAME, SHIPPED, DifferenceView
from .head import StyleHead
from .preview import PromptPreviews
from .template_edit import TemplateEdit
from .words import changed_templates, difference, template_title, unknown_places

Side = Literal["template", "difference", "preview"]
SIDES: tuple[Side, ...] = get_args(Side)
SIDE_WORDS = ("Template", "Difference", "Preview")


class StylePanel(QWidget):
    """Shows a style and tells what the person changes of it.

    Signals: `changed(PromptStyle)` with other titles or templates, `side_changed`.
    """

    changed = Signal(object)
    side_changed = Signal()

    def __init__(self, desk: StyleDesk, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.style_shown: PromptStyle | None = None
        self.head = StyleHead(context=context)
        self.steps = Combo(context=context, name="Template")
        self.edit = TemplateEdit(context=context)
        self.unknown = Label(context=context, role="caption", ink="danger", wrap=True)
        self.diff = DifferenceView(context=context)
        self.revert = Button("Take the shipped text", context=context, variant="outline", icon="undo")
        self.previews = PromptPreviews(desk, context=context)
        self._build_sides(context)
        self._lay_out()
        self._connect()

    @property
    def side(self) -> Side:
        """What is shown of the style."""
        return SIDES[self._stack.currentIndex()]

    def show_style(self, style: PromptStyle, *, is_default: bool) -> None:
        """Show a style."""
        other = self.style_shown is None or self.style_shown.name != style.name
        self.style_shown = style
        self.head.show_style(style, is_default=is_default)
        if other:
            self.head.say("" if style.is_shipped else "Saved")
        self._show_steps(style)
        self._show_side()

    def show_side(self, side: Side) -> None:
        """Show the template, its difference to the shipped one, or the prompts made of it."""
        self.commit()
        self.sides[side].setChecked(True)
        self._stack.setCurrentIndex(SIDES.index(side))
        self.steps.setVisible(side != "preview")
        self._show_side()
        self.side_changed.emit()

    def set_variables(self, variables: Sequence[PromptVariable]) -> None:
        """Which placeholders there are."""
        self.edit.highlighter.set_known(variable.name for variable in variables)

    def commit(self) -> None:
        """Take what is being typed."""
        self.edit.commit()
        self.head.commit()

    def refuse(self, sentence: str) -> None:
        """The style could not be stored; its text stays here."""
        self.head.say("Not saved", "danger")
        self.unknown.setText(f"{sentence} The text stays here.")
        self.unknown.show()

    def _show_steps(self, style: PromptStyle) -> None:
        shipped = self._desk.shipped_of(style)
        keys = dict.fromkeys((*(shipped.templates if shipped else ()), *style.templates))
        changed = changed_templates(style, shipped)
        entries = [(template_title(key) + (" · changed" if key in changed else ""), key) for key in keys]
        shown = [(self.steps.itemText(n), self.steps.itemData(n)) for n in range(self.steps.count())]
        if entries == shown:
            return
        current = self.steps.currentData()
        self.steps.clear()
        for entry in entries:
            self.steps.addItem(*entry)
        found = self.steps.findData(current if current in keys else "description")
        self.steps.setCurrentIndex(max(0, found))
        self.steps.updateGeometry()

    def _show_side(self) -> None:
        style, key = self.style_shown, self.steps.currentData()
        if style is None or key is None:
            return
        if self.side == "template":
            self.edit.show_text(self._text_of(style, key), read_only=style.is_shipped)
            self._check(self.edit.toPlainText())
        elif self.side == "difference":
            self._show_difference(style, key)
        else:
            self.previews.show_style(style)

    def _text_of(self, style: PromptStyle, key: str) -> str:
        shipped = self._desk.shipped_of(style)
        return style.templates.get(key) or (shipped.templates.get(key, "") if shipped else "")

    def _show_difference(self, style: PromptStyle, key: str) -> None:
        shipped = self._desk.shipped_of(style)
        if shipped is None:
            self.diff.show_lines((), SHIPPED)
        else:
            self.diff.show_lines(difference(shipped.templates.get(key, ""), self._text_of(style, key)), SAME)
        self.revert.setVisible(shipped is not None and key in changed_templates(style, shipped))

    def _check(self, text: str) -> None:
        known = [variable.name for variable in self._desk.variables]
        unknown = unknown_places(text, known) if known else ()
        told = ", ".join(f"{{{{{name}}}}}" for name in unknown[:3])
        self.unknown.setText(f"Not a placeholder: {told}." if told else "")
        self.unknown.setVisible(bool(told))

    def _on_text(self, text: str) -> None:
        style, key = self.style_shown, self.steps.currentData()
        if style is not None and key is not None:
            self._check(text)
            self._change(style.model_copy(update={"templates": {**style.templates, key: text}}))

    def _on_names(self, title: str, description: str) -> None:
        if self.style_shown is not None:
            names = {"title": title or self.style_shown.title, "description": description}
            self._change(self.style_shown.model_copy(update=names))

    def _revert(self) -> None:
        style, key = self.style_shown, self.steps.currentData()
        shipped = self._desk.shipped_of(style) if style is not None else None
        if style is not None and shipped is not None:
            templates = {**style.templates, key: shipped.templates[key]}
            self._change(style.model_copy(update={"templates": templates}))
            self._show_side()

    def _change(self, style: PromptStyle) -> None:
        if style != self.style_shown:
            self.style_shown = style
            self.head.say("Saving…")
            self._show_steps(style)
            self.changed.emit(style)

    def _on_step(self) -> None:
        self._show_side()

    def _build_sides(self, context: UiContext) -> None:
        group = QButtonGroup(self)
        self.sides: dict[Side, Chip] = {}
        for side, word in zip(SIDES, SIDE_WORDS, strict=True):
            chip = Chip(word, context=context, checkable=True)
            chip.clicked.connect(lambda _checked=False, chosen=side: self.show_side(chosen))
            group.addButton(chip)
            self.sides[side] = chip
        self.sides["template"].setChecked(True)

    def _connect(self) -> None:
        # The box loses the focus to the list before another template is chosen, and tells its text then.
        self.steps.activated.connect(lambda _index: self._on_step())
        self.edit.settled.connect(self._on_text)
        self.head.edited.connect(self._on_names)
        self.revert.clicked.connect(self._revert)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(SPACE.SM)
        for chip in self.sides.values():
            tools.addWidget(chip)
        tools.addStretch(1)
        tools.addWidget(self.steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.XL, SPACE.LG, SPACE.XL, SPACE.LG)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.head)
        column.addSpacing(SPACE.XS)
        column.addLayout(tools)
        column.addWidget(self._make_stack(), 1)
        self.unknown.hide()

    def _make_stack(self) -> QStackedWidget:
        self._stack = QStackedWidget()
        for widgets in ((self.edit, self.unknown), (self.diff, self.revert)):
            holder = QWidget()
            rows = QVBoxLayout(holder)
            rows.setContentsMargins(0, 0, 0, 0)
            rows.setSpacing(SPACE.SM)
            rows.addWidget(widgets[0], 1)
            rows.addWidget(widgets[1])
            self._stack.addWidget(holder)
            if widgets[1] is self.revert:
                rows.setAlignment(self.revert, Qt.AlignmentFlag.AlignLeft)
        self._stack.addWidget(self.previews)
        return self._stack
