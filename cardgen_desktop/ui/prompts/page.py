"""The prompt styles part of the settings: the list, the style that is looked at, the placeholders."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ...domain.job_kinds import DraftRequest
from ...domain.prompt_style import PromptStyle
from ...jobs.interface import Commands, Events
from ..components import EmptyState, Menu, ProgressLine
from ..context import UiContext
from ..theme import SPACE
from .desk import StyleDesk
from .panel import Side, StylePanel
from .style_list import StyleList
from .variables import VariablesPane

SPLITTER = "prompts"
WIDTHS, NARROW_WIDTHS, NARROW = (232, 720, 296), (184, 490, 288), 1000


class StylesView(QWidget):
    """Looks at styles, copies them, changes the copies."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.desk = StyleDesk(context=context, parent=self)
        self._wanted = ""
        self.progress = ProgressLine(context=context, parent=self)
        self.list = StyleList(context=context)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.list)
        self.progress.start()

    def attach(self, commands: Commands, _events: Events) -> None:
        """Start showing what the commands tell."""
        self.desk.attach(commands)

    async def aclose(self) -> None:
        """Store what is being typed, and stop."""
        self.panel.commit()
        await self.desk.aclose()

    def choose(self, name: str) -> None:
        """Show a style, as soon as it is there."""
        self._wanted = name
        if self.list.choose(name):
            self._wanted = ""

    def preview(self, request: DraftRequest) -> None:
        """Show the exact prompts of a draft, in its own style."""
        self.panel.previews.request = request
        self.choose(request.options.style)
        self.show_side("preview")

    def show_side(self, side: Side) -> None:
        """Show the template, its difference to the shipped one, or the prompts made of it."""
        self.panel.show_side(side)

    def make_menu(self) -> Menu:
        """What can be done with the style that is shown."""
        menu, style = Menu(context=self._context, parent=self), self.panel.style_shown
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if style is None:
            return menu
        desk, name = self.desk, style.name
        menu.add(
            "Use for new drafts", lambda: desk.set_default(name), icon="check", enabled=desk.default != name
        )
        menu.add("Copy", self.copy, icon="copy")
        if not style.is_shipped:
            menu.addSeparator()
            menu.add("Remove", lambda: self.remove(name), icon="trash", shortcut="Delete", danger=True)
        return menu

    def copy(self) -> None:
        """Copy the style that is shown."""
        self.panel.commit()
        if self.panel.style_shown is not None:
            self.desk.copy(self.panel.style_shown.name)

    def remove(self, name: str) -> None:
        """Remove a style, unless it came with the program."""
        style = self.desk.styles.get(name)
        if style is not None and not style.is_shipped:
            self.desk.remove(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.progress.setGeometry(0, 0, self.width(), self.progress.height())
        if not self._context.settings.splitter(SPLITTER):
            self._panes.setSizes(list(NARROW_WIDTHS if self.width() < NARROW else WIDTHS))

    def _on_changed(self) -> None:
        self.progress.stop()
        current = self._wanted or self.list.current or self.desk.default
        styles = tuple(self.desk.styles.values())
        self.list.styles.show_styles(styles, self.desk.default)
        self.variables.show_variables(self.desk.variables)
        self.panel.set_variables(self.desk.variables)
        if styles and not self.list.choose(current):
            self.list.choose(styles[0].name)
        self._wanted = ""
        self._show(self.list.current)
        self._whole.setCurrentWidget(self._panes)

    def _on_read_failed(self, sentence: str) -> None:
        self.progress.stop()
        self.problem.say("The styles could not be read", sentence)
        self._whole.setCurrentWidget(self.problem)

    def _on_chosen(self, name: str) -> None:
        self.panel.commit()
        self._show(name)

    def _show(self, name: str) -> None:
        style = self.desk.styles.get(name)
        if style is not None:
            self.panel.show_style(style, is_default=self.desk.default == name)
            self.variables.set_usable(not style.is_shipped)

    def _on_style(self, style: PromptStyle) -> None:
        self.desk.save(style)
        self.list.styles.show_styles(tuple(self.desk.styles.values()), self.desk.default)

    def _is_shown(self, name: str) -> bool:
        return self.panel.style_shown is not None and self.panel.style_shown.name == name

    def _on_saved(self, name: str) -> None:
        if self._is_shown(name):
            self.panel.head.say("Saved")

    def _on_save_failed(self, name: str, sentence: str) -> None:
        if self._is_shown(name):
            self.panel.refuse(sentence)
        else:
            self._context.notify.toast(sentence, error=True)

    def _on_copied(self, name: str) -> None:
        self.choose(name)
        self.show_side("template")

    def _on_side(self) -> None:
        self.variables.setVisible(self.panel.side == "template")

    def _connect(self) -> None:
        desk, panel = self.desk, self.panel
        desk.changed.connect(self._on_changed)
        desk.read_failed.connect(self._on_read_failed)
        desk.saved.connect(self._on_saved)
        desk.save_failed.connect(self._on_save_failed)
        desk.copied.connect(self._on_copied)
        self.list.style_chosen.connect(self._on_chosen)
        self.list.remove_requested.connect(self.remove)
        panel.changed.connect(self._on_style)
        panel.side_changed.connect(self._on_side)
        panel.head.copy_requested.connect(self.copy)
        panel.head.menu_requested.connect(lambda: self.make_menu().open_below(panel.head.more))
        self.variables.chosen.connect(panel.edit.insert)
        self.problem.action_triggered.connect(desk.refresh)
        save = QShortcut(QKeySequence("Ctrl+S"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(panel.commit)

    def _lay_out(self) -> None:
        context = self._context
        self._whole = QStackedWidget(self)
        self._panes = QSplitter(Qt.Orientation.Horizontal, self._whole)
        left = QWidget(self._panes)
        self.panel = StylePanel(self.desk, context=context, parent=self._panes)
        self.variables = VariablesPane(context=context, parent=self._panes)
        self.problem = EmptyState("warning", "", "", "Try again", "problem", context=context)
        styles = QVBoxLayout(left)
        styles.setContentsMargins(SPACE.LG, SPACE.LG, SPACE.SM, SPACE.LG)
        styles.addWidget(self.list)
        left.setMinimumWidth(168)
        self.panel.setMinimumWidth(360)
        self._panes.setChildrenCollapsible(False)
        self._panes.setHandleWidth(1)
        self._panes.setStretchFactor(1, 1)
        if sizes := self._context.settings.splitter(SPLITTER):
            self._panes.setSizes(sizes)
        self._panes.splitterMoved.connect(
            lambda *_moved: self._context.settings.remember_splitter(SPLITTER, self._panes.sizes())
        )
        for page in (QWidget(), self._panes, self.problem):
            self._whole.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._whole)
        self.progress.raise_()
