"""Sources, steps, files and cards in the database."""

from typing import Any

import pytest

from cardgen_desktop import paths
from cardgen_desktop.domain.card import Card, CardData, CardProblem, Lorebook, LorebookEntry
from cardgen_desktop.domain.errors import StorageError
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.source import Aside, Heading, SourceText, SourceWarning
from cardgen_desktop.store import card_files, cards, sources, steps
from cardgen_desktop.store.asset_files import AssetFiles
from cardgen_desktop.store.engine import Database
from tests.support.stored_jobs import execute, new

DATA = CardData(
    name="Émile",
    tags=("Novel", "100%"),
    character_book=Lorebook(entries=(LorebookEntry(content="x"), LorebookEntry())),
    extensions={"depth": {"deep": [1, None]}},
)
EVIDENCE = {
    "name": (Evidence(text="Émile", kind="verbatim", source=0, start=1, end=6),),
    "description": (Evidence(text=". ", kind="template"),),
}


def book(text: str = "A story.\r\n\x00Two.", **fields: Any) -> SourceText:
    values: dict[str, Any] = {
        "path": "/tmp/a.txt", "name": "a.txt", "kind": "text", "title": "A", "language": "en",
        "encoding": "utf-8", "sha256": "s" + str(len(text)), "size": len(text), "words": 2, "text": text,
        "headings": (Heading(title="One", level=1, start=0, end=3),),
        "asides": (Aside(kind="licence", start=4, end=5),),
        "warnings": (SourceWarning(code="doubt", message="Guessed."),),
    }  # fmt: skip
    return SourceText(**values | fields)


async def put(database: Database, text: SourceText, now: float = 1.0) -> Any:
    async with database.write() as connection:
        return await sources.add(connection, text, now)


async def test_source_comes_back_as_it_was(database: Database) -> None:
    text = book()
    summary = await put(database, text, 7.0)
    async with database.read() as connection:
        assert await sources.texts(connection, [summary.id]) == (text,)
        assert await sources.on_desk(connection) == (summary,)
    assert (summary.chars, summary.headings, summary.warnings) == (text.chars, text.headings, text.warnings)
    assert summary.added_at == 7.0


async def test_same_file_is_one_source_and_same_content_one_document(database: Database) -> None:
    first = await put(database, book())
    again = await put(database, book(), 9.0)
    copy = await put(database, book(path="/tmp/copy.txt", name="copy.txt"))
    changed = await put(database, book("Another story."))
    assert again == first
    assert len({first.id, copy.id, changed.id}) == 3
    assert (copy.name, changed.name) == ("copy.txt", "a.txt")
    assert await execute(database, "SELECT count(*) FROM document") == [(2,)]


async def test_file_read_again_is_known_as_the_newer_reading_has_it(database: Database) -> None:
    first = await put(database, book(title="A STORY", headings=()))
    again = await put(database, book(title="A Story"), 9.0)
    assert (again.id, again.title, len(again.headings)) == (first.id, "A Story", 1)


async def test_source_off_the_desk_stays_readable_and_comes_back(database: Database) -> None:
    summary = await put(database, book())
    async with database.write() as connection:
        assert await sources.take_off_desk(connection, summary.id)
        assert not await sources.take_off_desk(connection, summary.id)
        assert await sources.on_desk(connection) == ()
        assert len(await sources.texts(connection, [summary.id])) == 1
    assert (await put(database, book())).id == summary.id
    async with database.read() as connection:
        assert len(await sources.on_desk(connection)) == 1


async def test_texts_keep_the_order_asked_for(database: Database) -> None:
    first, second = await put(database, book()), await put(database, book("Two"))
    async with database.write() as connection:
        ids = [second.id, first.id, second.id, 99]
        assert [item.text for item in await sources.texts(connection, ids)] == ["Two", book().text, "Two"]
        await sources.put_in_order(connection, [second.id, first.id])
        assert [item.id for item in await sources.on_desk(connection)] == [second.id, first.id]


@pytest.mark.parametrize("spoil", ["text = x'ff'", "headings = '{'", "asides = '[{\"kind\": 1}]'"])
async def test_damaged_source_is_a_sentence_that_names_it(database: Database, spoil: str) -> None:
    summary = await put(database, book())
    await execute(database, f"UPDATE document SET {spoil}")
    with pytest.raises(StorageError, match=r'"a\.txt" is damaged'):
        async with database.read() as connection:
            await sources.texts(connection, [summary.id])


async def job_id(database: Database) -> int:
    return (await new(database)).id


async def test_step_is_stored_once_with_the_newest_output(database: Database) -> None:
    job = await job_id(database)
    async with database.write() as connection:
        await steps.save_step(connection, job, "name", "h1", {"values": {"name": "A"}}, 0.5, 1.0)
        await steps.save_step(connection, job, "tags", "h1", {}, 0.5, 2.0)
        await steps.save_step(connection, job, "name", "h2", {"values": {"name": "B"}}, 0.6, 3.0)
    await execute(database, "UPDATE step SET output = '!' WHERE step_key = 'tags'")
    async with database.read() as connection:
        assert [(item.key, item.input_hash, item.output) for item in await steps.steps(connection, job)] == [
            ("tags", "h1", None),
            ("name", "h2", {"values": {"name": "B"}}),
        ]


async def test_files_accumulate_and_are_written_again_when_asked_again(database: Database) -> None:
    job = await job_id(database)
    async with database.write() as connection:
        await steps.ask_outputs(connection, job, "card", ["/b.png", "/a.json"])
        await steps.output_done(connection, job, "/b.png", 0.1, 5.0)
        await steps.ask_outputs(connection, job, "evidence", ["/e.json"])
        await steps.ask_outputs(connection, job, "card", ["/a.json", "/c.png"])
        found = await steps.outputs(connection, job)
        assert [(item.path, item.kind, item.done) for item in found] == [
            ("/b.png", "card", True), ("/a.json", "card", False), ("/c.png", "card", False),
            ("/e.json", "evidence", False),
        ]  # fmt: skip
        await steps.ask_outputs(connection, job, "card", ["/b.png"])
        assert not any(item.done for item in await steps.outputs(connection, job))


async def stored(database: Database, data: CardData = DATA, **fields: Any) -> Any:
    async with database.write() as connection:
        return await cards.add(connection, Card(data=data), 10.0, origin="draft", **fields)


async def test_card_comes_back_with_everything(database: Database) -> None:
    source = await put(database, book())
    async with database.write() as connection:
        kept = AssetFiles(paths.assets(database.path.parent)).keep(b"png")
        picture = await card_files.name_picture(connection, kept.sha256)
        assert await card_files.name_picture(connection, kept.sha256) == picture
    content = Card.model_validate({"data": DATA.model_dump() | {"foreign": 1}, "beside": [2]})
    problem = CardProblem(level="warning", where="data.tags", message="Odd.")
    async with database.write() as connection:
        summary = await cards.add(
            connection, content, 10.0, origin="import", source_title="A", source_ids=(source.id,),
            evidence=EVIDENCE, problems=(problem,), original={"name": "raw"}, picture_sha256=picture,
        )  # fmt: skip
        record = await cards.record(connection, summary.id)
        assert await cards.original(connection, summary.id) == {"name": "raw"}
    assert record is not None
    assert record.card == content
    assert (record.evidence, record.problems, record.sources) == (EVIDENCE, (problem,), (source,))
    assert (record.avatar, record.summary) == (b"png", summary)
    assert (summary.tags, summary.lorebook_entries, summary.has_avatar) == (("Novel", "100%"), 2, True)


async def test_save_names_the_version_it_was_made_from(database: Database) -> None:
    summary = await stored(database)
    async with database.write() as connection:
        saved = await cards.save(connection, summary.id, Card(data=CardData(name="Em")), 1, 20.0)
        assert saved is not None
        assert (saved.name, saved.version, saved.updated_at, saved.created_at) == ("Em", 2, 20.0, 10.0)
        assert await cards.save(connection, summary.id, Card(), 1, 30.0) is None
        record = await cards.record(connection, summary.id)
    assert record is not None
    assert record.card.data.name == "Em"


async def test_trash_gives_everything_back(database: Database) -> None:
    summary = await stored(database, evidence=EVIDENCE)
    async with database.write() as connection:
        assert await cards.trash(connection, summary.id, 20.0) is not None
        assert await cards.trash(connection, summary.id, 20.0) is None
        assert [each.trashed_at for each in await cards.trashed(connection)] == [20.0]
        assert await cards.listed(connection) == ()
        assert await cards.record(connection, summary.id) is None
        assert await cards.save(connection, summary.id, Card(), 1, 20.0) is None
        assert await cards.restore(connection, summary.id) == summary
        assert await cards.restore(connection, summary.id) is None
        assert await cards.listed(connection) == (summary,)


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ["Émile", "Ann"]), ("émI", ["Émile"]), ("NOVEL", ["Émile"]), ("100%", ["Émile"]), ("ann", ["Ann"])],
)
async def test_library_is_searched_by_name_and_tag(database: Database, text: str, names: list[str]) -> None:
    await stored(database, CardData(name="Ann"))
    await stored(database)
    async with database.read() as connection:
        assert [item.name for item in await cards.listed(connection, text)] == names


async def test_job_has_one_card_and_an_edited_one_is_not_replaced(database: Database) -> None:
    job = await job_id(database)
    summary = await stored(database, job_id=job)
    with pytest.raises(StorageError):
        await stored(database, job_id=job)
    async with database.write() as connection:
        assert await cards.of_job(connection, job) == summary
        fresh = await cards.replace_draft(
            connection, summary.id, Card(data=CardData(name="New")), {}, None, 20.0
        )
        assert (fresh.name, fresh.version) == ("New", 1)
        await cards.save(connection, summary.id, Card(data=CardData(name="Mine")), 1, 30.0)
        await cards.trash(connection, summary.id, 31.0)
        kept = await cards.replace_draft(
            connection, summary.id, Card(data=CardData(name="New")), {}, None, 40.0
        )
        assert kept.name == "Mine"
        assert await cards.listed(connection) == (kept,)


async def test_damaged_card_is_a_sentence_that_names_it(database: Database) -> None:
    summary = await stored(database)
    await execute(database, "UPDATE card SET card = '{\"data\": 5}'")
    with pytest.raises(StorageError, match='card "Émile" is damaged'):
        async with database.read() as connection:
            await cards.record(connection, summary.id)
    async with database.read() as connection:
        assert [item.name for item in await cards.listed(connection)] == ["Émile"]


async def test_half_a_surrogate_pair_in_a_card_stays_readable(database: Database) -> None:
    summary = await stored(database, CardData(name="a\ud800b", description="\udfff"))
    async with database.read() as connection:
        record = await cards.record(connection, summary.id)
    assert record is not None
    assert (record.card.data.name, record.card.data.description, summary.name) == ("a?b", "?", "a?b")
