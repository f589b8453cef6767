"""A pack made smaller: what was wanted least is left out first."""

from collections.abc import Sequence

from ...domain.evidence_pack import EvidencePack, PackedPassage


def fit_pack(pack: EvidencePack, letters: int) -> EvidencePack:
    """A pack whose passages have at most so many letters; the best of every aspect are the last to go.

    Ids stay as they are, so that what cites a passage of the larger pack still finds it.
    """
    if pack.characters <= letters:
        return pack
    kept, left = set[str](), letters
    for passage in _wanted(pack.passages):
        if len(passage.text) <= left:
            kept.add(passage.id)
            left -= len(passage.text)
    topics = (
        topic.model_copy(update={"passages": tuple(each for each in topic.passages if each in kept)})
        for topic in pack.topics
    )
    return pack.model_copy(
        update={
            "passages": tuple(passage for passage in pack.passages if passage.id in kept),
            "topics": tuple(topics),
            "characters": letters - left,
            "whole": False,
        }
    )


def _wanted(passages: Sequence[PackedPassage]) -> list[PackedPassage]:
    """The best of every aspect, then all others, each by rank."""
    ranked = sorted(passages, key=lambda passage: passage.rank)
    best = {passage.aspect: passage.id for passage in reversed(ranked)}
    return sorted(ranked, key=lambda passage: passage.id not in best.values())
