"""Any file a person gives becomes one `SourceText`: recognise the format by content, read, complete."""

import hashlib
import importlib
import pkgutil
import re
from functools import cache
from pathlib import Path, PurePath

from ..domain.errors import SourceError
from ..domain.source import SourceText
from . import limits, readers
from .reader import Extract, Reader, Sample


@cache
def all_readers() -> tuple[Reader, ...]:
    """Every format that has a module in `readers`, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    return tuple(importlib.import_module(f"{readers.__name__}.{name}").READER for name in names)


def read_source(path: Path) -> SourceText:
    """Read a file from disk; raises `SourceError` with a sentence that names the file, and nothing else."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f'"{path.name}" cannot be opened: {error.strerror}.', details=str(error)) from error
    return read_bytes(data, path.name, path=str(path))


def read_bytes(data: bytes, name: str, *, path: str = "") -> SourceText:
    """Read a file that is already in memory; `name` stands for it in every sentence."""
    if not data:
        raise SourceError(f'"{name}" is empty. Choose a file that holds a story.')
    reader = _recognise(Sample(data[: limits.HEAD_BYTES]), name)
    return _complete(reader, reader.read(data, name), data, name, path)


def _recognise(sample: Sample, name: str) -> Reader:
    suffix = PurePath(name).suffix.lower()
    return max(all_readers(), key=lambda reader: (reader.sniff(sample), suffix in reader.suffixes))


def _complete(reader: Reader, extract: Extract, data: bytes, name: str, path: str) -> SourceText:
    return SourceText(
        path=path,
        name=name,
        kind=reader.kind,
        title=extract.title or PurePath(name).stem,
        language=extract.language,
        encoding=extract.encoding,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        words=len(re.findall(r"\w+", extract.text)),
        text=extract.text,
        headings=tuple(extract.headings),
        asides=tuple(extract.asides),
        warnings=tuple(extract.warnings),
    )
