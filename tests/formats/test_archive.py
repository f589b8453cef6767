"""Archives as many programs write them: found behind other bytes, read lazily and bounded, told when odd."""

import io
import mmap
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from cardgen_desktop.formats.archives.archive import Archive, is_archive, open_archive
from cardgen_desktop.formats.archives.archive_writing import ArchiveWriter
from cardgen_desktop.formats.findings import Findings, UnreadableError
from tests.support.archive_files import DEFLATED, Entry, entry, zip_of

PICTURE = b"\xff\xd8\xff picture " * 40


def opened(data: bytes) -> Archive:
    return open_archive(data, Findings())


def contents(archive: Archive) -> dict[str, bytes]:
    return {file.path: file.read() for file in archive.files()}


def by_zipfile(mode: str = "w", before: bytes = b"", **options: int) -> bytes:
    file = io.BytesIO(before)
    with zipfile.ZipFile(file, mode, **options) as made:  # type: ignore[call-overload]
        made.writestr("card.json", b"{}" * 500)
        made.writestr("assets/icon/images/main.png", PICTURE)
    return file.getvalue()


BOTH = {"card.json": b"{}" * 500, "assets/icon/images/main.png": PICTURE}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_of_python(method: int) -> None:
    assert contents(opened(by_zipfile(compression=method))) == BOTH


def test_offsets_that_count_from_the_archive() -> None:
    archive = opened(PICTURE + by_zipfile())
    assert contents(archive) == BOTH and archive.start() == len(PICTURE)


def test_offsets_that_count_from_the_file() -> None:
    archive = opened(by_zipfile("a", PICTURE))
    assert contents(archive) == BOTH and archive.start() == len(PICTURE)


def test_sizes_behind_the_content() -> None:
    data = zip_of(
        [entry("card.json", b"{}" * 50, DEFLATED, descriptor=True), entry("a", b"abc", descriptor=True)]
    )
    assert contents(opened(data)) == {"card.json": b"{}" * 50, "a": b"abc"}


def test_sizes_of_zip64() -> None:
    extra = struct.pack("<2H2Q", 1, 16, 3, 3)
    data = zip_of([Entry(b"a", b"abc", size=0xFFFFFFFF, packed=0xFFFFFFFF, extra=extra)])
    assert contents(opened(data)) == {"a": b"abc"}


def test_a_mapped_file(tmp_path: Path) -> None:
    place = tmp_path / "a.charx"
    place.write_bytes(by_zipfile(compression=zipfile.ZIP_DEFLATED))
    with place.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert is_archive(mapped)  # type: ignore[arg-type]
        assert contents(opened(mapped)) == BOTH  # type: ignore[arg-type]


def test_nothing_is_unpacked_before_it_is_asked_for() -> None:
    archive = opened(
        zip_of([Entry(b"broken", b"x" * 99, DEFLATED, raw=b"\xff" * 30), entry("sound", b"abc")])
    )
    broken, sound = archive.files()
    assert (broken.size, sound.read()) == (99, b"abc")
    with pytest.raises(UnreadableError, match="`broken` in its archive is damaged"):
        broken.read()


@pytest.mark.parametrize("size", [0, 1, 26, 28, 5000])
def test_a_size_that_lies_is_noticed_while_unpacking(size: int) -> None:
    (file,) = opened(zip_of([Entry(b"a", b"abc" * 9, DEFLATED, size=size)])).files()
    with pytest.raises(UnreadableError, match=f"is not of the {size:,} bytes it tells of"):
        file.read()


def test_a_bomb_that_claims_to_be_small_stops_at_the_first_byte_too_many() -> None:
    body = zlib.compress(bytes(60_000_000), wbits=-15)
    (file,) = opened(zip_of([Entry(b"a", b"", DEFLATED, size=1000, raw=body)])).files()
    with pytest.raises(UnreadableError, match="1,000 bytes"):
        file.read()


def test_a_wrong_checksum_is_told_or_refused() -> None:
    archive = opened(zip_of([entry("a", b"abc", crc=7)]))
    findings = Findings()
    assert archive.read(archive.entries[0], findings) == b"abc"
    assert "checksum of `a` is wrong" in findings.problems()[0].message
    with pytest.raises(UnreadableError, match="checksum"):
        archive.files()[0].read()


@pytest.mark.parametrize("cut", [1, 100, 65_000])
def test_content_in_many_pieces(cut: int) -> None:
    content = random.Random(1).randbytes(600_000).hex().encode()
    data = zip_of([entry("a", content, DEFLATED)])
    assert contents(opened(data)) == {"a": content}
    with pytest.raises(UnreadableError):
        opened(data[:-cut])


def test_names_are_read_as_they_were_meant() -> None:
    names = ["é.png", "미소.png", "a\\b.png", "./c.png", "d//e.png"]
    archive = opened(zip_of([entry(name) for name in names] + [entry("é.bin".encode("cp437"))]))
    assert [made.path for made in archive.entries] == [
        "é.png",
        "미소.png",
        "a/b.png",
        "c.png",
        "d/e.png",
        "é.bin",
    ]


def test_equal_names_are_kept_apart() -> None:
    archive = opened(zip_of([entry("a", b"1"), entry("a", b"2"), entry("a~2", b"3"), entry("a", b"4")]))
    assert contents(archive) == {"a": b"1", "a~3": b"2", "a~2": b"3", "a~4": b"4"}


def test_folders_are_no_files() -> None:
    archive = opened(zip_of([entry("assets/", b""), entry("assets/a"), entry("odd/", b"content")]))
    assert contents(archive) == {"assets/a": b"x", "odd": b"content"}


def test_two_thousand_entries_are_read() -> None:
    archive = opened(zip_of([entry(f"assets/{number}.png", b"%d" % number) for number in range(2_000)]))
    assert len(archive.files()) == 2_000 and archive.files()[1_999].read() == b"1999"


def test_what_is_written_is_read_by_python() -> None:
    out = io.BytesIO()
    writer = ArchiveWriter(out)
    writer.add("card.json", b'{"a": 1}' * 40, pack=True)
    writer.add("main.png", PICTURE, pack=False)
    writer.add("noise.txt", bytes(range(256)), pack=True)
    writer.add("zeros.txt", bytes(100_000), pack=True)
    writer.close()
    with zipfile.ZipFile(out) as read:
        assert read.testzip() is None
        methods = {item.filename: item.compress_type for item in read.infolist()}
        assert all(
            item.flag_bits == 0 and item.date_time == (1980, 1, 1, 0, 0, 0) for item in read.infolist()
        )
    assert methods == {"card.json": 8, "main.png": 0, "noise.txt": 0, "zeros.txt": 0}
    assert contents(opened(out.getvalue()))["zeros.txt"] == bytes(100_000)


def test_nothing_is_written_that_would_not_be_read() -> None:
    writer = ArchiveWriter(io.BytesIO())
    with pytest.raises(UnreadableError, match="the limit is 100 MB"):
        writer.add("large", bytes(101 * 1024 * 1024), pack=False)
    for number in range(2_000):
        writer.add(str(number), b"", pack=False)
    with pytest.raises(UnreadableError, match="more than 2,000 files"):
        writer.add("more", b"", pack=False)
    with pytest.raises(UnreadableError, match="over 512 MB"):
        ArchiveWriter(io.BytesIO(), before=512 * 1024 * 1024).add("a", b"x", pack=False)
