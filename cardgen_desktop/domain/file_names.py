"""File names that every system accepts, made from a card by a template such as `{name} by {creator}`."""

import re
import unicodedata
from datetime import date

from .card import Card
from .errors import UsageError

PLACEHOLDERS = ("name", "creator", "version", "date")
"""What a template can name: the character, who made it, its version, and the day of the export."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_BRACKETED = re.compile(r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
_JOINERS = "\u200c\u200d"  # they hold letters and emoji together
_SEPARATORS = " -_.,+~"
_MOST_BYTES = 120
_NAMELESS = "card"


def file_name(template: str, card: Card, suffix: str, *, day: date | None = None) -> str:
    """The name of a card's file by a template; parts that are empty go with what leads to them.

    `{date}` is the day of the export, today unless `day` says otherwise. Raises `UsageError` for a template
    that names anything else.
    """
    check_template(template)
    data = card.data
    values = {
        "name": data.name if data.name.strip() else _NAMELESS,
        "creator": data.creator,
        "version": data.character_version,
        "date": (day or date.today()).isoformat(),
    }
    return safe_file_name(_filled(template, values), suffix)


def check_template(template: str) -> None:
    """Raise `UsageError` with the choices where a template names something that no card has."""
    choices = "Use {name}, {creator}, {version} and {date}."
    for found in _PLACEHOLDER.findall(template):
        if _key(found) not in PLACEHOLDERS:
            raise UsageError(f"File names know no {{{found}}}. Nothing was written. {choices}")
    if set(_PLACEHOLDER.sub("", template)) & set("{}"):
        raise UsageError(f'"{template}" has a brace without its other half. Nothing was written. {choices}')


def _filled(template: str, values: dict[str, str]) -> str:
    """The template with its values; empty ones go with their brackets, or with the words before them."""
    inside = _BRACKETED.sub(lambda found: _in_brackets(found[0], values), template)
    pieces = _PLACEHOLDER.split(_without_empty(inside, values))  # words and placeholders by turns
    return "".join(values[_key(piece)] if place % 2 else piece for place, piece in enumerate(pieces))


def _in_brackets(text: str, values: dict[str, str]) -> str:
    """What stands in brackets without empty values; nothing where no value is left."""
    start = len(text) - len(text.lstrip())
    inner = text[start + 1 : -1]
    if not _PLACEHOLDER.search(inner):
        return text
    left = _without_empty(inner, values)
    return text[: start + 1] + left.strip() + text[-1] if _PLACEHOLDER.search(left) else ""


def _without_empty(template: str, values: dict[str, str]) -> str:
    """The template without empty placeholders and the words before each; the first takes those behind it."""
    pieces = _PLACEHOLDER.split(template)
    text, lead = "", pieces[0]
    for place in range(1, len(pieces), 2):
        behind = pieces[place + 1]
        if values[_key(pieces[place])].strip():
            text, lead = f"{text}{lead}{{{pieces[place]}}}", behind
        elif text:
            lead = behind
        elif behind.strip(_SEPARATORS):
            lead += behind
    return text + lead


def _key(placeholder: str) -> str:
    return placeholder.strip().casefold()


def safe_file_name(name: str, suffix: str) -> str:
    """A file name for a card: readable, and legal on Linux, macOS and Windows. `suffix` begins with a dot."""
    visible = "".join(letter if _is_visible(letter) else " " for letter in unicodedata.normalize("NFC", name))
    stem = " ".join(_FORBIDDEN.sub("-", visible).split())
    stem = _cut(_trim(stem))
    if is_device(stem):
        stem = _cut(f"_{stem}")
    return f"{stem or _NAMELESS}{suffix}"


def is_device(name: str) -> bool:
    """Whether a file's name means a device on Windows, such as `con` or `aux.png`."""
    return name.partition(".")[0].strip().casefold() in _DEVICES


def _is_visible(letter: str) -> bool:
    """Not a control, a half surrogate, or one of the invisible marks that can turn a name around."""
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _trim(stem: str) -> str:
    # Windows drops dots and spaces at the end; a dot in front hides a file, a hyphen looks like an option.
    return stem.strip(" .-" + _JOINERS)


def _cut(stem: str) -> str:
    kept = stem[:_MOST_BYTES]
    while len(kept.encode()) > _MOST_BYTES or _would_split(stem, len(kept)):
        kept = kept[:-1]
    return _trim(kept)


def _would_split(text: str, place: int) -> bool:
    """Whether a cut there would part a letter from its marks or an emoji from its other half."""
    if not 0 < place < len(text):
        return False
    joined = text[place] in _JOINERS or text[place - 1] in _JOINERS
    return joined or unicodedata.category(text[place]) in ("Mn", "Mc", "Me")
