"""Choosing the sentences of a card: the best of each aspect, nothing twice (offline-drafter.md 4.2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from .aspects import Scored

MOST_OVERLAP = 0.6
FIRST_FEW = 2
MOST_SPOKEN = 2
SECOND_CHOICE = 0.6
MOST_EXCERPT = 300
LEAST_QUALITY = {
    "appearance": 0.06,
    "personality": 0.05,
    "background": 0.05,
    "relationships": 0.06,
    "goals": 0.06,
}
"""Below these a sentence has the words of an aspect but describes nothing: read off sorted lists."""

Spans = Collection[tuple[int, int]]


def choose(
    scored: Sequence[Scored],
    quotas: Mapping[str, int],
    stop_words: Collection[str],
    taken: Spans = (),
    ease: float = 1.0,
) -> dict[str, list[Scored]]:
    """The chosen sentences by aspect, each in order of the text.

    `quotas` are the most sentences of each aspect; none is filled with sentences below `ease` times the least
    quality. `taken` are stretches that may not be used again.
    """
    picked: dict[str, list[Scored]] = {aspect: [] for aspect in quotas}
    used: list[tuple[Scored, frozenset[str]]] = []
    for item, aspect in _ranked(scored, quotas, taken):
        chosen = len(picked[aspect])
        if chosen >= quotas[aspect] or item.quality[aspect] < ease * _bar(chosen) * LEAST_QUALITY[aspect]:
            continue
        content = content_words(item.passage.words, stop_words)
        spoken = sum(other.passage.voice != "narration" for other in picked[aspect])
        if item.passage.voice != "narration" and spoken >= MOST_SPOKEN:
            continue
        if not any(item is other or overlaps(content, words) for other, words in used):
            picked[aspect].append(item)
            used.append((item, content))
    return {aspect: in_order(items) for aspect, items in picked.items()}


def within(chosen: Mapping[str, Sequence[Scored]], letters: int) -> dict[str, list[Scored]]:
    """The chosen sentences without the weakest, so that they have about so many letters in all.

    The best of every aspect stay.
    """
    kept = {aspect: list(items) for aspect, items in chosen.items()}
    best = {
        aspect: sorted(items, key=lambda item: -item.scores[aspect])[:FIRST_FEW]
        for aspect, items in kept.items()
    }
    spare = [(item, aspect) for aspect, items in kept.items() for item in items if item not in best[aspect]]
    size = sum(_letters(item) for items in kept.values() for item in items)
    for item, aspect in sorted(spare, key=lambda pair: (pair[0].scores[pair[1]], pair[0].passage.start)):
        if size <= letters:
            break
        kept[aspect].remove(item)
        size -= _letters(item)
    return kept


def _letters(item: Scored) -> int:
    return min(item.passage.end - item.passage.start, MOST_EXCERPT)


def _bar(chosen: int) -> float:
    """The first of an aspect may be weaker, so that it is not empty; further ones must be worth it."""
    return 0.8 if chosen < FIRST_FEW else 1.0 if chosen < 2 * FIRST_FEW else 1.5


def _ranked(scored: Sequence[Scored], quotas: Mapping[str, int], taken: Spans) -> list[tuple[Scored, str]]:
    """Every pairing of a sentence with an aspect, the most wanted first, ties in order of the text."""
    pairings = [
        (item.scores[aspect] * (1.0 if item.best == aspect else SECOND_CHOICE), item, aspect)
        for item in scored
        if not _covered(item, taken)
        for aspect in quotas
        if item.quality[aspect] > 0
    ]
    ranked = sorted(pairings, key=lambda pairing: (-pairing[0], pairing[1].passage.start, pairing[2]))
    return [(item, aspect) for _, item, aspect in ranked]


def _covered(item: Scored, taken: Spans) -> bool:
    return any(start < item.passage.end and item.passage.start < end for start, end in taken)


def content_words(words: Iterable[str], stop_words: Collection[str]) -> frozenset[str]:
    """The words that carry meaning."""
    return frozenset(word for word in words if word not in stop_words)


def overlaps(content: frozenset[str], other: frozenset[str]) -> bool:
    """Whether the smaller of two sets of words lies mostly inside the larger."""
    return len(content & other) > MOST_OVERLAP * max(1, min(len(content), len(other)))


def in_order(items: Iterable[Scored]) -> list[Scored]:
    """Sentences in order of the text."""
    return sorted(items, key=lambda item: item.passage.start)
