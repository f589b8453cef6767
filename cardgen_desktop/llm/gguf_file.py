"""What a GGUF file says about itself, read from its header alone and within bounds.

The layout is that of the GGUF specification, versions 2 and 3: magic, version, counts, key-value pairs,
tensor descriptions, then the weights. Nothing here loads a model; every file is taken for a hostile one.
"""

import os
import re
import struct
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from ..domain.errors import HeldError
from ..domain.value import Value

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_KEYS = 10_000
MAX_TENSORS = 200_000
MAX_ITEMS = 5_000_000
MAX_KEPT_ITEMS = 1000
MAX_TEXT = 4_000_000
MAX_HEADER = 400_000_000
MAX_KEPT_TEXT = 200_000
NOT_A_MODEL = "model.404"
"""The class of a file that cannot be used: the job is held until another model is chosen."""

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_DEFAULT_ALIGNMENT = 32
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)


class GgufFile(Value):
    """A model file. `context` is what the model was trained for, in tokens; `size` counts bytes of all parts.

    `kv_bytes` is what one token of context takes in memory, None when the header does not tell.
    """

    path: Path
    name: str
    architecture: str
    size: int
    context: int | None = None
    kv_bytes: int | None = None
    has_chat_template: bool = False


class _BadHeaderError(Exception):
    """The header is not one; the text says what is wrong with it."""


class _Header:
    """A bounded reader of little-endian fields."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._end = min(size, MAX_HEADER)
        self._items_left = MAX_ITEMS
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        self._move(count)
        data = self._stream.read(count)
        if len(data) != count:
            raise _BadHeaderError("it ends inside its header")
        return data

    def skip(self, count: int) -> None:
        """Leave bytes out."""
        self._move(count)
        self._stream.seek(count, os.SEEK_CUR)

    def _move(self, count: int) -> None:
        self.at += count
        if self.at > self._end:
            raise _BadHeaderError("it ends inside its header")

    def number(self, code: str = "Q") -> Any:
        """The next scalar of a `struct` code."""
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def text(self) -> str:
        """The next string."""
        length = self.number()
        if length > MAX_TEXT:
            raise _BadHeaderError("a text in its header is too long")
        return self.take(length).decode("utf-8", "replace")

    def value(self, depth: int = 0) -> Any:
        """The next typed value; arrays are counted, not kept, save short ones of numbers."""
        return self._of_type(self.number("I"), depth)

    def _of_type(self, kind: int, depth: int) -> Any:
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _TEXT:
            return self.text()
        if kind != _ARRAY or depth > 1:
            raise _BadHeaderError("its header holds a value of an unknown type")
        return self._array(depth)

    def _array(self, depth: int) -> list[Any]:
        kind, count = self.number("I"), self.number()
        if kind in _SCALARS and count > MAX_KEPT_ITEMS:
            self.skip(count * struct.calcsize("<" + _SCALARS[kind]))
            return []
        self._items_left -= count
        if self._items_left < 0:
            raise _BadHeaderError("the lists in its header are too long")
        if kind == _TEXT:
            for _ in range(count):
                self.skip(self._length())
            return []
        return [self._of_type(kind, depth + 1) for _ in range(count)]

    def _length(self) -> int:
        length: int = self.number()
        if length > MAX_TEXT:
            raise _BadHeaderError("a text in its header is too long")
        return length


def read_gguf(path: Path) -> GgufFile:
    """Read a model file's header; raises `HeldError` with the sentence that says what is wrong.

    Blocks, some 0.1 s for a large vocabulary the first time: call it in a thread.
    """
    try:
        state = path.stat()
        further = _further_parts(path)
        file = _read(path, state.st_size, state.st_mtime_ns)
        return file.model_copy(update={"size": file.size + further})
    except FileNotFoundError as error:
        raise unusable(path, "is not there any more. Choose the file again.") from error
    except OSError as error:
        raise unusable(
            path, "cannot be read. Choose another file, or allow reading it.", str(error)
        ) from error
    except _BadHeaderError as error:
        sentence = f"is damaged or not complete: {error}. Download it again, or choose another file."
        raise unusable(path, sentence) from error


def unusable(path: Path, sentence: str, details: str = "") -> HeldError:
    """The error of a model file that cannot be used; `sentence` goes on after its name."""
    return HeldError("model", f'"{path.name}" {sentence}', kind=NOT_A_MODEL, details=details)


@lru_cache(maxsize=16)
def _read(path: Path, size: int, _changed: int) -> GgufFile:
    """The header of a file in one state of it; what cannot be used is looked at anew each time."""
    with path.open("rb") as stream:
        return _described(path, _facts(path, _Header(stream, size), size), size)


def _facts(path: Path, header: _Header, size: int) -> dict[str, Any]:
    if size < 24 or header.take(4) != MAGIC:
        raise unusable(path, "is not a GGUF file. Choose a file that ends in .gguf.")
    version = header.number("I")
    if version not in VERSIONS:
        raise unusable(path, "is a GGUF file of another kind than this program can run. Choose another file.")
    tensors, keys = header.number(), header.number()
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise _BadHeaderError("its header counts more than a model has")
    facts = {header.text()[:200]: _kept(header.value()) for _ in range(keys)}
    _check_weights(header, tensors, _count(facts.get("general.alignment")) or _DEFAULT_ALIGNMENT, size)
    return facts


def _kept(value: Any) -> Any:
    return value[:MAX_KEPT_TEXT] if isinstance(value, str) else value


def _check_weights(header: _Header, tensors: int, alignment: int, size: int) -> None:
    """A download that broke off has its header whole and its weights not."""
    last = 0
    for _ in range(tensors):
        header.text()
        dimensions = header.number("I")
        if dimensions > 8:
            raise _BadHeaderError("its header describes weights that cannot be")
        header.skip(8 * dimensions + 4)
        last = max(last, header.number())
    start = -(-header.at // alignment) * alignment
    if tensors and start + last >= size:
        raise _BadHeaderError("its weights are cut off")


def _further_parts(path: Path) -> int:
    """Bytes of the other parts of a model that is spread over files; the first part is the one to choose."""
    match = _PART.search(path.name)
    if match is None:
        return 0
    if int(match[1]) != 1:
        raise unusable(path, "is a later part of a model. Choose the part that has 00001 in its name.")
    total, stem = min(int(match[2]), 999), path.name[: match.start()]
    parts = [path.with_name(f"{stem}-{number:05}-of-{match[2]}.gguf") for number in range(2, total + 1)]
    missing = [part for part in parts if not part.is_file()]
    if missing:
        raise unusable(path, f'needs "{missing[0].name}" beside it. Download that part, then try again.')
    return sum(part.stat().st_size for part in parts)


def _described(path: Path, facts: dict[str, Any], size: int) -> GgufFile:
    architecture = str(facts.get("general.architecture", ""))[:100]
    if architecture in ("", "clip"):
        raise unusable(path, "holds no language model. Choose the model's main file.")
    name = facts.get("general.name")
    return GgufFile(
        path=path,
        name=name.strip()[:200] if isinstance(name, str) and name.strip() else path.stem[:200],
        architecture=architecture,
        size=size,
        context=_count(facts.get(f"{architecture}.context_length")),
        kv_bytes=_kv_bytes(architecture, facts),
        has_chat_template=bool(facts.get("tokenizer.chat_template")),
    )


def _kv_bytes(architecture: str, facts: dict[str, Any]) -> int | None:
    """Bytes of one token in the cache: keys and values of every layer, as 16-bit numbers."""

    def fact(name: str) -> Any:
        return facts.get(f"{architecture}.{name}")

    layers, heads = _count(fact("block_count")), _largest(fact("attention.head_count"))
    width = _count(fact("embedding_length"))
    if not (layers and heads and width):
        return None
    shared = fact("attention.head_count_kv")
    kv_heads = sum(shared) / len(shared) if _is_counts(shared) else _count(shared) or heads
    key = _count(fact("attention.key_length")) or width // heads
    value = _count(fact("attention.value_length")) or width // heads
    return int(layers * kv_heads * (key + value) * 2)


def _is_counts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_count(item) is not None for item in value)


def _largest(value: Any) -> int | None:
    return max(value) if _is_counts(value) else _count(value)


def _count(value: Any) -> int | None:
    """A plausible whole number, else None."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= 100_000_000 else None
