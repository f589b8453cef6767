"""Every container is known by its content, and no file makes reading wait, however it is named or made."""

import io
import json
import os
import random
import socket
import struct
import time
import zipfile
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats import limits
from cardgen_desktop.formats.registry import (
    content_of,
    inspect,
    looks_like_card,
    looks_like_card_file,
    read_card,
    read_card_file,
    read_content_file,
)
from tests.support import card_files, picture_cards
from tests.support.card_files import KEEPER_V2, KEEPER_V3, packed, png, text_chunk

PICTURES = picture_cards.samples()


def charx(*files: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("card.json", json.dumps(KEEPER_V3))
        for name, content in files:
            archive.writestr(name, content)
    return file.getvalue()


CARDS = {
    "png": png(before=text_chunk("chara", packed(KEEPER_V2))),
    "webp": PICTURES["plain.webp"],
    "jpeg": PICTURES["packed.jpeg"],
    "jpeg-charx": card_files.photo("JPEG") + charx(),
    "charx": charx(),
    "json": json.dumps(KEEPER_V2).encode(),
    "yaml": b"name: Mira Holt\ncontext: She keeps the light.\ngreeting: You are late.\n",
}
LIES = {
    "png": "a.jpg",
    "webp": "a.PNG",
    "jpeg": "a.webp",
    "jpeg-charx": "a.png",
    "charx": "a.byaf",
    "json": "a.png",
    "yaml": "a.json",
}
HONEST = {
    "png": ("a.png", "a.APNG", "a", "a.bak", "png", "two.names.png"),
    "jpeg": ("a.jpg", "a.JPEG"),
    "jpeg-charx": ("a.jpeg", "a.charx"),
    "charx": ("a.charx", "a.zip"),
    "json": ("a.json", "a.card"),
    "yaml": ("a.yaml", "a.yml"),
}


@pytest.mark.parametrize("container", CARDS)
def test_the_content_decides(container: str) -> None:
    read = read_card(CARDS[container], "unnamed")
    assert (read.container, read.card.data.name) == (container, "Mira Holt")
    assert looks_like_card(CARDS[container], "notes.txt")


@pytest.mark.parametrize("container", CARDS)
def test_a_suffix_that_lies_is_told_and_nothing_else_changes(container: str) -> None:
    read = read_card(CARDS[container], LIES[container])
    assert read.problems[0].message.startswith(f"The name ends in .{LIES[container][2:].lower()}, but the")
    honest = read_card(CARDS[container], "unnamed")
    assert read.problems[1:] == honest.problems
    assert (read.card, read.original, read.picture) == (honest.card, honest.original, honest.picture)
    assert read.alternatives == honest.alternatives


@pytest.mark.parametrize(
    ("container", "name"), [(kind, name) for kind, names in HONEST.items() for name in names]
)
def test_an_honest_or_unknown_suffix_is_not_mentioned(container: str, name: str) -> None:
    assert not any(
        "The name ends" in problem.message for problem in read_card(CARDS[container], name).problems
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "It is empty"),
        (b"GIF89a" + bytes(40), "GIF"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<!doctype html>", "web page"),
        (b"\x7fELF" + bytes(100), "none of the ways"),
        (bytes(1000), "none of the ways"),
        (random.Random(5).randbytes(3_000_000), "none of the ways"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_is_no_card_at_all_gets_a_sentence(data: bytes, sentence: str) -> None:
    started = time.perf_counter()
    assert not looks_like_card(data, "card.png")
    with pytest.raises(CardError, match=sentence):
        read_card(data, "card.png")
    assert time.perf_counter() - started < 2


def test_nothing_that_would_wait_is_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    strange = [tmp_path / "folder.png", tmp_path / "missing.png", tmp_path / ("x" * 300), Path("a\0b.png")]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        strange += [tmp_path / "pipe.png", Path("/dev/zero"), Path("/dev/stdin")]
    if hasattr(socket, "AF_UNIX"):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(tmp_path / "s"))
        listening.close()
        strange.append(tmp_path / "s")
    for path in strange:
        with pytest.raises(CardError) as caught:
            read_card_file(path)
        assert caught.value.message.endswith(".") and caught.value.exit_code == 3
        assert not looks_like_card_file(path)
        found = inspect(path)
        assert (found.card, found.container) == (None, "unknown")
        assert [problem.level for problem in found.problems] == ["error"]


def sparse(path: Path, start: bytes, size: int) -> Path:
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
    return path


@pytest.mark.parametrize(
    ("start", "size", "sentence"),
    [
        (card_files.SIGNATURE, limits.CARD_FILE_BYTES + 1, "at most 64 MB"),
        (b'{"spec": "chara_card_v2"', limits.CARD_FILE_BYTES + 1, "at most 64 MB"),
        (b"\xff\xd8\xff\xe0", limits.CARD_FILE_BYTES + 1, "at most 64 MB"),
        (b"PK\3\4", limits.ARCHIVE_BYTES + 1, "at most 512 MB"),
        (b"\xff\xd8\xff\xe0", limits.ARCHIVE_BYTES + 1, "at most 512 MB"),
    ],
)
def test_files_over_the_limit_are_refused_unread(
    tmp_path: Path, start: bytes, size: int, sentence: str
) -> None:
    path, started = sparse(tmp_path / "large.bin", start, size), time.perf_counter()
    with pytest.raises(CardError, match=sentence):
        read_card_file(path)
    assert not looks_like_card_file(path)
    assert time.perf_counter() - started < 2


def test_a_large_archive_is_mapped_and_its_files_are_read_when_asked_for(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(limits.MEGABYTE) * 66
    path = tmp_path / "large.charx"
    path.write_bytes(charx(("assets/other/video/long.bin", noise)))
    assert not isinstance(content_of(path), bytes)
    assert looks_like_card_file(path)
    read = read_card_file(path)
    assert (read.container, read.card.data.name) == ("charx", "Mira Holt")
    found = {file.path: file for file in read.files}["assets/other/video/long.bin"]
    assert found.size == len(noise)
    assert found.read() == noise


def test_a_file_at_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "padded.png"
    path.write_bytes(CARDS["png"].ljust(limits.CARD_FILE_BYTES, b"\0"))
    assert read_card_file(path).card.data.name == "Mira Holt"


def test_inspect_lists_the_files_of_a_card(tmp_path: Path) -> None:
    path = tmp_path / "mira.png"
    path.write_bytes(PICTURES["risu.png"])
    found = inspect(path)
    assert (found.container, found.spec, found.book) == ("png", "chara_card_v3", None)
    assert [(file.path, file.bytes) for file in found.files] == [
        ("__asset:1", len(png())),
        ("__asset:2", 80),
    ]


def test_inspect_of_a_lone_lorebook_has_the_book_and_no_card(tmp_path: Path) -> None:
    for name, data, kind in (
        ("a.png", PICTURES["novelai.png"], "novelai-lorebook"),
        ("a.json", json.dumps(picture_cards.LOREBOOK).encode(), "novelai-lorebook"),
    ):
        (tmp_path / name).write_bytes(data)
        found = inspect(tmp_path / name)
        assert (found.card, found.format, found.spec) == (None, kind, None)
        assert found.book is not None
        assert [entry.content for entry in found.book.entries] == ["A skerry."]
        assert not [problem for problem in found.problems if problem.level == "error"]
        assert read_content_file(tmp_path / name).container == name[2:]
        with pytest.raises(CardError, match="a lorebook"):
            read_card_file(tmp_path / name)


def test_inspect_of_a_broken_card_names_its_container(tmp_path: Path) -> None:
    path = tmp_path / "broken.bin"
    path.write_bytes(png(before=text_chunk("chara", b"!!!")))
    assert (inspect(path).container, inspect(path).card) == ("png", None)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4) + b"WEBP")
    assert inspect(path).container == "webp"
