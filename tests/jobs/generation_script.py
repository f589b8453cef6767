"""A program under test: drafts with a model in a data folder until it is killed. Arguments: the folder."""

import asyncio
import sys
from pathlib import Path

from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.jobs.workspace import open_workspace
from tests.jobs.generation import BOOK, SHORT


async def main() -> None:
    async with open_workspace(Path(sys.argv[1]), workers=2, program="the drafter") as workspace:
        (added,) = await workspace.commands.add_files([BOOK])
        assert added.source is not None, added.error
        request = DraftRequest(source_ids=(added.source.id,), engine="model", options=SHORT)
        (job,) = await workspace.commands.start_drafts([request])
        await workspace.wait(job.id)


asyncio.run(main())
