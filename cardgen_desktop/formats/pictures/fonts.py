"""A serif of the system for painted portraits: looked for in the known folders, never needed."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

_SERIFS = (
    "SourceSerif4-Medium",
    "SourceSerif4-Regular",
    "SourceSerifPro-Medium",
    "SourceSerifPro-Regular",
    "Iowan Old Style",
    "Vollkorn-Medium",
    "Vollkorn-Regular",
    "Charter",
    "Georgia",
    "NotoSerif-Medium",
    "NotoSerif-Regular",
    "DejaVuSerif",
    "LiberationSerif-Regular",
    "times",
)
_WIDE = (
    "NotoSerifCJK-Medium",
    "NotoSerifCJK-Regular",
    "NotoSerifCJKsc-Regular",
    "NotoSansCJK-Regular",
    "Songti",
    "Hiragino Mincho ProN",
    "Arial Unicode",
    "simsun",
    "msyh",
    "msgothic",
    "malgun",
    "segoeui",
    "DejaVuSans",
    "NotoSans-Regular",
    "unifont",
)
_SUFFIXES = (".ttf", ".otf", ".ttc")
_MOST_FILES = 20_000


def font_for(text: str, size: int) -> "FreeTypeFont | ImageFont | None":
    """A font in pixels that has every letter of `text`, serifs first; None when the system has none."""
    from PIL import ImageFont

    for path in _candidates():
        try:
            font = ImageFont.truetype(path, size)
        except OSError:
            continue
        if _covers(font, text):
            return font
    fallback = ImageFont.load_default(size)
    return fallback if text.isascii() else None


def _covers(font: "FreeTypeFont", text: str) -> bool:
    """Whether no letter is drawn as the font's sign for a missing one (or as nothing)."""
    missing = bytes(font.getmask("\U0010fffe"))
    for letter in text:
        drawn = bytes(font.getmask(letter))
        if not any(drawn) or drawn == missing:
            return False
    return True


@cache
def _candidates() -> tuple[str, ...]:
    """Installed fonts of the two lists in their order of preference."""
    wanted = {name.casefold(): rank for rank, name in enumerate((*_SERIFS, *_WIDE))}
    found: dict[int, str] = {}
    for path in _font_files():
        rank = wanted.get(path.stem.casefold())
        if rank is not None:
            found[rank] = min(str(path), found.get(rank, str(path)))
    return tuple(found[rank] for rank in sorted(found))


def _font_files() -> Iterator[Path]:
    seen = 0
    for folder in _folders():
        for base, _, names in os.walk(folder):
            for name in names:
                seen += 1
                if seen > _MOST_FILES:
                    return
                if name.casefold().endswith(_SUFFIXES):
                    yield Path(base, name)


def _folders() -> tuple[Path, ...]:
    """Where Linux, macOS and Windows keep fonts; folders that do not exist are walked as empty."""
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  # Path.home raises where nobody lives
    windows = Path(os.environ.get("WINDIR", "C:/Windows"))
    local = os.environ.get("LOCALAPPDATA")
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        home / "Library/Fonts",
        windows / "Fonts",
        *((Path(local) / "Microsoft/Windows/Fonts",) if local else ()),
    )
