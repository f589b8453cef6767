"""Card styles: what ships is whole, copies are checked, and differences can be shown."""

import re

import pytest

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.prompt_style import PromptStyle
from cardgen_desktop.drafting.generative.styles import (
    MOST_LETTERS,
    REQUIRED,
    SHIPPED,
    TEMPLATES,
    VARIABLES,
    checked,
    diff,
    filled,
    find_style,
    render,
    shipped_style,
    shipped_styles,
)


def copy(**templates: str) -> PromptStyle:
    return PromptStyle(name="mine", title="Mine", templates=templates, based_on="prose")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_style_has_every_template_and_knows_its_placeholders(name: str) -> None:
    style = shipped_style(name)
    assert set(style.templates) == set(TEMPLATES) and style.is_shipped and style.description
    assert checked(style.model_copy(update={"name": "mine", "based_on": name}))
    for key, needed in REQUIRED.items():
        assert all(f"{{{{{place}}}}}" in style.templates[key] for place in needed), key


def test_styles_differ_and_every_one_forbids_to_speak_for_the_user() -> None:
    descriptions = {style.templates["description"] for style in shipped_styles()}
    assert len(descriptions) == len(SHIPPED)
    for style in shipped_styles():
        for key in ("first_mes", "alternate_greetings"):
            assert re.search(r"Never write what \{\{user\}\} does", style.templates[key]), style.name
        assert "<START>" in style.templates["mes_example"]


def test_every_placeholder_is_documented_and_used() -> None:
    texts = "".join(text for style in shipped_styles() for text in style.templates.values())
    for variable in VARIABLES:
        assert variable.meaning.endswith(".") and variable.example
    unused = {item.name for item in VARIABLES if f"{{{{{item.name}}}}}" not in texts}
    assert unused <= {"aliases", "titles", "language"}


@pytest.mark.parametrize(
    ("templates", "sentence"),
    [
        ({"description": "About {{charakter}}."}, "{{charakter}}, which is not known"),
        ({"description": "{{ __class__ }}"}, "{{__class__}}, which is not known"),
        ({"haiku": "Write a haiku."}, 'no template "haiku"'),
        ({"repair": "Do better."}, "needs {{findings}}"),
        ({"lorebook": "Write entries."}, "needs {{topics}}"),
        ({"system": "x" * (MOST_LETTERS + 1)}, "8,001 characters"),
    ],
)
def test_a_copy_with_a_fault_is_refused_with_a_sentence(templates: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        checked(copy(**templates))


def test_a_copy_keeps_its_own_name_and_macros_of_the_card() -> None:
    good = copy(description="{{char}} meets {{user}}: {{original}}, {{character}}, {{words}} words.")
    assert checked(good) == good
    with pytest.raises(UsageError, match="shipped style"):
        checked(good.model_copy(update={"name": "list"}))
    with pytest.raises(UsageError, match="made from a shipped style"):
        checked(good.model_copy(update={"based_on": "nothing"}))


def test_a_copy_falls_back_to_the_style_it_was_made_from() -> None:
    style = PromptStyle(
        name="mine", title="", templates={"scenario": "Short.", "system": " "}, based_on="list"
    )
    whole = filled(style)
    assert whole.templates["scenario"] == "Short."
    assert whole.templates["description"] == shipped_style("list").templates["description"]
    assert whole.templates["system"] == shipped_style("list").templates["system"]
    assert find_style("mine", {"mine": style}) == whole and find_style("list", {}) == shipped_style("list")
    with pytest.raises(UsageError, match="no prompt style"):
        find_style("theirs", {"mine": style})


def test_placeholders_are_filled_once_and_nothing_is_run() -> None:
    values = {"character": "{{words}} {{user}}", "words": "12"}
    text = "{{character}}, {{ words }} words, {{char}}, {{mood}}, {0}, %s, ${words}"
    assert render(text, values) == "{{words}} {{user}}, 12 words, {{char}}, {{mood}}, {0}, %s, ${words}"


def test_the_difference_names_the_template_and_its_lines() -> None:
    shipped = shipped_style("minimal")
    mine = PromptStyle(
        name="mine", title="", based_on="minimal", templates={"personality": "Task: one word."}
    )
    lines = diff(filled(mine), shipped)
    assert lines[0] == "@ personality" and "+ Task: one word." in lines
    assert [line for line in lines if line.startswith("@")] == ["@ personality"]
    assert diff(shipped, shipped) == ()
