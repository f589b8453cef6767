"""Work that is done again and again beside the queue; a round that fails is not the last one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ..domain.errors import CardgenError

_log = logging.getLogger(__name__)


async def every(seconds: float, work: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Wait, do the work once, and so on until cancelled; `name` stands for it in the log."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except CardgenError as error:
            _log.info("%s: %s %s", name, error.message, error.details)
        except Exception:  # noqa: BLE001  (a mistake of ours must not end it for the rest of the run)
            _log.exception("%s: a round failed", name)
