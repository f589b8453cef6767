"""Which kind of card file a name asks for, and names for converted files."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..domain.card import ExportTarget
from ..domain.card_export import OTHER_SUFFIXES, PRESETS, SUFFIXES, ExportPreset, target_named
from ..domain.errors import UsageError


def target_of(path: Path) -> ExportTarget:
    """The kind of card by the suffix of a file; raises `UsageError` for any other."""
    target = target_named(path.name)
    if target is None:
        kinds = ", ".join(SUFFIXES.values())
        raise UsageError(f'"{path.name}" does not say what kind of card to write. Use one of {kinds}.')
    return target


def preset_named(name: str) -> ExportPreset:
    """A preset by its key, such as `sillytavern`; raises `UsageError` with the choices."""
    for preset in PRESETS:
        if name.casefold() in (preset.key, preset.title.casefold()):
            return preset
    raise UsageError(f'"{name}" is no preset. Use one of {", ".join(preset.key for preset in PRESETS)}.')


def is_same_file(first: Path | str, second: Path | str) -> bool:
    """Whether two names lead to one file, also by a link or when it is not there yet."""
    if os.path.realpath(first) == os.path.realpath(second):
        return True
    try:
        return Path(first).samefile(second)
    except OSError:
        return False


class Inputs:
    """The files a command reads, to tell whether an output would be written over one of them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths: set[str] = set()
        self._files: set[tuple[int, int]] = set()
        for path in paths:
            self._paths.add(os.path.realpath(path))
            if identity := _identity(path):
                self._files.add(identity)

    def have(self, path: Path) -> bool:
        """Whether a name leads to one of the files, also by a link or when it is not there yet."""
        return os.path.realpath(path) in self._paths or _identity(path) in self._files


def _identity(path: Path | str) -> tuple[int, int] | None:
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def base_name(path: Path) -> str:
    """A card file's name without what says its kind."""
    known = sorted((*SUFFIXES.values(), *OTHER_SUFFIXES), key=len, reverse=True)
    suffix = next((suffix for suffix in known if path.name.lower().endswith(suffix)), path.suffix)
    return path.name.removesuffix(path.name[len(path.name) - len(suffix) :]) if suffix else path.name


class OutputFolder:
    """Gives each converted card a name of its own in one folder.

    A name that is taken gets a number: by another card of the batch, and unless `overwrite` by a file. One of
    the `inputs` is given out all the same, for the caller to refuse.
    """

    def __init__(self, folder: Path, *, overwrite: bool = False, inputs: Inputs | None = None) -> None:
        self._folder = folder
        self._overwrite = overwrite
        self._inputs = inputs or Inputs(())
        self._given: set[str] = set()
        self._numbers: dict[tuple[str, str], int] = {}

    def name_for(self, card: Path, target: ExportTarget) -> Path:
        """`arvith.png` becomes `arvith.json`; a second card of that name becomes `arvith-2.json`."""
        base, suffix = base_name(card), SUFFIXES[target]
        first = self._folder / (base + suffix)
        return first if self._inputs.have(first) else self.free(base, suffix)

    def free(self, base: str, suffix: str) -> Path:
        """The file of this name, or the first with a number that is free."""
        number = self._numbers.get((base, suffix), 1)  # many of one name are not counted from one each time
        while True:
            path = self._folder / (base + (f"-{number}" if number > 1 else "") + suffix)
            if path.name.casefold() not in self._given and not self._is_taken(path):
                self._given.add(path.name.casefold())  # one name to Windows and macOS
                self._numbers[base, suffix] = number
                return path
            number += 1

    def _is_taken(self, path: Path) -> bool:
        return os.path.lexists(path) and (not self._overwrite or self._inputs.have(path))
