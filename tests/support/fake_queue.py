"""The queue as a whole, in memory: lanes and gates that a test opens and closes, figures, backups."""

from pathlib import Path
from typing import Any

from cardgen_desktop.domain.events import QueueChanged
from cardgen_desktop.domain.job import HoldReason, Lane
from cardgen_desktop.domain.queue import Backup, BundleFile, GateStatus, QueueFigures, QueueStatus

from . import job_samples, samples
from .fake_desk import FakeDesk, FakeEvents


class FakeQueue(FakeDesk):
    """`queue_now` is what `queue_status` answers; `opening` are gates that the next `try_gates` opens."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.queue_now: QueueStatus = job_samples.idle_queue()
        self.opening: set[str] = set()
        self.kept_backups: tuple[Backup, ...] = job_samples.sample_backups()
        self.written_bundles: list[Path] = []

    def change_queue(self, **changes: Any) -> QueueStatus:
        """Change the queue and announce it."""
        self.queue_now = self.queue_now.model_copy(update=changes)
        self.events.announce(QueueChanged(self.queue_now))
        return self.queue_now

    def close_gate(self, reason: str, held: int = 1, scope: str = "", sentence: str = "") -> None:
        """Close a gate, or change the one that is closed."""
        gate = GateStatus(reason=reason, held=held, scope=scope, sentence=sentence, since=samples.NOW)
        others = tuple(gate for gate in self.queue_now.gates if (gate.reason, gate.scope) != (reason, scope))
        self.change_queue(gates=(*others, gate))

    def open_gate(self, reason: str) -> None:
        """Open a gate."""
        self.change_queue(gates=tuple(gate for gate in self.queue_now.gates if gate.reason != reason))

    def change_lane(self, lane: Lane, **changes: Any) -> QueueStatus:
        """Change one lane and announce it."""
        lanes = tuple(
            status.model_copy(update=changes) if status.lane is lane else status
            for status in self.queue_now.lanes
        )
        return self.change_queue(lanes=lanes)

    async def queue_status(self) -> QueueStatus:
        await self._asked("queue_status")
        return self.queue_now

    async def pause_queue(self, lane: Lane | None = None) -> QueueStatus:
        await self._asked("pause_queue", lane)
        return self.change_queue(paused=True) if lane is None else self.change_lane(lane, paused=True)

    async def resume_queue(self, lane: Lane | None = None) -> QueueStatus:
        await self._asked("resume_queue", lane)
        return self.change_queue(paused=False) if lane is None else self.change_lane(lane, paused=False)

    async def set_lane_limit(self, lane: Lane, limit: int) -> QueueStatus:
        await self._asked("set_lane_limit", lane, limit)
        return self.change_lane(lane, limit=limit, lowered=False)

    async def try_gates(self, reason: HoldReason | None = None) -> QueueStatus:
        await self._asked("try_gates", reason)
        for each in tuple(self.opening):
            if reason in (None, each):
                self.open_gate(each)
        return self.queue_now

    async def set_online(self, *, online: bool) -> None:
        await self._asked("set_online", online)

    async def figures(self, since: float | None = None) -> QueueFigures:
        await self._asked("figures", since)
        return job_samples.sample_figures(since)

    async def diagnostics(self) -> tuple[BundleFile, ...]:
        await self._asked("diagnostics")
        return job_samples.sample_bundle()

    async def write_diagnostics(self, path: Path) -> Path:
        await self._asked("write_diagnostics", path)
        self.written_bundles.append(path)
        return path

    async def backups(self) -> tuple[Backup, ...]:
        await self._asked("backups")
        return self.kept_backups

    async def back_up(self) -> Backup:
        await self._asked("back_up")
        newest = self.kept_backups[0].model_copy(update={"at": samples.NOW})
        self.kept_backups = (newest, *self.kept_backups)
        return newest
