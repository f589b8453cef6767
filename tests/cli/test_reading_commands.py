"""`read`, `characters` and `quotes`."""

import hashlib
from pathlib import Path

import pytest

from cardgen_desktop.sources.registry import read_source
from tests.cli.conftest import Cardgen


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file that is no text."""
    path = tmp_path / "noise.txt"
    path.write_bytes(bytes(range(256)) * 20)
    return path


def test_read_tells_of_each_file_and_goes_on_past_a_failed_one(
    cardgen: Cardgen, book: Path, bad: Path
) -> None:
    ran = cardgen("read", bad, book, bad.parent, "--json")
    first, second, third = ran.json("read")
    assert first == {"path": str(bad), "error": ran.complaints[0].removeprefix("cardgen: ")}
    assert third["path"] == str(bad.parent) and "is a folder" in third["error"]
    source = read_source(book)
    assert second == {
        "path": str(book),
        "kind": "text",
        "title": source.title,
        "language": "en",
        "chars": source.chars,
        "words": source.words,
        "sha256": hashlib.sha256(book.read_bytes()).hexdigest(),
        "warnings": [],
    }
    assert (ran.code, len(ran.complaints)) == (3, 2)


def test_read_text_is_the_canonical_text_exactly(cardgen: Cardgen, tmp_path: Path) -> None:
    path = tmp_path / "lamp.txt"
    path.write_bytes(b"\xef\xbb\xbfThe lamp\r\nburned.\r\n\r\n\xe2\x80\x9cNo.\xe2\x80\x9d")
    assert cardgen("read", path, "--text").out == "The lamp\r\nburned.\r\n\r\n“No.”"
    (item,) = cardgen("read", path, "--text", "--json").json("read")
    assert item["text"] == "The lamp\r\nburned.\r\n\r\n“No.”"
    two = cardgen("read", path, path, "--text").out
    assert two.count(f"==> {path} <==\n") == 2


def test_read_for_people_is_a_table_with_the_warnings_below(
    cardgen: Cardgen, book: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.txt"
    old.write_bytes(
        "„Du kommst spät“, sagte Mara und löschte die große Lampe über der Tür.\n".encode("cp1252") * 9
    )
    lines = cardgen("read", book, old).out.splitlines()
    assert lines[0].split() == ["FILE", "KIND", "LANGUAGE", "WORDS", "CHAPTERS", "TITLE"]
    assert lines[1].split()[:4] == [book.name, "text", "en", "3,951"]
    assert lines[3].startswith('! "old.txt" does not say how its letters are stored. Read as Windows-1252')


def test_characters_are_ranked_and_point_into_their_argument(cardgen: Cardgen, book: Path, bad: Path) -> None:
    ran = cardgen("characters", bad, book, "--json")
    people = ran.json("characters")
    assert ran.code == 3
    assert "Livesey" in " ".join(name for person in people for name in (person["name"], *person["aliases"]))
    text = read_source(book).text
    for person in people:
        first = person["first"]
        assert first["source"] == 1
        assert text[first["start"] : first["end"]].split()[0] in " ".join(
            (person["name"], *person["aliases"])
        )
        assert person["name"] not in person["aliases"]
    assert cardgen("characters", book, "--limit", 2, "--json").json("characters") == [
        person | {"first": person["first"] | {"source": 0}} for person in people[:2]
    ]


def test_characters_for_people(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    ran = cardgen("characters", book, "--limit", 1)
    head, first, more = ran.out.splitlines()
    assert head.split() == ["NAME", "MENTIONS", "LINES", "ALSO", "CALLED"]
    assert first.split()[0] == "1"
    assert "more; --limit" in more
    nobody = tmp_path / "nobody.txt"
    nobody.write_text("It rained all day, and the sea was grey and cold.\n")
    ran = cardgen("characters", nobody)
    assert (ran.code, ran.out.startswith("No character was found.")) == (0, True)


def test_quotes_point_into_the_text_that_read_prints(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("“Good night,” said Mara Holt to the keeper. “Good night,” said Mara Holt.\n", "utf-8")
    spoken = cardgen("quotes", book, other, "--json").json("quotes")
    texts = [read_source(path).text for path in (book, other)]
    assert {item["source"] for item in spoken} == {0, 1}
    for item in spoken:
        assert item["text"] in texts[item["source"]][item["start"] - 1 : item["end"] + 1]
        assert item["speaker"] is None or item["confidence"] > 0
    ran = cardgen("quotes", other)
    assert ran.out.splitlines()[0].split(maxsplit=2)[-1].endswith("Good night,")


def test_nothing_readable_leaves_an_empty_list(cardgen: Cardgen, bad: Path) -> None:
    for command, schema in (("characters", "characters"), ("quotes", "quotes")):
        ran = cardgen(command, bad, "--json")
        assert (ran.code, ran.json(schema), len(ran.complaints)) == (3, [], 1)
