"""Tasks that belong to somebody: named, kept alive, heard when they fail, cancelled at close."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class TaskOwner:
    """Runs coroutines for one owner. `on_error` hears the task's name and its exception."""

    def __init__(self, on_error: Callable[[str, Exception], None]) -> None:
        self._on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def spawn(self, coro: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any] | None:
        """Start a coroutine on the running loop; after `aclose` it is dropped and None comes back.

        So it is when no loop runs: Qt still hands out a last timer while the program ends.
        """
        loop = None if self._closed else asyncio._get_running_loop()
        if loop is None:
            coro.close()
            return None
        task = loop.create_task(coro, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._on_error(task.get_name(), error)

    async def aclose(self, grace: float = 5.0) -> None:
        """Refuse new work, cancel what runs and wait for it, at most `grace` seconds."""
        self._closed = True
        pending = self._tasks - {asyncio.current_task()}
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=grace)
