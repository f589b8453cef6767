"""Where a file that a person adds to a card stands in it, as in archives of V3 cards (SPEC_V3.md, CHARX).

`assets/<kind>/<sort>/<name>.<suffix>` in plain ASCII, which every reader of archives takes. What the file is,
its content says, not its name.
"""

import re
import unicodedata
from collections.abc import Iterable

from ..domain.asset_addresses import path_of
from ..domain.card import CardData

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", 0, "images", "png"),
    (b"\xff\xd8\xff", 0, "images", "jpeg"),
    (b"WEBP", 8, "images", "webp"),
    (b"GIF8", 0, "images", "gif"),
    (b"ftypavif", 4, "images", "avif"),
    (b"ID3", 0, "audio", "mp3"),
    (b"\xff\xfb", 0, "audio", "mp3"),
    (b"\xff\xf3", 0, "audio", "mp3"),
    (b"OggS", 0, "audio", "ogg"),
    (b"fLaC", 0, "audio", "flac"),
    (b"WAVE", 8, "audio", "wav"),
    (b"\x1aE\xdf\xa3", 0, "video", "webm"),
    (b"ftyp", 4, "video", "mp4"),
)
_KINDS = ("icon", "background", "user_icon", "emotion")
_LONGEST = 60
_PLAIN = re.compile("[^A-Za-z0-9_-]+")
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")


def sort_of(head: bytes, name: str) -> tuple[str, str]:
    """What a file is, by its first bytes: the folder it belongs into, and its suffix."""
    for sign, place, sort, suffix in _SIGNS:
        if head[place : place + len(sign)] == sign:
            return sort, suffix
    suffix = name.rpartition(".")[2].casefold() if "." in name else ""
    return "other", suffix if _SUFFIX.fullmatch(suffix) else "bin"


def place_for(kind: str, name: str, head: bytes) -> str:
    """Where a file of this name belongs, which begins with `head`; `kind` is the type of the asset to be."""
    sort, suffix = sort_of(head, name)
    folder = kind if kind in _KINDS else _ascii(kind) or "other"
    stem = _ascii(name.rpartition(".")[0] or name) or "file"
    return f"assets/{folder}/{sort}/{stem}.{suffix}"


def free_place(place: str, taken: Iterable[str]) -> str:
    """The place, with a number where another file has it, in any case."""
    used = {path.casefold() for path in taken}
    stem, dot, suffix = place.rpartition(".")
    number, free = 1, place
    while free.casefold() in used:
        number += 1
        free = f"{stem}-{number}{dot}{suffix}"
    return free


def named_paths(data: CardData) -> frozenset[str]:
    """The places of files that the assets of a card name, as `CardFile.path` has them."""
    return frozenset(filter(None, (path_of(asset.uri) for asset in data.assets or ())))


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _PLAIN.sub("-", plain).strip("-_")[:_LONGEST]
