"""The trash of a data folder: looked into, emptied for good, also by a program that is killed in between."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop import paths
from cardgen_desktop.domain.card_library import Removal
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import CardsChanged, Event
from cardgen_desktop.jobs.trash import YOUNG_SECONDS, finish_removals
from cardgen_desktop.jobs.workspace import Workspace, open_workspace
from tests.support.card_files import KEEPER_V3, packed, png, text_chunk
from tests.support.databases import place_empty_database
from tests.support.stored_jobs import new, put_in

LONG_AGO = 1_000_000.0


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    place_empty_database(tmp_path / "home" / "cardgen.db")
    async with open_workspace(tmp_path / "home", workers=2) as workspace:
        yield workspace


def stored(workspace: Workspace) -> list[Path]:
    folder = paths.assets(workspace.home)
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


def age_files(workspace: Workspace) -> None:
    for path in stored(workspace):
        os.utime(path, (LONG_AGO, LONG_AGO))


async def trashed(workspace: Workspace, folder: Path, name: str, data: bytes) -> int:
    """Bring a card in, then put it into the trash."""
    (folder / name).write_bytes(data)
    (outcome,) = await workspace.commands.add_files([folder / name])
    assert outcome.card is not None, outcome
    await workspace.commands.remove_card(outcome.card.id)
    return outcome.card.id


def card_png(more: bytes = b"") -> bytes:
    """A card in a picture; another `more` is another picture."""
    card = text_chunk("ccv3", packed(KEEPER_V3))
    return png(before=text_chunk("Software", more) if more else b"", after=card)


async def test_a_card_of_the_trash_goes_with_its_files(workspace: Workspace, tmp_path: Path) -> None:
    commands, heard = workspace.commands, list[Event]()
    workspace.events.subscribe(heard.append)
    card_id = await trashed(workspace, tmp_path, "mira.png", card_png())
    plain = paths.cards(workspace.home) / "trash" / f"{card_id}-Mira.json"
    plain.parent.mkdir(parents=True)
    plain.write_text("{}")
    (stays := plain.with_name("999-Other.json")).write_text("{}")
    age_files(workspace)
    size = sum(path.stat().st_size for path in stored(workspace))
    assert size and [card.id for card in await commands.trashed_cards()] == [card_id]
    assert await commands.weigh_removal() == await commands.weigh_removal([card_id, 99])
    assert (await commands.weigh_removal()).bytes == size
    await commands.back_up()
    assert await commands.remove_cards([card_id]) == Removal(cards=1, bytes=size, backups=1)
    assert stored(workspace) == [] and not plain.exists() and stays.exists()
    assert heard[-1] == CardsChanged((card_id,))
    assert await commands.trashed_cards() == ()
    with pytest.raises(UsageError, match="not in the library"):
        await commands.restore_card(card_id)
    assert await commands.empty_trash() == Removal(cards=0, bytes=0)


async def test_only_what_is_in_the_trash_is_removed(workspace: Workspace, tmp_path: Path) -> None:
    one = await trashed(workspace, tmp_path, "mira.png", card_png())
    other = await trashed(workspace, tmp_path, "again.png", card_png())
    await workspace.commands.restore_card(other)
    for wanted, words in (([one, other], "in the library, not in the trash"), ([one, 77], "Card 77 is not")):
        with pytest.raises(UsageError, match=words):
            await workspace.commands.remove_cards(wanted)
    assert [card.id for card in await workspace.commands.trashed_cards()] == [one]
    age_files(workspace)
    before = stored(workspace)
    assert await workspace.commands.empty_trash() == Removal(cards=1, bytes=0), "the other has the same files"
    assert stored(workspace) == before
    assert (await workspace.commands.card(other)).avatar is not None


async def test_a_card_that_a_job_is_at_work_on_is_refused_whole(workspace: Workspace, tmp_path: Path) -> None:
    one = await trashed(workspace, tmp_path, "mira.png", card_png())
    other = await trashed(workspace, tmp_path, "again.png", card_png())
    database = workspace.service.core.database
    job = await new(database, request={"source_ids": [1], "card_id": one})
    await put_in(database, job.id, "paused")
    sentence = rf"Job {job.id} is not done with the card .* Nothing was removed"
    with pytest.raises(UsageError, match=sentence):
        await workspace.commands.remove_cards([other, one])
    with pytest.raises(UsageError, match=sentence):
        await workspace.commands.empty_trash()
    assert len(await workspace.commands.trashed_cards()) == 2
    await workspace.commands.cancel_jobs([job.id])
    assert (await workspace.commands.empty_trash()).cards == 2


async def test_a_file_stored_just_now_or_during_an_import_waits(workspace: Workspace, tmp_path: Path) -> None:
    database = workspace.service.core.database
    await trashed(workspace, tmp_path, "mira.png", card_png())
    assert (await workspace.commands.empty_trash()).bytes > 0
    assert stored(workspace), "a command may be about to use it"
    job = await new(database, now=LONG_AGO - 1.0, kind="import")
    await put_in(database, job.id, "paused")
    age_files(workspace)
    await finish_removals(database, workspace.home)
    assert stored(workspace), "an import may be about to use it"
    await put_in(database, job.id, "cancelled")
    await finish_removals(database, workspace.home, LONG_AGO + YOUNG_SECONDS + 1.0)
    assert stored(workspace) == []


async def test_a_file_that_is_used_again_before_it_is_removed_stays(
    workspace: Workspace, tmp_path: Path
) -> None:
    await trashed(workspace, tmp_path, "mira.png", card_png())
    await workspace.commands.empty_trash()
    (outcome,) = await workspace.commands.add_files([tmp_path / "mira.png"])
    age_files(workspace)
    await finish_removals(workspace.service.core.database, workspace.home)
    assert outcome.card is not None
    assert (await workspace.commands.card(outcome.card.id)).avatar is not None


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_files_left_by_a_kill_are_removed_by_the_next_run(tmp_path: Path) -> None:
    home = tmp_path / "home"
    place_empty_database(home / "cardgen.db")
    async with open_workspace(home, workers=2) as workspace:
        gone = await trashed(workspace, tmp_path, "mira.png", card_png())
        kept = await trashed(workspace, tmp_path, "other.png", card_png(b"other"))
        age_files(workspace)
        before = stored(workspace)
    command = [sys.executable, "-m", "tests.support.killed_removal", str(home), str(gone)]
    child = await asyncio.create_subprocess_exec(*command)
    assert await asyncio.wait_for(child.wait(), 60) == -signal.SIGKILL
    async with open_workspace(home, workers=2) as workspace:
        assert stored(workspace) == before and len(before) == 2
        assert [card.id for card in await workspace.commands.trashed_cards()] == [kept]
        await finish_removals(workspace.service.core.database, home)
        assert len(stored(workspace)) == 1 and (await workspace.commands.weigh_removal()).bytes > 0
        await workspace.commands.restore_card(kept)
        assert (await workspace.commands.card(kept)).avatar is not None
