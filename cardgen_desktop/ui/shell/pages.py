"""The pages by name, made when first asked for, and the stack that shows one of them."""

import asyncio
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ..context import UiContext

if TYPE_CHECKING:
    from ...jobs.interface import Commands, Events

MAIN_PAGES = ("draft", "jobs", "cards")
_CLASSES = {
    "draft": ("..draft.page", "DraftPage"),
    "jobs": ("..jobs.page", "JobsPage"),
    "cards": ("..cards.page", "CardsPage"),
    "settings": ("..settings.page", "SettingsPage"),
    "statistics": ("..statistics.page", "StatisticsPage"),
    "diagnostics": ("..diagnostics.page", "DiagnosticsPage"),
    "gallery": ("..gallery", "GalleryPage"),
}


def make_page(name: str, context: UiContext) -> QWidget:
    """A new page. Its modules are imported here, so that the window paints before it needs them."""
    module, class_name = _CLASSES[name]
    page_class: Any = getattr(importlib.import_module(module, __package__), class_name)
    page: QWidget = page_class(context=context)
    return page


def _modules(name: str) -> list[str]:
    """The modules of a page, to be imported one at a time."""
    package = importlib.import_module(f"..{name}", __package__)
    return [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]


class PageStack(QStackedWidget):
    """Shows one page and hands the data to all.

    Signals: `page_made(name)` before a new page is shown, `page_shown(name)` after a change.
    """

    page_made = Signal(str)
    page_shown = Signal(str)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._pages: dict[str, QWidget] = {}
        self._opening: QWidget | None = None
        self._data: tuple[Commands, Events] | None = None

    @property
    def is_attached(self) -> bool:
        """Whether the data has arrived."""
        return self._data is not None

    @property
    def current(self) -> str:
        """The name of the page that is shown; empty while the opening is shown."""
        return next((name for name, page in self._pages.items() if page is self.currentWidget()), "")

    def show_opening(self, opening: QWidget) -> None:
        """Show something light until the first page is there."""
        self._opening = opening
        self.addWidget(opening)

    def page(self, name: str) -> QWidget:
        """A page, made when it is first asked for."""
        if name not in self._pages:
            page = make_page(name, self._context)
            self._pages[name] = page
            self.addWidget(page)
            self.page_made.emit(name)
            self._attach(page)
        return self._pages[name]

    def go_to(self, name: str) -> QWidget:
        """Show a page; the focus goes with it, to what the page proposes."""
        page, before = self.page(name), self.currentWidget()
        focus = self.window().focusWidget()
        moves = focus is not None and before is not page and before is not None and before.isAncestorOf(focus)
        if moves and focus is not None:
            # Qt would hand the focus of what is hidden on, as if Tab had been pressed.
            focus.clearFocus()
        self.setCurrentWidget(page)
        if moves and page.focusProxy() is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._opening is not None:
            self.removeWidget(self._opening)
            self._opening.deleteLater()
            self._opening = None
        self.page_shown.emit(name)
        return page

    async def make_main_pages(self) -> None:
        """Make the pages of the sidebar in small steps, with the event loop turning between them."""
        for name in MAIN_PAGES:
            for module in _modules(name):
                importlib.import_module(module)
                await asyncio.sleep(0)
            self.page(name)
            await asyncio.sleep(0)

    def attach(self, commands: "Commands", events: "Events") -> None:
        """Hand the data to every page, also to those that are made later."""
        self._data = (commands, events)
        for page in tuple(self._pages.values()):
            self._attach(page)

    async def aclose(self) -> None:
        """Stop every task of every page; one that fails does not keep the others from closing."""
        closing = [page.aclose() for page in self._pages.values() if hasattr(page, "aclose")]
        for failure in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(failure, Exception):
                self._context.notify.error(failure)

    def _attach(self, page: QWidget) -> None:
        if self._data is not None and hasattr(page, "attach"):
            page.attach(*self._data)
