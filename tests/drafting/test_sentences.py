"""Which sentences are worth their place on a card, and how they are cut and chosen."""

from collections import Counter

import pytest

from cardgen_desktop.drafting.extractive.aspects import score_passages
from cardgen_desktop.drafting.extractive.cues import Person, described
from cardgen_desktop.drafting.extractive.excerpt import Excerpt, cut, cut_tail, is_whole, strip_marks
from cardgen_desktop.drafting.extractive.readable import is_verse
from cardgen_desktop.drafting.extractive.selection import choose
from cardgen_desktop.drafting.extractive.speech import distinctive
from cardgen_desktop.drafting.extractive.stretches import WORD
from cardgen_desktop.drafting.extractive.subject import Subject
from cardgen_desktop.drafting.extractive.traits import named_traits
from cardgen_desktop.drafting.packs import drafting_pack
from cardgen_desktop.reading.index import read_index
from tests.drafting.stories import LAMP, source_of, subject_of

SHE = Person(frozenset({"she", "maren"}), frozenset({"she", "maren", "her"}), frozenset({"his"}), 0.6)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("“He is tall.", "He is tall."),
        ("He is tall.”", "He is tall."),
        ("“He is tall.”", "He is tall."),
        ("“He,” she said, “is tall.”", "“He,” she said, “is tall.”"),
        ('"Tall," he said.', '"Tall," he said.'),
        (" — He is tall. [3]", "He is tall."),
    ],
)
def test_stray_marks_are_left_out(text: str, kept: str) -> None:
    start, end = strip_marks(text, 0, len(text))
    assert text[start:end] == kept


def test_a_long_sentence_is_cut_to_the_clause_that_tells() -> None:
    filler = (
        "and the road went on and on over the hill and down again to the river and the town beyond it all"
    )
    text = f"They walked, {filler}; she was a tall, thin woman with red hair; {filler}, {filler}."
    pack = drafting_pack("en")
    piece = cut(text, 0, len(text), lambda words: pack.tells(WORD.findall(words.lower()), "appearance"))
    assert text[piece.start : piece.end] == "she was a tall, thin woman with red hair"
    assert piece.head and piece.tail


def test_an_opening_keeps_its_beginning() -> None:
    filler = (
        "and the road went on and on over the hill and down again to the river and the town beyond it all"
    )
    text = f"Maren kept the lamp; {filler}; {filler}; {filler}."
    piece = cut_tail(text, 0, len(text))
    assert piece.start == 0 and piece.tail
    assert text[piece.start : piece.end].startswith("Maren kept the lamp")


def test_a_short_sentence_is_kept_whole() -> None:
    assert cut("She was tall.", 0, 13, lambda piece: 1.0) == Excerpt(0, 13)


def test_a_piece_with_half_a_quotation_is_not_whole() -> None:
    assert not is_whole("She said, “I am tall")
    assert is_whole("She said, “I am tall.”")


@pytest.mark.parametrize(
    ("describing", "acting", "aspect"),
    [
        ("she had a pale thin face and grey hair", "she rubbed the eyes of the child", "appearance"),
        ("she wore a blue coat", "the porter wore a blue coat", "appearance"),
        ("her face was pale", "his face was pale", "appearance"),
        ("she was proud and stubborn", "the proud ship sank", "personality"),
        ("she was born in the house", "somebody was born in the house", "background"),
        ("her brother was a smith", "a brother came in", "relationships"),
        ("she wanted the lamp", "the lamp was wanted", "goals"),
    ],
)
def test_a_sentence_that_describes_the_person_scores_above_one_that_has_the_words(
    describing: str, acting: str, aspect: str
) -> None:
    pack = drafting_pack("en")
    assert described(describing.split(), aspect, SHE, pack) > described(acting.split(), aspect, SHE, pack)


def test_verse_is_told_from_prose() -> None:
    assert is_verse("Twinkle, twinkle, little bat,\nHow I wonder what\nUp above the world\nLike a tea-tray")
    assert not is_verse("She was tall and thin,\nand her hair was red\nand her eyes were grey.")


def test_looks_nature_and_past_are_told_apart() -> None:
    subject = subject_of(LAMP, "Maren")
    chosen = choose(
        score_passages(subject), {"appearance": 2, "personality": 2, "background": 2}, frozenset()
    )
    texts = {
        aspect: " ".join(subject.index.text[item.passage.start : item.passage.end] for item in items)
        for aspect, items in chosen.items()
    }
    assert "scar" in texts["appearance"]
    assert "stubborn" in texts["personality"]
    assert "born in the keeper's house" in " ".join(texts["background"].split())


def test_nothing_is_chosen_twice_and_no_quota_is_exceeded() -> None:
    subject = subject_of(LAMP, "Maren")
    quotas = {"appearance": 1, "personality": 3, "background": 3, "relationships": 3}
    chosen = choose(score_passages(subject), quotas, frozenset())
    spans = [item.passage.start for items in chosen.values() for item in items]
    assert len(spans) == len(set(spans))
    assert all(len(items) <= quotas[aspect] for aspect, items in chosen.items())


def test_taken_stretches_are_left_alone() -> None:
    subject = subject_of(LAMP, "Maren")
    free = choose(score_passages(subject), {"appearance": 1}, frozenset())["appearance"]
    taken = {(item.passage.start, item.passage.end) for item in free}
    again = choose(score_passages(subject), {"appearance": 1}, frozenset(), taken)["appearance"]
    assert not {item.passage.start for item in again} & {start for start, _ in taken}


def test_traits_are_counted_and_denials_are_not() -> None:
    traits = named_traits(subject_of(LAMP, "Maren"))
    assert traits is not None
    assert traits.text.endswith("proud, stubborn, kind.")
    assert len(traits.spans) == 3
    text = (
        "Rosa Hale came in. Rosa was not timid. Rosa was brave. Rosa was brave and generous.\n\n"
        '"I know you," said Rosa. "You know me," Rosa said. "Sit down," said Rosa.'
    )
    index = read_index([source_of(text)])
    found = named_traits(Subject(index, index.find_people("Rosa")[0].id))
    assert found is not None
    assert found.text.endswith("brave, generous.")


CAST = (
    '"Good day," said Rosa Hale. "Good day, Rosa," said Ned Hale. "Sit down, Ned," said Rosa.\n\n'
    '"I will, Rosa," said Ned. "Do, Ned," said Rosa Hale.\n\n'
)


def rosa(text: str) -> Subject:
    """Rosa in a text that begins with her and her brother talking."""
    index = read_index([source_of(CAST + text)])
    return Subject(index, index.find_people("Rosa")[0].id)


def quality(subject: Subject, words: str, aspect: str) -> float:
    found = [
        item.quality[aspect]
        for item in score_passages(subject)
        if words in " ".join(subject.index.text[item.passage.start : item.passage.end].split())
    ]
    return max(found, default=0.0)


def test_a_pronoun_before_the_name_is_somebody_else() -> None:
    subject = rosa("He was a tall, thin man with a red beard, and he looked at Rosa. Rosa was a tall woman.")
    assert quality(subject, "red beard", "appearance") < quality(subject, "tall woman", "appearance")


def test_a_relative_is_not_the_character() -> None:
    subject = rosa("Rosa's sister was a tall, thin woman with red hair. Rosa Hale was a tall, thin woman.")
    assert quality(subject, "sister was", "appearance") == 0
    assert quality(subject, "Rosa Hale was", "appearance") > 0


def test_a_fragment_goes_on_about_the_person_before_it() -> None:
    subject = rosa(
        "Rosa Hale was a proud woman. Generous and haughty, selfish and kind by turns. The day was fine."
    )
    assert quality(subject, "Generous and haughty", "personality") > 0
    assert quality(subject, "The day was", "appearance") == 0


def test_a_pronoun_far_from_the_name_is_trusted_less() -> None:
    near = rosa("Rosa Hale stood up. She had a pale, thin face and grey hair.")
    far = rosa(
        "Rosa Hale stood up. " + "It rained on the hill. " * 5 + "She had a pale, thin face and grey hair."
    )
    assert quality(near, "pale, thin face", "appearance") > quality(far, "pale, thin face", "appearance") > 0


def test_tags_of_speech_and_verse_are_not_used() -> None:
    subject = rosa('"I am tired and cold," said Rosa Hale, and her pale, thin face was sad.')
    assert quality(subject, "said Rosa Hale, and her", "appearance") == 0


def test_words_that_stand_out_are_those_the_others_do_not_say() -> None:
    own = Counter({"lamp": 8, "the": 20, "sea": 1})
    others = Counter({"the": 400, "money": 30, "sea": 20})
    assert [word for word, _ in distinctive(own, others, {"the"})] == ["lamp"]
