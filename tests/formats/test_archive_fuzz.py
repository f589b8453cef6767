"""Archives with bytes changed at random: a card or one sentence, nothing else ever, and never for long."""

import contextlib
import io
import json
import random
import time

import pytest

from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.archives.risu_module import MODULE_PATH, RisuModule, read_module, write_module
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.read_card import ReadCard
from cardgen_desktop.formats.registry import looks_like_card, read_content
from cardgen_desktop.formats.writing.export_order import ExportOrder
from cardgen_desktop.formats.writing.targets import TARGETS
from tests.formats.test_byaf import byaf
from tests.formats.test_charx import JPEG, LORE, MAIN, PICTURE, asset, charx, own_book
from tests.support.archive_files import CARD, DEFLATED, entry, zip_of

SECONDS = 2.0
ROUNDS = 400
MODULE = write_module({"name": "m", "lorebook": LORE})
CHARX = charx(
    entry(MAIN, PICTURE, DEFLATED),
    entry(MODULE_PATH, MODULE),
    entry("x_meta/main.json", b"{}", descriptor=True),
    assets=[asset(f"embeded://{MAIN}")],
    character_book=own_book(),
)
SAMPLES = {"charx": CHARX, "jpeg-charx": JPEG + CHARX, "byaf": byaf()}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changed, cut out, doubled or moved; records of the archive are hit most often."""
    made = bytearray(data)
    places = [place for place in range(len(made) - 4) if made[place : place + 2] == b"PK"] or [0]
    for _ in range(chance.randint(1, 6)):
        near = chance.choice(places) + chance.randint(0, 60)
        place = min(near if chance.random() < 0.7 else chance.randrange(len(made)), len(made) - 1)
        kind = chance.randrange(5)
        if kind == 0:
            made[place] = chance.randrange(256)
        elif kind == 1:
            made[place : place + 4] = chance.choice([b"\xff" * 4, bytes(4), b"PK\5\6", b"\0\0\0\x80"])
        elif kind == 2:
            del made[place : place + chance.randint(1, 40)]
        elif kind == 3:
            made[place:place] = made[place : place + chance.randint(1, 80)]
        else:
            made[place] ^= 1 << chance.randrange(8)
        if len(made) < 4:
            return bytes(made)
    return bytes(made)


def answer(data: bytes) -> None:
    looks_like_card(data, "fuzz")
    message, found = '"fuzz" is read', None
    try:
        found = read_content(data, "fuzz")
    except CardError as error:
        message = error.message
    assert message.startswith('"fuzz" ') and len(message) < 400
    if isinstance(found, ReadCard):
        read_and_write_again(found)


def read_and_write_again(found: ReadCard) -> None:
    """A file that is damaged can neither be read nor written again; everything else can."""
    for file in found.files:
        with contextlib.suppress(UnreadableError):
            assert len(file.read()) == file.size
    small = [file for file in found.files if file.size < 10_000]
    order = ExportOrder(found.card, None, found.original, small)
    for target in ("charx", "byaf"):
        with contextlib.suppress(UnreadableError):
            TARGETS[target].write(order, io.BytesIO())  # type: ignore[index]


@pytest.mark.parametrize("name", SAMPLES)
def test_changed_bytes(name: str) -> None:
    chance = random.Random(f"seed {name}")
    slowest = 0.0
    for _ in range(ROUNDS):
        data = mutated(SAMPLES[name], chance)
        start = time.process_time()
        answer(data)
        slowest = max(slowest, time.process_time() - start)
    assert slowest < SECONDS


@pytest.mark.parametrize("length", [0, 1, 4, 21, 22, 23, 46, 100])
def test_every_short_file(length: int) -> None:
    chance = random.Random(length)
    for start in (b"PK\3\4", b"PK\5\6", b"PK\1\2", b"\xff\xd8\xff", b""):
        for _ in range(40):
            answer((start + chance.randbytes(length))[: max(length, len(start))])


def test_every_cut() -> None:
    for length in range(0, len(CHARX), 7):
        answer(CHARX[:length])
        answer(CHARX[-length:])


def test_changed_modules() -> None:
    chance = random.Random(5)
    for _ in range(ROUNDS):
        try:
            found = read_module(mutated(MODULE, chance))
            found.book()
        except UnreadableError:
            continue
        assert isinstance(found, RisuModule) and read_module(found.without_lorebook()).book() is None


def test_changed_texts_inside_sound_archives() -> None:
    chance = random.Random(6)
    data = {**CARD["data"], "assets": [asset(f"embeded://{MAIN}")], "character_book": own_book()}
    card = json.dumps({**CARD, "data": data}).encode()
    for _ in range(ROUNDS):
        answer(zip_of([entry("card.json", mutated(card, chance)), entry(MAIN, PICTURE)]))
