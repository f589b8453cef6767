"""The plan of steps: order, needs, single places, what goes stale, and what an answer depends on."""

import json

import pytest

from cardgen_desktop.domain.card import CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.draft import DRAFT_FIELDS, DraftOptions, StepOutput
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.drafting.generative.steps import (
    GenerationStep,
    place_step,
    plan_steps,
    stale_after,
    step_input,
)
from cardgen_desktop.drafting.generative.styles import shipped_style
from cardgen_desktop.drafting.generative.topics import has_work

PROSE = shipped_style("prose")


def keys(steps: tuple[GenerationStep, ...]) -> list[str]:
    return [step.key for step in steps]


def test_a_whole_card_is_planned_in_order_and_every_need_comes_before() -> None:
    steps = plan_steps((), DraftOptions(greetings=2, entries=6))
    assert keys(steps) == [
        "facts", "description", "personality", "scenario", "first_mes", "alternate_greetings[0]",
        "alternate_greetings[1]", "mes_example", "lorebook_topics", "lorebook[0]", "lorebook[1]", "notes",
    ]  # fmt: skip
    for number, step in enumerate(steps):
        assert set(step.needs) <= set(keys(steps[:number])), step.key
        assert step.weight > 0 and step.max_output >= 64 and step.title[0].isupper()
    assert {step.task for step in steps} == {"analysis", "prose", "dialogue", "lorebook"}
    written = {field for step in steps for field in step.fields}
    assert set(DRAFT_FIELDS) <= written


def test_batches_tell_which_entries_they_write() -> None:
    batches = [step for step in plan_steps(("lorebook",), DraftOptions(entries=6)) if step.task == "lorebook"]
    assert [step.title for step in batches] == [
        "Writing lorebook entries 1 to 4", "Writing lorebook entries 5 to 6",
    ]  # fmt: skip
    assert batches[1].paths == (
        "character_book.entries[4].content", "character_book.entries[5].content",
    )  # fmt: skip


def test_some_fields_are_planned_alone_and_facts_only_where_they_help() -> None:
    options = DraftOptions()
    assert keys(plan_steps(("description",), options)) == ["facts", "description"]
    assert keys(plan_steps(("tags", "creator_notes"), options)) == ["notes"]
    assert plan_steps(("tags", "creator_notes"), options)[0].fields == ("tags", "creator_notes")
    (first,) = plan_steps(("first_mes",), options)
    assert first.needs == ()
    assert keys(plan_steps(("alternate_greetings",), options.model_copy(update={"greetings": 0}))) == []


def test_one_call_writes_all_that_was_asked_for() -> None:
    (step,) = plan_steps(("description", "alternate_greetings", "lorebook"), DraftOptions(), one_call=True)
    assert step.fields == ("description", "alternate_greetings", "lorebook")
    assert step.paths[0] == "description" and "alternate_greetings[2]" in step.paths
    assert step.max_output > plan_steps(("description",), DraftOptions())[-1].max_output


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(UsageError, match="portrait"):
        plan_steps(("portrait",), DraftOptions())


def test_longer_cards_get_more_room() -> None:
    short, long = (
        plan_steps(("description",), DraftOptions(length=length))[-1] for length in ("short", "long")
    )
    assert short.max_output < long.max_output


def test_one_place_is_written_anew() -> None:
    book = Lorebook(entries=(LorebookEntry(keys=("x",)), LorebookEntry(name="Bishop", keys=("jackdaw",))))
    card = CardData(name="Maren", character_book=book)
    options = DraftOptions()
    greeting = place_step("alternate_greetings[1]", options)
    assert (greeting.key, greeting.paths, greeting.number) == (
        "alternate_greetings[1]", ("alternate_greetings[1]",), 1,
    )  # fmt: skip
    entry = place_step("character_book.entries[1].content", options, card=card)
    assert entry.topics[0].name == "Bishop" and entry.paths == ("character_book.entries[1].content",)
    assert place_step("tags", options).fields == ("tags",)
    assert place_step("personality", options).needs == ()
    for wrong in ("lorebook", "alternate_greetings", "name", "alternate_greetings[x]", "extensions.depth"):
        with pytest.raises(UsageError, match="cannot be written anew"):
            place_step(wrong, options)


def test_what_builds_on_a_change_is_stale_and_nothing_else() -> None:
    assert stale_after("description") == (
        "personality", "scenario", "first_mes", "alternate_greetings", "mes_example", "tags",
        "creator_notes", "system_prompt", "post_history_instructions",
    )  # fmt: skip
    assert stale_after("first_mes") == ("alternate_greetings",)
    assert stale_after("alternate_greetings[0]") == () == stale_after("character_book.entries[2].content")
    assert set(stale_after("facts")) == set(DRAFT_FIELDS)


def inputs(step: GenerationStep, options: DraftOptions, **done: StepOutput) -> str:
    return step_input(step, "pack", options, PROSE, done)


def test_the_input_of_a_step_changes_with_what_it_depends_on_and_with_nothing_else() -> None:
    options = DraftOptions(moods=("calm", "angry"))
    steps = {step.key: step for step in plan_steps((), options)}
    step, greeting = steps["description"], steps["alternate_greetings[0]"]
    before = inputs(step, options)
    assert json.loads(before) and before == inputs(step, options)
    for change in ({"tone": "dry"}, {"language": "de"}, {"length": "long"}, {"temperature": 0.1}):
        assert inputs(step, options.model_copy(update=change)) != before
    for change in (
        {"greetings": 9},
        {"moods": ("x",)},
        {"entries": 3},
        {"max_output": 99},
        {"repair": False},
    ):
        assert inputs(step, options.model_copy(update=change)) == before
    other_mood = options.model_copy(update={"moods": ("calm", "sad")})
    assert inputs(greeting, other_mood) == inputs(greeting, options)
    assert inputs(greeting, options.model_copy(update={"moods": ("sad",)})) != inputs(greeting, options)


def test_the_input_of_a_step_holds_the_outputs_it_needs() -> None:
    options = DraftOptions()
    steps = {step.key: step for step in plan_steps((), options)}
    one, other = StepOutput(values={"description": "a"}), StepOutput(values={"description": "b"})
    personality = steps["personality"]
    assert inputs(personality, options, description=one) != inputs(personality, options, description=other)
    assert inputs(steps["facts"], options, description=one) == inputs(steps["facts"], options)
    assert step_input(personality, "pack", options, shipped_style("list"), {}) != inputs(personality, options)


def test_a_step_is_narrowed_to_what_is_missing() -> None:
    (notes,) = plan_steps(("tags", "creator_notes", "system_prompt"), DraftOptions())
    narrowed = notes.narrowed(("creator_notes",))
    assert (narrowed.key, narrowed.fields, narrowed.paths) == (
        "notes", ("creator_notes",), ("creator_notes",),
    )  # fmt: skip
    assert notes.narrowed(()) == notes


def test_batches_without_topics_have_no_work() -> None:
    steps = {step.key: step for step in plan_steps(("lorebook",), DraftOptions(entries=8))}
    topics = [{"name": f"Topic {number}"} for number in range(4)]
    done = {"lorebook_topics": StepOutput(notes={"topics": topics})}
    assert has_work(steps["lorebook[0]"], done) and not has_work(steps["lorebook[1]"], done)
    assert has_work(steps["lorebook[1]"], {}) and has_work(steps["facts"], done)
