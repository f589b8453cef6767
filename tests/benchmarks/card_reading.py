"""Reading the card of a picture of 2 MB: beside doing it by hand, beside tavern-card and beside Pillow."""

import base64
import json
import os
import random
import statistics
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .row import Row, seconds

REPEATS = 150
PICTURE_BYTES = 2_000_000
PASSAGE = (
    "She keeps the light on Gull Rock, and {{user}} rows out with the oil. Åse’s “daughter” counts ships. "
)


def rows() -> Iterator[Row]:
    """A card with four greetings and ten lorebook entries, as SillyTavern writes it: V2 and V3 copies."""
    from tavern_card import parse_png_card

    from cardgen_desktop.formats.registry import read_card_file

    name = "read the card of a 2 MB PNG"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mira.png"
        path.write_bytes(picture_with(card()))
        ours, by_hand, tavern_card = undisturbed(
            lambda: read_card_file(path),
            lambda: read_by_hand(path),
            lambda: parse_png_card(path.read_bytes()),
        )
        yield Row(f"{name} / by hand", "s", ours, by_hand, 2.0)
        yield Row(f"{name} / tavern-card", "s", ours, tavern_card, 1.0)
        ours, whole, pillow = undisturbed(
            lambda: read_card_file(path),
            lambda: read_card_file(path).problems,
            lambda: read_by_pillow(path),
        )
        yield Row(f"{name} / Pillow", "s", ours, pillow, 1.0)
        yield Row("the same, repairs listed and copies compared / Pillow", "s", whole, pillow, 2.0)


def undisturbed(*actions: Callable[[], object]) -> list[float]:
    """The lower quartiles of all in one run, in an order that changes, so that all meet the same caches.

    A quartile, because what is measured takes less time than a busy neighbour takes away at once.
    """
    taken: list[list[float]] = [[] for _ in actions]
    order = list(range(len(actions)))
    for _ in range(REPEATS):
        random.shuffle(order)
        for index in order:
            taken[index].append(seconds(actions[index]))
    return [statistics.quantiles(times[1:])[0] for times in taken]


def read_by_pillow(path: Path) -> Any:
    """As the documentation of Pillow says."""
    from PIL import Image

    with Image.open(path) as image:
        return json.loads(base64.b64decode(image.text["ccv3"]))  # type: ignore[attr-defined]


def read_by_hand(path: Path) -> Any:
    """What nobody can do without: the file, the chunk, its base64, its JSON."""
    data = path.read_bytes()
    start = data.index(b"tEXtccv3\0")
    end = start + 4 + int.from_bytes(data[start - 4 : start])
    return json.loads(base64.b64decode(data[start + 9 : end]))


def card() -> dict[str, Any]:
    """A card of some length."""
    entries = [
        {
            "keys": [f"Gull Rock {number}", f"the rock {number}"],
            "secondary_keys": [],
            "comment": f"place {number}",
            "content": PASSAGE * 4,
            "constant": False,
            "selective": True,
            "insertion_order": 100,
            "enabled": True,
            "position": "before_char",
            "use_regex": True,
            "extensions": {
                "position": 0,
                "depth": 4,
                "probability": 100,
                "useProbability": True,
                "group": "",
            },
            "id": number,
        }
        for number in range(10)
    ]
    data = {
        "name": "Mira Holt",
        "description": PASSAGE * 12,
        "personality": PASSAGE,
        "scenario": PASSAGE,
        "first_mes": PASSAGE * 3,
        "mes_example": f"<START>\n{PASSAGE * 3}",
        "creator_notes": PASSAGE,
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [PASSAGE * 3] * 4,
        "tags": ["lighthouse", "sea"],
        "creator": "the benchmarks",
        "character_version": "1",
        "extensions": {"talkativeness": "0.5", "fav": False, "world": "Gull Rock"},
        "character_book": {"name": "Gull Rock", "extensions": {}, "entries": entries},
    }
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": data}


def picture_with(found: dict[str, Any]) -> bytes:
    """A PNG of noise with the card in both chunks before the pixels."""
    renamed = {**found, "spec": "chara_card_v3", "spec_version": "3.0"}
    side = round((PICTURE_BYTES / 3) ** 0.5)
    pixels = zlib.compress(b"".join(b"\0" + os.urandom(3 * side) for _ in range(side)), 1)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)),
        (b"tEXt", b"chara\0" + packed(found)),
        (b"tEXt", b"ccv3\0" + packed(renamed)),
        *((b"IDAT", pixels[place : place + 65_536]) for place in range(0, len(pixels), 65_536)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def packed(found: dict[str, Any]) -> bytes:
    """JSON in base64."""
    return base64.b64encode(json.dumps(found, ensure_ascii=False).encode())
