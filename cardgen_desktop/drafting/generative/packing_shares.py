"""The budget shared out: every reason to pack something takes its turns by what it has had so far."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from ...domain.evidence_pack import PassageAspect
from .packing_book import Book
from .packing_windows import Pick
from .packing_wishes import Wish

SHARES: Mapping[PassageAspect, float] = {
    "description": 0.35,
    "lines": 0.25,
    "relationships": 0.20,
    "goals": 0.10,
    "timeline": 0.10,
}
KNOWN_SHARE = 0.5
LEAST_PAIRS = 3


class Shares:
    """Takes pieces for several reasons in turn until a budget of letters is used up.

    Nothing is taken twice, nor a piece most of whose word pairs have been packed already, unless everything
    is to be kept.
    """

    def __init__(self, book: Book, letters: int, *, keep_all: bool = False) -> None:
        self._pieces, self._words = book.pieces, book.words
        self._left, self._keep_all = letters, keep_all
        self._pairs: set[tuple[str, str]] = set()
        self.taken: set[int] = set()
        self.picks: list[Pick] = []

    def fill(
        self, wishes: Mapping[PassageAspect, Iterable[Wish]], shares: Mapping[PassageAspect, float]
    ) -> None:
        """Serve the reason that is farthest behind its share, until nothing more is wanted or fits."""
        queues = {aspect: iter(wishes[aspect]) for aspect in wishes}
        used = dict.fromkeys(queues, 0.0)
        while queues and self._left > 0:
            aspect = min(queues, key=lambda each: (used[each] / shares[each], -shares[each]))
            letters = self._serve(queues[aspect], aspect)
            if letters:
                used[aspect] += letters
            else:
                del queues[aspect]

    def _serve(self, wishes: Iterator[Wish], aspect: PassageAspect) -> int:
        """Take the next wish that is new and fits; 0 when there is none."""
        for wish in wishes:
            new = tuple(number for number in wish if number not in self.taken)
            letters = sum(self._pieces[number].letters for number in new)
            if wish[0] in new and letters <= self._left and not self._is_known(wish[0]):
                self._take(new, aspect, letters)
                return letters
        return 0

    def _take(self, numbers: tuple[int, ...], aspect: PassageAspect, letters: int) -> None:
        self.picks.append(Pick(numbers, aspect, len(self.picks)))
        self.taken.update(numbers)
        self._left -= letters
        for number in numbers:
            self._pairs.update(pairwise(self._words[number]))

    def _is_known(self, number: int) -> bool:
        pairs = set(pairwise(self._words[number]))
        if self._keep_all:
            return False
        return len(pairs) >= LEAST_PAIRS and len(pairs & self._pairs) > KNOWN_SHARE * len(pairs)
