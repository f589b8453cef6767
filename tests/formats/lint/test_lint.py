"""Each rule of lint: a card that has the fault, one that has not, and what one click makes of it."""

import time
from typing import Any

import pytest

from cardgen_desktop.domain.card import Asset, Card, CardData, CardFile, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_paths import steps_of, with_changes
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.lint import LintChange, LintFinding
from cardgen_desktop.formats.lint import MOST_FINDINGS, lint

SOUND: dict[str, Any] = {
    "name": "Ada",
    "description": "{{char}} keeps the lighthouse. She is tall.",
    "first_mes": "*{{char}} looks up.* Who is there?",
    "mes_example": "<START>\n{{user}}: Hello.\n{{char}}: Wipe your boots.",
    "tags": ("sea",),
}


def card(**fields: Any) -> Card:
    return Card(data=CardData(**{**SOUND, **fields}))


def book(*entries: dict[str, Any]) -> Lorebook:
    return Lorebook(entries=tuple(LorebookEntry(**{"content": "A lamp.", **entry}) for entry in entries))


def of_rule(found: tuple[LintFinding, ...], rule: str) -> LintFinding | None:
    return next((finding for finding in found if finding.rule == rule), None)


def test_a_sound_card_has_no_finding() -> None:
    sound = card(
        character_book=book(
            {"keys": ("lamp", "/lan?terns?/i"), "secondary_keys": ("oil",), "selective": True}
        ),
        assets=(Asset(), Asset(type="emotion", uri="embeded://assets/emotion/images/joy.png", name="joy")),
        system_prompt="{{original}} Be brief. {{random:a,b}} {{#if x}}{{setvar::a::{{char}}}}{{/if}}",
    )
    assert lint(sound, (CardFile(path="assets/emotion/images/joy.png", bytes=3),)) == ()


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("missing.name", {"name": " "}, "data.name"),
    ("missing.description", {"description": ""}, "data.description"),
    ("missing.first_mes", {"first_mes": ""}, "data.first_mes"),
    ("missing.mes_example", {"mes_example": ""}, "data.mes_example"),
    ("name.lines", {"name": "Ada\nof the lamp"}, "data.name"),
    ("name.lines", {"name": "Ada"}, ""),
    ("greeting.empty", {"alternate_greetings": ("Hello", " ")}, "data.alternate_greetings[1]"),
    ("greeting.twice", {"alternate_greetings": (SOUND["first_mes"],)}, "data.alternate_greetings[0]"),
    ("greeting.user", {"first_mes": "{{user}}: I am here."}, "data.first_mes"),
    ("greeting.user", {"first_mes": "Hello, {{user}}: sit."}, ""),
    ("tag.empty", {"tags": ("", "sea")}, "data.tags[0]"),
    ("tag.twice", {"tags": ("sea", "Sea")}, "data.tags[1]"),
    ("tag.commas", {"tags": ("sea, salt",)}, "data.tags[0]"),
    ("macro.open", {"description": "Of {{char the rest"}, "data.description"),
    ("macro.open", {"description": "Of char}} the rest"}, "data.description"),
    ("macro.open", {"description": "{{setvar::a::{{char}}}} \n{{//\n two lines}}"}, ""),
    ("macro.half", {"description": "{{char} waits"}, "data.description"),
    ("macro.half", {"description": "{char}} waits"}, "data.description"),
    ("macro.single", {"scenario": "{character} meets {user}"}, "data.scenario"),
    ("macro.single", {"scenario": '{"user": 1}'}, ""),
    ("macro.spaces", {"scenario": "{{ user }} waits"}, "data.scenario"),
    ("macro.original", {"description": "{{original}} She is."}, "data.description"),
    ("macro.original", {"system_prompt": "{{original}} Be."}, ""),
    ("macro.name", {"name": "{{char}}"}, "data.name"),
    ("macro.name", {"tags": ("for {{user}}",)}, "data.tags[0]"),
    ("examples.start", {"mes_example": "{{char}}: Hello."}, "data.mes_example"),
    ("examples.start", {"mes_example": "  <START>\n{{char}}: Hello."}, ""),
    ("examples.line", {"mes_example": "<START>\n{{char}}: a\n<start>\n{{char}}: b"}, "data.mes_example"),
    ("examples.line", {"mes_example": "<START> {{char}}: a"}, "data.mes_example"),
    ("examples.empty", {"mes_example": "<START>\n{{char}}: a\n<START>\n"}, "data.mes_example"),
    ("examples.speaker", {"mes_example": "<START>\nHello there."}, "data.mes_example"),
    ("examples.speaker", {"mes_example": "<START>\nAda: Hello there."}, ""),
    ("examples.stray", {"first_mes": "<START>\nHello."}, "data.first_mes"),
    ("size.always", {"description": "word " * 3000}, "data.description"),
    ("size.text", {"alternate_greetings": ("word " * 2000,)}, "data.alternate_greetings[0]"),
    ("size.name", {"name": "A" * 100}, "data.name"),
    ("private.data", {"chat": "Ada - 2024"}, "data.chat"),
]


@pytest.mark.parametrize(("rule", "fields", "where"), FAULTS, ids=lambda value: str(value)[:50])
def test_a_fault_is_found_at_its_place(rule: str, fields: dict[str, Any], where: str) -> None:
    found = of_rule(lint(card(**fields)), rule)
    assert (found.where if found else "") == where
    if found:
        assert found.reason.endswith((".", "”"))


ENTRIES: list[tuple[str, dict[str, Any], str]] = [
    ("entry.empty", {"keys": ("lamp",), "content": "@@depth 4\n"}, ".content"),
    ("entry.never", {"keys": ()}, ""),
    ("entry.never", {"keys": (" ",)}, ""),
    ("entry.never", {"keys": ("lamp",), "content": "@@dont_activate\nA lamp."}, ""),
    ("entry.never", {"keys": ("lamp",), "extensions": {"probability": 0, "useProbability": True}}, ""),
    ("entry.selective", {"keys": ("lamp",), "selective": True}, ""),
    ("entry.second", {"keys": ("lamp",), "secondary_keys": ("oil",), "selective": False}, ".secondary_keys"),
    ("key.empty", {"keys": ("lamp", "")}, ".keys[1]"),
    ("key.twice", {"keys": ("lamp", "Lamp")}, ".keys[1]"),
    ("key.commas", {"keys": ("lamp, oil",)}, ".keys[0]"),
    ("key.spaces", {"keys": (" lamp",)}, ".keys[0]"),
    ("key.slash", {"keys": ("/lamp",)}, ".keys[0]"),
    ("key.always", {"keys": ("the",)}, ".keys[0]"),
    ("key.always", {"keys": ("a",)}, ".keys[0]"),
    ("key.always", {"keys": ("ada",)}, ".keys[0]"),
    ("key.always", {"keys": ("/.*/",)}, ".keys[0]"),
    ("key.pattern", {"keys": ("/lamp(/i",)}, ".keys[0]"),
    ("key.pattern", {"keys": ("lamp[",), "use_regex": True}, ".keys[0]"),
]


@pytest.mark.parametrize(("rule", "entry", "where"), ENTRIES, ids=lambda value: str(value)[:50])
def test_a_fault_of_an_entry_is_found(rule: str, entry: dict[str, Any], where: str) -> None:
    found = of_rule(lint(card(character_book=book(entry))), rule)
    assert found is not None
    suffix = found.where.removeprefix("data.character_book.entries[0]")
    assert suffix == where


def test_an_entry_that_is_off_or_always_on_is_left_alone() -> None:
    entries = book({"keys": (), "enabled": False}, {"keys": (), "constant": True})
    assert lint(card(character_book=entries)) == ()


def test_keys_of_two_entries_are_told() -> None:
    shared = of_rule(lint(card(character_book=book({"keys": ("Lamp",)}, {"keys": ("lamp",)}))), "key.shared")
    assert shared is not None
    assert "entry 1" in shared.reason


def test_assets_that_lead_nowhere() -> None:
    assets = (
        Asset(uri="embeded://assets/icon/images/a.png", name="main"),
        Asset(uri="EMBEDED://gone.png", name="b", ext=".PNG"),
        Asset(type="sound", uri="/storage/x.mp4", name="c"),
        Asset(type="x_sound", uri="https://example.org/a.mp3", name="d"),
        Asset(type="emotion", uri="__asset:3", name="e"),
    )
    found = lint(card(assets=assets), (CardFile(path="assets/icon/images/a.png", bytes=1),))
    dead = [finding.where for finding in found if finding.rule == "asset.dead"]
    assert dead == ["data.assets[1]", "data.assets[2]", "data.assets[4]"]
    assert {finding.rule for finding in found} == {"asset.dead", "asset.ext", "asset.kind", "asset.remote"}


def test_one_icon_of_several_is_the_main_one() -> None:
    unnamed = card(assets=(Asset(name="a"), Asset(name="b")))
    found = of_rule(lint(unnamed), "asset.mains")
    assert found is not None
    assert found.fix is not None
    fixed = with_changes(unnamed, found.fix.changes)
    assert of_rule(lint(fixed), "asset.mains") is None
    assert of_rule(lint(card(assets=(Asset(), Asset()))), "asset.mains") is not None


def test_private_fields_beside_the_card_are_told_but_stay() -> None:
    private = Card(data=CardData(**SOUND), chat="Ada - 2024")  # type: ignore[call-arg]
    found = of_rule(lint(private), "private.kept")
    assert found is not None
    assert found.fix is None


@pytest.mark.parametrize(("rule", "fields"), [(rule, fields) for rule, fields, where in FAULTS if where])
def test_a_fix_ends_the_fault_it_is_for(rule: str, fields: dict[str, Any]) -> None:
    faulty = card(**fields)
    found = of_rule(lint(faulty), rule)
    assert found is not None
    if found.fix is not None:
        assert of_rule(lint(with_changes(faulty, found.fix.changes)), rule) is None


@pytest.mark.parametrize(("rule", "entry"), [(rule, entry) for rule, entry, _ in ENTRIES])
def test_a_fix_of_an_entry_ends_the_fault(rule: str, entry: dict[str, Any]) -> None:
    faulty = card(character_book=book(entry))
    found = of_rule(lint(faulty), rule)
    assert found is not None
    if found.fix is not None:
        assert of_rule(lint(with_changes(faulty, found.fix.changes)), rule) is None


def test_the_fix_of_a_macro_keeps_the_rest_of_the_text() -> None:
    faulty = card(scenario="#{character}: Hi {user}, {{char}} and {x}.")
    found = of_rule(lint(faulty), "macro.single")
    assert found is not None
    assert found.fix is not None
    fixed = with_changes(faulty, found.fix.changes)
    assert fixed.data.scenario == "{{char}}: Hi {{user}}, {{char}} and {x}."


def test_the_gravest_come_first_and_not_without_end() -> None:
    entries = [{"keys": ()} for _ in range(2000)]
    found = lint(card(tags=("", "x"), description="", character_book=book(*entries)))
    assert len(found) == MOST_FINDINGS
    assert found[0].level == "error"


def test_a_hostile_card_is_looked_at_in_time() -> None:
    text = "{{" * 200_000 + "<START>" * 50_000 + "}}" * 100_000
    keys = tuple("/" + "(" * 2000 + "/" for _ in range(200))
    started = time.monotonic()
    lint(card(description=text, mes_example=text, first_mes=text, character_book=book({"keys": keys})))
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("white", [" ", "\n"])
@pytest.mark.parametrize("first", ["<START>", "x <START>"])
def test_long_runs_of_white_space_take_no_square_of_time(first: str, white: str) -> None:
    text = f"{first}{white * 200_000}x"
    started = time.monotonic()
    lint(card(first_mes=text, mes_example=text, description=text))
    assert time.monotonic() - started < 20


def test_starts_that_follow_each_other_each_get_a_line() -> None:
    found = of_rule(lint(card(mes_example="a <START> <START>\n\n<START>\n{{char}}: b")), "examples.line")
    assert found is not None and found.fix is not None
    lines = [line for line in str(found.fix.changes[0].value).split("\n") if line]
    assert lines == ["a", "<START>", "<START>", "<START>", "{{char}}: b"]


def test_a_very_long_list_is_not_carried_by_each_finding_about_it() -> None:
    many = tuple(f"word {number}, other {number}" for number in range(2_000))
    for rule, found in (
        ("tag.commas", lint(card(tags=many))),
        ("key.commas", lint(card(character_book=book({"keys": many})))),
    ):
        assert {finding.rule for finding in found} == {rule}
        assert all(finding.fix is None for finding in found)


def test_a_fix_for_a_card_that_has_changed_is_refused() -> None:
    with pytest.raises(UsageError, match="changed since"):
        with_changes(card(), (LintChange(where="data.tags[7]", removes=True),))
    with pytest.raises(UsageError):
        with_changes(card(), (LintChange(where="data.tags", value={"a": object()}),))


def test_paths_are_keys_and_indexes() -> None:
    assert steps_of("data.character_book.entries[12].keys[0]") == (
        "data", "character_book", "entries", 12, "keys", 0,
    )  # fmt: skip
