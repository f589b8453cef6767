"""File names that every system accepts, made from any card name."""

import re
import unicodedata

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
_JOINERS = "\u200c\u200d"  # they hold letters and emoji together
_MOST_CHARACTERS = 120
_MOST_BYTES = 240


def safe_file_name(name: str, suffix: str) -> str:
    """A file name for a card: readable, and legal on Linux, macOS and Windows. `suffix` begins with a dot."""
    visible = "".join(letter if _is_visible(letter) else " " for letter in unicodedata.normalize("NFC", name))
    stem = " ".join(_FORBIDDEN.sub("-", visible).split())
    stem = _cut(_trim(stem), _MOST_BYTES - len(suffix.encode()))
    if stem.partition(".")[0].strip().casefold() in _DEVICES:
        stem = f"_{stem}"
    return f"{stem or 'card'}{suffix}"


def _is_visible(letter: str) -> bool:
    """Not a control, a half surrogate, or one of the invisible marks that can turn a name around."""
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _trim(stem: str) -> str:
    # Windows drops dots and spaces at the end; a dot in front hides a file, a hyphen looks like an option.
    return stem.strip(" .-" + _JOINERS)


def _cut(stem: str, most_bytes: int) -> str:
    kept = stem[:_MOST_CHARACTERS]
    while len(kept.encode()) > most_bytes or _would_split(stem, len(kept)):
        kept = kept[:-1]
    return _trim(kept)


def _would_split(text: str, place: int) -> bool:
    """Whether a cut there would part a letter from its marks or an emoji from its other half."""
    if not 0 < place < len(text):
        return False
    joined = text[place] in _JOINERS or text[place - 1] in _JOINERS
    return joined or unicodedata.category(text[place]) in ("Mn", "Mc", "Me")
