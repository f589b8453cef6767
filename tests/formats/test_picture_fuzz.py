"""Pictures with bytes changed at random: a card, a book or one sentence, nothing else, and never for long."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cardgen_desktop.domain.errors import InputError
from cardgen_desktop.formats.findings import Findings, UnreadableError
from cardgen_desktop.formats.pictures.exif import comment_text, user_comment
from cardgen_desktop.formats.pictures.picture import check_avatar, thumbnail
from cardgen_desktop.formats.pictures.png_assets import put_in, take_out
from cardgen_desktop.formats.pictures.png_chunks import is_png
from cardgen_desktop.formats.read_card import ContainedFile, ReadBook, ReadCard
from cardgen_desktop.formats.registry import looks_like_card, read_content
from tests.support.card_files import DATA

SECONDS = 2.0
ROUNDS = 250
SAMPLES = sorted((DATA / "pictures").iterdir())
NUMBERS = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1", b"\1\0\0\0", b"\0\0\xff\xff"]
SIGNS = [
    b"tEXt",
    b"zTXt",
    b"iTXt",
    b"eXIf",
    b"IHDR",
    b"IEND",
    b"EXIF",
    b"VP8X",
    b"II*\0",
    b"MM\0*",
    b"\xff\xe1",
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changed, cut out, doubled or swapped; near the signs of the format most often."""
    made = bytearray(data)
    places = [place for sign in SIGNS if (place := made.find(sign)) >= 0] or [0]
    for _ in range(chance.randint(1, 6)):
        near = max(0, chance.choice(places) + chance.randint(-6, 40))
        place = min(near if chance.random() < 0.7 else chance.randrange(len(made)), len(made) - 1)
        kind = chance.randrange(6)
        if kind == 0:
            made[place] = chance.randrange(256)
        elif kind == 1:
            made[place : place + 4] = chance.choice(NUMBERS)
        elif kind == 2:
            del made[place : place + chance.randint(1, 40)]
        elif kind == 3:
            made[place:place] = made[place : place + chance.randint(1, 80)]
        elif kind == 4:
            made[place : place + 4] = chance.choice(SIGNS)
        else:
            made[place] ^= 1 << chance.randrange(8)
        if len(made) < 4:
            break
    return bytes(made)


def sentence(action: Callable[[], object]) -> str:
    """What was said of a failure; any failure without a sentence goes through."""
    try:
        action()
    except InputError as error:
        return error.message
    except UnreadableError as error:
        return error.reason
    return "Nothing."


def answer(data: bytes) -> None:
    """Ask everything there is to ask of a picture."""
    looks_like_card(data, "fuzz")
    found: list[ReadCard | ReadBook] = []
    told = sentence(lambda: found.append(read_content(data, "fuzz.png")))
    assert found or told.startswith('"fuzz.png" ')
    for read in found:
        assert all(problem.message for problem in read.problems)
        if isinstance(read, ReadCard):
            look_into(read)


def look_into(read: ReadCard) -> None:
    """Ask a card for everything it says to have."""
    assert read.card.data.model_dump()
    assert isinstance(read.alternatives, tuple)
    if read.picture is not None and is_png(read.picture):
        filled = put_in(*take_out(read.picture))
        assert put_in(*take_out(filled)) == filled
    for file in read.files:
        told = sentence(lambda file=file: sized(file))
        assert told == "Nothing." or "broken base64" in told


def sized(file: ContainedFile) -> None:
    """Read a file, which has the size it was said to have."""
    assert len(file.read()) == file.size


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_changed_picture_is_a_card_or_a_sentence(sample: Path) -> None:
    data = sample.read_bytes()
    answer(data)
    chance = random.Random(sample.name)
    for _ in range(ROUNDS):
        made = mutated(data, chance)
        started = time.process_time()
        answer(made)
        assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_picture_cut_anywhere_is_a_card_or_a_sentence(sample: Path) -> None:
    data = sample.read_bytes()
    for place in range(0, len(data), max(1, len(data) // 150)):
        answer(data[:place])
        answer(data[place:])


@pytest.mark.parametrize("sample", [SAMPLES[0], *SAMPLES[-3:]], ids=lambda path: path.name)
def test_a_changed_avatar_is_a_picture_or_a_sentence(sample: Path) -> None:
    data = sample.read_bytes()
    chance = random.Random(sample.name)
    for _ in range(60):
        made = mutated(data, chance)
        for use in (check_avatar, lambda found: thumbnail(found, 16)):
            told = sentence(lambda use=use, made=made: use(made))
            assert told == "Nothing." or told.startswith("The picture ")


def test_exif_of_random_bytes_is_a_comment_or_none() -> None:
    chance = random.Random("exif")
    for _ in range(3_000):
        letters = b"\0\0\1\2\x08\x69\x87\x86\x92\x07\x1a\xff"
        body = bytes(chance.choice(letters) for _ in range(chance.randint(0, 90)))
        found = user_comment(chance.choice([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]) + body)
        assert found is None or sentence(lambda found=found: comment_text(found, Findings())).endswith(".")
