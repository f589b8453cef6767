"""Whom passages speak of: pronouns, nouns for people, writers of journals, and who is named where."""

from cardgen_desktop.drafting.checking.corpus import Corpus
from cardgen_desktop.drafting.checking.references import References
from cardgen_desktop.drafting.checking.related import related
from cardgen_desktop.drafting.checking.whom import find_character
from cardgen_desktop.reading.index import Index, read_index
from tests.drafting.stories import source_of

HARBOUR = """Mr. Hale the lawyer lived by the harbour, and Mr. Hale was seldom at home.

Mrs. Carter came in. Mrs. Carter asked Mr. Hale about the will, and he gave her the paper. She read it.

Captain Brandt laughed at Mr. Hale. "You are late," said Captain Brandt. "I know it," said Mr. Hale.

The captain lit his pipe. Mrs. Carter looked at Captain Brandt and then she left the room.

The lawyer locked the door. Captain Brandt and Mr. Hale sat down. "Good night," said Mrs. Carter.
"""
JOURNAL = """Mina Reed and Tom Alder sailed in May. "Farewell," said Mina Reed. "Farewell," said Tom Alder.

Mina Reed waved to Tom Alder, and Tom Alder waved to Mina Reed.

From the journal of Mina Reed

I was cold all night, and the lamp went out at two.

From the journal of Tom Alder

I found the lamp and filled it again.
"""


def spoken_of(text: str, word: str, after: str) -> set[str]:
    """The names that the references of the sentence of a word mean, at the first such word behind a text."""
    index = read_index([source_of(text)])
    references = References(Corpus(index))
    at = index.text.index(word, index.text.index(after))
    sentence = references.corpus.sentence_at(at)
    found = [each.character for each in references.of(sentence) if each.at == at]
    return {index.characters[number].name for number in found if number >= 0}


def id_of(index: Index, name: str) -> int:
    number = find_character(index, name)
    assert number is not None
    return number


def test_a_pronoun_means_the_one_of_its_gender_who_was_the_subject() -> None:
    assert spoken_of(HARBOUR, "he gave", "about the will") == {"Mr. Hale"}
    assert spoken_of(HARBOUR, "She read", "the paper") == {"Mrs. Carter"}


def test_a_noun_means_whose_title_it_is_or_beside_whose_name_it_stood() -> None:
    assert spoken_of(HARBOUR, "captain lit", "I know it") == {"Captain Brandt"}
    assert spoken_of(HARBOUR, "lawyer locked", "left the room") == {"Mr. Hale"}


OFFICE = """My guardian, Mr. Norris, came in. Tom Alder and Mr. Norris shook hands, and Mr. Norris sat down.

"Good day," said Tom Alder. "Good day," said Mr. Norris. Tom Alder was the clerk, and Tom Alder knew it.

"Sit down," said Mr. Norris. "My guardian, Mr. Norris, is kind," said Tom Alder to Mary Finch.

Mary Finch looked at Tom Alder. My guardian bit his finger. The doctor coughed. The clerk wrote it down.
"""


def test_a_noun_before_a_name_or_behind_a_copula_is_learnt() -> None:
    assert spoken_of(OFFICE, "guardian bit", "looked at") == {"Mr. Norris"}
    assert spoken_of(OFFICE, "clerk wrote", "coughed") == {"Tom Alder"}
    assert spoken_of(OFFICE, "doctor coughed", "looked at") == set()


SHIP = """Israel Hands steered, and Mr. Hands slept. "Wake up, Hands," said Tom Alder. Tom Alder sat down.

The Gryphon came. "Good day," said the Gryphon. "Hush," said the Gryphon, and Tom Alder saw the Gryphon.

"Well," said the Gryphon. "Well," said Tom Alder, and Israel Hands looked at the Gryphon.

Tom Alder had a nephew. Ned Finch, his nephew, sang. His nephew Ned Finch waved, and Tom Alder sang.

The old man rubbed his cold hands. Then the gryphon stood up.

Then Alder's young nephew laughed. Alder's voice broke.
"""


def test_a_surname_that_is_a_word_too_means_nobody_without_its_capital() -> None:
    assert spoken_of(SHIP, "hands.", "rubbed") == set()
    assert spoken_of(SHIP, "gryphon stood", "rubbed") == {"Gryphon"}


def test_somebody_owned_by_a_name_is_not_the_owner() -> None:
    assert spoken_of(SHIP, "nephew laughed", "rubbed") == {"Ned Finch"}
    assert spoken_of(SHIP, "voice broke", "laughed") == set()


def test_who_says_i_is_whose_journal_it_is() -> None:
    assert spoken_of(JOURNAL, "I was cold", "journal of Mina") == {"Mina Reed"}
    assert spoken_of(JOURNAL, "I found", "journal of Tom") == {"Tom Alder"}


def test_how_far_away_somebody_is_named_and_who_comes_next() -> None:
    index = read_index([source_of(HARBOUR)])
    places = References(Corpus(index)).whereabouts
    hale, carter, brandt = (
        frozenset({id_of(index, name)}) for name in ("Mr. Hale", "Mrs. Carter", "Captain Brandt")
    )
    assert places.distances(hale, 0, 0) == (0, 0)
    before, after = places.distances(brandt, 0, 0)
    assert before == 400 and after >= 3
    assert places.newcomers(0, 0) == [*carter, *brandt]
    assert places.around(0, 0, 1)[next(iter(hale))] >= 2


def test_related_words_are_known_with_how_well_they_say_the_same() -> None:
    assert related("clergyman")["priest"] > related("clergyman")["theologian"]
    assert related("xyzzi") == {}
    assert "woman" not in related("man") and "cold" not in related("hot")
