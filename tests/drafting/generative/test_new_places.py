"""Entries and greetings that a card does not have yet."""

from cardgen_desktop.domain.card import CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.evidence_pack import EvidencePack, Topic
from cardgen_desktop.drafting.generative.steps import place_step
from cardgen_desktop.drafting.generative.topics import planned

PACK = EvidencePack(
    character="Maren Toll",
    topics=(
        Topic(name="the lamp", keys=("lamp",), mentions=9, passages=("p1",)),
        Topic(name="Skerry Inn", keys=("inn",), mentions=4, passages=("p3", "p4")),
    ),
)
CARD = CardData(
    character_book=Lorebook(entries=(LorebookEntry(name="the lamp", keys=("lamp",), content="It burns."),))
)


def topics_of(number: int, *topics: str) -> list[tuple[str, tuple[str, ...]]]:
    options = DraftOptions(topics=topics)
    step = place_step(f"character_book.entries[{number}].content", options, card=CARD)
    return [(topic.name, topic.passages) for topic in planned(step, PACK, {}, CARD).topics]


def test_a_new_entry_is_about_what_was_asked_with_the_passages_that_tell_of_it() -> None:
    assert topics_of(1, "skerry inn") == [("skerry inn", ("p3", "p4"))]
    assert topics_of(1, "Nobody knows") == [("Nobody knows", ())]


def test_without_a_topic_it_is_the_next_thing_the_lorebook_does_not_tell_of() -> None:
    assert topics_of(1) == [("Skerry Inn", ("p3", "p4"))]


def test_an_entry_that_is_there_keeps_its_topic() -> None:
    assert topics_of(0, "skerry inn") == [("the lamp", ("p1",))]
