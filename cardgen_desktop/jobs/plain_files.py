"""The folder of plain card files: written some at a time, and kept, for they may be all there is.

Only those of cards that the person removes for good are deleted.

Blocking: call these in a thread, one at a time.
"""

import contextlib
import json
import logging
import os
import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from ..domain.card import Card
from ..domain.errors import CardgenError
from ..store.backups import sync_folder
from ..store.plain_cards import PlainCard
from .card_notes import with_note

TRASH = "trash"

_FILE = re.compile(r"(\d{1,18})-.*\.json")
_log = logging.getLogger(__name__)


def card_files(folder: Path) -> list[tuple[int, Path]]:
    """The files by the numbers of their cards; the newest where a number has several."""
    found: dict[int, Path] = {}
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime):
            if match := _FILE.fullmatch(path.name):
                found[int(match[1])] = path
    return sorted(found.items())


def remove_for_good(folder: Path, card_ids: Collection[int]) -> None:
    """Delete the files of cards that were removed for good, wherever they lie; raises OSError."""
    for place in (folder, folder / TRASH):
        names: list[str] = []
        with contextlib.suppress(FileNotFoundError):
            names = os.listdir(place)  # noqa: PTH208  (names are all that is needed)
        for name in names:
            if (match := _FILE.fullmatch(name)) and int(match[1]) in card_ids:
                (place / name).unlink(missing_ok=True)


class PlainFiles:
    """The files of the cards of one library. Their names are looked up once, not for every card."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[int, set[str]] | None = None

    def written(self) -> dict[int, float]:
        """When the newest file of each card was written."""
        found: dict[int, float] = {}
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                if match := _FILE.fullmatch(entry.name):
                    with contextlib.suppress(OSError):
                        number = int(match[1])
                        found[number] = max(found.get(number, 0.0), entry.stat().st_mtime)
        return found

    def write(self, cards: Sequence[PlainCard]) -> None:
        """Write the files of some cards, and put those with their former names aside; raises OSError.

        A card that cannot be written waits for its next change; the library has it in any case.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for card in cards:
            try:
                name, data = _content(card)
                _place(self._folder / name, data)
            except (CardgenError, ValueError) as error:
                _log.info("card %s has no file: %s", card.id, error)
                continue
            self._put_aside(card.id, keep=name)
        sync_folder(self._folder)

    def put_in_trash(self, card_ids: Iterable[int]) -> None:
        """Put the files of cards aside that are no longer in the library; raises OSError."""
        for card_id in card_ids:
            self._put_aside(card_id, keep="")

    def _put_aside(self, card_id: int, *, keep: str) -> None:
        names = self._known().get(card_id, set())
        for name in names - {keep}:
            (self._folder / TRASH).mkdir(mode=0o700, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                (self._folder / name).replace(self._folder / TRASH / name)
        self._known()[card_id] = {keep} if keep else set()

    def _known(self) -> dict[int, set[str]]:
        if self._names is None:
            self._names = {}
            with contextlib.suppress(OSError):
                for name in os.listdir(self._folder):  # noqa: PTH208  (names are all that is needed)
                    if match := _FILE.fullmatch(name):
                        self._names.setdefault(int(match[1]), set()).add(name)
        return self._names


def _content(card: PlainCard) -> tuple[str, bytes]:
    """The name and the bytes of a card's file; raises `CardgenError`, and ValueError for a damaged row."""
    from ..formats.writing.export import card_bytes, safe_file_name

    content = with_note(Card.model_validate_json(card.content), card.picture, card.files)
    original = None if card.original is None else json.loads(card.original)
    data = card_bytes(content, "json-v3", picture=None, original=original)
    return f"{card.id}-{safe_file_name(card.name, '.json')}", data


def _place(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; its folder is synced once for several."""
    part = path.with_name(f".{secrets.token_hex(6)}.cardgen-part")
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
