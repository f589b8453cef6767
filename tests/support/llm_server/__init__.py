"""A scripted server of language models: real sockets, every shape and fault of real servers, and its bill."""

from .replies import CLOSE, HANG, RESET, Pause, Reply
from .server import FakeModelServer, Received
from .shapes import answer, error, html, stream

__all__ = [
    "CLOSE",
    "HANG",
    "RESET",
    "FakeModelServer",
    "Pause",
    "Received",
    "Reply",
    "answer",
    "error",
    "html",
    "stream",
]
