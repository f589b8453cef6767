"""Where in the sources somebody appears, in words: by chapter, else by share."""

from collections.abc import Sequence

from ...domain.people import Person
from ...domain.source import SourceSummary

BETWEEN_SOURCES = 2
"""Characters between two sources of a set, as presence counts them."""


def first_seen(person: Person, sources: Sequence[SourceSummary]) -> str:
    """Where somebody first appears."""
    if not 0 <= person.first.source < len(sources):
        return ""
    return f"First seen {_place(sources[person.first.source], person.first.start)}"


def presence_words(person: Person, sources: Sequence[SourceSummary]) -> str:
    """From where to where somebody appears, and where most."""
    bars = [number for number, count in enumerate(person.presence) if count > 0]
    if not bars or not sources:
        return ""
    most = max(bars, key=lambda number: person.presence[number])
    first, top, last = (_place_of_bar(number, person, sources) for number in (bars[0], most, bars[-1]))
    if first == last:
        return f"Appears {first}"
    return f"Appears from {_bare(first)} to {_bare(last)}, most {top}"


def _bare(place: str) -> str:
    return place.removeprefix("in ").removeprefix("at ")


def _place_of_bar(number: int, person: Person, sources: Sequence[SourceSummary]) -> str:
    total = sum(source.chars + BETWEEN_SOURCES for source in sources) - BETWEEN_SOURCES
    offset = int((number + 0.5) * total / len(person.presence))
    for source in sources:
        if offset < source.chars + BETWEEN_SOURCES:
            return _place(source, offset)
        offset -= source.chars + BETWEEN_SOURCES
    return _place(sources[-1], sources[-1].chars)


def _place(source: SourceSummary, offset: int) -> str:
    above = [heading.title for heading in source.headings if heading.start <= offset]
    if above:
        return f"in “{' '.join(above[-1].split())}”"
    percent, name = round(100 * offset / max(1, source.chars)), source.title or source.name
    ends = {0: "at the beginning of", 100: "at the end of"}
    return f"{ends[percent]} {name}" if percent in ends else f"{percent} % into {name}"
