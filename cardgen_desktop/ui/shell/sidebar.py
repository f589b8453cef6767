"""The sidebar: where one can go, the cards of late, and how the program is connected."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from ..components import Label, tooltip
from ..context import UiContext
from ..painting import draw_icon, ink, paint_text
from ..wording import UNNAMED
from .mark import Mark
from .queue_button import QueueButton
from .sidebar_button import SidebarButton, placed

if TYPE_CHECKING:
    from ...domain.card_library import CardSummary
    from ...domain.queue import QueueStatus
    from ..cards.library_portraits import LibraryPortraits

Portrait = Callable[["CardSummary", float], QPixmap]
WORKS_OFFLINE = ("shield", "Works offline", "Nothing is sent unasked")
WIDE, NARROW = 224, 60
RECENT_LIMIT = 5
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
PAGES = (("draft", "Draft", "draft"), ("jobs", "Jobs", "jobs"), ("cards", "Cards", "cards"))


class NavItem(SidebarButton):
    """A page: icon at 10, label at 40, count at the right; a dot instead of the count when narrow."""

    def __init__(self, text: str, icon: str, *, context: UiContext, shortcut: str = "") -> None:
        self._icon, self._count, self._busy = icon, 0, False
        super().__init__(text, context=context, shortcut=shortcut)
        self.setCheckable(True)

    def set_count(self, count: int, *, busy: bool = False) -> None:
        """Show a number, nothing for 0; `busy` puts a dot on the narrow bar."""
        self._count, self._busy = count, busy
        self.setAccessibleName(f"{self.text()}, {count}" if count else self.text())
        self.update()

    def _paint_content(self, painter: QPainter, rect: QRectF) -> None:
        theme, icons = self._context.theme, self._context.icons
        here = self.isChecked()
        left = (rect.width() - 20) / 2 if self.narrow else 10
        at = placed(self, left, 8, 20, 20).topLeft()
        draw_icon(painter, icons, self._icon, 20, "wash_text" if here else "muted", at)
        if self.narrow:
            if self._busy:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink(theme.tokens, "accent"))
                painter.drawEllipse(QPointF(rect.width() - 11, 9), 4, 4)
            return
        words = rect.adjusted(40, 0, -40, 0)
        token, role = ("wash_text", "body_strong") if here else ("text", "body_medium")
        paint_text(painter, words, theme.tokens, theme.fonts, self.text(), role=role, token=token)
        if self._count:
            count = placed(self, 0, 0, rect.width() - 12, rect.height())
            token = "wash_text" if here else "muted"
            paint_text(
                painter, count, theme.tokens, theme.fonts, f"{self._count:,}",
                role="small_medium", token=token, align=_RIGHT,
            )  # fmt: skip


class RecentCard(SidebarButton):
    """A card of late: portrait 24 and name."""

    def __init__(self, card: "CardSummary", portrait: Portrait, *, context: UiContext) -> None:
        self.card, self._portrait = card, portrait
        name = card.name or UNNAMED
        super().__init__(name, context=context)
        self.setToolTip(tooltip(name))

    def _paint_content(self, painter: QPainter, rect: QRectF) -> None:
        theme = self._context.theme
        at = placed(self, 8, 6, 24, 24).topLeft()
        painter.drawPixmap(at, self._portrait(self.card, self.devicePixelRatioF()))
        words = placed(self, 40, 0, rect.width() - 50, rect.height())
        token = "text" if self.card.name else "faint"
        paint_text(painter, words, theme.tokens, theme.fonts, self.text(), role="small", token=token)


class Connection(QWidget):
    """How the program is connected, in words; an icon with a tooltip when the bar is narrow."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context, self._narrow = context, False
        self.setFixedHeight(44)
        self.say(*WORKS_OFFLINE)

    def say(self, icon: str, fact: str, line: str) -> None:
        """Change icon and words."""
        self._icon, self._fact, self._line = icon, fact, line
        self.setAccessibleName(f"{fact}. {line}")
        self.set_narrow(self._narrow)

    def set_narrow(self, narrow: bool) -> None:
        """Show the words, or only the icon."""
        self._narrow = narrow
        self.setToolTip(tooltip(f"{self._fact}. {self._line}") if narrow else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        left = (self.width() - 20) / 2 if self._narrow else 10
        at = placed(self, left, 12, 20, 20).topLeft()
        draw_icon(painter, self._context.icons, self._icon, 20, "muted", at)
        if self._narrow:
            return
        tokens, fonts, width = theme.tokens, theme.fonts, self.width() - 46
        fact, line = placed(self, 41, 4, width, 18), placed(self, 41, 22, width, 16)
        paint_text(painter, fact, tokens, fonts, self._fact, role="small_medium")
        paint_text(painter, line, tokens, fonts, self._line, role="caption", token="muted")


class Sidebar(QWidget):
    """Navigation on sunken ground.

    Signals: `page_requested(str)` with `draft`, `jobs`, `cards` or `settings`; `card_requested(card_id)`.
    """

    page_requested = Signal(str)
    card_requested = Signal(object)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self.items: dict[str, NavItem] = {}
        self.recent: list[RecentCard] = []
        self._portraits: LibraryPortraits | None = None
        self._mark = Mark(context=context)
        self._heading = Label("Recent cards", context=context, role="caption_medium", ink="muted")
        self._heading.setContentsMargins(10, 0, 0, 0)
        self.connection = Connection(context=context)
        self.queue = QueueButton(context=context)
        self.queue.clicked.connect(lambda: self.page_requested.emit("jobs"))
        group = QButtonGroup(self)
        for number, (key, text, icon) in enumerate(PAGES, 1):
            self.items[key] = NavItem(text, icon, context=context, shortcut=f"Ctrl+{number}")
        self.items["settings"] = NavItem("Settings", "settings", context=context, shortcut="Ctrl+,")
        for item in self.items.values():
            group.addButton(item)
            item.clicked.connect(self._on_item)
        self._lay_out()
        self.set_narrow(False)

    @property
    def narrow(self) -> bool:
        """Whether only icons are shown."""
        return self.width() == NARROW

    def set_page(self, key: str) -> None:
        """Mark the page that is shown."""
        self.items[key].setChecked(True)

    def set_narrow(self, narrow: bool) -> None:
        """Fold to icons, or unfold."""
        self.setFixedWidth(NARROW if narrow else WIDE)
        self._mark.set_narrow(narrow)
        self.connection.set_narrow(narrow)
        self.queue.set_narrow(narrow)
        for item in self.items.values():
            item.set_narrow(narrow)
        self._heading.setVisible(bool(self.recent) and not narrow)
        for button in self.recent:
            button.setVisible(not narrow)

    def show_queue(self, queue: "QueueStatus") -> None:
        """Show whether the queue goes on, and whether the network is there."""
        self.queue.show_queue(queue)
        if any(gate.reason == "offline" for gate in queue.gates):
            self.connection.say("held", "Offline", "Drafting here still works")
        else:
            self.connection.say(*WORKS_OFFLINE)

    def show_recent(self, cards: "Sequence[CardSummary]") -> None:
        """List the cards of late, newest first."""
        wanted = list(cards[:RECENT_LIMIT])
        if [button.card for button in self.recent] == wanted:
            return
        for button in self.recent:
            button.hide()
            button.deleteLater()
        self.recent = [RecentCard(card, self._portrait, context=self._context) for card in wanted]
        for button in self.recent:
            button.clicked.connect(self._on_recent)
            self._recent_rows.addWidget(button)
        self.set_narrow(self.narrow)

    def use_portraits(self, portraits: "LibraryPortraits") -> None:
        """Show stored pictures too, once the library can read them."""
        self._portraits = portraits
        portraits.loaded.connect(self._on_portrait_loaded)
        self._on_portrait_loaded()

    def _portrait(self, card: "CardSummary", dpr: float) -> QPixmap:
        if self._portraits is None:
            return self._context.portraits.pixmap(card.name, 24, 24, dpr)
        return self._portraits.pixmap(card, 24, 24, dpr)

    def _on_portrait_loaded(self) -> None:
        for button in self.recent:
            button.update()

    def _on_item(self) -> None:
        key = next(key for key, item in self.items.items() if item.isChecked())
        self.page_requested.emit(key)

    def _on_recent(self) -> None:
        button = self.sender()
        if isinstance(button, RecentCard):
            self.card_requested.emit(button.card.id)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(10, 0, 10, 12)
        rows.setSpacing(2)
        rows.addWidget(self._mark)
        for key, *_ in PAGES:
            rows.addWidget(self.items[key])
        rows.addSpacing(18)
        rows.addWidget(self._heading)
        rows.addSpacing(1)
        self._recent_rows = QVBoxLayout()
        self._recent_rows.setSpacing(2)
        rows.addLayout(self._recent_rows)
        rows.addStretch(1)
        rows.addWidget(self.connection)
        rows.addWidget(self.queue)
        rows.addWidget(self.items["settings"])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.fillRect(self.rect(), ink(tokens, "sunken"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), ink(tokens, "border"))
