"""Avatars that no picture can be made of: the card goes into a PNG, and nothing is lost without a word."""

from base64 import b64encode
from pathlib import Path

import pytest

from cardgen_desktop.domain.card import ExportTarget
from cardgen_desktop.domain.card_export import ExportOptions
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.pictures.png import with_card
from cardgen_desktop.formats.read_card import ReadCard
from cardgen_desktop.formats.registry import read_card_file
from cardgen_desktop.formats.writing.conversion import convert_file
from tests.formats.test_charx import asset, charx
from tests.support import card_files
from tests.support.archive_files import CARD, entry

ICON = "assets/icon/images/main.bin"


def converted(data: bytes, folder: Path, target: ExportTarget) -> tuple[ReadCard, tuple[str, ...]]:
    source, out = folder / "card.charx", folder / f"card.{target}"
    source.write_bytes(data)
    losses = convert_file(source, out, target, ExportOptions()).losses
    return read_card_file(out), losses


def with_icon(icon: bytes) -> bytes:
    return charx(entry(ICON, icon), assets=[asset(f"embeded://{ICON}")])


def test_an_icon_that_is_no_picture_for_a_png_goes_along_as_a_file(tmp_path: Path) -> None:
    gif = card_files.photo("GIF")
    found, losses = converted(with_icon(gif), tmp_path, "png")
    assert found.card.data.name == "Mira Holt"
    assert [file.read() for file in found.files] == [gif]
    assert losses == ()


@pytest.mark.parametrize("target", ["png", "jpeg-charx"])
@pytest.mark.parametrize("icon", [card_files.png()[:-20], card_files.photo("JPEG")[:60]])
def test_a_damaged_icon_is_told_and_kept_as_a_file(icon: bytes, target: ExportTarget, tmp_path: Path) -> None:
    found, losses = converted(with_icon(icon), tmp_path, target)
    assert any("picture is damaged" in loss for loss in losses)
    assert icon in [file.read() for file in found.files]


def test_an_asset_whose_keyword_would_grow_too_long_gets_a_number(tmp_path: Path) -> None:
    keyword, source, out = f"chara-ext-asset_{'n' * 63}", tmp_path / "card.png", tmp_path / "out.png"
    source.write_bytes(
        card_files.png(
            before=card_files.text_chunk("ccv3", card_files.packed(CARD))
            + card_files.text_chunk(keyword, b64encode(b"glow"))
        )
    )
    assert convert_file(source, out, "png", ExportOptions()).losses == ()
    assert {file.path: file.read() for file in read_card_file(out).files} == {"__asset:0": b"glow"}


def test_a_card_is_not_put_into_a_picture_that_has_no_room_for_its_chunks() -> None:
    crowded = card_files.png(before=card_files.chunk(b"teSt", b"") * 4_092)
    with pytest.raises(UnreadableError, match="4,096 chunks"):
        with_card(crowded, b"{}", b"{}")
