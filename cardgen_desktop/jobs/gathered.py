"""Calls that come at the same time are carried out together: one transaction serves all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

MOST_AT_ONCE = 256


class Gathered(Generic[In, Out]):
    """A call for one item, carried out for all the items that wait, in their order.

    `work` gets the items and answers with one outcome for each; every caller of that time
    hears what it raises. While it is at work further items gather for the next time. A caller that is
    cancelled does not stop it.
    """

    def __init__(self, work: Callable[[Sequence[In]], Awaitable[Sequence[Out]]]) -> None:
        self._work = work
        self._waiting: list[tuple[In, asyncio.Future[Out]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, item: In) -> Out:
        """Carry out the call with others that come at the same time."""
        answer: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work_on(), name="gathered")
        return await asyncio.shield(answer)

    async def _work_on(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._carry_out(batch)
        finally:
            self._worker = None

    async def _carry_out(self, batch: list[tuple[In, asyncio.Future[Out]]]) -> None:
        try:
            outcomes = await self._work([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001  (handed to the callers)
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
                    answer.exception()  # a caller that was cancelled does not ask for it
            return
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if not answer.done():
                answer.set_result(outcome)
