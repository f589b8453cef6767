"""Recognition by content, and every way in which a file is refused."""

import contextlib
import hashlib
import os
import pkgutil
import random
import sys
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.sources import limits, readers
from cardgen_desktop.sources.registry import all_readers, read_bytes, read_source
from tests.support.document_files import book, page, printed, word_document, word_paragraph, zipped

STORY = "Mara lit the lamp.\n\n\u201cThe boat is late,\u201d she said, and looked over the black water.\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Forbidden(type(Path())):  # type: ignore[misc]
    """A path that the system does not let us look at, whoever runs the tests."""

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        raise PermissionError(13, "Permission denied")


def refusal(data: bytes, name: str) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(SourceError) as caught:
        read_bytes(data, name)
    assert name in caught.value.message
    assert caught.value.exit_code == 3
    return caught.value.message


def test_a_module_in_the_readers_folder_is_a_format() -> None:
    modules = {module.name for module in pkgutil.iter_modules(readers.__path__)}
    assert {reader.kind for reader in all_readers()} == modules


def test_a_text_file_is_its_own_canonical_text(tmp_path: Path) -> None:
    path = tmp_path / "the_lamp.txt"
    data = b"\xef\xbb\xbf" + STORY.replace("\n", "\r\n").encode()
    path.write_bytes(data)
    source = read_source(path)
    assert source.text == STORY.replace("\n", "\r\n")
    assert (source.kind, source.path, source.name) == ("text", str(path), "the_lamp.txt")
    assert source.title == "The Lamp"
    assert source.sha256 == hashlib.sha256(data).hexdigest()
    assert (source.size, source.words, source.warnings) == (len(data), 16, ())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (STORY.encode(), "text"),
        (b"<!DOCTYPE html><html><body><p>The lamp.</p></body></html>", "html"),
        ("<html><body><p>The lamp.</p></body></html>".encode("utf-16"), "html"),
        (book({"one.xhtml": page("<p>The lamp.</p>")}), "epub"),
        (word_document(word_paragraph("The lamp.")), "docx"),
        (printed([[(72, 700, 12, "The lamp.")]]), "pdf"),
    ],
)
def test_content_wins_over_a_lying_suffix(data: bytes, kind: str) -> None:
    honest = {"text": "txt", "html": "html", "epub": "epub", "docx": "docx", "pdf": "pdf"}[kind]
    liar = "pdf" if kind != "pdf" else "docx"
    assert read_bytes(data, f"x.{honest}").kind == kind
    assert not any(w.code == "suffix_mismatch" for w in read_bytes(data, f"x.{honest}").warnings)
    source = read_bytes(data, f"x.{liar}")
    assert source.kind == kind
    assert [w.code for w in source.warnings] == ["suffix_mismatch"]
    assert f'"x.{liar}" is' in source.warnings[0].message


def test_the_suffix_decides_between_formats_that_look_alike() -> None:
    assert read_bytes(b"# One\n\ntext", "x.md").kind == "markdown"
    assert read_bytes(b"# One\n\ntext", "x.txt").kind == "text"
    assert read_bytes(b"# One\n\ntext", "x").kind == "text"
    assert read_bytes(b"one <b>bold</b> line", "x.html").kind == "html"


def test_each_bad_path_gets_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r'"nothing.txt" was not found'):
        read_source(tmp_path / "nothing.txt")
    with pytest.raises(SourceError, match=rf'"{tmp_path.name}" is a folder'):
        read_source(tmp_path)
    with pytest.raises(SourceError, match=r'"locked.txt" may not be read'):
        read_source(Forbidden(tmp_path / "locked.txt"))
    with pytest.raises(SourceError, match="could not be opened: its name is not valid"):
        read_source(tmp_path / "a\0b.txt")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.txt"
    os.mkfifo(fifo)
    with pytest.raises(SourceError, match=r'"pipe.txt" is not an ordinary file'):
        read_source(fifo)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "empty.txt", "is empty"),
        (bytes(range(256)) * 40, "noise.txt", "holds binary data"),
        (b"text " * 10 + bytes(500), "padded.txt", "holds binary data"),
        (PNG, "portrait.txt", "is a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old.doc", "is an old Office document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked.docx",
            "is locked with a password",
        ),
        (zipped({"photo.raw": b"x"}), "photos.zip", "is a packed archive"),
        (zipped({"content.xml": b"<x/>"}), "story.odt", "is damaged: it has no body text"),
    ],
)
def test_what_is_no_document_is_refused_by_name(data: bytes, name: str, sentence: str) -> None:
    assert sentence in refusal(data, name)


def test_limits_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 2_000_000)
    assert "has 3 MB; a source may have 2 MB" in refusal(b"a" * 3_000_000, "long.txt")
    sparse = tmp_path / "sparse.txt"
    with sparse.open("wb") as file:
        file.truncate(3_000_000)
    with pytest.raises(SourceError, match="a source may have 2 MB"):
        read_source(sparse)
    monkeypatch.setattr(limits, "MAX_TEXT_CHARACTERS", 1_000_000)
    for data in (
        b"ab " * 400_000,
        b"<html><p>" + b"ab " * 400_000,
        word_document(word_paragraph("ab " * 400_000)),
    ):
        assert "a source may have 1 million" in refusal(data, "long")


def test_a_text_at_the_limit_is_legal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TEXT_CHARACTERS", 3_000)
    assert len(read_bytes(b"ab " * 1_000, "long.txt").text) == 3_000


def test_nothing_to_read_is_a_warning() -> None:
    for data, name in ((b" \n\t\n", "blank.txt"), (b"<html><script>x()</script></html>", "app.html")):
        source = read_bytes(data, name)
        assert [warning.code for warning in source.warnings] == ["no_text"]
        assert source.words == 0


@pytest.mark.parametrize("suffix", ["txt", "html", "epub", "docx", "pdf"])
def test_damaged_files_raise_nothing_but_source_errors(suffix: str) -> None:
    chapters = {
        f"c{n}.xhtml": page(f"<h1>Chapter {n}</h1>" + "<p>The lamp burned.</p>" * 30) for n in range(4)
    }
    whole = {
        "txt": STORY.encode("utf-8") * 20,
        "html": chapters["c1.xhtml"].encode(),
        "epub": book(chapters, contents=[("Chapter 1", "c1.xhtml")]),
        "docx": word_document(word_paragraph("Chapter I", "Heading1") + word_paragraph(STORY) * 40),
        "pdf": printed([[(72, 700 - 14 * n, 12, f"Line {n} of the lamp") for n in range(30)]] * 5),
    }[suffix]
    chance = random.Random(7)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 8, 64))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        damaged = bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))])
        with contextlib.suppress(SourceError):
            source = read_bytes(damaged, f"x.{suffix}")
            spans = [(item.start, item.end) for item in source.headings]
            spans += [(item.start, item.end) for item in source.asides]
            assert all(0 <= start < end <= len(source.text) for start, end in spans)


def test_comments_at_the_beginning_are_looked_at_once() -> None:
    assert read_bytes(b"<!---->" * 500 + b"x", "x.txt").kind == "text"
    assert (
        read_bytes(b"<!-- a -- b -->" * 200 + b"<html><body><p>The lamp.</p></body></html>", "x").kind
        == "html"
    )
