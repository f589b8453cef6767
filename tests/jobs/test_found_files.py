"""Walking folders: natural order, links that lead back, what is hidden, and bounds."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cardgen_desktop.jobs import found_files
from cardgen_desktop.jobs.found_files import FoundFiles, find_files, natural_key

SUFFIXES = frozenset({".json", ".png"})


def heard(_: Path, __: int) -> None:
    pass


async def found(*paths: Path) -> FoundFiles:
    return await find_files([str(path) for path in paths], SUFFIXES, heard)


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(files: FoundFiles, folder: Path) -> list[str]:
    return [file.path.relative_to(folder).as_posix() for file in files.files]


def test_numbers_in_names_count_as_numbers() -> None:
    listed = ["chapter 10", "Chapter 2", "chapter 1", "prologue", "2", "chapter 02b"]
    assert sorted(listed, key=natural_key) == [
        "2", "chapter 1", "Chapter 2", "chapter 02b", "chapter 10", "prologue",
    ]  # fmt: skip


async def test_a_folder_is_walked_in_natural_order_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "b/10.json", "b/9.PNG", "a.json", "notes.txt", ".hidden.json", ".git/x.json", "c/d/e.png")
    files = await found(tmp_path)
    assert names(files, tmp_path) == ["a.json", "b/9.PNG", "b/10.json", "c/d/e.png"]
    assert not files.refused
    assert not files.missing


async def test_named_files_are_taken_whatever_their_suffix_and_once(tmp_path: Path) -> None:
    write(tmp_path, "odd.charx", "a.json")
    files = await found(tmp_path / "odd.charx", tmp_path / "a.json", tmp_path, tmp_path / "gone.png")
    assert names(files, tmp_path) == ["odd.charx", "a.json"]
    assert files.missing == [tmp_path / "gone.png"]


@pytest.mark.skipif(os.name == "nt", reason="links to folders need rights on Windows")
async def test_links_that_lead_back_end(tmp_path: Path) -> None:
    write(tmp_path, "a/one.json")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert names(await found(tmp_path), tmp_path) == ["a/one.json"]


async def test_a_closed_folder_is_refused_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "closed/one.json", "two.json")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    files = await found(tmp_path)
    assert names(files, tmp_path) == ["two.json"]
    assert files.refused[0].subject == str(tmp_path / "closed")
    assert "Permission denied" in files.refused[0].reason


async def test_more_files_than_the_bound_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_files, "MOST_FILES", 3)
    write(tmp_path, *(f"{number}.json" for number in range(5)))
    files = await found(tmp_path)
    assert names(files, tmp_path) == ["0.json", "1.json", "2.json"]
    assert "more than 3 files" in files.refused[0].reason


async def test_what_a_listener_raises_ends_the_walk(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.json")
    seen: list[str] = []

    def stop(folder: Path, _: int) -> None:
        seen.append(folder.name)
        if folder.name == "a":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await find_files([str(tmp_path)], SUFFIXES, stop)
    assert seen == [tmp_path.name, "a"]


async def test_a_mark_changes_with_the_file(tmp_path: Path) -> None:
    write(tmp_path, "a.json")
    before = (await found(tmp_path)).files[0].mark
    assert (await found(tmp_path)).files[0].mark == before
    (tmp_path / "a.json").write_text("changed and longer")
    assert (await found(tmp_path)).files[0].mark != before


async def test_a_name_that_is_no_text_is_shown_with_question_marks(tmp_path: Path) -> None:
    path: Callable[[str], Path] = Path
    assert found_files.shown(path(os.fsdecode(b"/books/\xff.json"))) == "/books/?.json"
