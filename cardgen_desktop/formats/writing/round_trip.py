"""A card written and read again: what came back otherwise than it went, and what nobody was told of."""

import io
from collections.abc import Iterable

from ...domain.card import Card, CardData, ExportTarget
from ...domain.card_differences import Difference
from ...domain.card_export import RoundTrip
from ...domain.errors import CardError
from ..findings import UnreadableError
from ..model.differences import card_differences, digests_of
from ..read_card import ContainedFile, ReadBook, ReadCard
from ..registry import read_content
from .carried_files import carried_files
from .export_assets import gathered, picture_path
from .export_order import ExportOrder
from .loss_sentences import is_note
from .losses import losses_of
from .targets import TARGETS, Target

Digests = dict[str, str]


def round_trip(order: ExportOrder, target: ExportTarget) -> RoundTrip:
    """Write the card in memory, read it again and compare. Raises what writing raises."""
    kind, order = TARGETS[target], gathered(order)
    try:
        held, file = kind.hold(order), io.BytesIO()
        losses = losses_of(order, kind, held)
        kind.write(order, file)
    except UnreadableError as error:
        message = f'"{order.card.data.name}" cannot be written as a card. {error.reason}'
        raise CardError(message) from error
    read = read_content(file.getvalue(), "the written card")
    digests = (digests_of(order.files), digests_of(_files_of(read)))
    differing = card_differences(order.card, card_in(read), digests=digests)
    return RoundTrip(
        target=target,
        bytes=file.tell(),
        losses=losses,
        differences=tuple(_inside(differing, kind)),
        unexpected=unexpected_differences(read, order, kind, held),
    )


def unexpected_differences(
    read: ReadCard | ReadBook, order: ExportOrder, target: Target, held: Card, *, dates: bool = False
) -> tuple[Difference, ...]:
    """Where a file that was read again says something else than it was to hold, its files included."""
    expected, found = digests_of(carried_files(order, target)), {}
    if expected:
        found = digests_of(_files_of(read))
    digests = (expected, found) if target.holds_files else None
    differing = card_differences(held, card_in(read), digests=digests, dates=dates and target.holds_dates)
    return (*_inside(differing, target), *_missing_files(expected, found, order, target))


def card_in(read: ReadCard | ReadBook) -> Card:
    """The card that was read; a lorebook that stands alone as a card with nothing else."""
    if isinstance(read, ReadCard):
        return read.card
    return Card(data=CardData(name=read.book.name or "", character_book=read.book))


def _inside(differences: Iterable[Difference], target: Target) -> list[Difference]:
    """What a target is answerable for: no note that reading makes, of a lorebook file the lorebook alone."""
    told = (item for item in differences if not is_note(item))
    return [item for item in told if not target.is_book or item.where.startswith("data.character_book")]


def _missing_files(expected: Digests, found: Digests, order: ExportOrder, target: Target) -> list[Difference]:
    """Files that were to go along and did not, wherever they were to lie; JSON has them in its addresses."""
    if target.name == "json-v3":
        return []
    main = picture_path(order)
    there = set(found.values())
    return [
        Difference(where=f"files.{path}", before=digest)
        for path, digest in expected.items()
        if digest not in there and path != main
    ]


def _files_of(read: ReadCard | ReadBook) -> tuple[ContainedFile, ...]:
    return read.files if isinstance(read, ReadCard) else ()
