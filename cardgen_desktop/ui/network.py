"""Listens to what the system says about the network; nothing is sent to find out."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QNetworkInformation

_OFFLINE = QNetworkInformation.Reachability.Disconnected


class NetworkWatch(QObject):
    """Tells when the computer goes offline and comes back. Systems without a backend say nothing.

    Signals: `online_changed(bool)`.
    """

    online_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._information: QNetworkInformation | None = None
        self._online: bool | None = None

    def start(self) -> None:
        """Begin to listen; an offline start is told at once."""
        if QNetworkInformation.loadDefaultBackend():
            self._information = QNetworkInformation.instance()
            self._information.reachabilityChanged.connect(self._hear)
            self._hear(self._information.reachability())

    def _hear(self, reachability: QNetworkInformation.Reachability) -> None:
        online = reachability is not _OFFLINE
        if self._online is None and online:
            self._online = True
        elif online is not self._online:
            self._online = online
            self.online_changed.emit(online)
