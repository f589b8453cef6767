"""Source texts for tests of reading: wrapped strings and small public-domain files."""

from pathlib import Path

from cardgen_desktop.domain.source import Aside, Heading, SourceText
from cardgen_desktop.reading.index import Index, read_index

DATA = Path(__file__).resolve().parent.parent / "data" / "reading"
TREASURE_ISLAND = DATA.parent / "treasure_island_opening.txt"


def source(
    text: str,
    *,
    title: str = "A text",
    language: str = "en",
    asides: tuple[Aside, ...] = (),
    headings: tuple[Heading, ...] = (),
) -> SourceText:
    """A plain source holding `text`."""
    return SourceText(
        path="text.txt",
        name="text.txt",
        kind="text",
        title=title,
        language=language,
        sha256="0" * 64,
        size=len(text.encode()),
        words=len(text.split()),
        text=text,
        asides=asides,
        headings=headings,
    )


def read(text: str, **details: str) -> Index:
    """The index of one text."""
    return read_index([source(text, **details)])


def stored(path: Path) -> Index:
    """The index of a small stored file."""
    return read(path.read_text(encoding="utf-8"))


def spoken(index: Index) -> list[tuple[str | None, str]]:
    """Speaker and words of every quotation, white space folded."""
    return [(each.speaker, " ".join(each.text.split())) for each in index.quotations()]


def aside(text: str, words: str, kind: str = "licence") -> Aside:
    """An aside over `words` in `text`."""
    start = text.index(words)
    return Aside(kind=kind, start=start, end=start + len(words))
