"""The queue as a whole: heard, paused, resumed, widened; a wish is shown before the queue has answered."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...domain.job import HoldReason, Lane
from ...domain.queue import LaneStatus, QueueStatus
from ...jobs.interface import Commands
from ..tasks import TaskOwner

MOST_AT_ONCE = 64
Ask = Callable[[], Coroutine[Any, Any, QueueStatus]]


class QueueControl(QObject):
    """Knows the `QueueStatus` and changes it; a change that fails is taken back before the failure is told.

    Signals: `changed(QueueStatus)`.
    """

    changed = Signal(object)

    def __init__(self, commands: Commands, tasks: TaskOwner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands, self._tasks = commands, tasks
        self._wishes = 0
        self.status = QueueStatus()

    def refresh(self) -> None:
        """Ask how the queue is."""
        self._tasks.spawn(self._ask(), name="read queue")

    def note(self, status: QueueStatus) -> None:
        """The queue has told how it is. While a wish is under way its answer is waited for."""
        if not self._wishes:
            self._show(status)

    def toggle(self) -> None:
        """Pause the queue, or resume it."""
        if self.status.paused:
            self._wish({"paused": False}, self._commands.resume_queue)
        else:
            self._wish({"paused": True}, self._commands.pause_queue)

    def toggle_lane(self, lane: Lane) -> None:
        """Pause a lane, or resume it."""
        if self._lane(lane).paused:
            self._wish(self._with_lane(lane, paused=False), lambda: self._commands.resume_queue(lane))
        else:
            self._wish(self._with_lane(lane, paused=True), lambda: self._commands.pause_queue(lane))

    def step_limit(self, lane: Lane, step: int) -> None:
        """Let more or fewer jobs of a lane run at once."""
        limit = max(1, min(MOST_AT_ONCE, self._lane(lane).limit + step))
        if limit != self._lane(lane).limit:
            changes = self._with_lane(lane, limit=limit, lowered=False)
            self._wish(changes, lambda: self._commands.set_lane_limit(lane, limit))

    def try_gates(self, reason: HoldReason | None = None) -> None:
        """Look now whether closed gates, or those of one reason, can be opened."""
        ask = partial(self._commands.try_gates, reason)
        self._tasks.spawn(self._obey(ask, self.status), name="try gates")

    def is_closed(self, reason: HoldReason) -> bool:
        """Whether a gate of this reason holds anything."""
        return any(gate.reason == reason and gate.held for gate in self.status.gates)

    def _lane(self, lane: Lane) -> LaneStatus:
        found = (status for status in self.status.lanes if status.lane == lane)
        return next(found, LaneStatus(lane=lane, limit=1))

    def _with_lane(self, lane: Lane, **changes: Any) -> dict[str, Any]:
        lanes = (
            status.model_copy(update=changes) if status.lane == lane else status
            for status in self.status.lanes
        )
        return {"lanes": tuple(lanes)}

    def _wish(self, changes: Mapping[str, Any], command: Ask) -> None:
        before = self.status
        self._show(before.model_copy(update=dict(changes)))
        self._tasks.spawn(self._obey(command, before), name="change queue")

    async def _obey(self, command: Ask, before: QueueStatus) -> None:
        """The answer to the last of several wishes is shown; one that was refused is taken back."""
        self._wishes += 1
        answer = before
        try:
            answer = await command()
        finally:
            self._wishes -= 1
            self.note(answer)

    async def _ask(self) -> None:
        self.note(await self._commands.queue_status())

    def _show(self, status: QueueStatus) -> None:
        self.status = status
        self.changed.emit(status)
