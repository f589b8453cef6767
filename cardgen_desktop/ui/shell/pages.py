"""The pages by name, made when first asked for, and the stack that shows one of them."""

import asyncio

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ...jobs.interface import Commands, Events
from ..context import UiContext

MAIN_PAGES = ("draft", "jobs", "cards")


def make_page(name: str, context: UiContext) -> QWidget:
    """A new page. Its modules are imported here, so that the window paints before it needs them."""
    if name == "draft":
        from ..draft.page import DraftPage

        return DraftPage(context=context)
    if name == "jobs":
        from ..jobs.page import JobsPage

        return JobsPage(context=context)
    if name == "cards":
        from ..cards.page import CardsPage

        return CardsPage(context=context)
    if name == "settings":
        from ..settings_page import SettingsPage

        return SettingsPage(context=context)
    from ..gallery import GalleryPage

    return GalleryPage(context=context)


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
        self._data: tuple[Commands, Events] | None = None

    @property
    def is_attached(self) -> bool:
        """Whether the data has arrived."""
        return self._data is not None

    @property
    def current(self) -> str:
        """The name of the page that is shown."""
        return next((name for name, page in self._pages.items() if page is self.currentWidget()), "")

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
        """Show a page."""
        page = self.page(name)
        if self.currentWidget() is not page or self.count() == 1:
            self.setCurrentWidget(page)
        self.page_shown.emit(name)
        return page

    def attach(self, commands: Commands, events: Events) -> None:
        """Hand the data to every page, also to those that are made later."""
        self._data = (commands, events)
        for page in tuple(self._pages.values()):
            self._attach(page)
        for name in MAIN_PAGES:
            self.page(name)

    async def aclose(self) -> None:
        """Stop every task of every page."""
        closing = [page.aclose() for page in self._pages.values() if hasattr(page, "aclose")]
        await asyncio.gather(*closing, return_exceptions=True)

    def _attach(self, page: QWidget) -> None:
        if self._data is not None and hasattr(page, "attach"):
            page.attach(*self._data)
