"""Archives and XML that are made to hurt are refused before anything is unpacked."""

import io
import zipfile

import pytest

from cardgen_desktop.domain.errors import SourceError
from cardgen_desktop.sources import limits
from cardgen_desktop.sources.archive import Archive, parse_xml
from tests.support.document_files import word_document, word_paragraph, zipped


def refused(data: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        Archive(data, "x.docx")
    return caught.value.message


def test_reading_finds_entries_in_any_case() -> None:
    archive = Archive(zipped({"Word/Document.xml": b"<a/>"}), "x.docx")
    assert archive.names == {"Word/Document.xml"}
    assert archive.read("word/document.xml") == b"<a/>"
    with pytest.raises(SourceError, match="damaged"):
        archive.read("missing.xml")


def test_a_bomb_is_refused_by_its_declared_sizes() -> None:
    assert "would unpack to far more" in refused(zipped({"word/document.xml": b" " * 5_000_000}))
    many = {f"{n}.xml": (b"abcdefgh%d" % n) * 20_000 for n in range(80)}
    assert "would unpack to far more" in refused(zipped(many))


def test_small_repetitive_documents_are_honest() -> None:
    body = word_paragraph("The lamp.") * 15_000
    data = word_document(body)
    assert len(body) / len(data) > limits.MAX_ENTRY_RATIO
    assert len(Archive(data, "x.docx").read("word/document.xml")) > len(body)


def test_too_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 3)
    assert "would unpack to far more" in refused(zipped({f"{n}": b"" for n in range(4)}))


def test_entries_that_share_bytes_are_refused() -> None:
    data = bytearray(zipped({"a.xml": b"x" * 100, "b.xml": b"y" * 100}, zipfile.ZIP_STORED))
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 1)
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")
    with pytest.raises(SourceError):
        Archive(bytes(data), "x.docx").read("b.xml")


def test_an_entry_longer_than_it_says_is_never_read_past_its_size() -> None:
    data = bytearray(zipped({"a.xml": b"x" * 100_000}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(SourceError, match="damaged"):
        Archive(bytes(data), "x.docx").read("a.xml")


def test_locked_and_oddly_packed_archives_say_so() -> None:
    data = bytearray(zipped({"a.xml": b"x"}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert "locked with a password" in refused(bytes(data))
    assert "packed in a way" in refused(zipped({"a.xml": b"x" * 99}, zipfile.ZIP_LZMA))


def test_half_an_archive_is_cut_off() -> None:
    data = zipped({"a.xml": b"x" * 5_000})
    assert "damaged or cut off" in refused(data[: len(data) // 2])
    broken = io.BytesIO(data)
    broken.seek(45)
    broken.write(b"\xff\xff\xff")
    with pytest.raises(SourceError, match="damaged or cut off"):
        Archive(broken.getvalue(), "x.docx").read("a.xml")


def test_xml_opens_no_file_and_expands_no_entity(tmp_path: object) -> None:
    secret = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
    root = parse_xml(secret, "x.docx", "document.xml")
    assert "".join(root.itertext()) in ("", "&e;")
    laughs = b'<!DOCTYPE a [<!ENTITY a "' + b"ha" * 500 + b'">'
    laughs += b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(8))
    laughs += b"]><a>&i;</a>"
    assert len("".join(parse_xml_or_nothing(laughs))) < 100_000
    with pytest.raises(SourceError, match="one of its parts is not readable"):
        parse_xml(b"<a><b></a>", "x.docx", "document.xml")


def parse_xml_or_nothing(data: bytes) -> list[str]:
    try:
        return list(parse_xml(data, "x.docx", "document.xml").itertext())
    except SourceError:
        return []
