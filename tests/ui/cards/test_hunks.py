"""Differences of a proposal, word by word."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.ui.cards.hunks import Piece, merged, pieces_of

TEXT = st.text(alphabet="ab c.\nd", max_size=120)


@given(TEXT, TEXT)
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_either_way(before: str, after: str) -> None:
    pieces = pieces_of(before, after)
    hunks = sum(piece.is_hunk for piece in pieces)
    assert "".join(piece.before for piece in pieces) == before
    assert "".join(piece.after for piece in pieces) == after
    assert merged(pieces, [True] * hunks) == after
    assert merged(pieces, [False] * hunks) == before


def test_a_changed_word_is_one_hunk_in_its_line() -> None:
    pieces = pieces_of("She kept the light.\nIt rained.\n", "She kept the lamp.\nIt rained.\n")
    assert [piece for piece in pieces if piece.is_hunk] == [Piece("light", "lamp")]


def test_hunks_are_taken_one_by_one() -> None:
    before = "She kept the light on Carrow. It rained all day and all night."
    after = "She tended the light on Carrow. It snowed all day and all night."
    pieces = pieces_of(before, after)
    assert merged(pieces, [True, False]) == before.replace("kept", "tended")
    assert merged(pieces, [False, True]) == before.replace("rained", "snowed")


def test_a_very_long_text_is_compared_quickly() -> None:
    before = " ".join(f"word{number}" for number in range(30_000))
    after = before.replace("word29999", "end")
    assert [piece.is_hunk for piece in pieces_of(before, after)] == [True]


def test_an_empty_field_is_filled_by_one_hunk() -> None:
    assert pieces_of("", "Written.") == (Piece("", "Written."),)
    assert pieces_of("Gone.", "") == (Piece("Gone.", ""),)
    assert pieces_of("Same.", "Same.") == (Piece("Same.", "Same."),)
