"""The wire: whatever the other side sends, a frame is whole and small enough, or it is refused."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.jobs import frames
from cardgen_desktop.jobs.card_processes import Preview


def read(data: bytes) -> tuple[bytes, bytes]:
    return frames.read_frame(io.BytesIO(data), sender="child")


@given(st.binary(max_size=300), st.sampled_from(sorted(frames.FROM_CHILD)))
def test_frame_comes_back_as_it_was(body: bytes, kind: bytes) -> None:
    stream = io.BytesIO()
    frames.write_frame(stream, kind, body)
    assert read(stream.getvalue()) == (kind, body)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_frame_an_end_or_refused(data: bytes) -> None:
    try:
        kind, body = read(data)
    except EOFError:
        assert data == b""
    except frames.BrokenFrameError:
        pass
    else:
        assert kind in frames.FROM_CHILD
        assert len(body) == int.from_bytes(data[:4], "big")


def test_limit_is_kept_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "FRAME_LIMIT", 10)
    with pytest.raises(ValueError, match="over the limit"):
        frames.write_frame(io.BytesIO(), frames.RESULT, b"x" * 11)
    with pytest.raises(frames.BrokenFrameError, match="over the limit"):
        read((11).to_bytes(4, "big") + frames.RESULT + b"x" * 11)


def test_child_cannot_send_what_only_the_parent_may() -> None:
    with pytest.raises(frames.BrokenFrameError, match="unknown frame"):
        read(bytes(4) + frames.PROCEED)


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_any_text_travels_with_its_length(text: str) -> None:
    source = SourceText(path="", name="", kind="text", title="", sha256="", size=0, words=0, text=text)
    found = SourceText.model_validate_json(frames.to_body(source)).text
    assert len(found) == len(text)
    assert all(
        b == a or (b == "\ufffd" and "\ud800" <= a <= "\udfff") for a, b in zip(text, found, strict=True)
    )


def test_bytes_travel_as_base64_in_values_and_in_plain_data() -> None:
    data = bytes(range(256))
    assert Preview.model_validate_json(frames.to_body(Preview(png=data))).png == data
    plain = json.loads(frames.to_body({"image": data, "odd\ud800": b"x"}))
    assert set(plain) == {"image", "odd\ufffd"}
