"""What the owner does for guests beside the commands, and for its own command in the same way."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from ...domain.errors import UsageError
from ...domain.events import FilesHandedOver
from ...domain.job import JobSnapshot
from ..events import EventBus


class Service(Protocol):
    """What the desk needs of the job service."""

    def start(self) -> None:
        """Begin to work."""
        ...

    def run_only(self, job_ids: Collection[int] | None) -> None:
        """Take only these jobs from the queue, or every one."""
        ...

    async def wait(self, job_id: int) -> JobSnapshot:
        """Wait until a job has ended."""
        ...


class OwnerDesk:
    """Implements `methods.Desk`. A window works on everything, a command only on what somebody waits for.

    `give_way` leaves the folder to another program; without it this owner stays until its end.
    """

    def __init__(
        self, service: Service, bus: EventBus, *, everything: bool, give_way: Callable[[], None] | None = None
    ) -> None:
        self._service = service
        self._bus = bus
        self._wanted: set[int] | None = None if everything else set()
        self._give_way = give_way

    async def wait(self, job_id: int) -> JobSnapshot:
        """Work on a job and wait until it has ended."""
        await self.run_jobs((job_id,))
        return await self._service.wait(job_id)

    async def run_jobs(self, job_ids: Sequence[int] | None) -> None:
        """Work on these jobs too, or on everything that is queued."""
        if job_ids is None:
            self._wanted = None
        elif self._wanted is not None:
            self._wanted.update(job_ids)
        self._service.run_only(self._wanted)
        self._service.start()

    async def hand_over(self, paths: Sequence[Path]) -> None:
        """Open files in the window, and show it."""
        self._bus.announce(FilesHandedOver(tuple(map(str, paths))))

    async def give_way(self) -> None:
        """Leave the folder to the asking window."""
        if self._give_way is None:
            raise UsageError("The program that has the data folder open keeps it until it ends.")
        self._give_way()
