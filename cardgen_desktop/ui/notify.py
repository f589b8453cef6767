"""The one place that tells the person something: a toast for news, a banner for what stays true."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from ..domain.errors import CardgenError, InternalError

BannerKind = Literal["info", "success", "warning", "danger"]
Callback = Callable[[], object]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToastMessage:
    """News in one sentence, with at most one action; an error stays until it is closed.

    News of the same `topic` takes the place of what was told before and has not gone yet.
    """

    text: str
    action: str | None = None
    callback: Callback | None = None
    error: bool = False
    details: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class BannerMessage:
    """A fact that stays true until `key` is dismissed: the fact, then what happens by itself."""

    kind: BannerKind
    fact: str
    text: str = ""
    action: str | None = None
    callback: Callback | None = None
    key: str = ""
    icon: str | None = None
    closable: bool = False


class Notify(QObject):
    """Hands messages to the window; those sent before a window listens wait for it.

    Signals: `toasted(ToastMessage)`, `banner_raised(BannerMessage)`, `banner_dismissed(key)`.
    """

    toasted = Signal(object)
    banner_raised = Signal(object)
    banner_dismissed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listening = False
        self._waiting: list[ToastMessage | BannerMessage] = []

    def toast(
        self,
        text: str,
        *,
        action: str | None = None,
        callback: Callback | None = None,
        error: bool = False,
        topic: str = "",
    ) -> None:
        """Tell news: `text`, and one `action` word that calls `callback`; `topic` as in `ToastMessage`."""
        self._send(ToastMessage(text, action, callback, error, topic=topic))

    def banner(
        self,
        kind: BannerKind,
        fact: str,
        text: str = "",
        action: str | None = None,
        callback: Callback | None = None,
        key: str = "",
        *,
        icon: str | None = None,
        closable: bool = False,
    ) -> None:
        """Show a banner; one with the same `key` is replaced."""
        self._send(BannerMessage(kind, fact, text, action, callback, key or fact, icon, closable))

    def dismiss(self, key: str) -> None:
        """Take a banner away; unknown keys are fine."""
        self._waiting = [m for m in self._waiting if not (isinstance(m, BannerMessage) and m.key == key)]
        self.banner_dismissed.emit(key)

    def error(self, error: Exception, *, retry: Callback | None = None) -> None:
        """Show a failure: what the person can act on as it is; a mistake of ours goes whole to the log."""
        expected = isinstance(error, CardgenError) and not isinstance(error, InternalError)
        if expected:
            _log.info("shown to the person: %s", error)
        else:
            _log.error("unexpected failure", exc_info=error)
        self._send(_message_of(error, retry))

    def listen(self) -> None:
        """Start delivering, now that a window shows messages."""
        self._listening = True
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._send(message)

    def _send(self, message: ToastMessage | BannerMessage) -> None:
        if not self._listening:
            self._waiting.append(message)
        elif isinstance(message, ToastMessage):
            self.toasted.emit(message)
        else:
            self.banner_raised.emit(message)


def _message_of(error: Exception, retry: Callback | None) -> ToastMessage:
    action = "Try again" if retry else None
    if isinstance(error, CardgenError):
        return ToastMessage(error.message, action, retry, error=True, details=error.details)
    text = "Something went wrong inside the program. Your work is kept; the log has the details."
    return ToastMessage(text, action, retry, error=True, details=repr(error))
