"""What is dropped, sorted: folders and many cards become jobs with one summary, the rest goes on the desk."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...domain.card_library import CARD_SUFFIXES
from ...domain.chat_marks import JSON_SUFFIX, means_to_be_chat
from ...domain.pasted_text import means_to_be_card
from ...domain.source import DOCUMENT_SUFFIXES

MANY_CARDS = 8
"""From so many card files on, one job imports them all: with progress, a way to cancel, and one summary."""

MOST_LOOKED_AT_BYTES = 64 * 1024
"""How much of a JSON file is looked at to see whether it is a card."""

MOST_LOOKED_AT = 5_000
"""Entries of a folder that are looked at to see what kind of folder it is."""

MOST_JSON = 200
"""JSON files of one folder that are looked into for that."""

_NAMED = re.compile(r'"(?:name|description)"\s*:')
"""A card may begin with a description that is longer than what is looked at."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """`files` go on the desk one by one, `cards` are imported by a job, `documents` are read by a job."""

    files: tuple[Path, ...]
    cards: tuple[Path, ...]
    documents: tuple[Path, ...]


def sorted_drop(paths: Sequence[Path]) -> Sorted:
    """Sort what was dropped. Looks at the disk, so call it in a thread."""
    folders = [path for path in paths if path.is_dir()]
    files = [path for path in paths if path not in set(folders)]
    cards = [path for path in files if path.suffix.casefold() in CARD_SUFFIXES and not _is_other_json(path)]
    batch = cards if len(cards) >= MANY_CARDS else []
    kinds = {folder: _kinds_in(folder) for folder in folders}
    return Sorted(
        files=tuple(path for path in files if path not in set(batch)),
        cards=(*batch, *(folder for folder in folders if "cards" in kinds[folder])),
        documents=tuple(folder for folder in folders if "documents" in kinds[folder]),
    )


def _is_other_json(path: Path) -> bool:
    """Whether JSON is no card, such as a chat: the desk takes whatever it turns out to be."""
    if path.suffix.casefold() != JSON_SUFFIX:
        return False
    head = _head(path)
    return bool(head) and (means_to_be_chat(head) or not means_to_be_card(head))


def _kinds_in(folder: Path) -> frozenset[str]:
    """What a folder has, with those in it: cards, documents or both; an empty one is taken for cards."""
    found: set[str] = set()
    looked = 0
    for at, _, names in os.walk(folder):
        suffixes = {os.path.splitext(name)[1].casefold() for name in names}  # noqa: PTH122  (a hundred thousand)
        found |= {"cards"} if suffixes & (CARD_SUFFIXES - {JSON_SUFFIX}) else set()
        found |= {"documents"} if suffixes & DOCUMENT_SUFFIXES else set()
        if JSON_SUFFIX in suffixes and len(found) < 2:
            found |= _kinds_of_json(
                [Path(at, name) for name in names if name.casefold().endswith(JSON_SUFFIX)]
            )
        looked += len(names)
        if len(found) == 2 or looked > MOST_LOOKED_AT:
            break
    return frozenset(found or {"cards"})


def _kinds_of_json(paths: Sequence[Path]) -> set[str]:
    """What the first JSON files of a folder are: chats are documents; what is neither speaks for nothing."""
    found: set[str] = set()
    for path in paths[:MOST_JSON]:
        head = _head(path)
        if means_to_be_chat(head):
            found.add("documents")
        elif means_to_be_card(head) or _NAMED.search(head):
            found.add("cards")
        if len(found) == 2:
            break
    return found


def _head(path: Path) -> str:
    """The beginning of a file, "" when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_LOOKED_AT_BYTES).replace(b"\0", b"").decode("utf-8", "replace")
    except OSError:
        return ""
