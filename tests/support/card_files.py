"""Card files as other programs write them, built chunk by chunk without the code under test.

`python -m tests.support.card_files` writes the small cards of `tests/data/formats` again.
"""

import base64
import io
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data" / "formats"
SIGNATURE = b"\x89PNG\r\n\x1a\n"

KEEPER_TEXTS: dict[str, str] = {
    "name": "Mira Holt",
    "description": "{{char}} keeps the light on Gull Rock.\r\nShe counts ships,  twice.  \nÅse’s daughter.",
    "personality": "Dry, patient, fond of storms.",
    "scenario": "{{user}} rows out with the winter oil.",
    "first_mes": "*She lowers the rope.* “You are late, and it is blowing up.”",
    "mes_example": "<START>\n{{user}}: Is it lonely?\n{{char}}: Only on calm days.",
}

KEEPER_V2_DATA: dict[str, Any] = {
    **KEEPER_TEXTS,
    "creator_notes": "Written for tests.",
    "system_prompt": "{{original}} Stay brief.",
    "post_history_instructions": "",
    "alternate_greetings": ["“Mind the third step.”", "*The lamp turns.*"],
    "tags": ["lighthouse", "Sea"],
    "creator": "the tests",
    "character_version": "1.2",
    "extensions": {"unknown_vendor": {"keep": [1, None, {"deep": True}]}, "talkativeness": 0},
    "character_book": {
        "name": "Gull Rock",
        "scan_depth": 6,
        "token_budget": 300,
        "recursive_scanning": True,
        "extensions": {},
        "vendor_book_key": "kept",
        "entries": [
            {
                "keys": ["Gull Rock", "the rock"],
                "content": "A skerry two miles out.",
                "extensions": {"position": 0, "depth": 4, "probability": 80, "useProbability": True},
                "enabled": True,
                "insertion_order": 10,
                "id": 1,
                "comment": "place",
                "position": "before_char",
                "vendor_entry_key": {"kept": 1},
            },
            {
                "keys": ["Tobias"],
                "content": "Her brother, drowned in the year of the great fog.",
                "extensions": {},
                "enabled": False,
                "insertion_order": 20,
                "id": 2,
                "name": "Tobias",
                "position": "after_char",
                "selective": True,
                "secondary_keys": ["brother"],
            },
        ],
    },
    "vendor_data_key": [1, 2, 3],
}

KEEPER_V2: dict[str, Any] = {"spec": "chara_card_v2", "spec_version": "2.0", "data": KEEPER_V2_DATA}

KEEPER_V3: dict[str, Any] = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {
        **KEEPER_V2_DATA,
        "nickname": "Keeper",
        "group_only_greetings": ["“All of you? In this boat?”"],
        "assets": [
            {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"},
            {
                "type": "x_sound",
                "uri": "https://example.org/fog.ogg",
                "name": "fog",
                "ext": "ogg",
                "vendor": 1,
            },
        ],
        "creator_notes_multilingual": {"en": "Written for tests.", "de": "Für Tests."},
        "source": ["https://example.org/mira"],
        "creation_date": 1700000000,
        "character_book": {
            **KEEPER_V2_DATA["character_book"],
            "entries": [
                {**entry, "use_regex": False} for entry in KEEPER_V2_DATA["character_book"]["entries"]
            ],
        },
    },
    "vendor_root_key": {"kept": True},
}


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a sound PNG as kind and data; raises AssertionError on a wrong checksum."""
    place = len(SIGNATURE)
    assert png.startswith(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert png[place : place + 12 + length] == chunk(kind, data), f"checksum of {kind!r}"
        yield kind, data
        place += 12 + length
        if kind == b"IEND":
            return


def texts(png: bytes) -> list[tuple[str, bytes]]:
    """Keyword and text of every tEXt chunk, in order."""
    return [
        (data.partition(b"\0")[0].decode("latin-1"), data.partition(b"\0")[2])
        for kind, data in chunks(png)
        if kind == b"tEXt"
    ]


def payload(png: bytes, keyword: str) -> dict[str, Any]:
    """The card JSON under a keyword."""
    found: dict[str, Any] = json.loads(base64.b64decode(dict(texts(png))[keyword]))
    return found


def packed(card: Any) -> bytes:
    """A card as base64 text."""
    return base64.b64encode(json.dumps(card).encode())


def text_chunk(keyword: str, text: bytes) -> bytes:
    """A tEXt chunk."""
    return chunk(b"tEXt", keyword.encode() + b"\0" + text)


def compressed_chunk(keyword: str, text: bytes) -> bytes:
    """A zTXt chunk."""
    return chunk(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(text))


def international_chunk(keyword: str, text: bytes, *, compressed: bool = False) -> bytes:
    """An iTXt chunk."""
    head = keyword.encode() + b"\0" + (b"\1\0" if compressed else b"\0\0") + b"en\0translated\0"
    return chunk(b"iTXt", head + (zlib.compress(text) if compressed else text))


def png(*, before: bytes = b"", after: bytes = b"", claims: tuple[int, int] = (4, 6)) -> bytes:
    """A grey PNG of 4 by 6 pixels with extra chunks before its image data, or after it.

    `claims` is the size its header states, whatever is true.
    """
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *claims, 8, 0, 0, 0, 0))
    rows = b"".join(bytes([0, row, row + 60, row + 120, row + 180]) for row in range(6))
    image = chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + header + before + image + after + chunk(b"IEND", b"")


def photo(kind: str, size: tuple[int, int] = (8, 12), **options: Any) -> bytes:
    """A small picture from Pillow: "PNG", "JPEG", "WEBP" or "GIF"."""
    from PIL import Image

    file = io.BytesIO()
    image = Image.new("RGB", size, "#1F5563")
    image.putpixel((0, 0), (255, 0, 0))
    image.save(file, kind, **options)
    return file.getvalue()


def animated_png() -> bytes:
    """An APNG of two frames with a V2 card after its image data."""
    from PIL import Image

    file = io.BytesIO()
    frames = [Image.new("RGB", (4, 6), colour) for colour in ("#6E2C33", "#22574B")]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue().replace(
        chunk(b"IEND", b""), text_chunk("chara", packed(KEEPER_V2)) + chunk(b"IEND", b"")
    )


def sillytavern_card() -> bytes:
    """A PNG as SillyTavern 1.18 writes it: both chunks after the image data, ccv3 a renamed copy of chara."""
    card = {
        **KEEPER_TEXTS,
        "creatorcomment": "Written for tests.",
        "avatar": "none",
        "chat": "Mira Holt - 2024-01-01",
        "talkativeness": "0",
        "fav": True,
        "tags": ["lighthouse", "Sea"],
        "spec": "chara_card_v2",
        "spec_version": "2.0",
        "data": {**KEEPER_V2_DATA, "extensions": {**KEEPER_V2_DATA["extensions"], "fav": True}},
        "create_date": "2024-1-1 @10h 00m 00s 000ms",
    }
    renamed = {**card, "spec": "chara_card_v3", "spec_version": "3.0"}
    return png(after=text_chunk("chara", packed(card)) + text_chunk("ccv3", packed(renamed)))


def _write_all() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    for name, card in {"v1": KEEPER_TEXTS, "v2": KEEPER_V2, "v3": KEEPER_V3}.items():
        text = json.dumps(card, ensure_ascii=False, indent=2)
        (DATA / f"keeper_{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    (DATA / "keeper_sillytavern.png").write_bytes(sillytavern_card())
    (DATA / "keeper_animated.png").write_bytes(animated_png())


if __name__ == "__main__":
    _write_all()
