"""What tells whether a closed gate can be opened. No probe here sends anything over the network."""

import asyncio
import socket
from pathlib import Path

RESUME_BYTES = 500 * 1024 * 1024
"""So much room must be there before work goes on after a full disk (ux-and-reliability.md 2.2)."""

# Addresses for documentation (RFC 5737, RFC 3849): asking for the way there sends nothing.
_SOMEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


async def is_online(_scope: str = "") -> bool:
    """Whether the system knows a way out of this computer."""
    return await asyncio.to_thread(_has_route)


def _has_route() -> bool:
    for family, address in _SOMEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
                return True
        except OSError:
            continue
    return False


async def is_there(scope: str) -> bool:
    """Whether the file or folder that a job waits for is there."""
    return await asyncio.to_thread(Path(scope).exists)
