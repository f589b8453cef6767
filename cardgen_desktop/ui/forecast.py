"""What would happen to a file if it were dropped now, told from its name alone: no disk is touched."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Forecast:
    """One file of a drag: the icon of its kind, its name, and what will happen to it or why nothing will."""

    name: str
    icon: str
    line: str
    usable: bool = True


_READ = "will be added and read"
_CARD = "Character card · opens in Cards"
_TAKEN = {
    ".epub": ("book", f"Book · {_READ}"),
    ".txt": ("note", f"Text · {_READ}"),
    ".text": ("note", f"Text · {_READ}"),
    ".md": ("note", f"Text with headings · {_READ}"),
    ".markdown": ("note", f"Text with headings · {_READ}"),
    ".html": ("web", f"Web page · {_READ}"),
    ".htm": ("web", f"Web page · {_READ}"),
    ".xhtml": ("web", f"Web page · {_READ}"),
    ".docx": ("note", f"Word document · {_READ}"),
    ".pdf": ("note", f"PDF · {_READ}"),
    ".odt": ("note", f"OpenDocument text · {_READ}"),
    ".fodt": ("note", f"OpenDocument text · {_READ}"),
    ".rtf": ("note", f"RTF document · {_READ}"),
    ".fb2": ("book", f"Book · {_READ}"),
    **dict.fromkeys((".srt", ".vtt", ".ass", ".ssa"), ("quote", f"Subtitles · {_READ}")),
    ".jsonl": ("chat", f"Chat · {_READ}"),
    **dict.fromkeys((".png", ".apng", ".charx", ".byaf"), ("card", _CARD)),
    **dict.fromkeys((".jpg", ".jpeg", ".webp"), ("card", "Picture · a card if there is one in it")),
    ".json": ("card", "JSON · a card or a chat, as it turns out"),
    **dict.fromkeys((".yaml", ".yml"), ("card", "YAML · a card or a text, as it turns out")),
}
_REFUSED = {
    **dict.fromkeys((".mobi", ".azw", ".azw3", ".kfx", ".lit"), "convert it to EPUB first"),
    **dict.fromkeys((".doc", ".pages", ".wpd"), "save it as .docx first"),
    **dict.fromkeys((".gif", ".bmp", ".svg", ".tiff"), "a picture has no text"),
    **dict.fromkeys((".mp3", ".wav", ".ogg", ".m4a", ".mp4", ".mkv", ".avi", ".mov"), "it has no text"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar", ".xz", ".bz2"), "unpack it first"),
    **dict.fromkeys((".exe", ".dll", ".so", ".bin", ".iso", ".msi", ".deb"), "it is a program"),
}
_NO_SUFFIX = ("note", "A folder, or a file without a suffix · will be looked at")
_UNKNOWN = ("note", "Kind not known · will be looked at")


def forecast(path: Path) -> Forecast:
    """What a file's suffix promises; the content decides after the drop."""
    suffix = path.suffix.casefold()
    if reason := _REFUSED.get(suffix):
        return Forecast(path.name, "note", f"Cannot be read yet: {reason}", usable=False)
    icon, line = _TAKEN.get(suffix, _UNKNOWN if suffix else _NO_SUFFIX)
    return Forecast(path.name, icon, line)


FILTERS = (
    f"Books, notes and cards ({' '.join(f'*{suffix}' for suffix in _TAKEN)})",
    "All files (*)",
)
"""What the file dialog offers."""
