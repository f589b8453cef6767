"""What the rest of the program can learn after the fact. Views subscribe; nothing here is a command."""

from dataclasses import dataclass

from .card_library import CardSummary
from .job import JobSnapshot


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job was created, moved, or made progress."""

    job: JobSnapshot


@dataclass(frozen=True, slots=True)
class JobRemoved:
    """A job left the list."""

    job_id: int


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card was drafted, imported or saved."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """A card left the library."""

    card_id: int


@dataclass(frozen=True, slots=True)
class SourcesChanged:
    """The list of sources has to be read again."""


Event = JobChanged | JobRemoved | CardChanged | CardRemoved | SourcesChanged
