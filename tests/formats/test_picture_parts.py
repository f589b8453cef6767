"""Pictures as the library keeps them: as they are, in part, and small."""

import io

import pytest
from PIL import Image, features

from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.domain.errors import InputError
from cardgen_desktop.formats.pictures.picture_parts import as_avatar, part_of, small_view
from tests.support import card_files
from tests.support.card_files import chunk, photo, png


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def quarters() -> bytes:
    """Four colours in a square of 40 by 40 pixels."""
    image = Image.new("RGB", (40, 40), "red")
    image.paste("blue", (20, 0, 40, 20))
    image.paste("green", (0, 20, 20, 40))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("thorough", [True, False])
def test_a_sound_picture_stays_as_it_is(kind: str, thorough: bool) -> None:
    data = photo(kind)
    assert as_avatar(data, thorough=thorough) is data


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_avif_becomes_png() -> None:
    assert opened(as_avatar(photo("AVIF"))).format == "PNG"


@pytest.mark.parametrize("thorough", [True, False])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        photo("GIF"),
        photo("JPEG")[:200],
        photo("PNG")[:-20],
        png(claims=(100_000, 100_000)),
        card_files.SIGNATURE + chunk(b"IEND", b""),
        photo("PNG").replace(b"IDAT", b"IDAT\0", 1),
    ],
)
def test_what_is_no_sound_picture_is_one_sentence(data: bytes, thorough: bool) -> None:
    with pytest.raises(InputError) as caught:
        as_avatar(data, thorough=thorough)
    assert caught.value.message.endswith(".")


def test_a_picture_with_pixels_that_are_no_pixels_is_refused_when_it_is_looked_at() -> None:
    data = png().replace(chunk(b"IDAT", b""), b"")
    broken = data[: data.index(b"IDAT") - 4] + chunk(b"IDAT", b"not zlib") + chunk(b"IEND", b"")
    with pytest.raises(InputError):
        as_avatar(broken)


def test_a_part_has_the_pixels_of_its_place() -> None:
    part = opened(part_of(quarters(), Crop(left=0.5, top=0, width=0.5, height=0.5)))
    assert (part.size, part.format, part.getpixel((10, 10))) == ((20, 20), "PNG", (0, 0, 255))


@pytest.mark.parametrize(
    ("crop", "size"),
    [
        (Crop(left=1, top=1, width=1, height=1), (1, 1)),
        (Crop(left=0, top=0, width=0.001, height=0.001), (1, 1)),
        (Crop(left=0.75, top=0.5, width=1, height=1), (10, 20)),
    ],
)
def test_a_part_lies_inside_and_is_never_empty(crop: Crop, size: tuple[int, int]) -> None:
    assert opened(part_of(quarters(), crop)).size == size


def test_a_part_of_a_photo_is_cut_as_the_photo_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    data = photo("JPEG", (40, 20), exif=exif)
    assert opened(part_of(data, Crop(left=0, top=0, width=1, height=0.5))).size == (20, 20)


def test_a_card_with_a_long_text_can_be_cut_and_seen() -> None:
    data = png(before=card_files.compressed_chunk("chara", b"a" * 8_000_000))
    assert opened(part_of(data, Crop(left=0, top=0, width=1, height=1))).size == (4, 6)
    assert small_view(data, 32) is not None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_small_view_keeps_the_shape(kind: str) -> None:
    view = small_view(photo(kind, (80, 40)), 20)
    assert view is not None and opened(view).size == (20, 10)


@pytest.mark.parametrize("data", [b"", b"OggS", png(claims=(100_000, 100_000)), photo("JPEG")[:150]])
def test_what_cannot_be_shown_has_no_view(data: bytes) -> None:
    assert small_view(data, 20) is None
