"""The people of a set of sources, filtered by name and by how much they have to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ...domain.people import Person
from ...domain.source import SourceSummary
from ..components import tooltip
from ..wording import counted
from .places import presence_words

PERSON_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """A chip of the picker."""

    key: str
    word: str

    def lets_through(self, person: Person) -> bool:
        """Whether somebody is shown under this chip."""
        if self.key == "main":
            return person.main
        return self.key == "all" or person.quotes > 0


FILTERS = (PeopleFilter("main", "Main"), PeopleFilter("speaking", "Speaking"), PeopleFilter("all", "All"))


def other_names(person: Person) -> tuple[str, ...]:
    """What else somebody is called, most frequent first."""
    return tuple(alias.name for alias in person.aliases if alias.name != person.name)


def mentions_of(person: Person) -> str:
    """How often somebody is named; of a narrator whom nobody names, why they are among the people at all."""
    return (
        "tells the story" if person.narrator and not person.mentions else counted(person.mentions, "mention")
    )


def spoken(person: Person) -> str:
    """Somebody, for a screen reader."""
    parts = [person.name, mentions_of(person), counted(person.quotes, "quotation")]
    if names := other_names(person):
        parts.append("also called " + ", ".join(names[:4]))
    return ", ".join(parts)


def tip(person: Person, sources: Sequence[SourceSummary]) -> str:
    """What a row may have had to cut, and the chapters behind the presence strip."""
    lines = [person.name, " · ".join(other_names(person)), presence_words(person, sources)]
    return "\n".join(line for line in lines if line)


class PeopleModel(QAbstractListModel):
    """Ranked people; another set or another filter resets it, the picker keeps the choice by name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people: tuple[Person, ...] = ()
        self._shown: tuple[Person, ...] = ()
        self._sources: tuple[SourceSummary, ...] = ()
        self._filter, self._text = FILTERS[0], ""

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, filtered or not."""
        return self._people

    @property
    def shown(self) -> tuple[Person, ...]:
        """Who is in the list now."""
        return self._shown

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Who matches the filter."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The person, the name, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        person = self._shown[index.row()]
        if role == PERSON_ROLE:
            return person
        if role == Qt.ItemDataRole.DisplayRole:
            return person.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(tip(person, self._sources))
        return spoken(person) if role == Qt.ItemDataRole.AccessibleTextRole else None

    def row_of(self, name: str) -> int | None:
        """Where somebody is in the list."""
        return next((row for row, person in enumerate(self._shown) if person.name == name), None)

    def show_people(self, people: Sequence[Person], sources: Sequence[SourceSummary] = ()) -> None:
        """Show another set's people; `sources` is the set, for the chapters in tooltips."""
        self.beginResetModel()
        self._sources = tuple(sources)
        self._people = tuple(people)
        self._shown = self._matching()
        self.endResetModel()

    def set_filter(self, chosen: PeopleFilter, text: str) -> None:
        """Show those who pass a chip and whose name, or one of their names, holds a text."""
        self.beginResetModel()
        self._filter, self._text = chosen, text.casefold()
        self._shown = self._matching()
        self.endResetModel()

    def _matching(self) -> tuple[Person, ...]:
        return tuple(
            person
            for person in self._people
            if self._filter.lets_through(person)
            and (not self._text or any(self._text in alias.name.casefold() for alias in person.aliases))
        )
