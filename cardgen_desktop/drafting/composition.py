"""A field under construction: its text is, at any moment, exactly the texts of its records joined."""

from collections.abc import Iterable, Sequence

from ..domain.evidence import Evidence
from ..domain.source import Span


class Composition:
    """Collects the evidence records of one field in reading order (decisions.md, "Fields and evidence")."""

    def __init__(self) -> None:
        self._records: list[Evidence] = []

    def __bool__(self) -> bool:
        return bool(self._records)

    @property
    def records(self) -> tuple[Evidence, ...]:
        """The records so far."""
        return tuple(self._records)

    @property
    def text(self) -> str:
        """The field so far."""
        return "".join(record.text for record in self._records)

    def connect(self, text: str) -> None:
        """Add a separator, heading or phrase that claims nothing; neighbours become one record."""
        if text and self._records and self._records[-1].kind == "template":
            self._records[-1] = Evidence(text=self._records[-1].text + text, kind="template")
        elif text:
            self._records.append(Evidence(text=text, kind="template"))

    def quote(self, text: str, span: Span) -> None:
        """Add the source's own words."""
        self._records.append(
            Evidence(text=text, kind="verbatim", source=span.source, start=span.start, end=span.end)
        )

    def count(self, text: str, spans: Sequence[Span]) -> None:
        """Add a statistic and where it was counted."""
        self._records.append(Evidence(text=text, kind="computed", spans=tuple(spans)))

    def extend(self, records: Iterable[Evidence]) -> None:
        """Add records of another composition."""
        for record in records:
            if record.kind == "template":
                self.connect(record.text)
            else:
                self._records.append(record)
