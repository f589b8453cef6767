"""Card styles: the shipped templates, the placeholders they may use, and checks of the person's own copies.

A template is text with `{{placeholders}}` out of a fixed list, filled once; nothing in it is run. `{{char}}`,
`{{user}}` and `{{original}}` belong to the card and are left as they are.
"""

import re
from collections.abc import Mapping
from functools import cache

from pydantic import ValidationError

from ...domain.errors import UsageError
from ...domain.prompt_style import PromptStyle, PromptVariable
from .patterns import data

DEFAULT_STYLE = "prose"
SHIPPED = ("prose", "list", "attributes", "dialogue", "minimal")
TEMPLATES = (
    "system", "facts", "description", "personality", "scenario", "first_mes", "alternate_greetings",
    "mes_example", "lorebook_topics", "lorebook", "tags", "creator_notes", "system_prompt",
    "post_history_instructions", "repair", "continue",
)  # fmt: skip
"""What a style has a text for, in the order of use."""

REQUIRED = {
    "lorebook_topics": ("number",),
    "lorebook": ("topics",),
    "repair": ("findings",),
    "continue": ("ending",),
}
"""Placeholders without which a template cannot do its work."""

MACROS = frozenset({"char", "user", "original"})
MOST_LETTERS = 8_000
_PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")

VARIABLES = tuple(PromptVariable.model_validate(item) for item in data("variables")["variable"])
"""Every placeholder a template may use."""

_KNOWN = frozenset(variable.name for variable in VARIABLES)


def shipped_styles() -> tuple[PromptStyle, ...]:
    """The styles that come with the program, the default first."""
    return tuple(shipped_style(name) for name in SHIPPED)


@cache
def shipped_style(name: str) -> PromptStyle:
    """One shipped style with all its templates; raises `UsageError` for another name."""
    if name not in SHIPPED:
        raise UsageError(f'There is no shipped style "{name}". There are {", ".join(SHIPPED)}.')
    known = data(name)
    base = {} if name == DEFAULT_STYLE else shipped_style(DEFAULT_STYLE).templates
    own = {key: text.strip() for key, text in known["templates"].items()}
    return PromptStyle(
        name=name, title=known["title"], description=known["description"], templates={**base, **own}
    )


def find_style(name: str, copies: Mapping[str, PromptStyle]) -> PromptStyle:
    """A style by name with no template missing: a copy of the person's, else a shipped one.

    Raises `UsageError` when there is none of that name.
    """
    if name in copies:
        return filled(copies[name])
    if name in SHIPPED:
        return shipped_style(name)
    known = ", ".join([*SHIPPED, *copies])
    raise UsageError(f'There is no prompt style "{name}". There are {known}.')


def filled(style: PromptStyle) -> PromptStyle:
    """A copy with the texts of the style it was made from where its own are empty."""
    base = shipped_style(style.based_on if style.based_on in SHIPPED else DEFAULT_STYLE).templates
    own = {key: text for key, text in style.templates.items() if text.strip()}
    return style.model_copy(update={"templates": {**base, **own}})


def checked(style: PromptStyle) -> PromptStyle:
    """A copy of the person's as it may be stored; raises `UsageError` with what is wrong with it."""
    try:
        style = PromptStyle.model_validate(style.model_dump())
    except ValidationError as error:
        raise UsageError("This is not a prompt style.", details=str(error)) from error
    if style.name in SHIPPED:
        raise UsageError(f'"{style.name}" is a shipped style and stays as it is. Give the copy another name.')
    if style.based_on not in SHIPPED:
        raise UsageError(f"A copy is made from a shipped style. There are {', '.join(SHIPPED)}.")
    for key, text in style.templates.items():
        _check_template(key, text)
    return style


def _check_template(key: str, text: str) -> None:
    if key not in TEMPLATES:
        raise UsageError(f'A style has no template "{key}". There are {", ".join(TEMPLATES)}.')
    if len(text) > MOST_LETTERS:
        raise UsageError(f'The template "{key}" has {len(text):,} characters. {MOST_LETTERS:,} are the most.')
    used = set(_PLACE.findall(text))
    if unknown := sorted(used - _KNOWN - MACROS):
        known = ", ".join(sorted(_KNOWN))
        raise UsageError(
            f'The template "{key}" uses {{{{{unknown[0]}}}}}, which is not known. Known are {known}.'
        )
    missing = [name for name in REQUIRED.get(key, ()) if text.strip() and name not in used]
    if missing:
        raise UsageError(f'The template "{key}" needs {{{{{missing[0]}}}}}, or it cannot do its work.')


def render(template: str, values: Mapping[str, str]) -> str:
    """A template with its placeholders filled, once: what a value holds is never filled again.

    Macros of the card stay; so does a placeholder that has no value here.
    """
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def diff(style: PromptStyle, shipped: PromptStyle) -> tuple[str, ...]:
    """The lines in which a copy differs, template by template: "@ name", then "- old" and "+ new" lines."""
    import difflib

    lines: list[str] = []
    for key in TEMPLATES:
        old, new = shipped.templates.get(key, ""), style.templates.get(key) or shipped.templates.get(key, "")
        if old != new:
            compared = difflib.ndiff(old.splitlines(), new.splitlines())
            lines += [f"@ {key}", *(line for line in compared if not line.startswith("?"))]
    return tuple(lines)
