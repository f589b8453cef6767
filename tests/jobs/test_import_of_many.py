"""A folder of very many cards in PNG: all of them, on all cores, with memory that stays flat."""

import os
import sys
from pathlib import Path

import pytest

from cardgen_desktop.domain.job import JobState
from cardgen_desktop.domain.job_kinds import ImportRequest, ImportResult
from cardgen_desktop.jobs.import_job import cards_at_once
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.support.card_files import KEEPER_V2, chunk, packed, png, text_chunk
from tests.support.databases import place_empty_database
from tests.support.waiting import until

CARDS = 2_000
PICTURE_BYTES = 20_000
GROWTH = 40 * 1024
"""Kilobytes that a process may grow after its first hundreds of cards: all pictures are as many."""


def write_cards(folder: Path) -> None:
    """Cards with pictures of their own; `PICTURE_BYTES` of each is a chunk that nobody reads."""
    folder.mkdir()
    for number in range(CARDS):
        data = {**KEEPER_V2["data"], "name": f"Mira {number}"}
        own = chunk(b"prVt", number.to_bytes(4, "big") * (PICTURE_BYTES // 4))
        card = text_chunk("chara", packed({**KEEPER_V2, "data": data}))
        (folder / f"{number}.png").write_bytes(png(before=own, after=card))


def resident(pid: int) -> int:
    """Kilobytes of a process in memory; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


@pytest.mark.soak
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is looked up in /proc")
async def test_memory_stays_flat_over_a_large_folder(tmp_path: Path) -> None:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    write_cards(tmp_path / "cards")
    async with open_workspace(tmp_path / "home", workers=2) as workspace:
        job = await workspace.commands.start_import(ImportRequest(paths=(str(tmp_path / "cards"),)))
        await until(lambda: progress(workspace, job.id) > 20)
        before = {pid: resident(pid) for pid in processes(workspace)}
        end = await workspace.wait(job.id)
        after = {pid: resident(pid) for pid in before}
        assert end.state is JobState.SUCCEEDED, end.error
        assert len(ImportResult.model_validate(end.result).card_ids) == CARDS
        assert len(before) > cards_at_once(), "every core had a child at work"
        assert all(after[pid] - before[pid] < GROWTH for pid in before)
        assert (tmp_path / "home" / "cardgen.db").stat().st_size < CARDS * PICTURE_BYTES, "pictures are files"


def progress(workspace: Workspace, job_id: int) -> float:
    """Percent of a job that runs now."""
    running = workspace.service.core.running.get(job_id)
    return 0.0 if running is None else running.snapshot.progress


def processes(workspace: Workspace) -> tuple[int, ...]:
    """This process and its children."""
    return (os.getpid(), *workspace.pool.pids)
