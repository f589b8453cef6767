"""Pictures for cards: what passes, what is converted, what is refused, and the generated portrait."""

import io
import struct
import time
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, features

from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.domain.errors import InputError
from cardgen_desktop.domain.portrait import CLOTHS, portrait_of
from cardgen_desktop.formats import limits
from cardgen_desktop.formats.pictures import fonts
from cardgen_desktop.formats.pictures.picture import check_avatar, cropped, generated_portrait, thumbnail
from tests.support import card_files, picture_cards
from tests.support.card_files import chunk, compressed_chunk, png


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    "data",
    [
        png(),
        card_files.photo("PNG"),
        card_files.animated_png(),
        png(before=compressed_chunk("x", bytes(3_000_000))),
    ],
    ids=["grey", "colour", "animated", "long text"],
)
def test_a_sound_png_passes_byte_for_byte(data: bytes) -> None:
    assert check_avatar(data) == data


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_pictures_become_png_with_their_pixels(kind: str) -> None:
    made = opened(check_avatar(card_files.photo(kind, (64, 96))))
    assert (made.format, made.size, made.mode) == ("PNG", (64, 96), "RGB")
    assert all(abs(a - b) < 12 for a, b in zip(made.getpixel((40, 60)), (0x1F, 0x55, 0x63), strict=True))


def test_a_turned_photo_is_put_upright_and_its_notes_are_dropped() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret Camera"
    made = check_avatar(card_files.photo("JPEG", (8, 12), exif=exif))
    assert opened(made).size == (12, 8)
    assert b"Secret" not in made


def test_transparency_and_ink_colours_survive_the_conversion() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (1, 2, 3, 0)).save(file, "WEBP", lossless=True)
    assert opened(check_avatar(file.getvalue())).mode == "RGBA"
    file = io.BytesIO()
    Image.new("CMYK", (4, 4)).save(file, "JPEG")
    assert opened(check_avatar(file.getvalue())).mode == "RGB"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"hello", "not a PNG, JPEG, WebP or AVIF"),
        (card_files.photo("GIF"), "not a PNG, JPEG, WebP or AVIF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a PNG, JPEG, WebP or AVIF"),
        (png()[:-20], "damaged"),
        (card_files.photo("JPEG", (64, 64))[:300], "damaged"),
        (png(claims=(8000, 8000)), "limit is 32 million"),
        (png(claims=(60000, 60000)), "damaged|cannot be used|million|not a PNG"),
        (png(claims=(0, 6)), "damaged"),
        (png(before=chunk(b"prVt", b"") * limits.PNG_CHUNKS), "4,096 chunks"),
        (card_files.SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 6, 8, 0, 0, 0, 0)), "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pictures_that_cannot_be_used_get_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        check_avatar(data)


def test_a_wrong_checksum_in_the_pixels_is_refused() -> None:
    broken = bytearray(png())
    broken[broken.find(b"IDAT") + 8] ^= 1
    with pytest.raises(InputError, match="damaged"):
        check_avatar(bytes(broken))


def test_a_picture_over_the_size_limit_is_not_opened() -> None:
    with pytest.raises(InputError, match="limit is 64 MB"):
        check_avatar(bytes(limits.PICTURE_BYTES + 1))


def test_the_portrait_has_the_export_size_and_the_cloth_of_the_name() -> None:
    made = opened(generated_portrait("Elizabeth Bennet"))
    assert (made.size, made.mode) == ((1024, 1536), "RGB")
    cloth = tuple(bytes.fromhex(portrait_of("Elizabeth Bennet").cloth[1:]))
    middle = made.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert all(abs(a - b) < 40 for a, b in zip(middle, cloth, strict=True))
    assert middle[0] > middle[1] and middle[0] > middle[2]


def test_the_same_name_gives_the_same_bytes_and_another_name_others() -> None:
    assert generated_portrait("Jim Hawkins", (64, 96)) == generated_portrait("jim hawkins", (64, 96))
    assert generated_portrait("Jim Hawkins", (64, 96)) != generated_portrait("Long John Silver", (64, 96))


def test_initials_are_painted_in_foil() -> None:
    size = (240, 360)
    foil = (0xF4, 0xE7, 0xC8)

    def foil_pixels(name: str) -> int:
        image = opened(generated_portrait(name, size)).crop((60, 120, 180, 240))
        return sum(pixel == foil for pixel in list(image.get_flattened_data()))

    one, two = foil_pixels("Dracula"), foil_pixels("Elizabeth Bennet")
    assert one > 300 and two > 300 and one != two


def test_all_patterns_and_cloths_can_be_painted() -> None:
    names = [f"name {number}" for number in range(120)]
    styles = {(portrait_of(name).pattern, portrait_of(name).cloth): name for name in names}
    assert {cloth for _, cloth in styles} == {colour for _, colour in CLOTHS}
    patterns = {pattern: name for (pattern, _), name in styles.items()}
    assert len(patterns) == 5
    pictures = {generated_portrait(name, (48, 48)) for name in patterns.values()}
    assert len(pictures) == 5


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "🧙‍♀️",
        "李小龙",
        "علي بن أبي طالب",
        "\u202eevil",
        "\ud800",
        "a\0b",
        "ﬁ",
        "İ",
        "🇫🇷",
        "x" * 9000,
        "\U0010ffff",
    ],
)
def test_no_name_stops_the_portrait(name: str) -> None:
    assert opened(generated_portrait(name, (64, 96))).size == (64, 96)


def test_without_any_system_font_the_built_in_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_candidates", tuple)
    bare = generated_portrait("Elizabeth Bennet", (64, 96))
    assert opened(bare).size == (64, 96)
    assert bare != generated_portrait("", (64, 96))
    assert opened(generated_portrait("李小龙", (64, 96))).size == (64, 96)


def test_a_font_file_that_is_broken_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    broken = f"{tmp_path}/DejaVuSerif.ttf"
    with open(broken, "wb") as file:
        file.write(b"no font")
    monkeypatch.setattr(fonts, "_candidates", lambda: (broken,))
    assert fonts.font_for("EB", 20) is not None


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_avif_becomes_png_with_its_pixels() -> None:
    made = opened(check_avatar(card_files.photo("AVIF", (64, 96))))
    assert (made.format, made.size) == ("PNG", (64, 96))
    assert all(abs(a - b) < 12 for a, b in zip(made.getpixel((40, 60)), (0x1F, 0x55, 0x63), strict=True))


def painted(mode: str, **options: Any) -> bytes:
    """A picture of 40 by 20 pixels whose right half is brighter."""
    dark, bright = {"I;16": (0, 60_000), "1": (0, 1), "P": (1, 2)}.get(mode, ("black", "white"))
    image = Image.new(mode, (40, 20), dark)
    image.paste(Image.new(mode, (20, 20), bright), (20, 0))
    if mode == "P":
        image.putpalette([0, 0, 0, 255, 0, 0, 255, 255, 255])
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


RIGHT_HALF = Crop(left=0.5, top=0, width=0.5, height=1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_can_be_cropped_and_shown(mode: str) -> None:
    made = opened(cropped(painted(mode), RIGHT_HALF))
    assert (made.format, made.size) == ("PNG", (20, 20))
    assert made.convert("RGB").getpixel((3, 3)) == (255, 255, 255) or mode == "I;16"
    small = opened(thumbnail(painted(mode), 10))
    assert small.size == (10, 5)
    assert small.convert("L").getpixel((8, 2)) > 200


def test_a_transparent_colour_stays_transparent_in_a_crop() -> None:
    made = opened(cropped(painted("RGB", transparency=(255, 255, 255)), RIGHT_HALF))
    assert made.convert("RGBA").getpixel((3, 3))[3] == 0


def test_the_colour_profile_stays_and_a_hostile_one_is_no_obstacle() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = opened(cropped(painted("RGB", icc_profile=profile), RIGHT_HALF))
    assert made.info["icc_profile"] == profile
    bomb = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(200_000_000)))
    assert opened(cropped(png(before=bomb), RIGHT_HALF)).size == (2, 6)


def test_an_animation_passes_whole_and_its_first_frame_is_cropped() -> None:
    animated = card_files.animated_png()
    assert check_avatar(animated) is animated
    assert opened(cropped(animated, RIGHT_HALF)).size == (2, 6)


def bomb(kind: str) -> bytes:
    """A small file whose header claims a thousand million pixels."""
    if kind == "PNG":
        return png(claims=(40_000, 25_000))
    if kind == "WEBP":
        return picture_cards.webp(None, size=(40_000, 25_000))
    data = bytearray(card_files.photo("JPEG"))
    place = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, place + 5, 25_000, 40_000)
    return bytes(data)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_bombs_are_refused_by_their_headers(kind: str) -> None:
    started = time.perf_counter()
    for use in (check_avatar, lambda data: cropped(data, RIGHT_HALF), lambda data: thumbnail(data, 99)):
        with pytest.raises(InputError, match=r"million|damaged|not a PNG"):
            use(bomb(kind))
    assert time.perf_counter() - started < 2


def test_a_million_chunks_are_refused_in_no_time() -> None:
    data = card_files.SIGNATURE + chunk(b"IDAT", b"") * 1_000_000
    started = time.perf_counter()
    for use in (check_avatar, lambda data: cropped(data, RIGHT_HALF), lambda data: thumbnail(data, 99)):
        with pytest.raises(InputError, match="4,096 chunks"):
            use(data)
    assert time.perf_counter() - started < 2
