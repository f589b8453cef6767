"""What is weighed of a passage: how its words lie, paraphrase, names and genders that do not fit."""

import pytest

from cardgen_desktop.drafting.checking.alignment import names_beside, runs
from cardgen_desktop.drafting.checking.checker import Checker
from cardgen_desktop.drafting.checking.claims import Claim
from cardgen_desktop.drafting.checking.matching import Hit, Term
from cardgen_desktop.drafting.checking.terms import Reading
from cardgen_desktop.drafting.checking.whom import find_character
from tests.drafting.stories import LAMP, index_of

WORDS = [Term(word, 1.0, place, place + 4, {word: 1.0}) for place, word in ((0, "blue"), (5, "coat"))]
NAME = Term("vane", 2.0, 10, 14, {}, frozenset({3}))


def hits(*places: int) -> dict[int, Hit]:
    return {number: Hit(1.0, 0, at) for number, at in enumerate(places)}


def read(name: str, claim: str) -> Reading:
    index = index_of(LAMP)
    return Checker(index, find_character(index, name)).reader.read(Claim(claim, 0))


def test_words_that_stand_side_by_side_say_more_than_scattered_ones() -> None:
    assert runs(hits(40, 45), WORDS) == 1.0
    assert 0.0 < runs(hits(45, 40), WORDS) < 1.0
    assert runs(hits(40, 400), WORDS) == 0.0
    assert runs({0: Hit(1.0, 0, 40)}, WORDS) == 0.0


def test_a_name_must_stand_beside_the_words_that_it_stands_beside_in_the_claim() -> None:
    terms = [*WORDS, NAME]
    assert names_beside(hits(40, 45, 50), terms) == 1.0
    assert names_beside(hits(40, 45, 300), terms) < 0.5
    assert names_beside(hits(40, 45), terms) == 0.0 and names_beside(hits(40, 45), WORDS) == 1.0


def test_a_claim_that_names_its_own_subject_again_is_told() -> None:
    assert read("Toby", "{{char}} is the brother of Toby.").names_itself
    assert not read("Toby", "{{char}} is the friend of Maren Toll.").names_itself
    assert not read("Toby", "Toby is an orphan.").names_itself


@pytest.mark.parametrize(
    ("name", "claim", "fits"),
    [
        ("Captain Vane", "{{char}} is a handsome man.", 1.0),
        ("Maren Toll", "{{char}} is a handsome man.", -1.0),
        ("Maren Toll", "{{char}} is feared by men.", 0.0),
    ],
)
def test_words_for_a_person_fit_the_subject_or_not(name: str, claim: str, fits: float) -> None:
    assert read(name, claim).gender == fits


def test_other_words_for_the_same_are_found() -> None:
    index = index_of(LAMP)
    checker = Checker(index, find_character(index, "Maren Toll"))
    report = checker.check({"description": "{{char}} is unyielding."})
    (sentence,) = report.fields["description"]
    assert sentence.start is not None and sentence.end is not None
    assert "stubborn" in index.sources[0].text[sentence.start : sentence.end]


def test_a_claim_told_word_for_word_of_somebody_else_is_not_supported() -> None:
    index = index_of(LAMP)
    checker = Checker(index, find_character(index, "Toby"))
    report = checker.check({"description": "{{char}} is a broad, handsome man with a black beard."})
    assert report.supported == 0 and report.findings[0].kind == "wrong_name"
    assert "Vane" in report.findings[0].message
