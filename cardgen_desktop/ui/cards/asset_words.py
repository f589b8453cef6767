"""What an asset is and where it is, in words: for its row, its page and for who cannot see either."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...domain.asset_addresses import PICTURE_ADDRESS, path_of
from ...domain.card import Asset, CardFile
from ..wording import size_words

KINDS: tuple[tuple[str, str], ...] = (
    ("icon", "Icon"),
    ("emotion", "Emotion"),
    ("background", "Background"),
    ("user_icon", "Icon of the reader"),
)
"""The kinds of the specification, in the order they are offered."""

NOT_FOUND = "Missing: the file is not with the card. Kept as it is."
NO_ADDRESS = "Cannot be used: this is no address a program knows. Kept as it is."
MOST_ADDRESS = 400
ON_THE_WEB = "On the web. Never fetched by itself."

PICTURES = frozenset(("png", "apng", "jpg", "jpeg", "webp", "gif", "avif", "bmp"))
"""Extensions of what is shown as a picture, if it can be read as one."""

AssetState = Literal["file", "portrait", "inside", "web", "missing", "unusable"]


_LONG = ("missing", "unusable", "web", "inside")


@dataclass(frozen=True, slots=True)
class AssetPlace:
    """Where an asset is. `path` names its file, or is empty; `words` say it."""

    state: AssetState
    words: str
    path: str = ""

    @property
    def is_dead(self) -> bool:
        """Whether no program can show it."""
        return self.state in ("missing", "unusable")


def kind_words(kind: str) -> str:
    """A kind of asset in words; kinds of single programs as they are."""
    return dict(KINDS).get(kind, kind or "No kind")


def files_by_path(files: Sequence[CardFile]) -> Mapping[str, CardFile]:
    """Files under their places."""
    return {file.path: file for file in files}


def place_of(asset: Asset, files: Mapping[str, CardFile]) -> AssetPlace:
    """Where an asset is, as far as the card's own files tell."""
    uri, folded = asset.uri, asset.uri[:12].casefold()
    if folded == PICTURE_ADDRESS:
        return AssetPlace("portrait", "The portrait itself")
    if (path := path_of(uri)) is not None:
        return _file_place(path, files)
    if folded.startswith("data:"):
        return AssetPlace("inside", f"Inside the card, {size_words(len(uri) * 3 // 4)}", uri)
    if folded.startswith(("https://", "http://")):
        return AssetPlace("web", ON_THE_WEB)
    return AssetPlace("unusable", NO_ADDRESS)


def _file_place(path: str, files: Mapping[str, CardFile]) -> AssetPlace:
    file = files.get(path)
    if file is None:
        return AssetPlace("missing", NOT_FOUND)
    return AssetPlace("file", size_words(file.bytes), path)


def is_picture(asset: Asset, place: AssetPlace) -> bool:
    """Whether a picture is to be expected: of a file by its extension, in the card by its address."""
    if place.state == "inside":
        return asset.uri[:11].casefold() == "data:image/"
    suffix = place.path.rpartition(".")[2] if "/" in place.path else ""
    known = {suffix.casefold(), asset.ext.casefold()} & PICTURES
    return place.state == "portrait" or (place.state == "file" and bool(known))


def address_of(asset: Asset, place: AssetPlace) -> str:
    """The address as far as it tells something: not of the portrait, nor of what is in the card itself."""
    if place.state in ("inside", "portrait"):
        return ""
    return place.path if place.state == "file" else asset.uri[:MOST_ADDRESS]


def line_of(asset: Asset, place: AssetPlace) -> str:
    """What stands below an asset's name in the list."""
    extension = asset.ext.upper() if asset.ext and asset.ext != "unknown" else ""
    words = re.split("[:.,]", place.words)[0] if place.state in _LONG else place.words
    return " · ".join(part for part in (kind_words(asset.type), extension, words) if part)


def free_name(stem: str, kind: str, assets: Sequence[Asset]) -> str:
    """A name for a new asset that no other of its kind has; the first icon is the main one."""
    taken = {asset.name for asset in assets if asset.type == kind}
    if kind == "icon" and "main" not in taken:
        return "main"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
