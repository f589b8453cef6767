"""The best evidence for one character out of any set of sources, within a budget of letters.

A novel of half a million words and a note of half a page go through the same code (offline-drafter.md
section 6): pieces of the text are wished for by several shares, taken in turn until the budget is used, and
joined to passages with ids in order of the text. What fits is packed whole.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from ...domain.evidence_pack import EvidencePack, PassageAspect, Topic
from ...reading.index import Index
from ...reading.model import Character
from ..extractive.subject import Subject
from ..verify import fold
from .packing_book import Book
from .packing_fitting import fit_pack
from .packing_namesakes import joined
from .packing_shares import Shares
from .packing_topics import cast_of, topic_wishes, topics_around, users_of, with_passages
from .packing_windows import passages_of
from .packing_wishes import Wish, Wishes

__all__ = ["fit_pack", "pack_evidence"]
OWN_PAGES_PART = 3
"""Sheets and wiki pages about the character go whole while they take at most a third of the budget."""


def pack_evidence(index: Index, character_id: int, *, letters: int) -> EvidencePack:
    """Pack the evidence about a character into at most `letters` characters of passages.

    The same index, character and budget always give the same pack.
    """
    index = joined(index, character_id)
    book = Book(index)
    subject = Subject(index, character_id, book.strength)
    wishes, topics = Wishes(book, subject), topics_around(subject)
    shares = _filled(book, subject, wishes, topics, letters)
    passages = passages_of(index, book.pieces, shares.picks)
    return EvidencePack(
        character=subject.name,
        aliases=tuple(dict.fromkeys(fold(alias) for alias in subject.character.aliases)),
        users=users_of(subject),
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
        whole=len(shares.taken) == len(book.pieces),
    )


def _filled(
    book: Book, subject: Subject, wishes: Wishes, topics: Sequence[tuple[Character, Topic]], letters: int
) -> Shares:
    """The shares after all wishes; of a small source whatever nobody wished for comes last."""
    fits = book.letters <= letters
    shares = Shares(book, letters, keep_all=fits)
    shares.take(wishes.own_pages(letters // OWN_PAGES_PART), "description")
    wanted: dict[PassageAspect, Iterator[Wish]] = wishes.by_aspect()
    wanted["search"] = topic_wishes(book, subject, topics)
    rest = ((piece.id,) for piece in book.pieces.all) if fits else ()
    shares.fill(wanted, chain(wishes.rest(), rest))
    return shares
