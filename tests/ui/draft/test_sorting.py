"""What is dropped is sorted: folders and many cards go to jobs, the rest lies on the desk."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.page import DraftPage
from cardgen_desktop.ui.draft.sorting import MANY_CARDS, sorted_drop
from tests.support.commands import FakeCommands
from tests.support.messages import RecordingNotify
from tests.support.waiting import until


def made(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return paths


def test_a_few_files_go_on_the_desk_one_by_one(tmp_path: Path) -> None:
    paths = made(tmp_path, "book.txt", "a.png", "b.json")
    assert sorted_drop(paths).files == tuple(paths)


def test_many_cards_are_one_batch_and_books_among_them_stay(tmp_path: Path) -> None:
    cards = made(tmp_path, *(f"{number}.PNG" for number in range(MANY_CARDS)))
    (book,) = made(tmp_path, "book.epub")
    found = sorted_drop([book, *cards])
    assert found.cards == tuple(cards)
    assert found.files == (book,)


def test_chats_among_many_cards_go_on_the_desk(tmp_path: Path) -> None:
    cards = made(tmp_path, *(f"{number}.json" for number in range(MANY_CARDS)))
    for path in cards:
        path.write_text('{"spec": "chara_card_v2", "data": {"name": "Ada"}}')
    chats = made(tmp_path, "talk.json", "gone.json")
    chats[0].write_text('{"type": "risuChat", "data": {"message": []}}')
    chats[1].unlink()
    found = sorted_drop([*chats, *cards])
    assert found.files == (chats[0],)
    assert found.cards == (chats[1], *cards)


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (("deep/a.charx",), ("cards",)),
        (("one.txt", "deep/two.epub"), ("documents",)),
        (("one.txt", "a.png"), ("cards", "documents")),
        ((), ("cards",)),
    ],
)
def test_a_folder_is_what_is_in_it(tmp_path: Path, names: tuple[str, ...], kinds: tuple[str, ...]) -> None:
    folder = tmp_path / "dropped"
    folder.mkdir()
    made(folder, *names)
    found = sorted_drop([folder])
    assert found.files == ()
    assert (found.cards == (folder,)) is ("cards" in kinds)
    assert (found.documents == (folder,)) is ("documents" in kinds)


CARD = '{"spec": "chara_card_v2", "data": {"name": "Ada"}}'
CHAT = '{"type": "risuChat", "ver": 2, "data": {"message": []}}'
UNTOLD = '{"spec": "chara_card_v2", "data": {"name": "Ada", "messages": [{"role": "a", "content": "b"}]}}'


@pytest.mark.parametrize(
    ("texts", "kinds"),
    [
        ((CHAT,), {"documents"}),
        ((CARD,), {"cards"}),
        ((UNTOLD,), {"cards"}),
        ((CHAT, CARD), {"cards", "documents"}),
        ((CHAT, "[1, 2]"), {"documents"}),
        (("[1, 2]",), {"cards"}),
    ],
    ids=["chats", "cards", "a card with messages", "both", "a chat and a table", "a table"],
)
def test_json_in_a_folder_is_what_it_holds(tmp_path: Path, texts: tuple[str, ...], kinds: set[str]) -> None:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.JSON").write_text(text)
    found = sorted_drop([tmp_path])
    assert (found.cards == (tmp_path,)) is ("cards" in kinds)
    assert (found.documents == (tmp_path,)) is ("documents" in kinds)


async def test_a_dropped_folder_starts_a_job_and_leaves_no_row(
    qtbot: QtBot, context: UiContext, messages: RecordingNotify, tmp_path: Path
) -> None:
    commands = FakeCommands()
    page = DraftPage(context=context)
    qtbot.addWidget(page)
    page.attach(commands, commands.events)
    made(tmp_path / "cards", "a.png", "notes.md")
    page.add_paths([tmp_path / "cards"])
    await until(lambda: messages.sentences)
    assert commands.asked("start_import")[0][0].paths == (str(tmp_path / "cards"),)
    assert commands.asked("start_read")[0][0].paths == (str(tmp_path / "cards"),)
    assert commands.asked("add_files") == []
    assert page.desk is not None
    assert page.desk.rows == ()
    await page.aclose()
