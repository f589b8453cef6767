"""What an export can hold: the targets, what each leaves out, and a safe file name."""

import re
from dataclasses import dataclass

from ...domain.card import CardData, ExportTarget

MAX_NAME_BYTES = 120
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10)))
)


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of file to export to, in the words of the person who chooses."""

    key: ExportTarget
    title: str
    sentence: str
    suffix: str
    filter: str


TARGETS: tuple[Target, ...] = (
    Target("png", "PNG picture", "Portrait, both versions inside.", ".png", "Card (*.png)"),
    Target("json-v3", "JSON, version 3", "Text only, everything kept.", ".json", "Card (*.json)"),
    Target(
        "json-v2", "JSON, version 2", "Text only, for older programs.", ".v2.json", "Card, version 2 (*.json)"
    ),
)


def target_of(key: ExportTarget) -> Target:
    """A target by its key."""
    return next(target for target in TARGETS if target.key == key)


def losses(data: CardData, target: ExportTarget, *, has_avatar: bool) -> tuple[str, ...]:
    """What a file of this kind will not hold, one short phrase each; empty when nothing is lost."""
    lost: list[str] = []
    if target != "png" and has_avatar:
        lost.append("the portrait, because JSON holds text only")
    if target == "json-v2":
        lost.extend(_beyond_version_2(data))
    return tuple(lost)


def _beyond_version_2(data: CardData) -> list[str]:
    entries = data.character_book.entries if data.character_book else ()
    greetings = len(data.group_only_greetings)
    checks = (
        (bool(data.nickname), "the nickname"),
        (greetings > 0, f"{greetings} greeting{'s' if greetings != 1 else ''} for group chats"),
        (bool(data.creator_notes_multilingual), "the creator’s notes in other languages"),
        (any(entry.use_regex for entry in entries), "the pattern mark of lorebook keys"),
        (bool(data.assets), "the list of extra pictures and sounds"),
        (bool(data.source), "the list of places the card came from"),
        (bool(data.creation_date or data.modification_date), "the dates"),
    )
    return [phrase for present, phrase in checks if present]


def file_name(name: str, target: Target) -> str:
    """A file name that every system accepts, made from the character's name."""
    stem = _FORBIDDEN.sub(" ", name)
    stem = " ".join(stem.split()).strip(". ")
    while len(stem.encode()) > MAX_NAME_BYTES:
        stem = stem[:-1].rstrip(". ")
    if not stem or stem.split(".")[0].casefold() in _RESERVED:
        stem = f"card {stem}".strip()
    return stem + target.suffix


def joined(phrases: tuple[str, ...]) -> str:
    """Phrases as one clause: "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(phrases[:-1]), *phrases[-1:]) if part)
