"""`python -m tests.support.killed_removal HOME CARD...`: remove cards of the trash, killed after their rows.

The process ends by SIGKILL as soon as the rows are stored, before it touches any file.
"""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from cardgen_desktop import paths
from cardgen_desktop.store import removal
from cardgen_desktop.store.engine import open_database


async def main(home: Path, card_ids: list[int]) -> None:
    """Store the removal, and die."""
    database = await open_database(paths.database(home))
    async with database.write() as connection:
        await removal.remove(connection, card_ids, removal.JobPictures(), time.time())
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), [int(number) for number in sys.argv[2:]]))
