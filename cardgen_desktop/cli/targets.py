"""Which kind of card file a name asks for, and names for converted files."""

import os
from pathlib import Path

from ..domain.card import ExportTarget
from ..domain.errors import UsageError

SUFFIXES: dict[ExportTarget, str] = {"png": ".png", "json-v2": ".v2.json", "json-v3": ".json"}
"""Longer suffixes first where one ends with the other."""


def target_of(path: Path) -> ExportTarget:
    """The kind of card by the suffix of a file; raises `UsageError` for any other."""
    for target, suffix in SUFFIXES.items():
        if path.name.lower().endswith(suffix):
            return target
    raise UsageError(f'"{path.name}" does not say what kind of card to write. Use .png, .json or .v2.json.')


def is_same_file(first: Path | str, second: Path | str) -> bool:
    """Whether two names lead to one file, also by a link or when it is not there yet."""
    if os.path.realpath(first) == os.path.realpath(second):
        return True
    try:
        return Path(first).samefile(second)
    except OSError:
        return False


def base_name(path: Path) -> str:
    """A card file's name without what says its kind."""
    suffix = next((suffix for suffix in SUFFIXES.values() if path.name.lower().endswith(suffix)), path.suffix)
    return path.name.removesuffix(path.name[len(path.name) - len(suffix) :]) if suffix else path.name


class OutputFolder:
    """Gives each converted card a name of its own in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: set[str] = set()

    def name_for(self, card: Path, target: ExportTarget) -> Path:
        """`arvith.png` becomes `arvith.json`; a second card of that name becomes `arvith-2.json`."""
        number = 1
        while True:
            base = base_name(card) + (f"-{number}" if number > 1 else "")
            path = self._folder / (base + SUFFIXES[target])
            if path.name.casefold() not in self._given:  # one name to Windows and macOS
                self._given.add(path.name.casefold())
                return path
            number += 1
