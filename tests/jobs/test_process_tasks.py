"""The real tasks of the children: which character a name means, and files in and out."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.errors import CardgenError, InputError, SourceError, UsageError
from cardgen_desktop.domain.people import Alias, Person
from cardgen_desktop.domain.source import SourceText, Span
from cardgen_desktop.jobs import frames
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.process_tasks import TASKS, choose_person, resolve
from cardgen_desktop.store.asset_files import AssetFiles

STORY = Path(__file__).parent.parent / "data" / "treasure_island_opening.txt"


def person(number: int, name: str, *aliases: str) -> Person:
    known = tuple(Alias(name=alias, mentions=1) for alias in (name, *aliases))
    return Person(
        id=number, name=name, aliases=known, mentions=1, quotes=0, first=Span(source=0, start=0, end=1)
    )


JANE, MARY, DARCY = person(1, "Jane Bennet", "Jane"), person(2, "Mary"), person(3, "Mr. Darcy", "Darcy")
PEOPLE = (JANE, MARY, DARCY)


@pytest.mark.parametrize(
    ("wanted", "matches", "found"),
    [
        ("", (), JANE),
        ("   ", (), JANE),
        ("darcy", (DARCY,), DARCY),
        ("mary", (JANE, MARY), MARY),
        ("  MR.   darcy ", (DARCY,), DARCY),
    ],
)
def test_name_means_one_character(wanted: str, matches: tuple[Person, ...], found: Person) -> None:
    assert resolve(PEOPLE, matches, wanted) == found


def test_unknown_name_lists_who_is_there() -> None:
    with pytest.raises(UsageError) as caught:
        resolve(PEOPLE, (), "Flint")
    assert caught.value.exit_code == 2
    assert caught.value.message.endswith('called "Flint". They tell of Jane Bennet, Mary or Mr. Darcy.')


def test_ambiguous_name_lists_who_it_may_be() -> None:
    with pytest.raises(UsageError, match='"Bennet" could be Jane Bennet or Mary'):
        resolve(PEOPLE, (JANE, MARY), "Bennet")


def test_long_list_is_cut() -> None:
    crowd = tuple(person(number, f"P{number}") for number in range(20))
    with pytest.raises(UsageError, match=r"P0, P1, .*, P7 and 12 more\."):
        resolve(crowd, (), "X")


def test_text_without_anybody_names_its_file() -> None:
    from cardgen_desktop.reading.index import read_index
    from cardgen_desktop.sources.registry import read_bytes

    index = read_index([read_bytes(b"The rain fell all night, and the road was wet.\n", "weather.txt")])
    with pytest.raises(SourceError, match=r"weather\.txt.*nobody to draft") as caught:
        choose_person(index, "")
    assert caught.value.exit_code == 3


async def test_pasted_text_is_read_like_a_file(pool: ProcessPool) -> None:
    text = "# The Lamp\n\nAnna looked up.\n\n## One night\n\nShe lit it.\n"
    source = await pool.read_text(text, "Pasted text.md")
    assert (source.text, source.path, source.kind) == (text, "", "markdown")
    assert [heading.title for heading in source.headings] == ["The Lamp", "One night"]


async def test_a_card_is_a_card_or_a_source_as_it_is_wanted(pool: ProcessPool, tmp_path: Path) -> None:
    path = tmp_path / "anna.json"
    path.write_text('{"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Anna"}}')
    assert (await pool.open_file(path)).card is not None
    opened = await pool.open_file(path, sources_only=True)
    assert opened.card is None and opened.source is not None
    assert (opened.source.kind, opened.source.title) == ("card", "Anna")


@pytest.fixture
async def pool(tmp_path: Path) -> AsyncIterator[ProcessPool]:
    async with ProcessPool(1, assets=tmp_path / "assets") as pool:
        yield pool


def outcome_of(error: CardgenError) -> tuple[int, bool]:
    return error.exit_code, "CardGen made a mistake" in error.message


async def test_plain_text_is_the_file_itself(pool: ProcessPool) -> None:
    source = await pool.read(STORY)
    assert source.text == STORY.read_bytes().decode("utf-8").removeprefix("\ufeff")
    assert (await pool.open_file(STORY)).source == source


async def test_file_name_that_is_no_unicode_is_read(pool: ProcessPool, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    try:
        path.write_text("Jim met Pew.")
    except OSError:
        pytest.skip("this file system holds Unicode names only")
    assert (await pool.read(path)).text == "Jim met Pew."


async def test_bad_files_are_one_sentence_each_and_the_pool_goes_on(
    pool: ProcessPool, tmp_path: Path
) -> None:
    empty, folder = tmp_path / "empty.txt", tmp_path / "folder"
    empty.touch()
    folder.mkdir()
    for path in (empty, folder, tmp_path / "missing.txt"):
        with pytest.raises(InputError) as caught:
            await pool.open_file(path)
        assert outcome_of(caught.value) == (3, False)
        assert path.name in caught.value.message
    assert (await pool.open_file(STORY)).source is not None


async def test_card_goes_out_and_comes_in_again(pool: ProcessPool, tmp_path: Path) -> None:
    card = Card(data=CardData(name="Ann", description="Tall.", tags=("a",)))
    path = tmp_path / "ann.png"
    report = await pool.export(card, path, "png")
    assert report.bytes == path.stat().st_size
    with pytest.raises(UsageError, match="exists already"):
        await pool.export(card, path, "png")
    opened = (await pool.open_file(path)).card
    assert opened is not None
    assert opened.picture is not None
    assert (opened.card.data.name, opened.card.data.description) == ("Ann", "Tall.")
    seen = await pool.inspect(path)
    assert (seen.container, seen.spec) == ("png", "chara_card_v3")
    converted = await pool.convert(path, tmp_path / "ann.json", "json-v3")
    assert Path(converted.path).exists()
    checked = await pool.check_picture(path.read_bytes(), "face.png")
    assert AssetFiles(tmp_path / "assets").read(checked.sha256) == path.read_bytes()


async def test_picture_that_is_none_names_the_file(pool: ProcessPool) -> None:
    with pytest.raises(InputError, match=r'^"face\.png" cannot be the picture'):
        await pool.check_picture(b"not a picture", "face.png")


async def test_card_with_broken_base64_says_so(pool: ProcessPool, tmp_path: Path) -> None:
    path = tmp_path / "ann.png"
    await pool.export(Card(data=CardData(name="Ann")), path, "png")
    data = bytearray(path.read_bytes())
    for keyword in (b"chara\0", b"ccv3\0"):
        start = data.index(keyword) + len(keyword)
        data[start : start + 40] = b"!" * 40
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        await pool.open_file(path)
    assert outcome_of(caught.value) == (3, False)


async def test_draft_of_a_real_text_resumes_from_its_steps(pool: ProcessPool) -> None:
    source = await pool.read(STORY)
    steps: dict[str, frames.StepDone] = {}
    async with pool.draft([source], "", {}, engine="offline") as talk:
        async for message in talk:
            if isinstance(message, frames.StepDone):
                steps[message.key] = message
    whole = talk.result
    assert whole.card.description
    for path, records in whole.evidence.items():
        if path == "description":
            assert "".join(record.text for record in records) == whole.card.description
    half = {key: steps[key].output for key in list(steps)[:3]}
    again: list[str] = []
    async with pool.draft([source], "", half, engine="offline") as talk:
        async for message in talk:
            if isinstance(message, frames.StepDone):
                again.append(message.key)
    assert again == list(steps)[3:]
    assert talk.result == whole
    async with pool.draft(
        [source], "", {key: step.output for key, step in steps.items()}, engine="offline"
    ) as talk:
        messages = [message async for message in talk]
    assert not any(isinstance(message, frames.StepDone) for message in messages)
    assert talk.result == whole


async def drafted(pool: ProcessPool, source: SourceText) -> None:
    async with pool.draft([source], "", {}, engine="offline") as talk:
        async for _ in talk:
            pass


async def test_nobody_in_the_text_is_a_sentence(pool: ProcessPool, tmp_path: Path) -> None:
    path = tmp_path / "rain.txt"
    path.write_text("it rained and rained. then it rained again, all day long.\n" * 5)
    source = await pool.read(path)
    assert await pool.quotes([source]) == ()
    with pytest.raises(SourceError, match="nobody to draft"):
        await drafted(pool, source)


def test_every_task_is_bounded() -> None:
    assert all(0 < task.memory <= 4 * 1024**3 and 0 < task.cpu_seconds <= 1800 for task in TASKS.values())
    assert TASKS["read"].memory <= 1.25 * 1024**3
    assert TASKS["read"].cpu_seconds <= 70
