"""The portrait that stands in for a picture: chosen by the name alone, so list, panel and export agree.

Follows section 7 of the visual language. Shapes are shares of the portrait's shorter side, so that Qt and
Pillow paint the same at any size.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

PortraitPattern = Literal["rules", "scallops", "dots", "lozenges", "waves"]

CLOTHS: tuple[tuple[str, str], ...] = (
    ("oxblood", "#6E2C33"),
    ("madder", "#84402E"),
    ("ochre", "#75561D"),
    ("olive", "#575C2A"),
    ("moss", "#3D5C38"),
    ("pine", "#22574B"),
    ("peacock", "#1F5563"),
    ("slate", "#3B5168"),
    ("prussian", "#2C4470"),
    ("iris", "#4A4278"),
    ("mulberry", "#6A3760"),
    ("umber", "#5C4636"),
)
"""Book cloths: name and colour."""

FOIL = "#F4E7C8"
PATTERNS: tuple[PortraitPattern, ...] = ("rules", "scallops", "dots", "lozenges", "waves")

CELL_SHARE = 1 / 8
PATTERN_OPACITY = 0.16
LINE_SHARE = 1 / 96
FRAME_INSET_SHARE = 0.075
FRAME_OPACITY = 0.55
FRAME_FROM_PIXELS = 40
RADIUS_SHARE = 0.14
VEIL_TOP_ALPHA = 16  # white, of 255
VEIL_BOTTOM_ALPHA = 34  # black, of 255
TWO_INITIALS_SHARE = 0.38
ONE_INITIAL_SHARE = 0.44

_HONORIFIC_WORDS = """
    mr mrs ms miss mx dr prof professor sir dame lord lady captain capt count countess baron baroness duke
    duchess earl king queen prince princess emperor empress colonel col major general gen lieutenant lt
    sergeant sgt admiral father brother sister uncle aunt saint st madame mme mlle mademoiselle monsieur
    herr frau fräulein don doña señor señora señorita signor signora master mistress judge squire reverend rev
"""
_PARTICLE_WORDS = """
    of de von van der den ter ten du da di la le del della dos das des zu zum zur af av el bin ibn y e and
"""
_HONORIFICS = frozenset(_HONORIFIC_WORDS.split())
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_ARTICLES = frozenset({"the", "a", "an"})
_CUTS = ",([{，（【、"
_JOINER = "\u200d"


# A plain dataclass, because the first picture of the window needs it before pydantic is worth its time.
@dataclass(frozen=True, slots=True)
class PortraitStyle:
    """How the portrait of one name looks; colours are `#RRGGBB`, `initials` may be empty."""

    cloth: str
    foil: str
    pattern: PortraitPattern
    initials: str


def portrait_of(name: str) -> PortraitStyle:
    """Choose cloth, pattern and initials for a display name; any text works, also an empty one."""
    number = portrait_hash(name)
    return PortraitStyle(
        cloth=CLOTHS[number % len(CLOTHS)][1],
        foil=FOIL,
        pattern=PATTERNS[number // len(CLOTHS) % len(PATTERNS)],
        initials=initials_of(name),
    )


def portrait_hash(name: str) -> int:
    """FNV-1a (32 bits) over the case-folded NFC name in UTF-8, mixed by murmur3's finaliser."""
    number = 0x811C9DC5
    key = unicodedata.normalize("NFC", name).casefold()
    for byte in key.encode("utf-8", "replace"):
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    number ^= number >> 16
    number = (number * 0x85EBCA6B) & 0xFFFFFFFF
    number ^= number >> 13
    number = (number * 0xC2B2AE35) & 0xFFFFFFFF
    return number ^ (number >> 16)


def initials_of(name: str) -> str:
    """One or two capitals for a name, or the first grapheme where the script has no capitals."""
    words = _telling_words(unicodedata.normalize("NFC", name))
    if not words:
        return first_grapheme(name.strip())
    first, last = words[0], words[-1]
    if not _has_case(first[0]):
        return first_grapheme(first)
    if len(words) == 1 or not _has_case(last[0]):
        return _capital(first)
    return _capital(first) + _capital(last)


def first_grapheme(text: str) -> str:
    """The first letter or sign as a reader sees it: with its marks, joined emoji and flags kept whole."""
    end = min(1, len(text))
    while end < len(text) and _continues(text, end):
        end += 1
    return text[:end]


def _telling_words(name: str) -> list[str]:
    """The words that name somebody, without titles; if nothing would remain, titles count as names."""
    cut = min((place for mark in _CUTS if (place := name.find(mark)) > 0), default=len(name))
    words = [word for raw in name[:cut].split() if (word := _bare(raw))]
    plain = [word for index, word in enumerate(words) if not _is_particle(word, index)]
    return [word for word in plain if word.casefold() not in _HONORIFICS] or plain or words


def _bare(word: str) -> str:
    """A word without quotes, dots and other signs around it."""
    kept = [index for index, letter in enumerate(word) if letter.isalnum()]
    return word[kept[0] : kept[-1] + 1] if kept else ""


def _is_particle(word: str, index: int) -> bool:
    folded = word.casefold()
    # A capital at the very start is a first name ("Van Helsing", "Della Street"), not a particle.
    return folded in _ARTICLES or (folded in _PARTICLES and (index > 0 or word.islower()))


def _has_case(letter: str) -> bool:
    return letter.upper() != letter.lower() or letter.isdigit()


def _capital(word: str) -> str:
    # "ß" and ligatures grow when capitalised; the first of the grown letters is the initial.
    return word[0].upper()[0]


def _continues(text: str, index: int) -> bool:
    letter = text[index]
    if letter == _JOINER or text[index - 1] == _JOINER or unicodedata.category(letter) in ("Mn", "Mc", "Me"):
        return True
    if "\U0001f3fb" <= letter <= "\U0001f3ff":  # skin tones
        return True
    return index == 1 and _is_flag_half(letter) and _is_flag_half(text[0])


def _is_flag_half(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"
