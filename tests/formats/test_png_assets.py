"""RisuAI's asset chunks: listed undecoded, taken out of the picture and put back in their places."""

import base64

import pytest

from cardgen_desktop.formats import limits
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.pictures.png_assets import put_in, take_out
from cardgen_desktop.formats.read_card import ContainedFile
from cardgen_desktop.formats.registry import read_card
from tests.support import card_files
from tests.support.card_files import KEEPER_V3, chunk, packed, png, text_chunk

SMILE, FROWN, VOICE = b"smile" * 40, b"frown" * 41, b"OggS" * 50


def asset(number: str, content: bytes, sign: str = ":") -> bytes:
    return text_chunk(f"chara-ext-asset_{sign}{number}", base64.b64encode(content))


CARD = text_chunk("ccv3", packed(KEEPER_V3))
RISU = png(
    before=text_chunk("Software", b"GIMP"),
    after=asset("1", SMILE) + chunk(b"prVt", b"private") + asset("2", FROWN, "") + CARD + asset("3", VOICE),
)


def contents(files: tuple[ContainedFile, ...]) -> dict[str, bytes]:
    return {file.path: file.read() for file in files}


def file(path: str, content: bytes) -> ContainedFile:
    return ContainedFile(path, len(content), lambda: content)


def keywords(data: bytes) -> list[tuple[str, bytes]]:
    return [(key, text) for key, text in card_files.texts(data) if key.startswith("chara-ext")]


def test_the_assets_of_a_card_are_listed_with_their_sizes() -> None:
    files = read_card(RISU, "a.png").files
    assert [(file.path, file.size) for file in files] == [
        ("__asset:1", len(SMILE)),
        ("__asset:2", len(FROWN)),
        ("__asset:3", len(VOICE)),
    ]
    assert contents(files) == {"__asset:1": SMILE, "__asset:2": FROWN, "__asset:3": VOICE}


def test_taken_out_and_put_back_every_byte_stands_where_it_stood() -> None:
    hollow, files = take_out(RISU)
    assert keywords(hollow) == [
        ("chara-ext-asset_:1", b""),
        ("chara-ext-asset_2", b""),
        ("chara-ext-asset_:3", b""),
    ]
    assert put_in(hollow, files) == RISU
    assert take_out(png()) == (png(), ())


def test_changed_removed_and_new_assets_are_written() -> None:
    hollow, _ = take_out(RISU)
    made = put_in(hollow, [file("__asset:7", b"new"), file("__asset:1", b"changed")])
    found = [(key, base64.b64decode(text)) for key, text in keywords(made)]
    assert found == [("chara-ext-asset_:1", b"changed"), ("chara-ext-asset_:7", b"new")]
    assert [kind for kind, _ in card_files.chunks(made)][-1] == b"IEND"
    assert put_in(put_in(hollow, []), []) == put_in(hollow, [])


def test_wrapped_url_safe_and_unpadded_assets_are_read() -> None:
    content = bytes(range(251)) * 2
    plain = base64.b64encode(content)
    lines = b"\n".join(plain[place : place + 76] for place in range(0, len(plain), 76))
    for text in (lines, base64.urlsafe_b64encode(content), plain.rstrip(b"=")):
        data = png(after=text_chunk("chara-ext-asset_:1", text) + CARD)
        assert contents(read_card(data, "a.png").files) == {"__asset:1": content}
        assert contents(take_out(data)[1]) == {"__asset:1": content}


def test_of_two_assets_with_one_number_the_last_counts_and_the_first_stays() -> None:
    data = png(after=asset("1", SMILE) + asset("1", FROWN, "") + CARD)
    read = read_card(data, "a.png")
    assert contents(read.files) == {"__asset:1": FROWN}
    assert any("twice" in problem.message for problem in read.problems)
    hollow, files = take_out(data)
    assert contents(files) == {"__asset:1": FROWN}
    assert put_in(hollow, files) == data


def test_a_broken_asset_stays_in_the_picture_and_is_told() -> None:
    broken = png(after=text_chunk("chara-ext-asset_:1", b"!no base64!") + asset("2", SMILE) + CARD)
    read = read_card(broken, "a.png")
    assert [file.path for file in read.files] == ["__asset:2"]
    assert any(p.where == "__asset:1" and "broken base64" in p.message for p in read.problems)
    hollow, files = take_out(broken)
    assert put_in(hollow, files) == broken


def test_an_asset_that_breaks_late_is_refused_when_it_is_read() -> None:
    text = base64.b64encode(SMILE * 9)
    data = png(after=text_chunk("chara-ext-asset_:1", text[:400] + b"!!!!" + text[404:]) + CARD)
    with pytest.raises(UnreadableError, match="broken base64"):
        read_card(data, "a.png").files[0].read()
    assert take_out(data) == (data, ())


def test_an_asset_over_the_limit_is_named_and_left_in_its_place() -> None:
    data = png(after=asset("1", bytes(limits.TEXT_CHUNK_BYTES + 1)) + asset("2", SMILE) + CARD)
    read = read_card(data, "a.png")
    assert [file.path for file in read.files] == ["__asset:2"]
    assert any("larger than 16 MB, the limit" in problem.message for problem in read.problems)
    hollow, files = take_out(data)
    assert put_in(hollow, files) == data
    with pytest.raises(UnreadableError, match="16 MB"):
        put_in(png(), [file("__asset:1", bytes(limits.TEXT_CHUNK_BYTES + 1))])


def test_more_assets_than_chunks_are_refused() -> None:
    files = [file(f"__asset:{number}", b"x") for number in range(limits.PNG_CHUNKS)]
    with pytest.raises(UnreadableError, match="4,096 chunks"):
        put_in(png(), files)
    with pytest.raises(UnreadableError, match="cut short"):
        put_in(png()[:-5], [])


@pytest.mark.parametrize(
    "path", ["assets/icon/main.png", "__asset:a\0b", "__asset:" + "1" * 80, "__asset:李"]
)
def test_a_path_that_no_chunk_can_have_is_a_mistake_of_the_caller(path: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        put_in(png(), [file(path, b"x")])
