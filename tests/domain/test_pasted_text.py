"""Which pasted text means to be a card, and which is prose."""

import pytest

from cardgen_desktop.domain.pasted_text import means_to_be_card

CARDS = (
    '{"spec": "chara_card_v3", "data": {}}',
    ' \n\ufeff{ "char_name" : "Mira", "char_persona": "Keeper" }',
    '{"entries": {"0": {"key": ["rum"]}}}',
    "name: Mira\ngreeting: |-\n  Hello.\ncontext: Keeper.",
)
PROSE = (
    "",
    "She said: {{char}} keeps the light.",
    '{"spectrum": 3}',
    "{a note in braces, with the word entries in it}",
    "Name: Mira\nGreeting: Hello.",
    "The name: a riddle.\ngreeting: none.",
    "name: Mira\nShe keeps the light.",
)


@pytest.mark.parametrize("text", CARDS)
def test_cards_and_lorebooks_are_known_by_their_keys(text: str) -> None:
    assert means_to_be_card(text)


@pytest.mark.parametrize("text", PROSE)
def test_prose_and_other_json_are_none(text: str) -> None:
    assert not means_to_be_card(text)


def test_only_the_beginning_is_looked_at() -> None:
    assert not means_to_be_card("{" + " " * 1_000_000 + '"spec": 3}')
