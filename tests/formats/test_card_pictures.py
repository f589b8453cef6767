"""Pictures for cards: what passes, what is converted, what is refused, and the generated portrait."""

import io
import struct

import pytest
from PIL import Image

from cardgen_desktop.domain.errors import InputError
from cardgen_desktop.domain.portrait import CLOTHS, portrait_of
from cardgen_desktop.formats import fonts, limits
from cardgen_desktop.formats.picture import check_avatar, generated_portrait
from tests.support import card_files
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
        (b"hello", "not a PNG, JPEG or WebP"),
        (card_files.photo("GIF"), "not a PNG, JPEG or WebP"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a PNG, JPEG or WebP"),
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
