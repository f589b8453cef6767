"""The budget shared out: the best of all goes first, and every reason gets its least share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from ...domain.evidence_pack import PassageAspect
from .packing_book import Book
from .packing_windows import Pick
from .packing_wishes import Wish

SHARES: Mapping[PassageAspect, float] = {
    "description": 0.35,
    "lines": 0.15,
    "relationships": 0.10,
    "goals": 0.04,
    "timeline": 0.04,
    "search": 0.03,
}
"""The least share of each reason. With the 35/25/20/10/10 of offline-drafter.md section 6 as least shares a
pack of 6,000 tokens held four to six of a hundred facts fewer: the lines and relations that matter are among
the best of all anyway."""
KNOWN_SHARE = 0.5
LEAST_PAIRS = 3
SCRAP = 40
"""Less than so many letters of budget would only hold a scrap such as *"Eh!"*."""


class Shares:
    """Takes pieces for several reasons until a budget of letters is used up.

    A reason that is behind its share of what has been spent is served first; while none is, the best of all
    pieces is. A piece counts for every reason that wants it, whoever took it. Nothing is taken twice, nor a
    piece most of whose word pairs have been packed already, unless everything is to be kept.
    """

    def __init__(self, book: Book, letters: int, *, keep_all: bool = False) -> None:
        self._pieces, self._words = book.pieces, book.words
        self._left, self._keep_all = letters, keep_all
        self._spent = 0
        self._pairs: set[tuple[str, str]] = set()
        self._texts: set[Sequence[str]] = set()
        self.taken: set[int] = set()
        self.picks: list[Pick] = []

    def fill(self, wishes: Mapping[PassageAspect, Iterable[Wish]], best: Iterable[Wish]) -> None:
        """Serve the reasons and, between them, `best`, until nothing more is wanted or fits."""
        lists = {aspect: list(wanted) for aspect, wanted in wishes.items()}
        wanted_by = _wanted_by(lists)
        queues = {aspect: iter(wanted) for aspect, wanted in lists.items()}
        queue, used = iter(best), dict.fromkeys(lists, 0)
        while self._keep_all or self._left >= SCRAP:
            behind = [aspect for aspect in queues if used[aspect] <= SHARES[aspect] * self._spent]
            if behind:
                aspect = min(behind, key=lambda each: used[each] / SHARES[each])
                pick = self._serve(queues[aspect], aspect)
                if pick is None:
                    del queues[aspect]
            else:
                pick = self._serve(queue, "search", wanted_by)
                if pick is None:
                    break
            for number in pick.pieces if pick else ():
                for aspect in wanted_by.get(number, ()):
                    used[aspect] += self._pieces[number].letters

    def take(self, wishes: Iterable[Wish], aspect: PassageAspect) -> None:
        """Take all that is new and fits, in order."""
        queue = iter(wishes)
        while self._serve(queue, aspect):
            pass

    def _serve(
        self,
        wishes: Iterator[Wish],
        aspect: PassageAspect,
        wanted_by: Mapping[int, list[PassageAspect]] | None = None,
    ) -> Pick | None:
        """Take the next wish that is new and fits; None when there is none."""
        for wish in wishes:
            new = tuple(number for number in wish if number not in self.taken)
            letters = sum(self._pieces[number].letters for number in new)
            if wish[0] in new and letters <= self._left and not self._is_known(wish[0]):
                named = (wanted_by or {}).get(wish[0], [aspect])[0]
                return self._take(new, named, letters)
        return None

    def _take(self, numbers: tuple[int, ...], aspect: PassageAspect, letters: int) -> Pick:
        self.picks.append(Pick(numbers, aspect, len(self.picks)))
        self.taken.update(numbers)
        self._left -= letters
        self._spent += letters
        for number in numbers:
            self._pairs.update(pairwise(self._words[number]))
            self._texts.add(self._words[number])
        return self.picks[-1]

    def _is_known(self, number: int) -> bool:
        if self._keep_all:
            return False
        if self._words[number] in self._texts:
            return True
        pairs = set(pairwise(self._words[number]))
        return len(pairs) >= LEAST_PAIRS and len(pairs & self._pairs) > KNOWN_SHARE * len(pairs)


def _wanted_by(lists: Mapping[PassageAspect, list[Wish]]) -> dict[int, list[PassageAspect]]:
    """Who wants a piece first of all; those that want few pieces stand first."""
    found: dict[int, list[PassageAspect]] = {}
    for aspect in sorted(lists, key=lambda each: len(lists[each])):
        for wish in lists[aspect]:
            found.setdefault(wish[0], []).append(aspect)
    return found
