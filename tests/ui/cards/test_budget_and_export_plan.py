"""Token estimates, triggers, and the words for exports."""

from typing import get_args

import pytest

from cardgen_desktop.domain.card import CardData, ExportTarget, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_export import PRESETS, SUFFIXES
from cardgen_desktop.ui.cards.budget import Budget, budget_of, tokens, triggered_by
from cardgen_desktop.ui.cards.export_plan import ANY_PROGRAM, TARGETS, preset_of, target_or_default
from cardgen_desktop.ui.cards.rescue import copy_name


@pytest.mark.parametrize(("text", "expected"), [("", 0), ("a", 1), ("four", 1), ("fives", 2), ("😀😀", 2)])
def test_tokens_are_bytes_by_four(text: str, expected: int) -> None:
    assert tokens(text) == expected


def test_budget_splits_by_when_text_is_sent() -> None:
    entries = (
        LorebookEntry(content="x" * 40),
        LorebookEntry(content="x" * 80, constant=True),
        LorebookEntry(content="x" * 400, enabled=False),
    )
    data = CardData(
        description="x" * 400,
        first_mes="x" * 100,
        character_book=Lorebook(entries=entries),
        creator_notes="x" * 99,
    )
    assert budget_of(data) == Budget(always=120, start=25, triggered=10)


def test_lorebook_budget_caps_what_is_triggered() -> None:
    book = Lorebook(token_budget=50, entries=(LorebookEntry(content="x" * 4000),))
    assert budget_of(CardData(character_book=book)).triggered == 50


@pytest.mark.parametrize(("total", "context"), [(0, 4096), (2048, 4096), (2049, 8192), (99_999, None)])
def test_context_leaves_half_to_the_chat(total: int, context: int | None) -> None:
    assert Budget(always=total, start=0, triggered=0).context == context


def test_triggers_follow_keys_case_and_switches() -> None:
    entries = (
        LorebookEntry(name="Inn", keys=("the Inn",)),
        LorebookEntry(name="Rum", keys=("rum",), case_sensitive=True),
        LorebookEntry(name="Off", keys=("captain",), enabled=False),
        LorebookEntry(name="Always", keys=("captain",), constant=True),
        LorebookEntry(name="Short", keys=("a",)),
        LorebookEntry(name="Pattern", keys=("/captain/i",), use_regex=True),
        LorebookEntry(keys=("Captain",)),
    )
    assert triggered_by("The captain sat in THE INN with Rum.", entries) == ["Inn", "Captain"]
    assert triggered_by("rum", entries) == ["Rum"]


def test_every_kind_of_file_and_every_program_has_words() -> None:
    assert [target.key for target in TARGETS] == list(get_args(ExportTarget))
    assert len({target.title for target in TARGETS}) == len(TARGETS)
    assert {target.suffix for target in TARGETS} == set(SUFFIXES.values())
    assert all(preset_of(preset.key) is preset for preset in PRESETS)
    assert preset_of("gone") is ANY_PROGRAM
    assert target_or_default("gone") == "png"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Elizabeth Bennet", "Card Elizabeth Bennet.json"),
        ("a/b\\c:d*e?", "Card a b c d e.json"),
        ("...", "Card.json"),
        ("名" * 200, "Card " + "名" * 40 + ".json"),
    ],
)
def test_a_copy_has_a_name_that_is_accepted_everywhere(name: str, expected: str) -> None:
    assert copy_name(name) == expected
