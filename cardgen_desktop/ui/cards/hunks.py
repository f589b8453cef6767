"""What a proposal changes, word by word: stretches that stay, and hunks to be taken one by one. No Qt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 4_000
"""Longer stretches are compared line by line alone: word by word would take seconds (measured)."""

JOIN_WORDS = 2
"""Hunks with fewer words than this between them are one: a sentence is taken whole, not in crumbs."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch: `before` in the text as it is, `after` in the proposal; equal for one that stays."""

    before: str
    after: str

    @property
    def is_hunk(self) -> bool:
        """Whether it changes anything."""
        return self.before != self.after


def pieces_of(before: str, after: str) -> tuple[Piece, ...]:
    """The whole text in order: joined, `before` and `after` are given back exactly."""
    lines_before, lines_after = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    for same, old, new in _blocks(lines_before, lines_after):
        text_before, text_after = "".join(old), "".join(new)
        found += [Piece(text_before, text_after)] if same else _word_pieces(text_before, text_after)
    return tuple(_joined(found))


def _word_pieces(before: str, after: str) -> list[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if not old or not new or len(old) + len(new) > 2 * MOST_WORDS:
        return [Piece(before, after)]
    return [Piece("".join(first), "".join(second)) for _, first, second in _blocks(old, new)]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[bool, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        yield tag == "equal", old[first:last], new[start:end]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring hunks, and hunks with next to nothing between them, are one."""
    joined: list[Piece] = []
    for piece, following in zip(pieces, [*pieces[1:], None], strict=False):
        after_hunk = bool(joined) and joined[-1].is_hunk
        if after_hunk and (piece.is_hunk or _is_crumb(piece, following)):
            joined[-1] = Piece(joined[-1].before + piece.before, joined[-1].after + piece.after)
        else:
            joined.append(piece)
    return [piece for piece in joined if piece.before or piece.after]


def _is_crumb(piece: Piece, following: Piece | None) -> bool:
    is_short = len(piece.before.split()) < JOIN_WORDS and "\n" not in piece.before
    return is_short and following is not None and following.is_hunk


def merged(pieces: Sequence[Piece], accepted: Sequence[bool]) -> str:
    """The text with the accepted hunks in it; `accepted` has an entry for each hunk, in order."""
    choices = iter(accepted)
    return "".join(piece.after if piece.is_hunk and next(choices) else piece.before for piece in pieces)
