"""Lines below the tabs about texts that are not in sight: proposals that wait, and texts out of date."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..components import Banner
from ..context import UiContext
from ..notify import BannerKind
from ..theme import SPACE
from ..wording import counted
from .stale_texts import named


def waiting_words(waiting: Sequence[str], writing: Sequence[str]) -> tuple[str, str, str]:
    """Fact, sentence and action about places out of sight; all empty when there is nothing to say."""
    if waiting:
        one = len(waiting) == 1
        more = f" {counted(len(writing), 'more text')} {_is(writing)} being written." if writing else ""
        return f"{counted(len(waiting), 'proposal')} wait{'s' * one}:", f"{named(waiting)}.{more}", "Show"
    if writing:
        fact = f"{counted(len(writing), 'text')} {_is(writing)} being written:"
        return fact, f"{named(writing)}. The card changes when you accept.", "Stop"
    return "", "", ""


def _is(items: Sequence[str]) -> str:
    return "is" if len(items) == 1 else "are"


def holds_focus(widget: QWidget) -> bool:
    """Whether the keyboard is in a widget; hiding it would send the focus to whatever comes next."""
    focus = widget.window().focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


class QuietBanner(QWidget):
    """A banner with the margins of the page, there only while it has words.

    Signals: `action_triggered`, `close_requested`, `left` when it goes away and had the focus.
    """

    action_triggered = Signal()
    close_requested = Signal()
    left = Signal()

    def __init__(
        self,
        kind: BannerKind,
        icon: str,
        *,
        context: UiContext,
        closable: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.banner = Banner(kind, "", context=context, icon=icon, closable=closable)
        self.banner.action_triggered.connect(self.action_triggered)
        self.banner.close_requested.connect(self.close_requested)
        self.words = ("", "", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, 0)
        column.addWidget(self.banner)
        self.hide()

    def say(self, fact: str, text: str = "", action: str = "") -> None:
        """Show these words, or go away when there is no fact."""
        if (fact, text, action) != self.words:
            self.words = (fact, text, action)
            had_focus = not fact and holds_focus(self)
            self.banner.say(fact, text, action)
            self.setVisible(bool(fact))
            if had_focus:
                self.left.emit()
