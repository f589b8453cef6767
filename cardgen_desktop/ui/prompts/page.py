"""The prompt styles part of the settings: the styles, the templates of one, its difference, its prompts."""

from collections.abc import Callable
from typing import Literal, get_args

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ...domain.job_kinds import DraftRequest
from ...domain.prompt_style import PromptStyle
from ...jobs.interface import Commands, Events
from ..components import Button, Chip, Combo, ElidedLabel, EmptyState, Label, LineField, Menu, ProgressLine
from ..context import UiContext
from ..theme import SPACE
from .desk import StyleDesk
from .difference import SAME, SHIPPED, DifferenceView
from .preview import PromptPreviews
from .style_list import StyleList
from .template_edit import TemplateEdit
from .variables import VariablesPane
from .words import changed_templates, difference, template_title, unknown_places

Side = Literal["template", "difference", "preview"]
SIDES: tuple[Side, ...] = get_args(Side)
SIDE_WORDS = ("Template", "Difference", "Preview")
LIST_WIDTH, NARROW_LIST_WIDTH, NARROW = 232, 184, 1000


class StylesView(QWidget):
    """Looks at styles, copies them, changes the copies."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.desk = StyleDesk(context=context, parent=self)
        self.style_shown: PromptStyle | None = None
        self._wanted = ""
        self._build()
        self._connect()
        self._lay_out()
        self.setFocusProxy(self.list)

    def attach(self, commands: Commands, _events: Events) -> None:
        """Start showing what the commands tell."""
        self.desk.attach(commands)

    async def aclose(self) -> None:
        """Store what is being typed, and stop."""
        self.commit()
        await self.desk.aclose()

    def choose(self, name: str) -> None:
        """Show a style."""
        self._wanted = name
        if self.list.choose(name):
            self._wanted = ""

    def preview(self, request: DraftRequest) -> None:
        """Show the exact prompts of a draft, in its own style."""
        self.previews.request = request
        self.choose(request.options.style)
        self.show_side("preview")

    def show_side(self, side: Side) -> None:
        """Show the template, its difference to the shipped one, or the prompts made of it."""
        self.commit()
        self.sides[side].setChecked(True)
        self._stack.setCurrentIndex(SIDES.index(side))
        self.steps.setVisible(side != "preview")
        self.variables.setVisible(side == "template")
        self._show_side()

    def commit(self) -> None:
        """Take what is being typed."""
        self.edit.commit()
        self._take_names()

    @property
    def side(self) -> Side:
        """What is shown of the style."""
        return SIDES[self._stack.currentIndex()]

    def _on_changed(self) -> None:
        self.progress.stop()
        current = self._wanted or self.list.current or self.desk.default
        styles = tuple(self.desk.styles.values())
        self.list.styles.show_styles(styles, self.desk.default)
        self.variables.show_variables(self.desk.variables)
        self.edit.highlighter.set_known(variable.name for variable in self.desk.variables)
        if not self.list.choose(current) and styles:
            self.list.choose(styles[0].name)
        self._wanted = ""
        self._show_style(self.list.current)
        self._whole.setCurrentWidget(self._panes if styles else self.problem)

    def _on_read_failed(self, sentence: str) -> None:
        self.progress.stop()
        self.problem.say("The styles could not be read", sentence)
        self._whole.setCurrentWidget(self.problem)

    def _on_chosen(self, name: str) -> None:
        self.commit()
        self._show_style(name)

    def _show_style(self, name: str) -> None:
        style = self.desk.styles.get(name)
        if style is None:
            return
        other = self.style_shown is None or self.style_shown.name != style.name
        self.style_shown = style
        self._show_head(style)
        self._show_steps(style)
        self.variables.set_usable(not style.is_shipped)
        if other:
            self._say("" if style.is_shipped else "Saved")
        self._show_side()

    def _show_head(self, style: PromptStyle) -> None:
        self.title.setText(style.title or style.name)
        self.description.setText(style.description)
        own = not style.is_shipped
        for widget in (self.title, self.description):
            widget.setVisible(not own)
        for field, text in ((self.title_field, style.title), (self.description_field, style.description)):
            field.setVisible(own)
            if not field.hasFocus():
                field.setText(text)
        is_default = self.desk.default == style.name
        self.use.setEnabled(not is_default)
        self.use.setText("New drafts begin with it" if is_default else "Use for new drafts")
        self.copy.setText("Copy" if own else "Copy to change it")
        self.copy.set_variant("outline" if own else "primary")
        self.more.setVisible(own)

    def _show_steps(self, style: PromptStyle) -> None:
        shipped = self.desk.shipped_of(style)
        keys = dict.fromkeys((*(shipped.templates if shipped else ()), *style.templates))
        changed = changed_templates(style, shipped)
        entries = [(template_title(key) + (" · changed" if key in changed else ""), key) for key in keys]
        shown = [(self.steps.itemText(n), self.steps.itemData(n)) for n in range(self.steps.count())]
        if entries == shown:
            return
        current = self.steps.currentData()
        self.steps.blockSignals(True)
        self.steps.clear()
        for entry in entries:
            self.steps.addItem(*entry)
        found = self.steps.findData(current if current in keys else "description")
        self.steps.setCurrentIndex(max(0, found))
        self.steps.blockSignals(False)
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
        shipped = self.desk.shipped_of(style)
        return style.templates.get(key) or (shipped.templates.get(key, "") if shipped else "")

    def _show_difference(self, style: PromptStyle, key: str) -> None:
        shipped = self.desk.shipped_of(style)
        if shipped is None:
            self.diff.show_lines((), SHIPPED)
        else:
            self.diff.show_lines(difference(shipped.templates.get(key, ""), self._text_of(style, key)), SAME)
        self.revert.setVisible(shipped is not None and key in changed_templates(style, shipped))

    def _check(self, text: str) -> None:
        unknown = unknown_places(text, (variable.name for variable in self.desk.variables))
        told = ", ".join(f"{{{{{name}}}}}" for name in unknown[:3])
        self.unknown.setText(f"Not a placeholder: {told}." if unknown and self.desk.variables else "")
        self.unknown.setVisible(bool(self.unknown.text()))

    def _on_text(self, text: str) -> None:
        style, key = self.style_shown, self.steps.currentData()
        if style is not None and key is not None:
            self._check(text)
            self._save(style.model_copy(update={"templates": {**style.templates, key: text}}))

    def _revert(self) -> None:
        style, key = self.style_shown, self.steps.currentData()
        shipped = self.desk.shipped_of(style) if style is not None else None
        if style is not None and shipped is not None:
            self._save(
                style.model_copy(update={"templates": {**style.templates, key: shipped.templates[key]}})
            )
            self._show_side()

    def _take_names(self) -> None:
        style = self.style_shown
        if style is None or style.is_shipped:
            return
        title = " ".join(self.title_field.text().split())[:80] or style.title
        description = self.description_field.text().strip()[:500]
        if (title, description) != (style.title, style.description):
            self._save(style.model_copy(update={"title": title, "description": description}))

    def _save(self, style: PromptStyle) -> None:
        self.style_shown = style
        self._say("Saving…")
        self.desk.save(style)
        self._show_steps(style)
        self.list.styles.show_styles(tuple(self.desk.styles.values()), self.desk.default)

    def _say(self, sentence: str, ink: str = "muted") -> None:
        self.state.setText(sentence)
        self.state.set_ink(ink)

    def _on_saved(self, name: str) -> None:
        if self.style_shown is not None and self.style_shown.name == name:
            self._say("Saved")

    def _on_save_failed(self, name: str, sentence: str) -> None:
        if self.style_shown is not None and self.style_shown.name == name:
            self._say("Not saved", "danger")
            self.unknown.setText(f"{sentence} The text stays here.")
            self.unknown.show()
        else:
            self._context.notify.toast(sentence, error=True)

    def _on_copied(self, name: str) -> None:
        self.choose(name)
        self.show_side("template")

    def make_menu(self) -> Menu:
        """What else can be done with a copy."""
        menu, style = Menu(context=self._context, parent=self), self.style_shown
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name = style.name if style is not None else ""
        menu.add("Remove", lambda: self._remove(name), icon="trash", danger=True)
        return menu

    def _remove(self, name: str) -> None:
        style = self.desk.styles.get(name)
        if style is not None and not style.is_shipped:
            self.desk.remove(name)

    def _use(self) -> None:
        if self.style_shown is not None:
            self.desk.set_default(self.style_shown.name)

    def _copy(self) -> None:
        self.commit()
        if self.style_shown is not None:
            self.desk.copy(self.style_shown.name)

    def _build(self) -> None:
        context = self._context
        self.progress = ProgressLine(context=context)
        self.progress.start()
        self.list = StyleList(context=context)
        self.title = ElidedLabel(context=context, role="name")
        self.title_field = LineField(context=context, placeholder="Title")
        self.title_field.setAccessibleName("Title of the style")
        self.description = Label(context=context, role="small", ink="muted", wrap=True)
        self.description_field = LineField(context=context, placeholder="What it is for")
        self.description_field.setAccessibleName("Description of the style")
        self.state = Label(context=context, role="small", ink="muted")
        self.use = Button("Use for new drafts", context=context, variant="outline")
        self.copy = Button("Copy to change it", context=context, variant="primary", icon="copy")
        self.more = Button("More", context=context, variant="ghost", size="icon", icon="more")
        self.steps = Combo(context=context, name="Template", small=True)
        self.edit = TemplateEdit(context=context)
        self.unknown = Label(context=context, role="caption", ink="danger", wrap=True)
        self.unknown.hide()
        self.diff = DifferenceView(context=context)
        self.revert = Button("Take the shipped text", context=context, variant="outline", icon="undo")
        self.previews = PromptPreviews(self.desk, context=context)
        self.variables = VariablesPane(context=context)
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        self._build_sides()

    def _build_sides(self) -> None:
        group = QButtonGroup(self)
        self.sides: dict[Side, Chip] = {}
        for side, word in zip(SIDES, SIDE_WORDS, strict=True):
            chip = Chip(word, context=self._context, checkable=True)
            chip.clicked.connect(lambda _checked=False, chosen=side: self.show_side(chosen))
            group.addButton(chip)
            self.sides[side] = chip
        self.sides["template"].setChecked(True)

    def _connect(self) -> None:
        desk = self.desk
        desk.changed.connect(self._on_changed)
        desk.read_failed.connect(self._on_read_failed)
        desk.saved.connect(self._on_saved)
        desk.save_failed.connect(self._on_save_failed)
        desk.copied.connect(self._on_copied)
        self.list.style_chosen.connect(self._on_chosen)
        self.list.remove_requested.connect(self._remove)
        self.steps.activated.connect(lambda _index: self._on_step())
        self.edit.settled.connect(self._on_text)
        self.title_field.editingFinished.connect(self._take_names)
        self.description_field.editingFinished.connect(self._take_names)
        self.variables.chosen.connect(self.edit.insert)
        self.use.clicked.connect(self._use)
        self.copy.clicked.connect(self._copy)
        self.revert.clicked.connect(self._revert)
        self.more.clicked.connect(lambda: self.make_menu().open_below(self.more))
        self.problem.action_triggered.connect(desk.refresh)
        self._bind("Ctrl+S", self.commit)

    def _bind(self, keys: str, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    def _on_step(self) -> None:
        self.edit.commit()
        self._show_side()

    def _lay_out(self) -> None:
        left, middle = QWidget(), QWidget()
        styles = QVBoxLayout(left)
        styles.setContentsMargins(SPACE.LG, SPACE.LG, SPACE.SM, SPACE.LG)
        styles.addWidget(self.list)
        left.setMinimumWidth(168)
        middle.setMinimumWidth(360)
        self._fill_middle(middle)
        self._panes = QSplitter(Qt.Orientation.Horizontal)
        self._panes.setChildrenCollapsible(False)
        self._panes.setHandleWidth(1)
        for part in (left, middle, self.variables):
            self._panes.addWidget(part)
        self._panes.setStretchFactor(1, 1)
        narrow = self._context.settings.value.window.geometry == ""
        self._panes.setSizes([NARROW_LIST_WIDTH if narrow else LIST_WIDTH, 640, 296])
        self._whole = QStackedWidget()
        for page in (QWidget(), self._panes, self.problem):
            self._whole.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addWidget(self._whole, 1)

    def _fill_middle(self, middle: QWidget) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE.SM)
        head.addWidget(self.title, 1)
        head.addWidget(self.title_field, 1)
        for widget in (self.state, self.use, self.copy, self.more):
            head.addWidget(widget)
        tools = QHBoxLayout()
        tools.setSpacing(SPACE.SM)
        for chip in self.sides.values():
            tools.addWidget(chip)
        tools.addStretch(1)
        tools.addWidget(self.steps)
        column = QVBoxLayout(middle)
        column.setContentsMargins(SPACE.XL, SPACE.LG, SPACE.XL, SPACE.LG)
        column.setSpacing(SPACE.SM)
        column.addLayout(head)
        column.addWidget(self.description)
        column.addWidget(self.description_field)
        column.addSpacing(SPACE.XS)
        column.addLayout(tools)
        column.addWidget(self._sides(), 1)

    def _sides(self) -> QStackedWidget:
        editing, comparing = QWidget(), QWidget()
        for holder, widgets in ((editing, (self.edit, self.unknown)), (comparing, (self.diff,))):
            rows = QVBoxLayout(holder)
            rows.setContentsMargins(0, 0, 0, 0)
            rows.setSpacing(SPACE.XS)
            for widget in widgets:
                rows.addWidget(widget)
        comparing_rows = comparing.layout()
        assert comparing_rows is not None
        comparing_rows.addWidget(self.revert)
        comparing_rows.setAlignment(self.revert, Qt.AlignmentFlag.AlignLeft)
        self._stack = QStackedWidget()
        for page in (editing, comparing, self.previews):
            self._stack.addWidget(page)
        return self._stack
