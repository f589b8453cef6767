"""Every container a card can come in. A further one joins by its module's `FORMAT` in `FORMATS`."""

import stat
from dataclasses import replace
from pathlib import Path

from ..domain.card import CardProblem, InspectedCard
from ..domain.errors import CardError
from . import json_cards, limits, png
from .findings import UnreadableError
from .read_card import CardFormat, ReadBook, ReadCard

__all__ = [
    "FORMATS",
    "ReadBook",
    "ReadCard",
    "inspect",
    "looks_like_card",
    "read_card",
    "read_card_file",
    "read_content",
]

FORMATS: tuple[CardFormat, ...] = (png.FORMAT, json_cards.FORMAT)

_SUFFIXES = frozenset({"png", "json", "jpg", "jpeg", "webp", "charx", "yaml", "txt"})
_ADVICE = "Get it again from where it came from, or export it there again as PNG or JSON."

_OTHER_CONTENTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "It is a JPEG picture, which holds no card that can be read here."),
    (b"GIF8", "It is a GIF picture, which holds no card."),
    (b"PK\x03\x04", "It is an archive (CHARX, BYAF or ZIP); only PNG and JSON cards can be read."),
    (b"%PDF", "It is a PDF, not a character card."),
    (b"<", "It is a web page or XML, not a character card."),
    (b"[", "It is a JSON list, not a character card."),
)


def looks_like_card(data: bytes, name: str) -> bool:
    """Whether a dropped file means to be a card: by its content, so a plain photo or any JSON is not."""
    kind = _format_of(data)
    return kind is not None and kind.holds_card(data)


def read_card(data: bytes, name: str) -> ReadCard:
    """Read a card from a file's bytes; `name` is only used in sentences.

    Raises `CardError` and nothing else, with one sentence or two that name the file and say what to do.
    """
    read = read_content(data, name)
    if isinstance(read, ReadBook):
        raise _refused(name, UnreadableError("It is a lorebook, not a character card.", ""))
    return read


def read_content(data: bytes, name: str) -> ReadCard | ReadBook:
    """Read a card or a lorebook that stands alone. Raises `CardError` and nothing else."""
    try:
        return _with_name_judged(_read(data), name)
    except UnreadableError as error:
        raise _refused(name, error) from error
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, MemoryError) as error:
        # Hostile files find what nobody thought of; the person gets a sentence, the log gets the rest.
        raise CardError(f'"{name}" cannot be read as a card. {_ADVICE}', details=repr(error)) from error


def read_card_file(path: Path) -> ReadCard:
    """Read a card file. Raises `CardError`, also for a missing, oversized or unreadable file or a folder."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not an ordinary file"
            raise CardError(f'"{path.name or path}" is {kind}. Choose a card file, a PNG or JSON.')
        if status.st_size > limits.CARD_FILE_BYTES:
            raise _refused(path.name, _too_large(status.st_size))
        with path.open("rb") as file:
            data = file.read(limits.CARD_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise CardError(f'There is no file "{path}". Check the name and the folder.') from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not one"
        raise CardError(f'"{path.name or path}" cannot be opened: {reason}.', details=repr(error)) from error
    return read_card(data, path.name)


def inspect(path: Path) -> InspectedCard:
    """Look at a card file without failing: a bad one has no card and a problem of level `error`."""
    try:
        found = read_card_file(path)
    except CardError as error:
        problem = CardProblem(level="error", where="", message=error.message)
        return _inspected(path, _container_of(path), problem)
    return InspectedCard(
        path=str(path),
        container=found.container,
        spec=found.spec,
        spec_version=found.spec_version,
        card=found.card,
        problems=found.problems,
    )


def _read(data: bytes) -> ReadCard | ReadBook:
    if not data:
        raise UnreadableError("It is empty.")
    if len(data) > limits.CARD_FILE_BYTES:
        raise _too_large(len(data))
    kind = _format_of(data)
    if kind is None:
        raise UnreadableError(_what_it_is(data))
    return kind.read(data)


def _with_name_judged(read: ReadCard | ReadBook, name: str) -> ReadCard | ReadBook:
    """Note a suffix that says another container; the content has already decided."""
    suffix = Path(name.replace("\0", "")).suffix.casefold().removeprefix(".")
    if suffix not in _SUFFIXES or suffix == read.container:
        return read
    message = f"The name ends in .{suffix}, but the content is {read.container.upper()}; the content counts."
    problem = CardProblem(level="info", where="", message=message)
    return replace(read, problems=(problem, *read.problems))


def _format_of(data: bytes) -> CardFormat | None:
    return next((kind for kind in FORMATS if kind.recognise(data)), None)


def _what_it_is(data: bytes) -> str:
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "It is a WebP picture, which holds no card that can be read here."
    return next(
        (sentence for sign, sentence in _OTHER_CONTENTS if start.startswith(sign)),
        "It is neither a PNG nor JSON.",
    )


def _too_large(size: int) -> UnreadableError:
    limit = limits.megabytes(limits.CARD_FILE_BYTES)
    return UnreadableError(f"It is {limits.megabytes(size)}; a card may be at most {limit}.")


def _refused(name: str, error: UnreadableError) -> CardError:
    advice = _ADVICE if error.advice is None else error.advice
    return CardError(f'"{name}" cannot be read as a card. {error.reason} {advice}'.rstrip())


def _container_of(path: Path) -> str:
    try:
        if not path.is_file():
            return "unknown"
        with path.open("rb") as file:
            kind = _format_of(file.read(1024))
    except (OSError, ValueError):
        return "unknown"
    return kind.container if kind else "unknown"


def _inspected(path: Path, container: str, problem: CardProblem) -> InspectedCard:
    return InspectedCard(
        path=str(path), container=container, spec=None, spec_version=None, card=None, problems=(problem,)
    )
