"""A program under test: owns a data folder and works on it until it is killed, or told to stop by a signal.

Arguments: the folder, then optionally a book to draft from. Says "ready", then each announcement of a job.
"""

import asyncio
import signal
import sys
from pathlib import Path

from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job import TERMINAL_STATES
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.workspace import open_workspace

FAKE = "tests.jobs.fake_tasks:TASKS"


def say(event: Event) -> None:
    if isinstance(event, JobChanged):
        print(event.job.state, event.job.phase, flush=True)


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with open_workspace(Path(sys.argv[1]), workers=2, program="the holder", tasks=FAKE) as workspace:
        workspace.events.subscribe(say)
        print("ready", len(workspace.recovered), *workspace.pool.pids, flush=True)
        for book in sys.argv[2:]:
            (added,) = await workspace.commands.add_files([Path(book)])
            assert added.source is not None, added.error
            job = (await workspace.commands.start_drafts([DraftRequest(source_ids=(added.source.id,))]))[0]
            if job.state in TERMINAL_STATES:
                break
        print("children", *workspace.pool.pids, flush=True)
        await stop.wait()
    print("closed", flush=True)


asyncio.run(main())
