"""Stems, related words, numbers and negations."""

import pytest

from cardgen_desktop.drafting.checking.lexicon import LANGUAGES, lexicon
from cardgen_desktop.drafting.checking.negation import negated_stretches
from cardgen_desktop.drafting.checking.numerals import numerals, stems_of

WORDS = lexicon("en")


@pytest.mark.parametrize(
    "forms", ["running runs ran run", "cries cried cry", "hoped hopes hoping", "curls curl", "men man"]
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({WORDS.stem(form) for form in forms.split()}) == 1


def test_related_words_are_related_both_ways() -> None:
    brother, sibling = WORDS.stem("brother"), WORDS.stem("sibling")
    assert sibling in WORDS.related[brother] and brother in WORDS.related[sibling]
    assert WORDS.stem("dead") in WORDS.opposites[WORDS.stem("alive")]


@pytest.mark.parametrize(
    ("text", "counted", "values"),
    [
        ("thirty men and 30 dogs", False, [30, 30]),
        ("five and twenty years", False, [25]),
        ("twenty-five", False, [25]),
        ("two hundred and six", False, [206]),
        ("seven, eight", False, [7, 8]),
        ("a pair", False, []),
        ("a pair", True, [1, 2]),
        ("half a dozen", True, [0.5, 1, 12, 6]),
    ],
)
def test_numbers_are_read_from_words_and_digits(text: str, counted: bool, values: list[float]) -> None:
    assert [each.value for each in numerals(WORDS.tokens(text), WORDS, counting=counted)] == values


@pytest.mark.parametrize(
    ("value", "text"), [(27, "twenty-seven"), (200, "two hundred"), (10000, "ten thousand"), (250, "250")]
)
def test_a_number_is_looked_for_by_a_word_that_spells_it(value: int, text: str) -> None:
    sought = stems_of(value, WORDS)
    assert any(token.stem in sought for token in WORDS.tokens(text))


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("He is not tall", "not tall"),
        ("He didn't come; he is old", "t come"),
        ("Nothing but bone", ""),
        ("He is not unable", ""),
    ],
)
def test_a_negation_denies_to_the_end_of_its_clause(text: str, denied: str) -> None:
    assert "".join(text[start:end] for start, end in negated_stretches(text, WORDS)) == denied


def test_every_language_has_its_lists() -> None:
    for code in LANGUAGES:
        words = lexicon(code)
        assert words.negations and words.numbers and words.related and words.opposites, code
    assert lexicon("ja").tokens("海の町")[0].word == "海の"
