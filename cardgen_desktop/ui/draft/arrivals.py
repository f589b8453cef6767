"""The order of files that were added together: each keeps its place while they are read side by side."""

from collections.abc import Iterator, Mapping, Sequence

from ...domain.source import SourceSummary
from .source_rows import SourceRow, row_of_reading, row_of_source


class Arrivals:
    """The files on their way and the sources they became, in the order in which they were added."""

    def __init__(self) -> None:
        self._sources: dict[str, int | None] = {}

    def expect(self, paths: Sequence[str]) -> None:
        """These files are on their way."""
        self._sources.update(dict.fromkeys(paths))

    def note(self, path: str, source_id: int) -> None:
        """A file has become a source."""
        if path in self._sources:
            self._sources[path] = source_id

    def settle(self, paths: Sequence[str], sources: Mapping[int, SourceSummary]) -> dict[int, SourceSummary]:
        """These files have all been dealt with: the sources in the order in which the files were added."""
        ids = [self._sources.pop(path, None) for path in paths]
        new = {key: sources[key] for key in ids if key is not None and key in sources}
        return {**{key: source for key, source in sources.items() if key not in new}, **new}

    def rows(self, sources: Sequence[SourceSummary], reading: Mapping[str, str]) -> Iterator[SourceRow]:
        """The rows of what was there before, then of what came and comes."""
        new = set(self._sources.values())
        yield from (row_of_source(source) for source in sources if source.id not in new)
        by_id = {source.id: source for source in sources}
        for path, source_id in self._sources.items():
            if path in reading:
                yield row_of_reading(path, reading[path])
            elif source_id in by_id:
                yield row_of_source(by_id[source_id])
