"""A program under test: joins a data folder, drafts from books, says what it hears, and waits for the end.

Arguments: the folder, then the books. Says "owner" or "guest", "job" and its number, each state and phase,
and at the end "ended" with the job's number, its state, and whether this process owned the folder then.
`$CARDGEN_TEST_HOLD` lets it stay until it is interrupted.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.domain.events import Event, JobChanged
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.handover.joined import SharedWorkspace, join_workspace

FAKE = "tests.jobs.fake_tasks:TASKS"


def say(event: Event) -> None:
    if isinstance(event, JobChanged):
        print(event.job.state, event.job.id, event.job.phase, flush=True)


async def draft(workspace: SharedWorkspace, book: str) -> None:
    (added,) = await workspace.commands.add_files([Path(book)])
    assert added.source is not None, added.error
    request = DraftRequest(source_ids=(added.source.id,), outputs=(f"{Path(book).stem}.png",))
    (job,) = await workspace.commands.start_drafts([request])
    print("job", job.id, flush=True)
    ended = await workspace.wait(job.id)
    print("ended", ended.id, ended.state, "owner" if workspace.is_owner else "guest", flush=True)


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    async with join_workspace(Path(sys.argv[1]), workers=2, program="sharer", tasks=FAKE) as workspace:
        workspace.events.subscribe(say)
        print("owner" if workspace.is_owner else "guest", os.getpid(), flush=True)
        await asyncio.gather(*(draft(workspace, book) for book in sys.argv[2:]))
        if os.environ.get("CARDGEN_TEST_HOLD"):
            await stop.wait()
    print("closed", flush=True)


try:
    asyncio.run(main())
except CardgenError as error:
    print("error", error.exit_code, error.message, flush=True)
