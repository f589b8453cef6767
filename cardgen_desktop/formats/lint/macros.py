"""Macros that no program will replace as meant: left open, written another program's way, in the wrong place.

Follows the macros of V1 (`{{char}}`, `<BOT>`), V2 (`{{original}}`) and V3 (curly braced syntaxes). A macro
that is not known is no finding: every program has its own.
"""

import re
from collections.abc import Iterator

from ...domain.card import CardData
from ...domain.lint import LintFinding
from .texts import finding, prompt_texts, setting

_SIGNS = re.compile(r"\{\{|\}\}|\n")
_SINGLE = re.compile(r"(?<!\{)\{(user|char|character)\}(?!\})", re.IGNORECASE)
_HALF = re.compile(r"(?<!\{)\{(user|char)\}\}|\{\{(user|char)\}(?!\})", re.IGNORECASE)
_SPACED = re.compile(r"\{\{(?:[ \t]+(user|char)[ \t]*|(user|char)[ \t]+)\}\}", re.IGNORECASE)
_BACKYARD_LINE = re.compile(r"^#(?=\{(?:user|character)\}:)", re.IGNORECASE | re.MULTILINE)
_ORIGINAL = re.compile(r"\{\{original\}\}", re.IGNORECASE)
_ANY = re.compile(r"\{\{(?:user|char)\}\}|<(?:user|bot|char)>", re.IGNORECASE)
_NAMES = {"character": "char"}
_MOST_OPEN = 3
_HOLDS_ORIGINAL = frozenset({"data.system_prompt", "data.post_history_instructions"})


def macro_findings(data: CardData) -> Iterator[LintFinding]:
    """Findings about macros in everything that goes into prompts, and in what does not."""
    for where, text in prompt_texts(data):
        if "{" in text or "}}" in text:
            yield from _in_text(where, text)
    yield from _in_names(data)


def _in_text(where: str, text: str) -> Iterator[LintFinding]:
    half = list(_HALF.finditer(text))
    if half:
        yield _mended("macro.half", "error", where, text, _HALF, "has a brace too few", half[0])
    elif open_at := _open_places(text):
        yield from (_left_open(where, text, place) for place in open_at[:_MOST_OPEN])
    if single := _SINGLE.search(text):
        yield _single(where, text, single)
    if spaced := _SPACED.search(text):
        what = "has spaces inside, and not every program replaces it then"
        yield _mended("macro.spaces", "info", where, text, _SPACED, what, spaced)
    if where not in _HOLDS_ORIGINAL and (original := _ORIGINAL.search(text)):
        reason = (
            "{{original}} stands for the reader's own prompt, and only in the system prompt "
            "and the post-history instructions. Here it vanishes, or stays as it is."
        )
        fix = setting("Take it out", where, _ORIGINAL.sub("", text))
        yield finding("macro.original", "warning", where, reason, fix, range(*original.span()))


def _open_places(text: str) -> list[int]:
    """Where `{{` is never closed, and `}}` closes nothing; macros nest, and may go over several lines."""
    open_at: list[int] = []
    lone: list[int] = []
    for sign in _SIGNS.finditer(text):
        if sign.group() == "{{":
            open_at.append(sign.start())
        elif sign.group() == "}}":
            if open_at:
                open_at.pop()
            else:
                lone.append(sign.start())
    return sorted(open_at + lone)


def _left_open(where: str, text: str, place: int) -> LintFinding:
    opens = text.startswith("{{", place)
    missing = "is not closed with }}" if opens else "has no {{ before it"
    shown = text[place : place + 30].partition("\n")[0] if opens else text[max(0, place - 20) : place + 2]
    reason = f"“{shown}” {missing}. It is shown as it is, and what follows may be lost."
    return finding("macro.open", "error", where, reason, span=range(place, place + 2))


def _mended(
    rule: str, level: str, where: str, text: str, pattern: re.Pattern[str], what: str, first: re.Match[str]
) -> LintFinding:
    reason = f"“{first.group()}” {what}."
    fix = setting("Write it right", where, pattern.sub(_braced, text))
    return finding(rule, "error" if level == "error" else "info", where, reason, fix, range(*first.span()))


def _single(where: str, text: str, first: re.Match[str]) -> LintFinding:
    """Backyard AI writes `{user}` and `{character}`; nobody else replaces these."""
    reason = f"“{first.group()}” has single braces, as in Backyard AI. Other programs show it as it is."
    fix = setting("Use double braces", where, _SINGLE.sub(_braced, _BACKYARD_LINE.sub("", text)))
    return finding("macro.single", "warning", where, reason, fix, range(*first.span()))


def _braced(match: re.Match[str]) -> str:
    name = next(group for group in match.groups() if group).lower()
    return "{{" + _NAMES.get(name, name) + "}}"


def _in_names(data: CardData) -> Iterator[LintFinding]:
    """Names, tags and the creator are shown as they are; a name in itself would never end."""
    for field in ("name", "nickname", "creator"):
        text = getattr(data, field) or ""
        if match := _ANY.search(text):
            reason = f"“{match.group()}” is not replaced in a {field}; people see it as it is."
            yield finding("macro.name", "warning", f"data.{field}", reason, span=range(*match.span()))
    for index, tag in enumerate(data.tags):
        if match := _ANY.search(tag):
            reason = f"“{match.group()}” is not replaced in a tag; people see it as it is."
            yield finding("macro.name", "warning", f"data.tags[{index}]", reason)
