"""Cards are removed for good: their rows, what belongs to them, and a note of the files."""

import hashlib

from cardgen_desktop.domain.card import Card, CardData, CardFile
from cardgen_desktop.domain.checking import Proposal
from cardgen_desktop.domain.costs import CostQuery
from cardgen_desktop.store import card_files, cards, costs, jobs, proposals, removal
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import execute, new

NO_JOBS = removal.JobPictures()


def sha(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


async def put(
    database: Database,
    name: str,
    *,
    files: tuple[str, ...] = (),
    picture: str = "",
    job_id: int | None = None,
) -> int:
    stored = tuple(CardFile(path=f"assets/{word}.png", bytes=4, sha256=sha(word)) for word in files)
    async with database.write() as connection:
        card = await cards.add(
            connection, Card(data=CardData(name=name)), 1.0, origin="import", files=stored,
            picture_sha256=sha(picture) if picture else None, job_id=job_id,
        )  # fmt: skip
        await cards.trash(connection, card.id, 2.0)
    return card.id


async def removed(database: Database, *card_ids: int) -> set[str]:
    async with database.write() as connection:
        return set(await removal.remove(connection, card_ids, NO_JOBS, 9.0))


async def test_rows_go_and_files_that_others_have_stay_named(database: Database) -> None:
    one = await put(database, "Ada", files=("own", "shared"), picture="face")
    other = await put(database, "Bea", files=("shared",), picture="back")
    async with database.write() as connection:
        await card_files.put_picture(
            connection, other, card_files.StoredPicture(sha256=sha("back"), whole_sha256=sha("whole"))
        )
        await proposals.add(connection, Proposal(id=0, card_id=one, path="description", text="b"))
    assert await removed(database, one) == {sha("own"), sha("face")}
    assert await execute(database, "SELECT count(*) FROM proposal") == [(0,)]
    assert await execute(database, "SELECT id FROM card") == [(other,)]
    assert await execute(database, "SELECT DISTINCT card_id FROM card_file") == [(other,)]
    async with database.read() as connection:
        every = [sha(word) for word in ("own", "shared", "face", "back", "whole")]
        assert await card_files.named(connection, every) == {sha("shared"), sha("back"), sha("whole")}
        (note,) = await removal.notes_left(connection)
    assert (note.cards, set(note.files)) == ((one,), {sha("own"), sha("face")})
    assert await removed(database, other) == {sha("shared"), sha("back"), sha("whole")}


async def test_two_cards_that_go_together_take_what_they_share(database: Database) -> None:
    both = [await put(database, name, files=("shared",)) for name in ("Ada", "Bea")]
    assert await removed(database, *both) == {sha("shared")}


async def test_a_picture_that_a_job_may_need_again_is_kept(database: Database) -> None:
    card_id = await put(database, "Ada", picture="face")
    await new(database, metadata={"picture_sha256": sha("face")})
    assert await removed(database, card_id) == set()
    assert await execute(database, "SELECT count(*) FROM picture") == [(1,)]


async def test_what_was_paid_keeps_the_number_and_the_name_of_the_card(database: Database) -> None:
    job = await new(database, character="Ada L.")
    card_id = await put(database, "Ada Lovelace", job_id=job.id)
    for column, number in (("job_id", job.id), ("card_id", card_id)):
        await execute(
            database,
            f"INSERT INTO ledger ({column}, step, profile, model, started_at, ended_at, cost) "
            f"VALUES ({number}, 's', 'home', 'm', 5, 6, '0.25')",
        )
    async with database.write() as connection:
        before = await costs.report(connection, CostQuery(by="card"))
    await removed(database, card_id)
    async with database.read() as connection:
        after = await costs.report(connection, CostQuery(by="card"))
        assert await jobs.get(connection, job.id) is not None
    assert after == before and [(row.key, row.label) for row in after.rows] == [
        (str(card_id), "Ada Lovelace")
    ]


async def test_a_job_that_has_not_ended_is_found_by_its_card(database: Database) -> None:
    made, asked = await new(database), await new(database)
    drafted = await put(database, "Ada", job_id=made.id)
    written = await put(database, "Bea")
    free = await put(database, "Cid")
    await execute(database, f"""UPDATE job SET request = '{{"card_id": {written}}}' WHERE id = {asked.id}""")
    async with database.read() as connection:
        assert await removal.job_at_work(connection, [free, drafted]) == (made.id, "Ada")
        assert await removal.job_at_work(connection, [written]) == (asked.id, "Bea")
        assert await removal.job_at_work(connection, [free]) is None
    await execute(database, "UPDATE job SET state = 'succeeded', finished_at = 5")
    async with database.read() as connection:
        assert await removal.job_at_work(connection, [free, drafted, written]) is None


async def test_notes_that_cannot_be_read_are_none(database: Database) -> None:
    await execute(database, "INSERT INTO setting VALUES ('removals', '[{\"at\": \"soon\"}]')")
    async with database.write() as connection:
        assert await removal.notes_left(connection) == ()
        await removal.keep_notes(connection, [removal.Note(at=1.0, cards=(4,), files=())])
        assert [note.cards for note in await removal.notes_left(connection)] == [(4,)]
        await removal.keep_notes(connection, [])
    assert await execute(database, "SELECT count(*) FROM setting WHERE key = 'removals'") == [(0,)]
