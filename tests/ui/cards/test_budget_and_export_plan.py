"""Token estimates, triggers, and what an export will not hold."""

import pytest

from cardgen_desktop.domain.card import Asset, CardData, ExportTarget, Lorebook, LorebookEntry
from cardgen_desktop.ui.cards.budget import Budget, budget_of, tokens, triggered_by
from cardgen_desktop.ui.cards.export_plan import TARGETS, file_name, joined, losses, target_of


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


RICH = CardData(
    nickname="Lizzy",
    group_only_greetings=("Hi",),
    creator_notes_multilingual={"de": "x"},
    assets=(Asset(),),
    character_book=Lorebook(entries=(LorebookEntry(use_regex=True),)),
)


@pytest.mark.parametrize(
    ("target", "avatar", "count"),
    [
        ("png", True, 0),
        ("json-v3", False, 0),
        ("json-v3", True, 1),
        ("json-v2", False, 5),
        ("json-v2", True, 6),
    ],
)
def test_losses_are_named_before_writing(target: ExportTarget, avatar: bool, count: int) -> None:
    assert len(losses(RICH, target, has_avatar=avatar)) == count


def test_plain_card_loses_nothing_anywhere() -> None:
    assert all(losses(CardData(), target.key, has_avatar=False) == () for target in TARGETS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Elizabeth Bennet", "Elizabeth Bennet.png"),
        ("a/b\\c:d*e?", "a b c d e.png"),
        ("...", "card.png"),
        ("", "card.png"),
        ("CON", "card CON.png"),
        ("名" * 200, "名" * 40 + ".png"),
    ],
)
def test_file_names_are_accepted_everywhere(name: str, expected: str) -> None:
    assert file_name(name, target_of("png")) == expected


def test_version_2_has_its_own_suffix() -> None:
    assert file_name("Jim", target_of("json-v2")) == "Jim.v2.json"


def test_phrases_are_joined_as_a_clause() -> None:
    assert [joined(phrases) for phrases in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
