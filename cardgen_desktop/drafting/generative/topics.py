"""What a lorebook is to tell of: names out of the source, chosen by the model or taken as they were found."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from ...domain.card import CardData
from ...domain.draft import DraftOptions, StepOutput
from ...domain.evidence_pack import EvidencePack
from .fence import name_inside
from .injection import gives_orders
from .steps import TOPICS, GenerationStep, PlannedTopic

MOST_WORDS = 6
MOST_SEEN = 3
_PLANNED = TypeAdapter(tuple[PlannedTopic, ...])


def candidates(pack: EvidencePack, card: CardData | None = None) -> tuple[PlannedTopic, ...]:
    """Names of the source that may become entries, the most mentioned first.

    The character's own names, names the card's lorebook has, and names that read like an order are left out.
    """
    taken = {name.casefold() for name in (pack.character, *pack.aliases)} | _told(card)
    found = []
    for topic in _named(pack):
        if _is_name(topic.name) and topic.name.casefold() not in taken:
            taken.add(topic.name.casefold())
            found.append(topic)
    return tuple(found)


def _named(pack: EvidencePack) -> list[PlannedTopic]:
    topics = sorted(pack.topics, key=lambda topic: -topic.mentions)
    named = [
        PlannedTopic(name=name_inside(topic.name), keys=topic.keys, passages=topic.passages[:MOST_SEEN])
        for topic in topics
    ]
    return named + [PlannedTopic(name=name_inside(person.name), keys=person.aliases) for person in pack.cast]


def _told(card: CardData | None) -> set[str]:
    """What the lorebook of a card already tells of, in lower case."""
    entries = card.character_book.entries if card and card.character_book else ()
    return {name.casefold() for entry in entries for name in (entry.name, entry.comment, *entry.keys) if name}


def _is_name(name: str) -> bool:
    return bool(name) and len(name.split()) <= MOST_WORDS and not gives_orders(name)


def chosen(
    names: Iterable[str], pack: EvidencePack, options: DraftOptions, card: CardData | None = None
) -> tuple[PlannedTopic, ...]:
    """The topics a model named, as far as the source has them, filled up with what the source names most."""
    offered = candidates(pack, card)
    by_name = {key.casefold(): topic for topic in offered for key in (*topic.keys, topic.name)}
    own = {name.casefold() for name in (pack.character, *pack.aliases)} | _told(card)
    text = " ".join(passage.text for passage in pack.passages).casefold()
    found: dict[str, PlannedTopic] = {}
    for name in (name_inside(name) for name in names):
        known = by_name.get(name.casefold()) or _called(name, offered)
        if known is None and _is_name(name) and name.casefold() in text and name.casefold() not in own:
            known = PlannedTopic(name=name, keys=(name,))
        if known is not None:
            found.setdefault(known.name.casefold(), known)
    for topic in offered:
        found.setdefault(topic.name.casefold(), topic)
    return tuple(found.values())[: options.entries]


def _called(name: str, offered: Iterable[PlannedTopic]) -> PlannedTopic | None:
    """The topic that a longer name means: Toby for "Toby Finch"."""
    words = set(name.casefold().split())
    return next((topic for topic in offered if set(topic.name.casefold().split()) <= words), None)


def planned(
    step: GenerationStep, pack: EvidencePack, done: Mapping[str, StepOutput], card: CardData | None
) -> GenerationStep:
    """A step with the lorebook entries it is to write; unchanged for one that writes none."""
    if "lorebook" not in step.fields:
        return step
    if step.topics:
        return step.model_copy(update={"topics": tuple(_with_passages(each, pack) for each in step.topics)})
    size = sum(path.startswith("character_book") for path in step.paths)
    if TOPICS in done:
        return step.with_topics(topics_of(done[TOPICS])[step.number : step.number + size])
    told = len(card.character_book.entries) if card and card.character_book else 0
    first = max(0, step.number - told)
    return step.with_topics(candidates(pack, card)[first : first + size])


def _with_passages(topic: PlannedTopic, pack: EvidencePack) -> PlannedTopic:
    """A topic that was named before the source was read, with the passages that tell of it."""
    if topic.passages:
        return topic
    names = {name.casefold() for name in (topic.name, *topic.keys)}
    known = (each for each in _named(pack) if names & {name.casefold() for name in (each.name, *each.keys)})
    return topic.model_copy(update={"passages": next((each.passages for each in known), ())})


def topics_of(output: StepOutput) -> tuple[PlannedTopic, ...]:
    """The topics that a finished step has chosen; none where they cannot be read."""
    try:
        return _PLANNED.validate_python(output.notes.get("topics", ()))
    except ValidationError:
        return ()


def has_work(step: GenerationStep, done: Mapping[str, StepOutput]) -> bool:
    """Whether a step has anything to write; a batch of a lorebook has not when the topics ran out before."""
    if step.fields != ("lorebook",) or TOPICS not in done:
        return True
    return step.number < len(topics_of(done[TOPICS]))


def listed(topics: Sequence[PlannedTopic]) -> str:
    """Topics as numbered lines, with the passages that tell of each, marked as citations are."""
    return "\n".join(
        " ".join([f"{number}. {topic.name}", *(f"[{passage}]" for passage in topic.passages)])
        for number, topic in enumerate(topics, 1)
    )
