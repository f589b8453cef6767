"""Pictures with EXIF, built byte by byte: cards as they stand in WebP, JPEG and Backyard's PNG.

`python -m tests.support.picture_cards` writes the small pictures of `tests/data/formats/pictures` again.
"""

import base64
import json
import struct
from typing import Any

from . import card_files

USER_COMMENT, EXIF_DIRECTORY = 0x9286, 0x8769

BACKYARD_CHARACTER: dict[str, Any] = {
    "id": "cl0keeper",
    "createdAt": "2024-03-01T10:00:00.000Z",
    "updatedAt": "2024-03-02T10:00:00.000Z",
    "aiDisplayName": "Mira of the Light",
    "aiName": "Mira Holt",
    "aiPersona": "{character} keeps the light. {{user}} knows {user}.",
    "basePrompt": "{Character} speaks with {USER}.",
    "scenario": "{user} rows out with the oil.",
    "firstMessage": "#{character}: You are late, {user}.",
    "customDialogue": "#{user}: Is it lonely?\n#{character}: Only on calm days.",
    "isNSFW": True,
    "grammar": None,
    "model": "fimbulvetr",
    "temperature": 1.2,
    "topK": 30,
    "topP": 0.9,
    "repeatPenalty": 1.05,
    "repeatLastN": 256,
    "Chat": [],
    "loreItems": [
        {"id": "lore1", "key": "Gull Rock, the rock", "value": "{character}'s skerry.", "order": "a0"},
        {"id": "lore2", "key": "Tobias", "value": "Her brother."},
    ],
}

BACKYARD_SETTINGS: dict[int, dict[str, Any]] = {
    1: {"mirostatEnabled": True, "mirostatLearningRate": 0.1, "mirostatEntropy": 5},
    2: {"minP": 0.1, "minPEnabled": True},
    3: {"minP": 0.1, "minPEnabled": True, "promptTemplate": "ChatML"},
    4: {"minP": 0.1, "minPEnabled": True, "promptTemplate": None, "canDeleteCustomDialogue": True},
}
"""What each version has beside the rest."""


def backyard(version: int, **changes: Any) -> dict[str, Any]:
    """A Backyard export of a version."""
    return {
        "character": {**BACKYARD_CHARACTER, **BACKYARD_SETTINGS[version], **changes},
        "version": version,
    }


def exif(
    comment: bytes, *, order: str = "<", kind: int = 7, nested: bool = True, before: bytes = b""
) -> bytes:
    """A TIFF block with one comment, in the EXIF directory or right in the first one."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    first = 8
    if not nested:
        place = first + 2 + 12 + 4
        return before + head + _directory(order, [(USER_COMMENT, kind, len(comment), place)]) + comment
    inner = first + 2 + 12 + 4
    place = inner + 2 + 12 + 4
    return (
        before
        + head
        + _directory(order, [(EXIF_DIRECTORY, 4, 1, inner)])
        + _directory(order, [(USER_COMMENT, kind, len(comment), place)])
        + comment
    )


def _directory(order: str, entries: list[tuple[int, int, int, int]], following: int = 0) -> bytes:
    packed = b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    return struct.pack(f"{order}H", len(entries)) + packed + struct.pack(f"{order}I", following)


def webp(block: bytes | None, *, size: tuple[int, int] | None = None) -> bytes:
    """A WebP of 8 by 12 pixels with an EXIF chunk, or none; `size` is what its header claims."""
    picture = card_files.photo("WEBP")[12:]
    width, height = size or (8, 12)
    canvas = bytes([8, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = _riff(b"VP8X", canvas) + picture + (b"" if block is None else _riff(b"EXIF", block))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def jpeg(*blocks: bytes) -> bytes:
    """A JPEG of 8 by 12 pixels with an EXIF segment for each block."""
    picture = card_files.photo("JPEG")
    parts = [b"Exif\0\0" + block for block in blocks]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part for part in parts)
    return picture[:2] + segments + picture[2:]


def long_jpeg(block: bytes) -> bytes:
    """A JPEG whose EXIF goes on from segment to segment."""
    step = 60_000
    return jpeg(*(block[place : place + step] for place in range(0, len(block), step)))


def backyard_png(
    export: dict[str, Any], *, packed: bool = False, order: str = ">", after: bytes = b""
) -> bytes:
    """A PNG as Backyard writes it: raw JSON in EXIF in the early versions, base64 in the last."""
    text = json.dumps(export, ensure_ascii=False).encode()
    comment = b"ASCII\0\0\0" + (base64.b64encode(text) if packed else text)
    return card_files.png(before=card_files.chunk(b"eXIf", exif(comment, order=order)), after=after)


def risu_png() -> bytes:
    """A PNG as RisuAI writes it: asset chunks and a V3 card after the image data."""
    card = {
        **card_files.KEEPER_V3,
        "data": {
            **card_files.KEEPER_V3["data"],
            "assets": [
                {"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"},
                {"type": "emotion", "uri": "__asset:1", "name": "smile", "ext": "png"},
            ],
        },
    }
    chunks = [
        card_files.text_chunk("chara-ext-asset_:1", base64.b64encode(card_files.png())),
        card_files.text_chunk("chara-ext-asset_2", base64.b64encode(b"OggS" * 20)),
        card_files.text_chunk("ccv3", card_files.packed(card)),
    ]
    return card_files.png(after=b"".join(chunks))


LOREBOOK = {
    "lorebookVersion": 4,
    "entries": [{"text": "A skerry.", "keys": ["Gull Rock"], "displayName": "place", "enabled": True}],
}


def samples() -> dict[str, bytes]:
    """A small picture for each way in which one carries a card or a lorebook."""
    text = json.dumps(card_files.KEEPER_V2, ensure_ascii=False)
    return {
        "risu.png": risu_png(),
        "compressed.png": card_files.png(
            before=card_files.compressed_chunk("chara", card_files.packed(card_files.KEEPER_V2)),
            after=card_files.international_chunk(
                "ccv3", card_files.packed(card_files.KEEPER_V3), compressed=True
            ),
        ),
        "backyard.png": backyard_png(backyard(1)),
        "backyard_packed.png": backyard_png(backyard(4), packed=True),
        "novelai.png": card_files.png(before=card_files.text_chunk("naidata", card_files.packed(LOREBOOK))),
        "plain.webp": webp(exif(b"ASCII\0\0\0" + text.encode())),
        "utf16.webp": webp(exif(b"UNICODE\0" + text.encode("utf-16-be"), order=">")),
        "listed.jpeg": long_jpeg(exif(",".join(str(byte) for byte in text.encode()).encode(), nested=False)),
        "packed.jpeg": jpeg(exif(base64.b64encode(text.encode()), order=">")),
    }


def _write_all() -> None:
    folder = card_files.DATA / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in samples().items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    _write_all()
