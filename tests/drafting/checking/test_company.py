"""Whom a passage without a name may mean: those named near it whom its words fit."""

from functools import cache

import pytest

from cardgen_desktop.drafting.checking.checker import Checker
from cardgen_desktop.drafting.checking.claims import Claim
from cardgen_desktop.drafting.checking.company import Share
from cardgen_desktop.drafting.checking.matching import Window
from cardgen_desktop.drafting.checking.references import STRANGERS
from cardgen_desktop.drafting.checking.weighing import Figures
from cardgen_desktop.drafting.checking.whom import find_character
from cardgen_desktop.reading.index import read_index
from tests.drafting.stories import source_of

STORY = """Edmund Pryor owned the mill. Edmund Pryor was a rich man, and he rose early.

Agnes Holt lodged above the bakery. Agnes Holt was a quiet woman, and she sang at night.

{weeks}

Edmund Pryor came down to the river. Agnes Holt waited there with a lantern. Edmund Pryor asked for news.

A man coughed behind the willows and took the bucket with the herrings.

Agnes Holt laughed at that. Agnes Holt took the lantern home.

{weeks}

Barnaby Quill mended clocks. Barnaby Quill was an old man, and he slept in his shop.
"""
WEEKS = " ".join(["The rain fell on the roofs and on the empty road."] * 40)


@cache
def checker(name: str) -> Checker:
    index = read_index([source_of(STORY.format(weeks=WEEKS))])
    return Checker(index, find_character(index, name))


def share(name: str, gender: str = "") -> Share:
    """How far the passage with the herrings means somebody."""
    asked = checker(name)
    at = asked.index.text.index("A man coughed")
    sentence = asked._corpus.sentence_at(at)
    window = Window((sentence,), {}, 1.0, {STRANGERS[gender]: 1.0})
    return asked.judge.weighing.company.of(window, asked.card, frozenset())


def figures(name: str, claim: str) -> Figures:
    """The figures of the likeliest passage of a claim."""
    asked = checker(name)
    reading = asked.reader.read(Claim(claim, 0))
    return asked.judge.weigh(Claim(claim, 0), reading, frozenset())[0].figures


def test_those_named_near_a_passage_are_likelier_than_those_far_away() -> None:
    assert share("Agnes Holt").share > share("Edmund Pryor").share > share("Barnaby Quill").share == 0.0
    assert share("Agnes Holt").lead > 0.0 > share("Barnaby Quill").lead


@pytest.mark.parametrize(("name", "fits", "not_fits"), [("Edmund Pryor", "m", "f"), ("Agnes Holt", "f", "m")])
def test_a_word_for_a_person_rules_out_those_it_does_not_fit(name: str, fits: str, not_fits: str) -> None:
    assert share(name, fits).misfit == 0.0 and share(name, not_fits).misfit == 1.0
    assert share(name, fits).share > share(name).share


def test_company_counts_only_where_nobody_is_named() -> None:
    nobodys = figures("Edmund Pryor", "{{char}} takes the bucket with the herrings.")
    assert nobodys["unnamed"] == 1.0 and nobodys["unnamed_share"] > 0.0
    own = figures("Agnes Holt", "{{char}} took the lantern home.")
    assert own["unnamed"] == own["unnamed_lead"] == own["unnamed_share"] == 0.0
