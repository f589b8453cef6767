"""Two files held against each other: cards, lorebooks that stand alone, or one with a card's lorebook."""

from pathlib import Path

from ...domain.card import Lorebook
from ...domain.card_differences import DifferenceReport
from ...domain.errors import CardError
from ..model.differences import book_differences, card_differences, digests_of
from ..read_card import ReadBook, ReadCard
from ..registry import read_content_file


def file_differences(one: Path, other: Path) -> DifferenceReport:
    """The semantic difference of two files, the content of assets included.

    Where one of them is a lorebook that stands alone, the other's lorebook is compared with it. Raises
    `CardError` for a file that cannot be read, or a card without a lorebook.
    """
    before, after = read_content_file(one), read_content_file(other)
    if isinstance(before, ReadCard) and isinstance(after, ReadCard):
        digests = (digests_of(before.files), digests_of(after.files))
        found = card_differences(before.card, after.card, digests=digests)
    else:
        found = book_differences(_book_in(before, one), _book_in(after, other))
    return DifferenceReport(differences=found)


def _book_in(read: ReadCard | ReadBook, path: Path) -> Lorebook:
    book = read.book if isinstance(read, ReadBook) else read.card.data.character_book
    if book is None:
        raise CardError(
            f'"{path.name}" is a card without a lorebook, so no lorebook can be compared with it.'
        )
    return book
