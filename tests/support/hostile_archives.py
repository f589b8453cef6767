"""Archives made to hurt, by what they try; each says what a reader has to answer.

Those with a sentence are refused with it; those with a finding are read, and tell it (an empty one tells
nothing of its own).
"""

import json
import random
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.archive_files import CARD, DEFLATED, Entry, archive, card_entry, entry, zip_of

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """One sample: how it is made, whether it is refused, and what the answer has to contain."""

    make: Callable[[], bytes]
    refused: bool
    words: str


def named(name: str | bytes, words: str, *, refused: bool = True, **told: int) -> Hostile:
    """A sound archive with one more entry of this name."""
    return Hostile(lambda: archive([entry(name, **told)]), refused, words)


def kept(name: str | bytes, words: str = "") -> Hostile:
    return named(name, words, refused=False)


def refused(make: Callable[[], bytes], words: str) -> Hostile:
    return Hostile(make, True, words)


def read(make: Callable[[], bytes], words: str = "") -> Hostile:
    return Hostile(make, False, words)


def overlapping(count: int, size: int) -> bytes:
    """Few kilobytes that claim to be `count` files of `size` bytes: all of them are the same bytes."""
    first = entry("kernel.bin", bytes(size), DEFLATED)
    packed = len(first.body())
    place = len(zip_of([card_entry()])) - len(_table([card_entry()]))
    others = [
        Entry(f"copy{number}".encode(), header=place, method=DEFLATED, size=size, packed=packed, crc=1)
        for number in range(count - 1)
    ]
    return zip_of([card_entry(), first, *others])


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive."""
    inner = archive([])
    for _ in range(depth):
        inner = archive([entry("inner.zip", inner)])
    return inner


def many(count: int) -> bytes:
    return archive([entry(f"f{number}", b"") for number in range(count - 1)])


def zip64_count(count: int) -> bytes:
    """An archive whose number of entries stands in the records of ZIP64."""
    plain = archive([])
    end = plain[-22:]
    size, offset = struct.unpack_from("<2L", end, 12)
    place = len(plain) - 22
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
    return (
        plain[:-22]
        + large
        + locator
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, size, offset, 0)
    )


def huge_numbers() -> bytes:
    extra = struct.pack("<2H2Q", 1, 16, 2**63, 2**63)
    return archive([entry("a", size=0xFFFFFFFF, packed=0xFFFFFFFF, extra=extra)])


def more_than_told() -> bytes:
    return zip_of([card_entry(), entry("a"), entry("b")], count=2)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def card_of(content: bytes) -> bytes:
    return zip_of([entry("card.json", content, DEFLATED)])


def card_with(**data: object) -> bytes:
    card = {**CARD, "data": {**CARD["data"], **data}}
    return zip_of([card_entry(card), entry("assets/icon/images/main.png", b"x")])


def asset(uri: str) -> list[dict[str, str]]:
    return [{"type": "icon", "uri": uri, "name": "main", "ext": "png"}]


def _table(entries: list[Entry]) -> bytes:
    data = zip_of(entries)
    return data[data.index(b"PK\1\2") :]


def _inside() -> int:
    """Where the content of the second entry begins, when its name has one letter."""
    return len(zip_of([card_entry()])) - len(_table([card_entry()])) + 31


NOISE = random.Random(1).randbytes(600_000)
UP, ROOT, DRIVE = "leads out of its folder", "begins at the root", "names a drive"
LINK, DEEP, DAMAGED = "a link or a device", "the limit is 8", "damaged or cut short"

HOSTILE: dict[str, Hostile] = {
    "dotdot": named("../evil.txt", UP),
    "dotdot inside": named("assets/../../evil.txt", UP),
    "dotdot at the end": named("assets/..", UP),
    "dotdot with backslashes": named("..\\..\\evil.txt", UP),
    "dotdot that Windows trims": named(".. /evil.txt", UP),
    "dots that Windows trims": named(".../evil.txt", UP),
    "absolute": named("/etc/passwd", ROOT),
    "absolute with a backslash": named("\\Windows\\evil.dll", ROOT),
    "UNC": named("\\\\server\\share\\evil.dll", ROOT),
    "UNC with slashes": named("//server/share/evil.dll", ROOT),
    "device namespace": named("\\\\?\\C:\\evil.dll", ROOT),
    "drive": named("C:\\evil.dll", DRIVE),
    "drive without a slash": named("c:evil.dll", DRIVE),
    "NUL in a name": named(b"card.json\0.png", "NUL"),
    "no name": named(b"", "has no name"),
    "dot alone": named("./.", "has no name"),
    "symlink": named("assets/link", LINK, mode=stat.S_IFLNK | 0o777),
    "symlink named card.json": refused(lambda: zip_of([card_entry(mode=stat.S_IFLNK | 0o777)]), LINK),
    "pipe": named("assets/pipe", LINK, mode=stat.S_IFIFO | 0o644),
    "device": named("assets/device", LINK, mode=stat.S_IFCHR | 0o644),
    "socket": named("assets/socket", LINK, mode=stat.S_IFSOCK | 0o644),
    "nine levels": named("1/2/3/4/5/6/7/8/9", DEEP),
    "three hundred levels": named("d/" * 300 + "x", DEEP),
    "a name of 60,000 letters": named(b"n" * 60_000, "the limit is 1,024"),
    "65,535 entries": refused(lambda: many(65_535), "the limit is 2,000"),
    "65,536 entries by ZIP64": refused(lambda: zip64_count(65_536), "65,536 entries; the limit is 2,000"),
    "2,001 entries": refused(lambda: many(2_001), "2,001 entries; the limit is 2,000"),
    "more entries than told": refused(more_than_told, "more entries than the 2"),
    "fewer entries than told": refused(lambda: zip_of([card_entry()], count=3), DAMAGED),
    "15 KB that become 1 GB": refused(lambda: overlapping(256, 4 * MEGABYTE), "overlap"),
    "two entries, one record": refused(lambda: overlapping(2, 1000), "overlap"),
    "an entry over the table": refused(
        lambda: archive([entry("a", b"x" * 40, packed=60, size=60)]), "overlap"
    ),
    "a record inside another": refused(
        lambda: zip_of([card_entry(), entry("a", archive([])), Entry(b"b", header=_inside())]), "overlap"
    ),
    "10 MB of nothing": refused(
        lambda: archive([entry("zeros", bytes(10 * MEGABYTE), DEFLATED)]), "the limit is 200 times"
    ),
    "a card of nothing": refused(lambda: card_of(b" " * (4 * MEGABYTE)), "the limit is 200 times"),
    "many small bombs": refused(
        lambda: archive([entry(f"{n}", bytes(900_000), DEFLATED) for n in range(20)]), "the limit is 50 times"
    ),
    "an entry over 100 MB": refused(
        lambda: archive([entry("a", size=101 * MEGABYTE, method=DEFLATED)]), "the limit is 100 MB"
    ),
    "1.1 GB in all": refused(
        lambda: archive([entry(f"{n}", NOISE, size=99 * MEGABYTE, method=DEFLATED) for n in range(12)]),
        "the limit is 1024 MB in all",
    ),
    "sizes of 2 to the 63rd": refused(huge_numbers, DAMAGED),
    "a stored size that lies": named("a", "is not of the 1,000 bytes", size=1000),
    "a card longer than it tells": refused(lambda: zip_of([card_entry(size=10)]), "is not of the 10 bytes"),
    "a card shorter than it tells": refused(
        lambda: zip_of([card_entry(size=5000)]), "is not of the 5,000 bytes"
    ),
    "a password": named("secret", "locked with a password", flags=1),
    "a password on the card": refused(lambda: zip_of([card_entry(flags=1)]), "locked with a password"),
    "strong encryption": named("secret", "locked with a password", flags=0x41),
    "a hidden table": named("secret", "locked with a password", flags=0x2000),
    "LZMA": named("a", "packed in a way", method=14),
    "bzip2": named("a", "packed in a way", method=12),
    "AES": named("a", "packed in a way", method=99),
    "Deflate64": named("a", "packed in a way", method=9),
    "cut short": refused(lambda: archive([entry("a" * 50, b"x" * 500)])[:-30], DAMAGED),
    "half of it": refused(lambda: half(archive([entry("a" * 50, b"x" * 500)])), DAMAGED),
    "its end alone": refused(lambda: b"PK\3\4card.json" + archive([])[-22:], DAMAGED),
    "several parts": refused(lambda: archive([], disk=1), "one part of several"),
    "a table out of the file": refused(lambda: archive([], table_offset=0xFFFFFF00), DAMAGED),
    "a table of the wrong size": refused(lambda: archive([], table_offset=7, table_size=9), DAMAGED),
    "a record out of the file": refused(lambda: archive([Entry(b"a", header=99_999)]), DAMAGED),
    "content out of the file": named("a", DAMAGED, packed=99_999, size=99_999),
    "no zip inside": refused(lambda: b"PK\3\4" + b"card.json" * 1000, DAMAGED),
    "broken deflate": refused(
        lambda: zip_of([entry("card.json", b"x" * 50, DEFLATED, raw=b"\xff" * 50)]), "is damaged"
    ),
    "deep JSON": refused(lambda: card_of(b'{"spec":"chara_card_v3","data":' + b"[" * 9000), "64 levels deep"),
    "NaN": refused(lambda: card_of(b'{"spec":"chara_card_v3","data":{"x":NaN}}'), "NaN"),
    "a card of 33 MB": refused(
        lambda: zip_of([entry("card.json", b" " * (33 * MEGABYTE))]), "the limit is 32 MB"
    ),
    "a card that is a zip": refused(lambda: card_of(archive([])), "JSON"),
    "device names": named("assets/con.png", "a device on Windows"),
    "a device as a folder": named("AUX/evil.txt", "a device on Windows"),
    "a device with a small digit": named("com¹.txt", "a device on Windows"),
    "an alternate data stream": named("assets/main.png:evil.exe", "has a colon"),
    "a dot at the end": named("assets/evil.exe.", "ends in a dot or a space"),
    "a space at the end": named("assets /evil.exe", "ends in a dot or a space"),
    "a name that turns round": kept("assets/\u202egnp.exe", "do not show"),
    "a line break in a name": kept("a\r\nb.png", "do not show"),
    "a name with a wildcard": kept("assets/*.png", "does not take"),
    "names that differ in case": refused(
        lambda: archive([entry("assets/A.png"), entry("assets/a.png")]), "only in case or accents"
    ),
    "names that differ in composition": refused(
        lambda: archive([entry("\u00e9.png"), entry("e\u0301.png")]), "only in case or accents"
    ),
    "a second Card.JSON": named("Card.JSON", "only in case or accents"),
    "a second card.json": read(lambda: archive([card_entry({**CARD, "x": 1})]), "more than once"),
    "an archive in the archive": kept("inner.zip"),
    "twenty archives inside each other": read(lambda: nested(20)),
    "a stored bomb inside": read(
        lambda: archive([entry("bomb.zip", archive([entry("z", bytes(2 * MEGABYTE), DEFLATED)]))])
    ),
    "a file longer than it tells": read(lambda: archive([entry("a", bytes(5000), DEFLATED, size=10)])),
    "a file shorter than it tells": read(lambda: archive([entry("a", b"abc" * 9, DEFLATED, size=5000)])),
    "a wrong checksum": read(lambda: archive([entry("a", b"abc", crc=1)])),
    "a wrong checksum of the card": read(lambda: zip_of([card_entry(crc=1)]), "checksum"),
    "an address that leads out": read(
        lambda: card_with(assets=asset("embeded://../../etc/passwd")), "not in the archive"
    ),
    "an absolute address": read(
        lambda: card_with(assets=asset("embeded:///etc/passwd")), "not in the archive"
    ),
    "an address of the disk": read(lambda: card_with(assets=asset("file:///etc/passwd")), "cannot be used"),
    "a comment that looks like an end": read(lambda: archive([], comment=b"PK\5\6" + bytes(18) + b"PK\5\6")),
    "bytes behind the end": read(lambda: archive([]) + b"\n\n"),
    "a card in capitals": read(lambda: zip_of([entry("CARD.JSON", json.dumps(CARD).encode())]), "instead of"),
}
