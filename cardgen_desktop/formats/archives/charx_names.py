"""Names of entries in an archive we write: ASCII, legal everywhere, in the folders of SPEC_V3.md (CHARX)."""

import re
import unicodedata
from collections.abc import Iterable

from ...domain.card import Asset
from ...domain.file_names import is_device
from .. import limits
from ..pictures.picture_signs import extension_by_content

CARD_PATH = "card.json"

_FORBIDDEN = re.compile(r'[^ -~]|[<>:"|?*\\]')
_EXTENSION = re.compile(r"[a-z0-9]{1,12}")
_PART_LETTERS = 100
_FOLDERS = frozenset({"icon", "background", "emotion", "user_icon"})
_KINDS = {
    "images": "png apng jpg jpeg jfif webp gif avif bmp svg tif tiff",
    "audio": "mp3 wav ogg oga opus flac m4a aac",
    "video": "mp4 webm mov avi mkv m4v",
    "3d": "mmd obj fbx glb gltf vrm pmx stl",
    "ai": "safetensors ckpt cpkt onnx pt gguf",
    "fonts": "otf ttf woff woff2",
    "code": "js ts lua py css html",
}
_KIND_OF = {extension: kind for kind, names in _KINDS.items() for extension in names.split()}


class Names:
    """Gives each file a legal name that no other has, also where upper and lower case count as the same."""

    def __init__(self, taken: Iterable[str] = (CARD_PATH,)) -> None:
        """`taken` are names that may not be given."""
        self._taken = {name.casefold() for name in taken}
        self._numbers: dict[str, int] = {}

    def given(self, path: str) -> str:
        """The legal name nearest to a path; a path that is legal and free is its own name."""
        name = _legal(path)
        stem, dot, extension = name.rpartition(".")
        if "/" in extension or not stem:
            stem, dot, extension = name, "", ""
        free, number = name, self._numbers.get(name, 1)
        while free.casefold() in self._taken:
            number += 1
            free = f"{stem}_{number}{dot}{extension}"
        self._numbers[name] = number
        self._taken.add(free.casefold())
        return free


def place_of(asset: Asset, head: bytes) -> str:
    """Where the specification wants an asset to lie; `head` are the first bytes of its file."""
    extension = extension_of(asset.ext, head)
    folder = asset.type if asset.type in _FOLDERS else "other"
    name = _plain_part(asset.name.replace("/", "_")).removesuffix(f".{extension}") or "asset"
    return f"assets/{folder}/{_KIND_OF.get(extension, 'other')}/{name}.{extension}"


def extension_of(told: str, head: bytes) -> str:
    """A file name's end: what the card tells where that is one, else what the content is."""
    extension = told.casefold().lstrip(".")
    if extension != "unknown" and _EXTENSION.fullmatch(extension):
        return extension
    return extension_by_content(head) or "bin"


def _legal(path: str) -> str:
    parts = [legal for part in path.replace("\\", "/").split("/") if (legal := _plain_part(part))]
    if len(parts) > limits.ARCHIVE_DEPTH:
        parts = [*parts[: limits.ARCHIVE_DEPTH - 1], "_".join(parts[limits.ARCHIVE_DEPTH - 1 :])]
    name = "/".join(parts) or "file"
    # SillyTavern takes the first name with this end for the card.
    return f"{name[: -len('.json')]}_.json" if name.casefold().endswith(CARD_PATH) else name


def _plain_part(part: str) -> str:
    """One folder or file name in ASCII, without what some system forbids; empty where nothing is left."""
    if not part.strip(" ."):
        return ""
    ascii_only = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode("ascii")
    stem, dot, extension = ascii_only.rpartition(".")
    named = ascii_only if stem.strip(" .") or not dot else f"file.{extension}"
    plain = _short(_FORBIDDEN.sub("_", named)).rstrip(" .") or "file"
    return f"_{plain}" if is_device(plain) else plain


def _short(part: str) -> str:
    if len(part) <= _PART_LETTERS:
        return part
    stem, dot, extension = part.rpartition(".")
    return f"{stem[: _PART_LETTERS - 20]}{dot}{extension[:19]}" if dot else part[:_PART_LETTERS]
