"""Any file a person gives becomes one `SourceText`: recognise the format by content, read, complete."""

import importlib
import pkgutil
import stat
from functools import cache
from pathlib import Path, PurePath

from ..domain.errors import CardgenError, SourceError
from ..domain.source import SourceKind, SourceText
from ..formats.registry import looks_like_card
from . import limits, readers
from .archive import ZIP_MAGICS, Archive
from .builder import too_long
from .completion import complete
from .reader import Extract, Reader, Sample
from .readers.card import looks_like_attributes
from .readers.chat import is_chat
from .signatures import CHOOSE, refuse_archive, refuse_foreign

SUFFIX_SCORE = 0.2
"""What the suffix adds: it decides between text formats, and never outweighs a format's own mark."""


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every format that has a module in `readers`, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    return tuple(importlib.import_module(f"{readers.__name__}.{name}").READER for name in names)


def read_source(path: Path) -> SourceText:
    """Read a file from disk; raises `SourceError` with a sentence that names the file, and nothing else."""
    try:
        return read_bytes(_load(path), path.name, path=str(path))
    except (OSError, ValueError) as error:
        raise _unreadable(path.name, error) from error


def read_bytes(data: bytes, name: str, *, path: str = "") -> SourceText:
    """Read a file that is already in memory; `name` stands for it in every sentence."""
    if not data:
        raise SourceError(f'"{name}" is empty. Choose a file that holds a text.')
    _refuse_large(len(data), name)
    try:
        reader = recognise(data, name)
        extract = reader.read_at(data, name, path) if reader.read_at else reader.read(data, name)
        if len(extract.text) > limits.MAX_TEXT_CHARACTERS:
            raise too_long(name, len(extract.text))
        _warn_of_suffix(extract, reader, name)
        return complete(extract, extract.kind or reader.kind, data, name, path)
    except CardgenError:
        raise
    except Exception as error:  # a hostile file may break a library in ways that nobody has listed
        raise SourceError(
            f'"{name}" is damaged and could not be read. Copy or download it again.', details=repr(error)
        ) from error


def recognise(data: bytes, name: str) -> Reader:
    """The format of a file by its content, by its suffix only where the content leaves a doubt."""
    if is_chat(data):
        return _reader_of("chat")
    if looks_like_card(data, name) or looks_like_attributes(data):
        return _reader_of("card")
    refuse_foreign(data, name)
    suffix = PurePath(name).suffix.lower()
    if data.startswith(ZIP_MAGICS):
        return _recognise_zip(data, name)
    sample = Sample(data[: limits.HEAD_BYTES])
    scores = {
        reader.kind: reader.sniff(sample) + SUFFIX_SCORE * (reader.textual and suffix in reader.suffixes)
        for reader in all_readers()
    }
    return max(all_readers(), key=lambda reader: scores[reader.kind])


def _reader_of(kind: SourceKind) -> Reader:
    return next(reader for reader in all_readers() if reader.kind == kind)


def _recognise_zip(data: bytes, name: str) -> Reader:
    sample = Sample(data[: limits.HEAD_BYTES], Archive(data, name).names)
    best = max((reader for reader in all_readers() if not reader.textual), key=lambda r: r.sniff(sample))
    if not best.sniff(sample):
        raise refuse_archive(name)
    return best


def _load(path: Path) -> bytes:
    """The bytes of an ordinary file, one more than the limit at most: sizes on disk can lie or grow."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise SourceError(f'"{path.name or path}" is a folder. Choose the files inside it.')
    if not stat.S_ISREG(mode):
        raise SourceError(f'"{path.name}" is not an ordinary file. {CHOOSE}')
    _refuse_large(path.stat().st_size, path.name)
    with path.open("rb") as file:
        return file.read(limits.MAX_FILE_BYTES + 1)


def _unreadable(name: str, error: OSError | ValueError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        sentence = f'"{name}" was not found. Check the name and the folder.'
    elif isinstance(error, PermissionError):
        sentence = f'"{name}" may not be read by you. Change its permissions or use a copy.'
    else:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        sentence = f'"{name}" could not be opened: {reason}. Check the disk and try a copy.'
    return SourceError(sentence, details=repr(error))


def _refuse_large(size: int, name: str) -> None:
    if size > limits.MAX_FILE_BYTES:
        limit = limits.MAX_FILE_BYTES // limits.MEGABYTE
        raise SourceError(
            f'"{name}" has {size / limits.MEGABYTE:.0f} MB; a source may have {limit} MB. '
            "Split it into parts and use those together."
        )


def _warn_of_suffix(extract: Extract, reader: Reader, name: str) -> None:
    suffix = PurePath(name).suffix.lower()
    claimed = next((other for other in all_readers() if suffix in other.suffixes), None)
    if (
        claimed
        and claimed is not reader
        and not (claimed.textual and reader.textual and reader.kind == "text")
    ):
        extract.warn("suffix_mismatch", f'"{name}" is {reader.what} inside, so it was read as one.')
