"""What the command line prints: results on standard output, complaints and progress on standard error."""

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..domain.errors import CardgenError

FALLBACK_COLUMNS = 100
GAP = "  "
DETAILS = "CARDGEN_DETAILS"
"""The environment variable that adds technical details to complaints."""

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAKS = re.compile(r"[\r\n\t\v\f]+")


class Console:
    """The two streams of the terminal."""

    def __init__(self) -> None:
        self.progress = ProgressBar()

    def print_json(self, value: Any) -> None:
        """One JSON document; ASCII where the stream has no UTF-8, escapes for what is no Unicode."""
        encoding = (sys.stdout.encoding or "").lower().replace("-", "")
        plain = json.dumps(value, ensure_ascii=encoding != "utf8", indent=2)
        self.text(plain.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")

    def text(self, text: str) -> None:
        """Text exactly as it is, its newlines too."""
        self.progress.clear()
        encoding = sys.stdout.encoding or "utf-8"
        data = text.encode(encoding, "backslashreplace")
        with _output_trouble():
            if binary := getattr(sys.stdout, "buffer", None):
                sys.stdout.flush()
                binary.write(data)
            else:
                sys.stdout.write(data.decode(encoding))

    def line(self, text: str = "") -> None:
        """A line of text; names in it come from files, and must not steer the terminal."""
        self.text(visible(text) + "\n")

    def table(self, rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """Rows with aligned columns; the first row is the head, `right` are columns of numbers.

        On a terminal the last column is cut where the line ends.
        """
        shown = [[visible(cell) for cell in row] for row in rows]
        widths = [max(display_width(cell) for cell in column) for column in zip(*shown, strict=True)]
        for row in shown:
            cells = [
                _padded(cell, width, index in right)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            line = GAP.join(cells).rstrip()
            self.line(shortened(line, _columns()) if sys.stdout.isatty() else line)

    def complain(self, message: str, details: str = "") -> None:
        """One line on standard error; the details too when `CARDGEN_DETAILS` asks for them."""
        self._explain(f"cardgen: {' '.join(message.split())}")
        if details and os.environ.get(DETAILS):
            self._explain(details)

    def complain_of(self, error: "CardgenError") -> None:
        """The sentence of a failure."""
        self.complain(error.message, error.details)

    def _explain(self, text: str) -> None:
        self.progress.clear()
        encoding = sys.stderr.encoding or "utf-8"
        shown = _INVISIBLE.sub("\ufffd", text.rstrip()) + "\n"
        try:
            sys.stderr.write(shown.encode(encoding, "backslashreplace").decode(encoding))
            sys.stderr.flush()
        except OSError:
            # Nobody can be told; the exit code still says it, and Python must not complain at exit.
            _discard(sys.stderr)

    def finish(self) -> None:
        """Everything is out; raises BrokenPipeError when nobody reads any more."""
        self.progress.clear()
        with _output_trouble():
            sys.stdout.flush()


def open_missing_streams() -> None:
    """Give a program that was started with closed streams (`>&-`) streams that lead nowhere.

    Else the database would be opened as descriptor 1 or 2, where others print.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _discard(stream: TextIO) -> None:
    """Send what a stream still holds, and what comes, nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def _output_trouble() -> Iterator[None]:
    """A full disk behind standard output is the person's to mend; a reader that has gone is no trouble."""
    from ..domain.errors import StorageError

    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        _discard(sys.stdout)  # else the interpreter tries once more at its end, and complains itself
        raise StorageError(
            f"The output could not be written: {error.strerror}. Free space, or write it elsewhere."
        ) from error


class ProgressBar:
    """One line on a terminal's standard error that is drawn over; silent in a pipe."""

    BAR = 24

    def __init__(self) -> None:
        self._shown = ""

    def show(self, fraction: float, phase: str) -> None:
        """Draw how far the work is, from 0 to 1, and what it does now."""
        if not sys.stderr.isatty():
            return
        filled = round(self.BAR * min(1.0, max(0.0, fraction)))
        bar = "━" * filled + "─" * (self.BAR - filled)
        line = shortened(f"{bar} {fraction:4.0%}  {phase}", _columns() - 1)
        if line != self._shown:
            self._write(f"\r{line}\x1b[K")
            self._shown = line

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = ""

    def _write(self, text: str) -> None:
        encoding = sys.stderr.encoding or "ascii"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()


def visible(text: str) -> str:
    """The text as one line that a terminal only shows: breaks are spaces, control characters U+FFFD."""
    return _INVISIBLE.sub("\ufffd", _BREAKS.sub(" ", text))


def display_width(text: str) -> int:
    """How many columns of a terminal a text takes: East Asian letters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


def shortened(text: str, columns: int) -> str:
    """The text cut to so many columns, with an ellipsis where something is missing."""
    if display_width(text) <= columns:
        return text
    while text and display_width(text) >= columns:
        text = text[:-1]
    return f"{text}…"


def _padded(cell: str, width: int, to_the_right: bool) -> str:
    space = " " * (width - display_width(cell))
    return space + cell if to_the_right else cell + space


def _columns() -> int:
    return shutil.get_terminal_size((FALLBACK_COLUMNS, 24)).columns
