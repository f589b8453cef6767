"""The best evidence for one character out of any set of sources, within a budget of letters.

A novel of half a million words and a note of half a page go through the same code (offline-drafter.md
section 6): pieces of the text are wished for by several shares, taken in turn until the budget is used, and
joined to passages with ids in order of the text. What fits is packed whole.
"""

from collections.abc import Iterator

from ...domain.evidence_pack import EvidencePack
from ...reading.index import Index
from ..extractive.stretches import words_of
from ..extractive.subject import Subject
from ..verify import fold
from .packing_candidates import read_candidates
from .packing_fitting import fit_pack
from .packing_pieces import Pieces
from .packing_shares import SHARES, Shares, Wish
from .packing_topics import cast_of, topic_wishes, topics_around, with_passages
from .packing_windows import passages_of
from .packing_wishes import Wishes

__all__ = ["fit_pack", "pack_evidence"]

TOPIC_SHARE = 0.05


def pack_evidence(index: Index, character_id: int, *, letters: int) -> EvidencePack:
    """Pack the evidence about a character into at most `letters` characters of passages.

    The same index, character and budget always give the same pack.
    """
    subject, pieces = Subject(index, character_id), Pieces(index)
    wishes = Wishes(subject, pieces, read_candidates(subject, pieces))
    topics = topics_around(subject)
    shares = _filled(subject, pieces, wishes, topic_wishes(subject, pieces, topics), letters)
    passages = passages_of(index, pieces, shares.picks)
    return EvidencePack(
        character=subject.name,
        aliases=tuple(dict.fromkeys(fold(alias) for alias in subject.character.aliases)),
        gender=subject.character.gender,
        narrator=subject.narrates,
        language=index.language,
        titles=tuple(source.title or source.name for source in index.sources),
        passages=passages,
        cast=cast_of(subject),
        topics=with_passages(subject, topics, passages),
        own_lines=wishes.own_lines(),
        words=sum(source.words for source in index.sources),
        characters=sum(len(passage.text) for passage in passages),
        whole=len(shares.taken) == len(pieces),
    )


def _filled(
    subject: Subject, pieces: Pieces, wishes: Wishes, about_topics: Iterator[Wish], letters: int
) -> Shares:
    """The shares after all wishes; of a small source whatever nobody wished for comes last."""
    words = [words_of(subject.index.text[piece.start : piece.end]) for piece in pieces.all]
    fits = sum(piece.letters for piece in pieces.all) <= letters
    shares = Shares(pieces, words, letters, keep_all=fits)
    shares.fill({**wishes.by_aspect(), "search": about_topics}, {**SHARES, "search": TOPIC_SHARE})
    shares.fill({"search": wishes.rest()}, {"search": 1.0})
    if fits:
        shares.fill({"search": ((piece.id,) for piece in pieces.all)}, {"search": 1.0})
    return shares
