"""What the rest of the program can learn after the fact. Views subscribe; nothing here is a command."""

from dataclasses import dataclass

from .card_library import CardSummary
from .job import JobSnapshot
from .job_views import BatchView
from .queue import QueueStatus


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job was created, moved, or made progress."""

    job: JobSnapshot


@dataclass(frozen=True, slots=True)
class JobRemoved:
    """A job left the list."""

    job_id: int


@dataclass(frozen=True, slots=True)
class JobListChanged:
    """More jobs moved at once than are told one by one: lists have to be read again."""


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """The last job of a batch has ended."""

    batch: BatchView


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """The queue was paused or resumed, a lane has another limit, or a gate closed or opened."""

    queue: QueueStatus


@dataclass(frozen=True, slots=True)
class FilesHandedOver:
    """A second start of the program hands its files to this one; with none, it only asks to be seen."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card was drafted, imported or saved."""

    card: CardSummary


@dataclass(frozen=True, slots=True)
class CardsChanged:
    """Very many cards are imported, or left the trash for good: lists of cards have to be read again."""

    card_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """A card left the library."""

    card_id: int


@dataclass(frozen=True, slots=True)
class SourcesChanged:
    """The list of sources has to be read again."""


@dataclass(frozen=True, slots=True)
class JobText:
    """A running job has written more of a step. `text` goes in at `at`, in place of everything behind it.

    `path` is the field that is being written ("" while it is not known), `at` counts characters.
    """

    job_id: int
    step: str
    path: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class ProfilesChanged:
    """The list of profiles, or where their keys are, has to be read again."""


@dataclass(frozen=True, slots=True)
class CostsChanged:
    """A request has ended: sums of the ledger have to be read again."""


@dataclass(frozen=True, slots=True)
class ProposalsChanged:
    """The proposals of a card have to be read again."""

    card_id: int


Event = (
    JobChanged
    | JobRemoved
    | JobListChanged
    | BatchEnded
    | QueueChanged
    | FilesHandedOver
    | CardChanged
    | CardsChanged
    | CardRemoved
    | SourcesChanged
    | JobText
    | ProfilesChanged
    | CostsChanged
    | ProposalsChanged
)
