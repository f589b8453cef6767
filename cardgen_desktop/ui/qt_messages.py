"""What Qt has to say goes to the log like everything else."""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# Said once per window by platforms without a window manager; nothing is wrong.
_HARMLESS = ("propagateSizeHints",)


def log_qt_messages() -> None:
    """Send Qt's messages to the `qt` logger from now on."""
    qInstallMessageHandler(_on_message)


def _on_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    if not any(words in message for words in _HARMLESS):
        _log.log(_LEVELS.get(kind, logging.INFO), "%s", message)
