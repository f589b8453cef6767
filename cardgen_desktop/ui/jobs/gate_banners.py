"""The banners of closed gates above the table: one for each gate, however many jobs it holds."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...domain.queue import QueueStatus
from ..components import Banner
from ..context import UiContext
from ..theme import SPACE
from .gates import GateWords, gate_words, told_gates

MOST = 3
"""So many banners are shown; the rest is one sentence."""


class GateBanners(QWidget):
    """Shows the closed gates of a `QueueStatus`; takes no room when all are open.

    Signals: `action_requested(GateAction)`, and `engine_requested(profile name, field)` in its place where
    the settings of one engine open the gate.
    """

    action_requested = Signal(object)
    engine_requested = Signal(str, str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._words: tuple[GateWords, ...] = ()
        self.banners: list[Banner] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(SPACE.SM)
        self.hide()

    def show_queue(self, queue: QueueStatus) -> None:
        """Show the gates that are closed now; words that changed are changed in place."""
        told = [gate_words(gate, queue) for gate in told_gates(queue)]
        shown = tuple(told[:MOST]) + ((_rest(len(told) - MOST),) if len(told) > MOST else ())
        if shown == self._words:
            return
        if [_look(words) for words in shown] == [_look(words) for words in self._words]:
            for banner, words in zip(self.banners, shown, strict=True):
                banner.say(words.fact, words.text, words.action)
        else:
            self._rebuild(shown)
        self._words = shown
        self.setVisible(bool(shown))

    def _rebuild(self, shown: tuple[GateWords, ...]) -> None:
        for banner in self.banners:
            self._rows.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.banners = [self._make(words) for words in shown]

    def _make(self, words: GateWords) -> Banner:
        banner = Banner(
            words.kind, words.fact, words.text, words.action, context=self._context, icon=words.icon
        )
        banner.action_triggered.connect(lambda: self._ask(words))
        banner.set_second(words.second)
        banner.second_triggered.connect(lambda: self.action_requested.emit(words.second_key))
        self._rows.addWidget(banner)
        return banner

    def _ask(self, words: GateWords) -> None:
        if words.action_key == "settings" and words.engine:
            self.engine_requested.emit(words.engine, words.field)
        else:
            self.action_requested.emit(words.action_key)


def _look(words: GateWords) -> tuple[str, ...]:
    return words.kind, words.icon, words.action_key, words.engine, words.field, words.second


def _rest(number: int) -> GateWords:
    fact = "One more reason holds jobs." if number == 1 else f"{number:,} more reasons hold jobs."
    return GateWords("warning", "held", fact, "", "Show jobs", "show")
