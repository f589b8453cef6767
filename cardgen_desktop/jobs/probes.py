"""What tells whether a closed gate can be opened. No probe here sends anything over the network."""

import asyncio
from pathlib import Path

from ..llm.route import has_route

RESUME_BYTES = 500 * 1024 * 1024
"""So much room must be there before work goes on after a full disk (ux-and-reliability.md 2.2)."""


async def is_online(_scope: str = "") -> bool:
    """Whether the system knows a way out of this computer."""
    return await asyncio.to_thread(has_route)


async def is_there(scope: str) -> bool:
    """Whether the file or folder that a job waits for is there."""
    return await asyncio.to_thread(Path(scope).exists)
