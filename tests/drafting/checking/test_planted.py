"""True claims about our own and public-domain texts, and the same with a falsehood planted in them."""

from functools import cache
from pathlib import Path

import pytest

from cardgen_desktop.drafting.checking.checker import Checker
from cardgen_desktop.drafting.checking.whom import find_character
from cardgen_desktop.reading.index import Index, read_index
from tests.drafting.stories import source_of

DATA = Path(__file__).parents[2] / "data"
BOOKS = {
    "lamp": DATA / "drafting" / "lamp_on_corran_rock.txt",
    "island": DATA / "treasure_island_opening.txt",
    "pride": DATA / "reading" / "pride_and_prejudice_opening.txt",
    "tea": DATA / "reading" / "mad_tea_party.txt",
}
TRUE = (
    ("lamp", "Maren Toll", "{{char}} is a tall woman of sixty."),
    ("lamp", "Maren Toll", "She has a scar from her left ear to the corner of her mouth."),
    ("lamp", "Maren Toll", "{{char}} was born in the keeper's house on Corran Rock."),
    ("lamp", "Maren Toll", "Her father kept the lamp before her."),
    ("lamp", "Maren Toll", "{{char}} is proud and stubborn."),
    ("lamp", "Toby", "{{char}} is an orphan, eleven years old."),
    ("lamp", "Toby", "A thin boy with red hair and a broken nose."),
    ("lamp", "Toby", "{{char}} fears the dark."),
    ("lamp", "Toby", "{{char}} fires the pistol into the sky."),
    ("lamp", "Captain Vane", "{{char}} wears rings on three fingers of each hand."),
    ("lamp", "Captain Vane", "The son of a wrecker, he was an officer of the revenue."),
    ("lamp", "Captain Vane", "{{char}} is polite and cruel and never forgets a debt."),
    ("lamp", "Hesper Lark", "{{char}} keeps the Lantern Inn."),
    ("lamp", "Hesper Lark", "A round little widow with glasses, spectacles and a sweet voice."),
    ("lamp", "Hesper Lark", "{{char}} is generous, cries easily and talks all day."),
    ("pride", "Mr. Bingley", "{{char}} is a young man of large fortune from the north of England."),
    ("tea", "Alice", "{{char}} asks the Hatter about the riddle of the raven."),
)
FALSE = {
    "a changed name": (
        ("lamp", "Maren Toll", "Ottilie is a tall woman of sixty."),
        ("lamp", "Maren Toll", "{{char}} was born in the keeper's house on Skellig Rock."),
        ("lamp", "Hesper Lark", "{{char}} keeps the Dolphin Inn."),
        ("lamp", "Toby", "{{char}} fires the pistol to warn the Marigold."),
    ),
    "a changed number": (
        ("lamp", "Maren Toll", "{{char}} is a tall woman of thirty."),
        ("lamp", "Toby", "{{char}} is an orphan, 15 years old."),
        ("lamp", "Captain Vane", "{{char}} wears rings on two fingers of each hand."),
        ("lamp", "Captain Vane", "{{char}} offers five hundred pounds in gold."),
    ),
    "a negation": (
        ("lamp", "Maren Toll", "{{char}} was not born in the keeper's house on Corran Rock."),
        ("lamp", "Maren Toll", "{{char}} is neither proud nor stubborn."),
        ("lamp", "Hesper Lark", "{{char}} never keeps the Lantern Inn."),
        ("lamp", "Toby", "{{char}} isn't an orphan."),
    ),
    "another book": (
        ("lamp", "Maren Toll", "{{char}} wears a sabre cut across one cheek."),
        ("lamp", "Toby", "{{char}} has five sisters and a nervous mother."),
        ("lamp", "Hesper Lark", "{{char}} grins from ear to ear."),
        ("tea", "Alice", "{{char}} keeps a parrot in a cage."),
        ("pride", "Mr. Bingley", "{{char}} sings an old sea song with a bottle of rum."),
    ),
    "another person": (
        ("lamp", "Maren Toll", "{{char}} wears rings on three fingers of each hand."),
        ("lamp", "Captain Vane", "{{char}} is an orphan, eleven years old."),
        ("lamp", "Toby", "{{char}} has a black beard and very white teeth."),
        ("lamp", "Hesper Lark", "{{char}} has a scar from her left ear to the corner of her mouth."),
        ("lamp", "Maren Toll", "{{char}} is a round little widow with spectacles."),
    ),
}
ENOUGH = 0.9


@cache
def index_of(book: str) -> Index:
    return read_index([source_of(BOOKS[book].read_text(encoding="utf-8"))])


def is_supported(book: str, character: str, claim: str) -> bool:
    index = index_of(book)
    report = Checker(index, find_character(index, character)).check({"description": claim})
    return report.supported == 1 and not report.inferred and not report.unsupported


def test_true_claims_are_supported() -> None:
    failed = [claim for claim in TRUE if not is_supported(*claim)]
    assert len(failed) <= (1 - ENOUGH) * len(TRUE), failed


@pytest.mark.parametrize("kind", FALSE)
def test_planted_claims_are_not_supported(kind: str) -> None:
    assert [claim for claim in FALSE[kind] if is_supported(*claim)] == []
