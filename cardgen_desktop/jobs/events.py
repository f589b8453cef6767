"""The event bus: facts are announced once they are stored, on the event loop, in order."""

import logging
from collections.abc import Callable

from ..domain.events import Event

_log = logging.getLogger(__name__)

Callback = Callable[[Event], None]


class EventBus:
    """Implements `interface.Events`. A subscriber that fails is logged and does not stop the others."""

    def __init__(self) -> None:
        self._callbacks: list[Callback] = []

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Hear every event from now on; call the result to stop."""
        self._callbacks.append(callback)

        def stop() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return stop

    def announce(self, event: Event) -> None:
        """Tell every subscriber, in the order in which they subscribed."""
        for callback in tuple(self._callbacks):
            try:
                callback(event)
            except Exception:  # noqa: BLE001  (one view's mistake must not silence the others)
                _log.exception("a subscriber failed on %s", type(event).__name__)
