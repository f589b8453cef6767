"""The person comes back to the window, perhaps from adding credits: what waited for those is tried again."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ...domain.job import HoldReason
from .queue_control import QueueControl

LEAST_SECONDS = 30.0
"""Between two tries: whoever goes to and fro between two windows asks nothing each time."""


class ComingBack(QObject):
    """Looks at a window gaining the focus (ux-and-reliability.md 2.2, "pay.402": re-check on focus)."""

    def __init__(
        self, control: QueueControl, window: QWidget, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(window)
        self._control, self._clock = control, clock
        self._tried_at: float | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._try()
        return False

    def _try(self) -> None:
        now = self._clock()
        is_early = self._tried_at is not None and now - self._tried_at < LEAST_SECONDS
        if self._control.is_closed(HoldReason.CREDITS) and not is_early:
            self._tried_at = now
            self._control.try_gates(HoldReason.CREDITS)
