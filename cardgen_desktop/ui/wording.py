"""Small pieces of sentences that every page says in the same way (visual language, 9)."""

import re
from unicodedata import bidirectional

NO_BREAK = "\N{NO-BREAK SPACE}"
_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"
UNNAMED = "Unnamed card"
"""What stands for the name of a card that has none."""
_LEADING_NAME = re.compile(r'^[“"][^”"]{1,300}[”"]\s+(?=\w)')


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 job", "12 jobs", "1,204 words"; the two are never parted by a line break."""
    return f"{number:,}{NO_BREAK}{one if number == 1 else many or one + 's'}"


def cut_at_its_end(shown: str, text: str) -> str:
    """A text as it was cut to fit: the dots of a right-to-left one stay at its end, which is on the left."""
    first = next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return shown if shown == text or first == "L" else shown + _TO_LEFT_MARK


def size_words(size: float) -> str:
    """A number of bytes as people read it: "820 B", "310 kB", "18.4 MB"."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5 or unit == "GB":
            break
        size /= 1000
    return (
        f"{size:.1f}{NO_BREAK}{unit}"
        if unit in ("MB", "GB") and size < 100
        else f"{size:,.0f}{NO_BREAK}{unit}"
    )


def shortened(name: str, limit: int = 48) -> str:
    """A name as it stands in a sentence of news: on one line, its middle left out where it is very long."""
    plain = " ".join(name.split())
    if len(plain) <= limit:
        return plain
    head = (limit - 1) * 2 // 3
    return f"{plain[:head].rstrip()}…{plain[len(plain) - (limit - 1 - head) :].lstrip()}"


def first_sentence(text: str) -> str:
    """The first sentence of an explanation, without its full stop."""
    head, _, _ = text.strip().partition(". ")
    return head.splitlines()[0].rstrip(".") if head else ""


def reason_of(text: str) -> str:
    """The first sentence without the quoted name it may begin with, for places that show the name already."""
    first = first_sentence(text)
    rest = _LEADING_NAME.sub("", first)
    return rest[:1].upper() + rest[1:] if rest != first else first
