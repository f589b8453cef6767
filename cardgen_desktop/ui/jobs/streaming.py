"""Text that a running job is writing: pieces are put in their places, and shown at most every 50 ms."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ...domain.events import Event, JobText

SHOW_MS = 50
"""Rendering is throttled: a token is no reason to paint (ux-and-reliability.md, 1.7)."""


class StreamedText(QObject):
    """Follows one job. `show` gets the field's path and its whole text so far.

    A piece that does not fit, because one before it was missed, is left out; the next reading of the job's
    details brings the text again.
    """

    def __init__(self, show: Callable[[str, str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show = show
        self._job_id: int | None = None
        self._place = ("", "")
        self._text = ""
        self._pause = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._pause.timeout.connect(self._tell)

    def follow(self, job_id: int | None) -> None:
        """Follow another job, or none."""
        if job_id != self._job_id:
            self._job_id, self._place, self._text = job_id, ("", ""), ""
            self._pause.stop()

    def hear(self, event: Event) -> None:
        """Take a piece of text in."""
        if not isinstance(event, JobText) or event.job_id != self._job_id:
            return
        place = (event.step, event.path)
        if place != self._place and event.at == 0:
            self._place, self._text = place, ""
        if place == self._place and event.at <= len(self._text):
            self._text = self._text[: event.at] + event.text
            if not self._pause.isActive():
                self._pause.start()

    def _tell(self) -> None:
        self._show(self._place[1], self._text)
