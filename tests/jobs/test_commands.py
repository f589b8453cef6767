"""Commands about sources and cards, with what they announce."""

import os
import sys
from pathlib import Path

import pytest

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.card_library import AddedFile
from cardgen_desktop.domain.errors import InputError, UsageError
from cardgen_desktop.domain.events import CardChanged, CardRemoved, Event, SourcesChanged
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.source import Heading
from cardgen_desktop.jobs.events import EventBus
from cardgen_desktop.jobs.job_starts import absolute_files
from cardgen_desktop.jobs.workspace import Workspace

from .conftest import Opening, added, drafted, write_book

PNG = b"\x89PNG picture"


@pytest.fixture
def events(workspace: Workspace) -> list[Event]:
    heard: list[Event] = []
    workspace.events.subscribe(heard.append)
    return heard


async def test_every_file_of_a_batch_has_its_outcome(
    workspace: Workspace, events: list[Event], tmp_path: Path
) -> None:
    paths = [
        write_book(tmp_path, "Jim", "1.txt"),
        tmp_path / "missing.txt",
        write_book(tmp_path, "kill", "2.txt"),
        write_book(tmp_path, "{}", "card.json"),
        tmp_path,
        write_book(tmp_path, "Pew", "3.txt"),
    ]
    heard: list[AddedFile] = []
    progress: list[float] = []
    outcomes = await workspace.commands.add_files(
        paths, on_progress=lambda fraction, _: progress.append(fraction), on_added=heard.append
    )
    assert [outcome.path for outcome in outcomes] == [str(path) for path in paths]
    kinds = [
        "source" if item.source else "card" if item.card else "error" if item.error else "nothing"
        for item in outcomes
    ]
    assert kinds == ["source", "error", "error", "card", "error", "source"]
    assert '"missing.txt"' in (outcomes[1].error or "")
    assert '"2.txt" stopped the reader' in (outcomes[2].error or "")
    assert sorted(heard, key=lambda item: item.path) == sorted(outcomes, key=lambda item: item.path)
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert [source.name for source in await workspace.commands.sources()] == ["1.txt", "3.txt"]
    assert any(isinstance(event, SourcesChanged) for event in events)
    assert [event.card.name for event in events if isinstance(event, CardChanged)] == ["card"]


async def test_sources_stand_in_the_order_given(workspace: Workspace, tmp_path: Path) -> None:
    paths = [write_book(tmp_path, f"Text {number}", f"{number}.txt") for number in range(6)]
    await workspace.commands.add_files(paths)
    assert [source.path for source in await workspace.commands.sources()] == [str(path) for path in paths]


async def test_pasted_text_is_a_source(workspace: Workspace) -> None:
    summary = await workspace.commands.add_text("Jim met\r\nPew.", "Pasted text")
    text = await workspace.commands.source_text(summary.id)
    assert (text.text, text.name, text.words, text.path) == ("Jim met\r\nPew.", "Pasted text", 3, "")
    with pytest.raises(UsageError, match="no text to add"):
        await workspace.commands.add_text(" \n", "x")
    with pytest.raises(UsageError, match="longer than"):
        await workspace.commands.add_text("x" * 20_000_001, "x")


async def test_a_card_of_the_library_is_a_source_as_it_now_stands(
    workspace: Workspace, events: list[Event], tmp_path: Path
) -> None:
    (tmp_path / "anna.json").write_text("{}")
    (outcome,) = await workspace.commands.add_files([tmp_path / "anna.json"])
    assert outcome.card is not None
    card_id = outcome.card.id
    data = CardData(name="Anna Lind", description="{{char}} bakes.", scenario="{{user}} is hungry.")
    version = outcome.card.version
    await workspace.commands.save_card(card_id, data, version=version)
    events.clear()
    summary = await workspace.commands.add_card_as_source(card_id)
    assert (summary.kind, summary.name, summary.title, summary.path) == ("card", "Anna Lind", "Anna Lind", "")
    text = (await workspace.commands.source_text(summary.id)).text
    assert "Anna Lind bakes." in text and "{{user}} is hungry." in text
    assert [source.id for source in await workspace.commands.sources()] == [summary.id]
    assert any(isinstance(event, SourcesChanged) for event in events)
    assert (await workspace.commands.add_card_as_source(card_id)).id == summary.id
    with pytest.raises(UsageError):
        await workspace.commands.add_card_as_source(999)


async def test_removed_source_keeps_its_text(workspace: Workspace, tmp_path: Path) -> None:
    source_id = await added(workspace, write_book(tmp_path))
    await workspace.commands.remove_source(source_id)
    assert await workspace.commands.sources() == ()
    assert (await workspace.commands.source_text(source_id)).text.startswith("Jim met")
    with pytest.raises(UsageError, match="no longer there"):
        await workspace.commands.source_text(99)


async def test_people_of_a_set_are_read_once(workspace: Workspace, tmp_path: Path) -> None:
    source_id = await added(workspace, write_book(tmp_path))
    phases: list[str] = []
    people = await workspace.commands.people([source_id], on_progress=lambda _, phase: phases.append(phase))
    assert [person.name for person in people] == ["Jim", "Pew."]
    assert len(phases) == 1
    again = await workspace.commands.people([source_id], on_progress=lambda _, phase: phases.append(phase))
    assert again == people
    assert len(phases) == 1
    assert await workspace.commands.people([]) == ()


async def test_passage_shows_the_surroundings_of_a_span(opening: Opening) -> None:
    async with opening(start_workers=False) as workspace:
        text = "Chapter 1\n" + "x" * 1000 + "HERE" + "y" * 1000
        summary = await workspace.commands.add_text(text, "Book")
        start = text.index("HERE")
        source = await workspace.commands.source_text(summary.id)
        heading = Heading(title="Chapter 1", level=1, start=0, end=9)
        workspace.commands._texts[summary.id] = source.model_copy(update={"headings": (heading,)})  # type: ignore[attr-defined]
        view = await workspace.commands.passage(summary.id, start, start + 4)
        assert view.text[view.mark_start : view.mark_end] == "HERE"
        assert (len(view.text), view.chapter, view.source_title) == (604, "Chapter 1", "Book")
        assert view.position == pytest.approx(start / len(text))
        wild = await workspace.commands.passage(summary.id, -5, 10**9)
        assert wild.text[wild.mark_start : wild.mark_end] == text
        behind = await workspace.commands.passage(summary.id, 10**9, 5)
        assert behind.mark_start == behind.mark_end == len(behind.text)


async def imported(workspace: Workspace, folder: Path) -> int:
    (outcome,) = await workspace.commands.add_files([write_book(folder, "{}", "Ann.json")])
    assert outcome.card is not None
    return outcome.card.id


async def test_save_refuses_to_overwrite_a_newer_version(
    workspace: Workspace, events: list[Event], tmp_path: Path
) -> None:
    card_id = await imported(workspace, tmp_path)
    saved = await workspace.commands.save_card(card_id, CardData(name="Anna"), version=1)
    assert (saved.name, saved.version) == ("Anna", 2)
    with pytest.raises(UsageError, match="changed in the meantime"):
        await workspace.commands.save_card(card_id, CardData(name="Old"), version=1)
    assert (await workspace.commands.card(card_id)).card.data.name == "Anna"
    assert [event.card.name for event in events if isinstance(event, CardChanged)] == ["Ann", "Anna"]


async def test_picture_is_checked_and_can_be_taken_back(workspace: Workspace, tmp_path: Path) -> None:
    card_id = await imported(workspace, tmp_path)
    with pytest.raises(InputError, match="not a picture"):
        await workspace.commands.set_avatar(card_id, b"hello")
    assert (await workspace.commands.set_avatar(card_id, PNG)).has_avatar
    assert (await workspace.commands.card(card_id)).avatar == PNG
    assert not (await workspace.commands.set_avatar(card_id, None)).has_avatar
    with pytest.raises(UsageError, match="not in the library"):
        await workspace.commands.set_avatar(99, None)


async def test_removed_card_comes_back(workspace: Workspace, events: list[Event], tmp_path: Path) -> None:
    card_id = await imported(workspace, tmp_path)
    await workspace.commands.remove_card(card_id)
    assert await workspace.commands.cards() == ()
    assert CardRemoved(card_id) in events
    with pytest.raises(UsageError):
        await workspace.commands.card(card_id)
    assert (await workspace.commands.restore_card(card_id)).id == card_id
    assert (await workspace.commands.restore_card(card_id)).id == card_id, "twice is harmless"
    assert len(await workspace.commands.cards("ann")) == 1
    assert await workspace.commands.cards("bob") == ()


async def test_export_writes_what_is_in_the_library(workspace: Workspace, tmp_path: Path) -> None:
    card_id = await imported(workspace, tmp_path)
    report = await workspace.commands.export_card(card_id, tmp_path / "out.png", "png")
    assert (report.path, report.bytes) == (str(tmp_path / "out.png"), 3)


def test_subscriber_that_fails_does_not_silence_the_others(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = EventBus(), []

    def fail(_: Event) -> None:
        raise RuntimeError("view is gone")

    bus.subscribe(fail)
    stop = bus.subscribe(heard.append)
    bus.announce(SourcesChanged())
    stop()
    stop()
    bus.announce(SourcesChanged())
    assert heard == [SourcesChanged()]
    assert "a subscriber failed on SourcesChanged" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
async def test_picture_from_a_pipe_is_refused_and_not_waited_for(
    workspace: Workspace, tmp_path: Path
) -> None:
    pipe, source_id = tmp_path / "face.png", await added(workspace, write_book(tmp_path))
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(InputError, match="is not an ordinary file"):
            await drafted(workspace, DraftRequest(source_ids=(source_id,), avatar=str(path)))


def test_name_like_a_home_folder_that_is_none_is_a_name() -> None:
    request = absolute_files(DraftRequest(source_ids=(1,), outputs=("~nobody-at-all.json",)))
    assert request.outputs == (str(Path.cwd() / "~nobody-at-all.json"),)
