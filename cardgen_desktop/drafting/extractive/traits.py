"""The words a source itself uses to call a character proud, timid or kind, counted where they stand."""

from collections.abc import Iterator

from ...domain.source import Span
from .aspects import RIVAL_MARGIN
from .passages import Passage
from .speech import Finding
from .stretches import WORD
from .subject import Subject

WINDOW = 4
MOST_TRAITS = 8
LEAST_TRAIT_FOCUS = 0.5
LEAST_SURE = 0.6


def named_traits(subject: Subject) -> Finding | None:
    """Trait words said of the character, the most frequent first; None when there are fewer than two."""
    spans: dict[str, list[Span]] = {}
    for passage in subject.passages:
        if _certain(passage):
            for word, start, end in _traits_in(subject, passage):
                spans.setdefault(word, []).append(subject.place(start, end))
    words = sorted(spans, key=lambda word: (-len(spans[word]), spans[word][0].source, spans[word][0].start))
    if len(words) < 2:
        return None
    words = words[:MOST_TRAITS]
    places = tuple(span for word in words for span in spans[word])
    return Finding(subject.pack.say("traits", words=", ".join(words)), places)


def _certain(passage: Passage) -> bool:
    return (
        passage.voice == "narration"
        and passage.focus >= LEAST_TRAIT_FOCUS
        and passage.rival <= passage.focus + RIVAL_MARGIN
        and not passage.others
        and passage.sure >= LEAST_SURE
    )


def _traits_in(subject: Subject, passage: Passage) -> Iterator[tuple[str, int, int]]:
    """Trait words after a copula and not denied, with where they stand."""
    pack = subject.pack
    found = list(WORD.finditer(subject.index.text, passage.start, passage.end))
    words = [item[0].lower() for item in found]
    for place, word in enumerate(words):
        before = words[max(0, place - WINDOW) : place]
        after = words[place + 1] if place + 1 < len(words) else ""
        if (
            word not in pack.traits
            or pack.copulas.isdisjoint(before)
            or not pack.negations.isdisjoint(before)
        ):
            continue
        if _predicate(subject, after) and _of_subject(subject, words, place):
            yield pack.traits[word], found[place].start(), found[place].end()


def _predicate(subject: Subject, after: str) -> bool:
    """Whether a trait word closes its phrase or describes a person, so that it is not "a sharp knife"."""
    pack, language = subject.pack, subject.index.pack
    closing = language.function_words | language.content_stop | pack.traits.keys() | pack.persons | pack.kinds
    return after not in pack.articles | {"of", "to"} and (not after or after in closing)


def _of_subject(subject: Subject, words: list[str], place: int) -> bool:
    """Whether the copula's own subject is a pronoun or the name, not a thing such as "the day was cold"."""
    pack = subject.pack
    copula = max(index for index in range(max(0, place - WINDOW), place) if words[index] in pack.copulas)
    return not subject.subjects.isdisjoint(words[max(0, copula - 2) : copula])
