"""A pack made smaller: what was wanted least is left out first."""

from collections.abc import Container, Sequence

from ...domain.evidence_pack import EvidencePack, PackedPassage, Topic


def fit_pack(pack: EvidencePack, letters: int) -> EvidencePack:
    """A pack whose passages have at most so many letters; the best of every aspect are the last to go.

    Ids stay as they are, so that what cites a passage of the larger pack still finds it.
    """
    if pack.characters <= letters:
        return pack
    kept, left = dict[str, PackedPassage](), max(0, letters)
    wanted = _wanted(pack.passages)
    for passage in wanted:
        if len(passage.text) <= left:
            kept[passage.id] = passage
            left -= len(passage.text)
    if wanted and left and not kept:
        kept[wanted[0].id] = _cut(wanted[0], left)
    return pack.model_copy(
        update={
            "passages": tuple(kept[passage.id] for passage in pack.passages if passage.id in kept),
            "topics": tuple(_kept(topic, kept) for topic in pack.topics),
            "characters": sum(len(passage.text) for passage in kept.values()),
            "whole": False,
        }
    )


def _kept(topic: Topic, kept: Container[str]) -> Topic:
    return topic.model_copy(update={"passages": tuple(each for each in topic.passages if each in kept)})


def _cut(passage: PackedPassage, letters: int) -> PackedPassage:
    """The beginning of a passage, for a budget in which none has room."""
    text = passage.text[:letters]
    return passage.model_copy(update={"text": text, "end": passage.start + len(text)})


def _wanted(passages: Sequence[PackedPassage]) -> list[PackedPassage]:
    """The best of every aspect, then all others, each by rank."""
    ranked = sorted(passages, key=lambda passage: passage.rank)
    best = {passage.aspect: passage.id for passage in reversed(ranked)}
    return sorted(ranked, key=lambda passage: passage.id not in best.values())
