"""The portrait of a name: fixed by the visual language, the same in every place it is painted."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.portrait import CLOTHS, FOIL, PATTERNS, initials_of, portrait_hash, portrait_of


@pytest.mark.parametrize(
    ("name", "cloth", "pattern"),
    [
        # These five are in the pictures of the visual language.
        ("Elizabeth Bennet", "oxblood", "scallops"),
        ("Fitzwilliam Darcy", "mulberry", "dots"),
        ("Long John Silver", "mulberry", "rules"),
        ("Jim Hawkins", "pine", "scallops"),
        ("Lady Catherine de Bourgh", "slate", "lozenges"),
    ],
)
def test_cloth_and_pattern_come_from_the_name(name: str, cloth: str, pattern: str) -> None:
    style = portrait_of(name)
    assert (style.cloth, style.pattern, style.foil) == (dict(CLOTHS)[cloth], pattern, FOIL)


def test_the_key_ignores_case_and_the_form_of_accents() -> None:
    assert portrait_of("ÅSE") == replace(portrait_of("A\u030ase"), initials="Å")
    assert portrait_hash("") == portrait_hash("")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Elizabeth Bennet", "EB"),
        ("Long John Silver", "LS"),
        ("Lady Catherine de Bourgh", "CB"),
        ("Count Dracula", "D"),
        ("Dracula", "D"),
        ("Dr. Jekyll", "J"),
        ("Mr. Hyde (the other)", "H"),
        ("Hopper, Grace", "H"),
        ("Queen of Hearts", "H"),
        ("The Captain", "C"),
        ("the Mad Hatter", "MH"),
        ("Van Helsing", "VH"),
        ("Ludwig van Beethoven", "LB"),
        ("von Trapp", "T"),
        ("Ben Gunn", "BG"),
        ("élodie ßarnes", "ÉS"),
        ("“Scout” Finch", "SF"),
        ("(nameless)", "N"),
        ("R2-D2", "R"),
        ("李小龙", "李"),
        ("علي بن أبي", "ع"),
        ("Bruce 李", "B"),
        ("🧙‍♀️", "🧙‍♀️"),
        ("🇫🇷 flag", "F"),
        ("", ""),
        ("  ", ""),
        ("नमस्ते", "न"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=[]), max_size=40))
def test_any_text_has_a_portrait(name: str) -> None:
    style = portrait_of(name)
    assert style.pattern in PATTERNS
    assert style == portrait_of(name)
