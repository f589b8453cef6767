"""Every container a card can come in. A further one joins by its module's `FORMAT` in `FORMATS`.

What a file is, its content says; its name is only looked at to tell a suffix that lies.
"""

import mmap
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import cast

from ..domain.card import CardFile, CardProblem, InspectedCard
from ..domain.errors import CardError
from . import limits
from .archives import byaf, charx, jpeg_charx, risu_module_files
from .findings import UnreadableError
from .pictures import jpeg, png, webp
from .programs import json_cards, yaml_cards
from .read_card import CardFormat, ReadBook, ReadCard, said

__all__ = [
    "FORMATS",
    "ReadBook",
    "ReadCard",
    "content_of",
    "inspect",
    "looks_like_card",
    "looks_like_card_file",
    "read_card",
    "read_card_file",
    "read_content",
    "read_content_file",
]

FORMATS: tuple[CardFormat, ...] = (
    png.FORMAT,
    webp.FORMAT,
    jpeg_charx.FORMAT,
    jpeg.FORMAT,
    byaf.FORMAT,
    charx.FORMAT,
    risu_module_files.FORMAT,
    json_cards.FORMAT,
    yaml_cards.FORMAT,
)
"""In the order in which they are asked: the particular ones go before those that would take them too."""

_BINARY: int = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_ARCHIVES = frozenset({"charx", "jpeg-charx", "byaf"})
_ARCHIVE_STARTS = (b"PK", b"\xff\xd8\xff")
_SUFFIXES: dict[str, frozenset[str]] = {
    **{suffix: frozenset({"png"}) for suffix in ("png", "apng")},
    **{suffix: frozenset({"jpeg", "jpeg-charx"}) for suffix in ("jpg", "jpeg")},
    **{suffix: frozenset({"yaml"}) for suffix in ("yaml", "yml")},
    **{suffix: frozenset({suffix}) for suffix in ("webp", "json", "byaf")},
    "charx": frozenset({"charx", "jpeg-charx"}),
    **{suffix: frozenset() for suffix in ("txt", "gif", "avif", "bmp", "html", "pdf")},
}
"""Suffixes that say a container, and the containers that keep their word."""

_ADVICE = "Get it again from where it came from, or export it there again as PNG or JSON."

_OTHER_CONTENTS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "It is a GIF picture, which holds no card."),
    (b"PK\x03\x04", "It is an archive, but neither CHARX nor BYAF."),
    (b"%PDF", "It is a PDF, not a character card."),
    (b"<", "It is a web page or XML, not a character card."),
    (b"rcc|", "It is encrypted by RisuAI, and only RisuAI can open it."),
    (b"[", "It is a JSON list, not a character card."),
)


def looks_like_card(data: bytes, name: str) -> bool:
    """Whether a dropped file means to be a card: by its content, so a plain photo or any JSON is not."""
    kind = _format_of(data)
    return kind is not None and kind.holds_card(data)


def looks_like_card_file(path: Path) -> bool:
    """The same for a file; one that is missing, too large or no ordinary file is none."""
    try:
        return looks_like_card(content_of(path), path.name)
    except CardError:
        return False


def read_card(data: bytes, name: str) -> ReadCard:
    """Read a card from a file's bytes; `name` is only used in sentences.

    Raises `CardError` and nothing else, with one sentence or two that name the file and say what to do.
    """
    return _card_in(read_content(data, name), name)


def read_content(data: bytes, name: str) -> ReadCard | ReadBook:
    """Read a card or a lorebook that stands alone. Raises `CardError` and nothing else."""
    try:
        return _with_name_judged(_read(data), name)
    except UnreadableError as error:
        raise _refused(name, error) from error
    except Exception as error:
        # Hostile files find what nobody thought of; the person gets a sentence, the log gets the rest.
        raise CardError(f'"{name}" cannot be read as a card. {_ADVICE}', details=repr(error)) from error


def read_card_file(path: Path) -> ReadCard:
    """Read a card file. Raises `CardError`, also for a missing, oversized or unreadable file or a folder."""
    return _card_in(read_content_file(path), path.name)


def read_content_file(path: Path) -> ReadCard | ReadBook:
    """Read a card or a lorebook from a file. Raises `CardError` and nothing else."""
    return read_content(content_of(path), path.name)


def content_of(path: Path) -> bytes:
    """The bytes of a card file; an archive over 64 MB is mapped and acts as bytes where formats need it.

    Never waits: a pipe, a device or a folder is refused, as is what is missing or over the limit. Raises
    `CardError`.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not an ordinary file"
            raise CardError(f'"{path.name or path}" is {kind}. Choose a card file, a PNG or JSON.')
        return _bytes_of(path, status.st_size)
    except UnreadableError as error:
        raise _refused(path.name, error) from error
    except FileNotFoundError as error:
        raise CardError(f'There is no file "{path}". Check the name and the folder.') from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not one"
        raise CardError(f'"{path.name or path}" cannot be opened: {reason}.', details=repr(error)) from error


def inspect(path: Path) -> InspectedCard:
    """Look at a card file without failing: a bad one has no card and a problem of level `error`."""
    container = "unknown"
    try:
        data = content_of(path)
        kind = _format_of(data)
        container = kind.container if kind else container
        found = read_content(data, path.name)
    except CardError as error:
        problem = CardProblem(level="error", where="", message=error.message)
        return _nothing(path, container, problem)
    return _inspected_book(path, found) if isinstance(found, ReadBook) else _inspected_card(path, found)


def _bytes_of(path: Path, size: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | _BINARY)
    try:
        if size <= limits.CARD_FILE_BYTES:
            return _small_file(descriptor, size)
        if not os.read(descriptor, 4).startswith(_ARCHIVE_STARTS):
            raise _too_large(size, limits.CARD_FILE_BYTES)
        if size > limits.ARCHIVE_BYTES:
            raise _too_large(size, limits.ARCHIVE_BYTES)
        return cast("bytes", mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(descriptor)


def _small_file(descriptor: int, size: int) -> bytes:
    """A file's bytes in one piece; one that grows while it is read is read on, but never past the limit."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    pieces, length = [data], len(data)
    while length <= limits.CARD_FILE_BYTES and (more := os.read(descriptor, limits.MEGABYTE)):
        pieces.append(more)
        length += len(more)
    return b"".join(pieces)


def _card_in(found: ReadCard | ReadBook, name: str) -> ReadCard:
    if isinstance(found, ReadBook):
        raise _refused(name, UnreadableError("It is a lorebook, not a character card.", ""))
    return found


def _read(data: bytes) -> ReadCard | ReadBook:
    if not len(data):
        raise UnreadableError("It is empty.")
    kind = _format_of(data)
    limit = limits.ARCHIVE_BYTES if kind and kind.container in _ARCHIVES else limits.CARD_FILE_BYTES
    if len(data) > limit:
        raise _too_large(len(data), limit)
    if kind is None:
        raise UnreadableError(_what_it_is(data))
    return kind.read(data)


def _with_name_judged(read: ReadCard | ReadBook, name: str) -> ReadCard | ReadBook:
    """Note a suffix that says another container; the content has already decided."""
    _, dot, suffix = name.casefold().rpartition(".")
    if not dot or suffix not in _SUFFIXES or read.container in _SUFFIXES[suffix]:
        return read
    message = f"The name ends in .{suffix}, but the content is {read.container.upper()}; the content counts."
    problem = CardProblem(level="info", where="", message=message)
    return replace(read, problems=(problem, *read.problems))


def _format_of(data: bytes) -> CardFormat | None:
    return next((kind for kind in FORMATS if kind.recognise(data)), None)


def _what_it_is(data: bytes) -> str:
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next(
        (sentence for sign, sentence in _OTHER_CONTENTS if start.startswith(sign)),
        "It is none of the ways in which cards are written.",
    )


def _too_large(size: int, limit: int) -> UnreadableError:
    return UnreadableError(
        f"It is {limits.megabytes(size)}; a card may be at most {limits.megabytes(limit)}."
    )


def _refused(name: str, error: UnreadableError) -> CardError:
    advice = _ADVICE if error.advice is None else error.advice
    return CardError(f'"{name}" cannot be read as a card. {error.reason} {advice}'.rstrip())


def _inspected_card(path: Path, found: ReadCard) -> InspectedCard:
    return InspectedCard(
        path=str(path),
        container=found.container,
        spec=found.spec,
        spec_version=found.spec_version,
        card=found.card,
        problems=found.problems,
        format=found.format,
        files=tuple(CardFile(path=file.path, bytes=file.size) for file in found.files),
    )


def _inspected_book(path: Path, found: ReadBook) -> InspectedCard:
    return InspectedCard(
        path=str(path),
        container=found.container,
        spec=said(found.original or {}, "spec"),
        spec_version=said(found.original or {}, "spec_version"),
        card=None,
        problems=found.problems,
        format=found.format,
        book=found.book,
    )


def _nothing(path: Path, container: str, problem: CardProblem) -> InspectedCard:
    return InspectedCard(
        path=str(path), container=container, spec=None, spec_version=None, card=None, problems=(problem,)
    )
