"""Events out of bytes: any line ending, any pieces, comments, limits."""

import random

import pytest

from cardgen_desktop.net.events import EventParser, ServerEvent
from cardgen_desktop.net.failures import NetError


def parsed(data: bytes, *, size: int = 0) -> list[ServerEvent]:
    """The events of a whole stream, fed in pieces of a size, or at once."""
    parser = EventParser()
    size = size or len(data) or 1
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return [event for piece in pieces for event in parser.feed(piece)] + parser.end()


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [0, 1, 2, 7])
def test_lines_end_in_any_way_and_arrive_in_any_pieces(ending: bytes, size: int) -> None:
    lines = [b": hello", b"data: one", b"", b"event: error", b"data:two", b"data:  three", b"id: 7", b"", b""]
    assert parsed(ending.join(lines), size=size) == [
        ServerEvent("message", "one"),
        ServerEvent("error", "two\n three"),
    ]


def test_letters_of_several_bytes_survive_any_cut() -> None:
    data = "data: “Grüße”, 世界 🏮\u2028 and on\n\n".encode()
    for size in range(1, 12):
        assert parsed(data, size=size) == [ServerEvent("message", "“Grüße”, 世界 🏮\u2028 and on")]


def test_a_last_line_without_an_end_counts_and_a_byte_order_mark_does_not() -> None:
    assert parsed(b"\xef\xbb\xbfdata: one\n\ndata: [DONE]") == [
        ServerEvent("message", "one"),
        ServerEvent("message", "[DONE]"),
    ]


def test_an_event_without_data_is_none() -> None:
    assert parsed(b"event: ping\n\n: x\n\n\n\nretry: 5\n\n") == []


def test_comments_are_counted_as_lines() -> None:
    parser = EventParser()
    parser.feed(b": still he")
    assert parser.lines == 0
    parser.feed(b"re\n")
    assert parser.lines == 1


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_a_line_has_a_limit(ending: bytes) -> None:
    parser = EventParser(100)
    with pytest.raises(NetError) as caught:
        parser.feed(b"data: " + b"x" * 100 + ending)
    assert caught.value.kind == "too_large"


def test_bad_utf_8_is_named() -> None:
    with pytest.raises(NetError) as caught:
        parsed(b"data: \xff\xfe\n\n")
    assert caught.value.kind == "encoding"


def test_noise_raises_nothing_else() -> None:
    source = random.Random(4)
    words = [b"data:", b"event:", b"\n", b"\r", b"\r\n", b":", b" ", b"{", b"x", b"\xc3", b"\xa9", b"\x00"]
    for _ in range(2000):
        data = b"".join(source.choices(words, k=30))
        assert outcome(data, size=0) == outcome(data, size=source.randint(1, 9))


def outcome(data: bytes, *, size: int) -> object:
    """What parsing comes to: events, or the kind of the failure."""
    try:
        return parsed(data, size=size)
    except NetError as error:
        return error.kind
