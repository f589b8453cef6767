"""Text of a step while a model writes it: on screen in batches, on disk behind it, its length in words.

What arrives is the raw answer, JSON mostly; what is shown are the texts of fields in it. The disk gets the
raw answer with the running job's progress, so that it is at most a second behind (ux-and-reliability.md 3.4);
one that is slow gets it before the screen does.
"""

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from ..domain.events import JobText
from .events import EventBus
from .running import RunningJob

if TYPE_CHECKING:
    from ..drafting.generative.steps import GenerationStep

PHASE_SECONDS = 0.5


class Screen:
    """What the window has been told of the texts of one step; tells no more than what has changed."""

    def __init__(self, bus: EventBus, job_id: int, step_key: str) -> None:
        self._bus = bus
        self._job_id = job_id
        self._step_key = step_key
        self._shown: dict[str, str] = {}
        self.last: Mapping[str, str] = {}

    def finish(self) -> None:
        """Show the `last` texts, those of the finished step; to be called when it is stored."""
        self.show(self.last)

    def show(self, fields: Mapping[str, str]) -> None:
        """Let the window have these texts by path."""
        for path, text in fields.items():
            before = self._shown.get(path, "")
            if text != before:
                at = len(before) if text.startswith(before) else _shared(before, text)
                self._shown[path] = text
                self._bus.announce(JobText(self._job_id, self._step_key, path, at, text[at:]))


def _shared(one: str, other: str) -> int:
    """How many letters two texts begin with in common."""
    for at, (letter, twin) in enumerate(zip(one, other, strict=False)):
        if letter != twin:
            return at
    return min(len(one), len(other))


class GrowingText:
    """One answer of a model while it grows. `before` is a raw answer that it goes on from.

    `title` leads the phase of the job. Without a `screen` nothing is shown or kept: a second try at a text
    must not take the place of the first before it is known to be better.
    """

    def __init__(
        self, job: RunningJob, step: "GenerationStep", title: str, *, screen: Screen | None, before: str = ""
    ) -> None:
        self._job = job
        self._step = step
        self._title = title
        self._screen = screen
        self._before = before
        self._parts: list[str] = []
        self._due: asyncio.Handle | None = None
        self._told_at = 0.0
        self.letters = 0

    @property
    def raw(self) -> str:
        """What has arrived, without what it goes on from."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def whole(self) -> str:
        """The raw answer with what it goes on from, nothing said twice."""
        if not self._before:
            return self.raw
        from ..drafting.generative.continuation import joined

        return joined(self._before, self.raw)

    def add(self, text: str) -> None:
        """More has arrived; it is shown with all that came by the same read of the socket."""
        self._parts.append(text)
        self.letters += len(text)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self.show)

    def show(self) -> None:
        """Keep what there is now, and show it as soon as the disk allows."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if not self.letters:
            return
        whole = self.whole
        if self._screen is None:
            self._display(whole)
        else:
            self._job.keep_partial(self._step.key, whole, partial(self._display, whole))

    def _display(self, whole: str) -> None:
        from ..drafting.generative.streaming import streamed_fields

        fields = streamed_fields(self._step, whole)
        if self._screen is not None:
            self._screen.show(fields)
        now = time.monotonic()
        if now - self._told_at >= PHASE_SECONDS:
            self._told_at = now
            self.tell(_counted(fields))

    def tell(self, what: str, share: float | None = None) -> None:
        """Say what happens in the phase of the job; by default progress follows the length of the text."""
        done = min(0.95, self.letters / max(1, self._expected)) if share is None else share
        phase = f"{self._title} · {what}" if what else self._title
        self._job.report_within(done, phase)

    def close(self) -> None:
        """The answer has ended, or was left: what there is, is shown and kept."""
        self.show()

    @property
    def _expected(self) -> int:
        return 5 * int(self._step.weight)


def _counted(fields: Mapping[str, str]) -> str:
    words = sum(len(text.split()) for text in fields.values())
    return f"{words:,} {'word' if words == 1 else 'words'}" if words else ""
