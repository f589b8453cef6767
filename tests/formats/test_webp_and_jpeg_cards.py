"""Cards in the EXIF of WebP and JPEG: every way they were written, and photos that are no cards."""

import base64
import json
import struct
import time
from typing import Any

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats import limits
from cardgen_desktop.formats.registry import looks_like_card, read_card
from tests.support import card_files, picture_cards
from tests.support.card_files import KEEPER_V2
from tests.support.picture_cards import exif, jpeg, long_jpeg, webp

UTF8 = json.dumps(KEEPER_V2, ensure_ascii=False).encode()
LETTERS = UTF8.decode()
ASCII, UNICODE, UNDEFINED, JIS = b"ASCII\0\0\0", b"UNICODE\0", bytes(8), b"JIS\0\0\0\0\0"
LISTED = ",".join(str(byte) for byte in UTF8).encode()

COMMENTS = {
    "ascii": ASCII + UTF8,
    "none": UTF8,
    "undefined": UNDEFINED + UTF8,
    "jis": JIS + UTF8,
    "base64": ASCII + base64.b64encode(UTF8),
    "base64, no code": base64.b64encode(UTF8),
    "base64, unpadded": base64.b64encode(UTF8).rstrip(b"="),
    "list": ASCII + LISTED,
    "list with spaces": LISTED.replace(b",", b", ") + b",",
    "unicode, little": UNICODE + LETTERS.encode("utf-16-le"),
    "unicode, big": UNICODE + LETTERS.encode("utf-16-be"),
    "unicode, marked": UNICODE + b"\xfe\xff" + LETTERS.encode("utf-16-be"),
    "unicode, base64": UNICODE + base64.b64encode(UTF8).decode().encode("utf-16-le"),
    "unicode, list": UNICODE + LISTED.decode().encode("utf-16-be"),
    "unicode, really utf-8": UNICODE + UTF8,
    "ends in NUL": ASCII + UTF8 + b"\0",
    "byte order mark": ASCII + b"\xef\xbb\xbf" + UTF8,
}


def messages(read: Any) -> str:
    return " | ".join(problem.message for problem in read.problems)


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("comment", COMMENTS.values(), ids=COMMENTS.keys())
def test_every_way_of_writing_is_read(comment: bytes, order: str) -> None:
    for container, data in (
        ("webp", webp(exif(comment, order=order))),
        ("jpeg", long_jpeg(exif(comment, order=order))),
    ):
        read = read_card(data, "mira")
        assert (read.container, read.spec, read.card.data.name) == (container, "chara_card_v2", "Mira Holt")
        assert read.card.data.description == card_files.KEEPER_TEXTS["description"]
        assert read.original == KEEPER_V2
        assert read.picture == data
        assert looks_like_card(data, "photo.bin")


@pytest.mark.parametrize(
    "block",
    [
        exif(UTF8, nested=False),
        exif(UTF8, kind=2),
        exif(UTF8, kind=1),
        exif(UTF8, before=b"Exif\0\0"),
    ],
    ids=["in the first directory", "as text", "as bytes", "with EXIF's sign"],
)
def test_odd_exif_is_read(block: bytes) -> None:
    assert read_card(webp(block), "a.webp").card.data.name == "Mira Holt"


def test_what_is_unusual_is_told() -> None:
    assert "list of byte values" in messages(read_card(webp(exif(LISTED)), "a.webp"))
    assert "plain JSON" not in messages(read_card(webp(exif(UTF8)), "a.webp"))
    assert "UTF-16" in messages(read_card(webp(exif(UNICODE + LETTERS.replace("Åse", "\ud83d").encode(
        "utf-16-le", "surrogatepass"))), "a.webp"))  # fmt: skip


def test_a_card_may_stand_in_the_second_of_two_blocks() -> None:
    small = json.dumps({"name": "Mira", "first_mes": "Late."}).encode()
    data = jpeg(exif(b"ASCII\0\0\0a holiday"), exif(ASCII + small))
    assert read_card(data, "a.jpg").card.data.name == "Mira"


def test_a_cut_webp_gives_its_card_without_the_picture() -> None:
    whole = webp(exif(ASCII + UTF8))
    assert read_card(whole, "a.webp").picture == whole
    (said,) = struct.unpack_from("<I", whole, 4)
    cut = whole[:4] + struct.pack("<I", said + 500) + whole[8:]
    read = read_card(cut, "a.webp")
    assert read.card.data.name == "Mira Holt" and read.picture is None
    assert "cut short" in messages(read)


@pytest.mark.parametrize(
    "block",
    [
        None,
        b"",
        b"II*\0",
        exif(b""),
        exif(b"ASCII\0\0\0A day at the sea"),
        exif(b"ASCII\0\0\0Summer"),
        exif(b"ASCII\0\0\0" + b'{"prompt": "a lighthouse", "steps": 20}'),
        exif(UNICODE + "parameters: a lighthouse".encode("utf-16-be")),
        exif(b"1,2,3"),
        exif(b"1,2,999"),
    ],
)
def test_a_plain_photo_is_no_card(block: bytes | None) -> None:
    for data in (webp(block), jpeg() if block is None else jpeg(block)):
        assert not looks_like_card(data, "card.png")
        with pytest.raises(CardError, match="picture without a card"):
            read_card(data, "photo")


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        (ASCII + UTF8[:300], "JSON is broken"),
        (ASCII + base64.b64encode(UTF8)[:-7], "broken"),
        (ASCII + b"rcc||rccv1||AAAA||x||y", "encrypted by RisuAI"),
        (ASCII + LISTED + b",999", "list of byte values that is broken"),
    ],
)
def test_a_broken_card_is_a_card_with_a_sentence(comment: bytes, sentence: str) -> None:
    data = webp(exif(comment))
    assert looks_like_card(data, "a")
    with pytest.raises(CardError, match=sentence):
        read_card(data, "a")


def test_limits_are_named_before_memory_is_spent() -> None:
    large = webp(exif(b"{" * (limits.TEXT_CHUNK_BYTES + 1)))
    with pytest.raises(CardError, match="16 MB"):
        read_card(large, "a.webp")
    with pytest.raises(CardError, match="limit is 32 million"):
        read_card(webp(exif(UTF8), size=(1 << 24, 1 << 24)), "a.webp")
    wide = bytearray(long_jpeg(exif(UTF8)))
    place = wide.find(b"\xff\xc0")
    wide[place + 5 : place + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(CardError, match="limit is 32 million"):
        read_card(bytes(wide), "a.jpg")


def hostile_exif() -> dict[str, bytes]:
    """EXIF that loops, lies and points outside."""
    head = b"II*\0" + struct.pack("<I", 8)
    entry = struct.Struct("<HHII")

    def one(*values: int, following: int = 0) -> bytes:
        return head + struct.pack("<H", 1) + entry.pack(*values) + struct.pack("<I", following)

    chain = b"".join(
        struct.pack("<H", 0) + struct.pack("<I", 8 + 6 * (number + 1)) for number in range(5_000)
    )
    return {
        "a directory that is its own next": one(0x10F, 2, 1, 0, following=8),
        "a directory inside itself": one(0x8769, 4, 1, 8),
        "a long chain": head + chain,
        "an offset outside": one(0x9286, 7, 10, 0xFFFFFFF0),
        "a huge count": one(0x9286, 7, 0xFFFFFFFF, 8),
        "a huge number of entries": head + struct.pack("<H", 65_535) + bytes(65_535 * 12),
        "the first directory outside": b"MM\0*" + struct.pack(">I", 0xFFFFFFFF),
        "the first directory in the header": b"MM\0*" + struct.pack(">I", 0),
        "cut in an entry": one(0x9286, 7, 10, 8)[:15],
        "an unknown type": one(0x9286, 99, 4, 8),
    }


@pytest.mark.parametrize("block", hostile_exif().values(), ids=hostile_exif().keys())
def test_hostile_exif_is_refused_in_no_time(block: bytes) -> None:
    started = time.perf_counter()
    for data in (webp(block), long_jpeg(block), card_files.png(before=card_files.chunk(b"eXIf", block))):
        assert not looks_like_card(data, "a")
        with pytest.raises(CardError):
            read_card(data, "a")
    assert time.perf_counter() - started < 2


def test_many_chunks_and_segments_are_refused_with_the_limit() -> None:
    body = b"".join(b"JUNK\0\0\0\0" for _ in range(1_000_000))
    started = time.perf_counter()
    with pytest.raises(CardError, match="4,096 chunks"):
        read_card(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body, "a.webp")
    with pytest.raises(CardError, match="4,096 segments"):
        read_card(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 1_000_000, "a.jpg")
    with pytest.raises(CardError, match="4,096 segments"):
        read_card(b"\xff\xd8" + b"\xff" * 60_000_000, "a.jpg")
    assert time.perf_counter() - started < 2


def test_a_card_beside_backyards_is_still_read_first() -> None:
    data = picture_cards.backyard_png(
        picture_cards.backyard(4, aiName="Stale"),
        after=card_files.text_chunk("chara", base64.b64encode(UTF8)),
    )
    assert read_card(data, "a.png").card.data.name == "Mira Holt"


def test_a_long_list_of_numbers_takes_little_time_and_memory() -> None:
    started = time.process_time()
    for start in (b"1,", b"123,"):
        data = webp(exif((start * limits.TEXT_CHUNK_BYTES)[: limits.TEXT_CHUNK_BYTES - 1]))
        with pytest.raises(CardError, match="without a card"):
            read_card(data, "a")
    assert time.process_time() - started < 3
