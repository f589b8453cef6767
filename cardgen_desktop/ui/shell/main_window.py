"""The window: sidebar, pages, messages and drops; it knows the pages, the pages do not know each other."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..context import UiContext
from ..drop import DropOverlay, DropTarget
from ..painting import ink
from .banners import BannerArea
from .keys import bind_keys, enter_page, focus_next_pane
from .mark import window_icon
from .opening import make_opening
from .pages import MAIN_PAGES, PageStack
from .placement import remember_placement, restore_placement
from .problem import ProblemPage, Remedy
from .routes import Routes
from .sidebar import Sidebar
from .toasts import Toasts

if TYPE_CHECKING:
    from ...domain.card_library import CardSummary
    from ...jobs.interface import Commands, Events
    from ..cards.page import CardsPage
    from ..start import StartPage
    from .notices import Notices
    from .overview import Overview

TITLE = "CardGen Desktop"
FOLD_BELOW = 1200


class MainWindow(QWidget):
    """The only window. Closing it asks for the end through `request_quit`; `allow_close` makes it real.

    Signals: `painted` once, after the first picture is on the screen.
    """

    painted = Signal()

    def __init__(self, *, context: UiContext, request_quit: Callable[[], object]) -> None:
        super().__init__()
        self._context, self._request_quit = context, request_quit
        self._may_close = self._was_painted = self._hears_frame = False
        self.problem: ProblemPage | None = None
        self.sidebar = Sidebar(context=context)
        self.banners = BannerArea(context=context)
        self.pages = PageStack(context=context)
        self.overview: Overview | None = None
        self.notices: Notices | None = None
        self.routes = Routes(self.pages, context=context, parent=self)
        self.toasts = Toasts(self, context=context)
        self.overlay = DropOverlay(context=context, parent=self)
        self.drops = DropTarget(self.overlay, self)
        self._lay_out()
        self._connect()
        self._open()
        restore_placement(self, context)
        context.notify.listen()

    async def make_pages(self) -> None:
        """Make the pages behind the first picture; called once it is on the screen."""
        self.setWindowIcon(window_icon())
        await self.pages.make_main_pages()
        if not self.pages.current:
            self.pages.go_to("draft")

    def attach(self, commands: "Commands", events: "Events") -> None:
        """Hand the data to every page; called once, when it is ready."""
        self._listen(commands, events)
        self.pages.attach(commands, events)
        self.routes.flush()
        if self.pages.current in ("", "draft") and not self.routes.was_used:
            self.pages.go_to(self._context.settings.value.window.page)

    async def aclose(self) -> None:
        """Take no more input, stop every task, and remember how the window stood."""
        self.setEnabled(False)
        remember_placement(self, self._context)
        if self.notices is not None:
            self.notices.stop()
        if self.overview is not None:
            await self.overview.aclose()
        await self.pages.aclose()

    def show_problem(
        self,
        sentence: str,
        *,
        retry: Callable[[], object],
        remedies: Sequence[Remedy] = (),
        remedy: Callable[[Remedy], object] = lambda _remedy: None,
    ) -> None:
        """Cover the pages with what went wrong while opening the data; nothing else can be done now."""
        self.clear_problem()
        self.problem = ProblemPage(sentence, context=self._context, parent=self, remedies=remedies)
        self.problem.retry_requested.connect(retry)
        self.problem.remedy_requested.connect(remedy)
        self.problem.quit_requested.connect(self._request_quit)
        self.problem.setGeometry(self.rect())
        self.problem.show()

    def clear_problem(self) -> None:
        """Show the pages again."""
        if self.problem is not None:
            self.problem.hide()
            self.problem.deleteLater()
            self.problem = None

    def allow_close(self) -> None:
        """Let the next close event through."""
        self._may_close = True

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self._request_quit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < FOLD_BELOW
        if narrow != self.sidebar.narrow:
            self.sidebar.set_narrow(narrow)
        self.overlay.setGeometry(self.rect())
        self.toasts.place()
        if self.problem is not None:
            self.problem.setGeometry(self.rect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None and not self._hears_frame:
            self._hears_frame = True
            handle.installEventFilter(self.drops)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink(self._context.theme.tokens, "window"))
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drops.drag_enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.drops.drag_move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drops.drag_leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.drop(event)

    def _lay_out(self) -> None:
        self.setWindowTitle(TITLE)
        self.setAcceptDrops(True)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.banners)
        column.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(column, 1)

    def _connect(self) -> None:
        notify, routes = self._context.notify, self.routes
        notify.toasted.connect(self.toasts.show)
        notify.banner_raised.connect(self.banners.raise_banner)
        notify.banner_dismissed.connect(self.banners.dismiss)
        self.pages.page_shown.connect(self._on_page_shown)
        self.pages.page_made.connect(self._on_page_made)
        self.sidebar.page_requested.connect(self._on_page_requested)
        self.sidebar.card_requested.connect(routes.open_card)
        routes.counts_changed.connect(self._on_counts_changed)
        routes.states_counted.connect(self.sidebar.queue.show_counts)
        # Queued: the drop is answered first, then the work begins.
        self.drops.files_dropped.connect(routes.add_paths, Qt.ConnectionType.QueuedConnection)
        self.drops.text_dropped.connect(routes.add_text, Qt.ConnectionType.QueuedConnection)
        self._bind_keys()

    def _open(self) -> None:
        opening = make_opening(self._context)
        if hasattr(opening, "choose_requested"):
            start = cast("StartPage", opening)
            start.choose_requested.connect(self.routes.choose_files)
            start.paste_requested.connect(self.routes.paste)
            start.sample_requested.connect(lambda path: self.routes.add_paths([Path(path)]))
        self.pages.show_opening(opening)
        self.sidebar.set_page("draft")

    def _listen(self, commands: "Commands", events: "Events") -> None:
        from .notices import Notices
        from .overview import Overview
        from .tray import TrayMessenger

        overview, routes = Overview(context=self._context, parent=self), self.routes
        overview.card_requested.connect(routes.open_card)
        overview.cards_requested.connect(routes.show_cards)
        overview.job_requested.connect(routes.show_job)
        overview.jobs_requested.connect(routes.show_jobs)
        overview.cards_known.connect(self._on_cards_known)
        overview.queue_known.connect(self.sidebar.show_queue)
        overview.attach(commands, events)
        self.overview = overview
        self.notices = Notices(self, TrayMessenger(self), context=self._context)
        self.notices.job_requested.connect(routes.show_job)
        self.notices.jobs_requested.connect(routes.show_jobs)
        self.notices.attach(events)

    def _bind_keys(self) -> None:
        pages = self.pages
        bind_keys(
            self,
            (
                *((f"Ctrl+{n}", lambda name=name: self._enter(name)) for n, name in enumerate(MAIN_PAGES, 1)),
                ("Ctrl+,", lambda: self._enter("settings")),
                ("Ctrl+Shift+G", lambda: pages.go_to("gallery")),
                ("Ctrl+O", self.routes.choose_files),
                ("Ctrl+V", self.routes.paste),
                ("Ctrl+Q", self._request_quit),
                ("F6", lambda: focus_next_pane(self.sidebar, pages.currentWidget())),
            ),
        )

    def _enter(self, name: str) -> None:
        enter_page(self.pages.go_to(name), Qt.FocusReason.ShortcutFocusReason)

    def _on_page_requested(self, name: str) -> None:
        """A click leads into the page, so that its keys work at once; the keyboard stays in the sidebar."""
        was_shown = self.pages.current == name
        page = self.pages.go_to(name)
        if was_shown and name == "cards":
            cast("CardsPage", page).show_library()
        if not self.sidebar.items[name].shows_ring:
            enter_page(page, Qt.FocusReason.OtherFocusReason)

    def _on_page_made(self, name: str) -> None:
        if name == "cards":
            self.sidebar.use_portraits(cast("CardsPage", self.pages.page(name)).portraits)

    def _on_page_shown(self, name: str) -> None:
        if name in self.sidebar.items:
            self.sidebar.set_page(name)
        if name in MAIN_PAGES and self.pages.is_attached:
            self._context.settings.update_window(page=name)

    def _on_cards_known(self, cards: "Sequence[CardSummary]") -> None:
        self.sidebar.items["cards"].set_count(len(cards))
        self.sidebar.show_recent(cards)

    def _on_counts_changed(self, unfinished: int, running: int) -> None:
        self.sidebar.items["jobs"].set_count(unfinished, busy=running > 0)
