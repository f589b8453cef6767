"""Prompt styles in words: names of templates, placeholders, differences. Plain functions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ...domain.prompt_style import PromptMessage, PromptPreview, PromptStyle, PromptVariable
from ..wording import NO_BREAK

PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
MACROS = frozenset({"char", "user", "original"})
"""Placeholders that belong to the card: they are left as they are."""
MOST_LINES = 3000
"""Longer texts are compared as wholes."""
TITLES = {
    "system": "Role and rules",
    "facts": "Facts",
    "description": "Description",
    "personality": "Personality",
    "scenario": "Scenario",
    "first_mes": "First message",
    "alternate_greetings": "Other greetings",
    "mes_example": "Example dialogue",
    "lorebook_topics": "Lorebook: missing topics",
    "lorebook": "Lorebook: entries",
    "tags": "Tags",
    "creator_notes": "Creator notes",
    "system_prompt": "System prompt of the card",
    "post_history_instructions": "Post-history instructions",
    "repair": "Repair of a text",
    "continue": "Going on after a cut",
}
ROLES = {"system": "Rules", "user": "Question", "assistant": "Answer that is given"}

Change = Literal["same", "removed", "added"]


def template_title(key: str) -> str:
    """What the template of a step is called."""
    return TITLES.get(key, key.replace("_", " ").strip().capitalize())


def unknown_places(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The placeholders of a template that mean nothing, each once, in order."""
    allowed = MACROS.union(known)
    return tuple(dict.fromkeys(name for name in PLACE.findall(text) if name not in allowed))


def sample(style: PromptStyle, variables: Sequence[PromptVariable]) -> tuple[PromptPreview, ...]:
    """What the templates look like with the examples of the placeholders in them; counted by nobody."""
    values = {variable.name: variable.example for variable in variables if variable.example}
    system = _filled(style.templates.get("system", ""), values)
    return tuple(
        PromptPreview(
            step=key,
            title=template_title(key),
            messages=(
                PromptMessage(role="system", text=system),
                PromptMessage(role="user", text=_filled(text, values)),
            ),
        )
        for key, text in style.templates.items()
        if key != "system" and text.strip()
    )


def _filled(template: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def prompt_text(preview: PromptPreview) -> str:
    """All messages of a prompt under the name of their role."""
    return "\n\n".join(
        f"{ROLES.get(message.role, message.role.capitalize())}\n{'─' * 24}\n{message.text.strip()}"
        for message in preview.messages
    )


def tokens_line(preview: PromptPreview) -> str:
    """How long a prompt is: "5,210 tokens, counted by the server · up to 1,200 in answer · model"."""
    parts = []
    if preview.tokens:
        how = "counted by the server" if preview.is_exact else "estimated"
        parts.append(f"{preview.tokens:,}{NO_BREAK}tokens, {how}")
    if preview.max_output:
        parts.append(f"up to {preview.max_output:,} in answer")
    if preview.model:
        parts.append(preview.model)
    return " · ".join(parts)


def copy_of(style: PromptStyle, taken: Iterable[str]) -> PromptStyle:
    """A copy under a free name; it remembers the shipped style it comes from."""
    used = set(taken)
    number, base = 1, f"{style.based_on or style.name}-mine"[:54]
    name = base
    while name in used:
        number += 1
        name = f"{base}-{number}"
    title = f"{style.title[:70]}, my own" + (f" {number}" if number > 1 else "")
    return style.model_copy(update={"name": name, "title": title, "based_on": style.based_on or style.name})


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison."""

    change: Change
    text: str


def difference(shipped: str, own: str) -> tuple[DiffLine, ...]:
    """The lines of two texts side by side; none when they are the same."""
    if shipped.strip() == own.strip():
        return ()
    before, after = shipped.strip().splitlines(), own.strip().splitlines()
    if max(len(before), len(after)) > MOST_LINES:
        return (*_lines("removed", before[:MOST_LINES]), *_lines("added", after[:MOST_LINES]))
    found: list[DiffLine] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, own_first, own_last in matcher.get_opcodes():
        if tag == "equal":
            found += _lines("same", before[first:last])
        else:
            found += _lines("removed", before[first:last])
            found += _lines("added", after[own_first:own_last])
    return tuple(found)


def _lines(change: Change, lines: Sequence[str]) -> list[DiffLine]:
    return [DiffLine(change, line) for line in lines]


def changed_templates(style: PromptStyle, shipped: PromptStyle | None) -> frozenset[str]:
    """The templates in which a copy differs from its model; an empty one takes the shipped text."""
    if shipped is None:
        return frozenset()
    return frozenset(
        key
        for key, text in shipped.templates.items()
        if (own := style.templates.get(key, "").strip()) and own != text.strip()
    )
