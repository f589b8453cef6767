"""Banners that stay at the top of the window until what they say is no longer true."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import Banner
from ..context import UiContext
from ..notify import BannerMessage
from ..theme import SPACE


class BannerArea(QWidget):
    """Stacks one banner per key above the page; takes no room when there is none.

    Signals: `closed(key)` when the person closed one.
    """

    closed = Signal(object)

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._banners: dict[str, Banner] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, 0)
        self._rows.setSpacing(SPACE.SM)
        self.hide()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the banners that are shown."""
        return tuple(self._banners)

    def raise_banner(self, message: BannerMessage) -> None:
        """Show a banner, in place of one with the same key."""
        self.dismiss(message.key)
        banner = Banner(
            message.kind, message.fact, message.text, message.action,
            context=self._context, icon=message.icon, closable=message.closable,
        )  # fmt: skip
        if message.callback is not None:
            banner.action_triggered.connect(lambda: self._act(message))
        banner.close_requested.connect(lambda: self.dismiss(message.key))
        self._banners[message.key] = banner
        self._rows.addWidget(banner)
        self.show()

    def _act(self, message: BannerMessage) -> None:
        """Do what the banner offers; one that may be closed has then been heard."""
        if message.closable:
            self.dismiss(message.key)
        if message.callback is not None:
            message.callback()

    def dismiss(self, key: object) -> None:
        """Take a banner away; unknown keys are fine."""
        banner = self._banners.pop(str(key), None)
        if banner is not None:
            self._rows.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
            self.closed.emit(key)
        self.setVisible(bool(self._banners))
