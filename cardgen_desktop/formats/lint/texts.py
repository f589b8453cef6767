"""The texts of a card with their paths, for rules that look at all of them, and the making of findings."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ...domain.card import CardData
from ...domain.lint import LintChange, LintFinding, LintFix

Level = Literal["error", "warning", "info"]

PROMPT_FIELDS = (
    "description",
    "personality",
    "scenario",
    "first_mes",
    "mes_example",
    "system_prompt",
    "post_history_instructions",
)
"""Single texts that go into prompts, where macros are replaced."""

_LONGEST_LIST = 500
"""How many keys or tags a list has that is offered anew: each finding about it carries the whole list."""


def prompt_texts(data: CardData) -> Iterator[tuple[str, str]]:
    """Path and text of everything in which a program replaces macros."""
    for field in PROMPT_FIELDS:
        yield f"data.{field}", getattr(data, field)
    yield from greetings(data)
    for index, entry in enumerate(data.character_book.entries if data.character_book else ()):
        yield f"data.character_book.entries[{index}].content", entry.content


def greetings(data: CardData) -> Iterator[tuple[str, str]]:
    """Path and text of the greetings beside the first message."""
    for field in ("alternate_greetings", "group_only_greetings"):
        for index, text in enumerate(getattr(data, field)):
            yield f"data.{field}[{index}]", text


def finding(
    rule: str, level: Level, where: str, reason: str, fix: LintFix | None = None, span: range | None = None
) -> LintFinding:
    """One finding; `span` is where in the text it stands."""
    start, end = (span.start, span.stop) if span is not None else (None, None)
    return LintFinding(rule=rule, level=level, where=where, reason=reason, start=start, end=end, fix=fix)


def setting(title: str, where: str, value: Any) -> LintFix:
    """A fix that sets one value."""
    return LintFix(title=title, changes=(LintChange(where=where, value=value),))


def splitting(where: str, items: Sequence[str], index: int, parts: Sequence[str]) -> LintFix | None:
    """A fix that puts parts in the place of one item of a list; none for a very long list."""
    if len(items) > _LONGEST_LIST:
        return None
    return setting("Split at the commas", where, (*items[:index], *parts, *items[index + 1 :]))


def removing(title: str, *places: str) -> LintFix:
    """A fix that takes out items or keys; given from the end of a list, see `LintChange`."""
    return LintFix(title=title, changes=tuple(LintChange(where=place, removes=True) for place in places))
