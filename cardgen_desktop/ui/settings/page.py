"""The settings page: four parts under tabs, each made when it is first shown."""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, get_args

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...jobs.interface import Commands, Events
from ..cards.tabs import EditorTabs, TabStrip
from ..components import PageHeader
from ..context import UiContext
from .general import GeneralSettings

if TYPE_CHECKING:
    from ..costs.page import CostsView
    from ..prompts.page import StylesView
    from ..providers.engines import EnginesView

Part = Literal["general", "engines", "styles", "costs"]
PARTS: tuple[Part, ...] = get_args(Part)
_AHEAD = (
    "..providers.words", "..providers.desk", "..providers.overview", "..providers.profile_form",
    "..providers.editor", "..providers.picker", "..providers.engines", "..costs.rows", "..costs.page",
    "..prompts.panel", "..prompts.page",
)  # fmt: skip
"""Modules of the other parts, imported one at a time while the first part is looked at."""
_AHEAD_MILLISECONDS = 15
TITLES = ("General", "Engines", "Prompt styles", "Costs")


class SettingsPage(QWidget):
    """General settings, engines, prompt styles, costs. `general` is there from the start."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._data: tuple[Commands, Events] | None = None
        self._parts: dict[Part, QWidget] = {}
        self.tabs = EditorTabs(TITLES, context=context)
        self.tabs.setAccessibleName("Parts of the settings")
        self.tabs.currentChanged.connect(lambda index: self.show_part(PARTS[index]))
        self._stack = QStackedWidget(self)
        self._ahead = QTimer(self, interval=_AHEAD_MILLISECONDS)
        self._ahead.timeout.connect(self._import_next)
        self._to_import = list(_AHEAD)
        self.general = GeneralSettings(context=context, parent=self._stack)
        self._keep("general", self.general)
        self._lay_out()
        self.setFocusProxy(self.tabs)

    @property
    def part(self) -> Part:
        """The part that is shown."""
        return PARTS[self.tabs.currentIndex()]

    @property
    def engines(self) -> "EnginesView":
        """The part about engines."""
        from ..providers.engines import EnginesView

        found = self._made("engines", lambda: EnginesView(context=self._context, parent=self._stack))
        assert isinstance(found, EnginesView)
        return found

    @property
    def styles(self) -> "StylesView":
        """The part about prompt styles."""
        from ..prompts.page import StylesView

        found = self._made("styles", lambda: StylesView(context=self._context, parent=self._stack))
        assert isinstance(found, StylesView)
        return found

    @property
    def costs(self) -> "CostsView":
        """The part about costs."""
        from ..costs.page import CostsView

        found = self._made("costs", self._make_costs)
        assert isinstance(found, CostsView)
        return found

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ahead.start()

    def attach(self, commands: Commands, events: Events) -> None:
        """Hand the data to every part, also to those that are made later."""
        self._data = (commands, events)
        for part in tuple(self._parts.values()):
            self._attach(part)

    async def aclose(self) -> None:
        """Stop every task of every part."""
        for part in self._parts.values():
            if hasattr(part, "aclose"):
                await part.aclose()

    def show_part(self, part: Part) -> None:
        """Show a part of the settings."""
        self.tabs.setCurrentIndex(PARTS.index(part))
        self._stack.setCurrentWidget(self._part(part))

    def _import_next(self) -> None:
        if self._to_import:
            importlib.import_module(self._to_import.pop(0), __package__)
        else:
            self._ahead.stop()

    def _part(self, part: Part) -> QWidget:
        match part:
            case "general":
                return self.general
            case "engines":
                return self.engines
            case "styles":
                return self.styles
            case "costs":
                return self.costs

    def _make_costs(self) -> QWidget:
        from ..costs.page import CostsView

        view = CostsView(context=self._context, parent=self._stack)
        view.engine_requested.connect(self._change_cap)
        return view

    def _change_cap(self, name: str) -> None:
        self.show_part("engines")
        self.engines.open_profile(name, "cap")

    def _made(self, part: Part, make: Callable[[], QWidget]) -> QWidget:
        if part not in self._parts:
            self._keep(part, make())
            self._attach(self._parts[part])
        return self._parts[part]

    def _keep(self, part: Part, widget: QWidget) -> None:
        self._parts[part] = widget
        self._stack.addWidget(widget)

    def _attach(self, part: QWidget) -> None:
        if self._data is not None and hasattr(part, "attach"):
            part.attach(*self._data)

    def _lay_out(self) -> None:
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        header = PageHeader("Settings", context=self._context, lined=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(TabStrip(self.tabs, context=self._context))
        column.addWidget(self._stack, 1)
