"""Lorebook entries that never fire, always fire, or fire on the wrong word (SPEC_V3.md, `character_book`)."""

from collections.abc import Iterator

from ...domain.card import CardData, LorebookEntry
from ...domain.lint import LintFinding
from ..model.decorators import without_decorators
from .keys import key_findings, said_twice
from .texts import finding, setting


def book_findings(data: CardData) -> Iterator[LintFinding]:
    """Findings about each entry that is on, then about keys that several entries share."""
    if data.character_book is None:
        return
    entries = data.character_book.entries
    for index, entry in enumerate(entries):
        if entry.enabled:
            yield from _entry(f"data.character_book.entries[{index}]", entry, data)
    yield from said_twice(entries)


def _entry(where: str, entry: LorebookEntry, data: CardData) -> Iterator[LintFinding]:
    if not without_decorators(entry.content).strip():
        reason = "The entry is empty. It fires, but adds nothing."
        yield finding("entry.empty", "warning", f"{where}.content", reason)
    if reason := _never(entry):
        fix = (
            setting("Always send it", f"{where}.constant", True)
            if not any(map(str.strip, entry.keys))
            else None
        )
        yield finding("entry.never", "error", where, reason, fix)
        return
    if _is_always(entry):
        return
    yield from _second_keys(where, entry)
    yield from key_findings(where, entry, data)


def _never(entry: LorebookEntry) -> str:
    """Why an entry can never fire; empty when it can."""
    if "@@dont_activate" in entry.content.split("\n\n")[0].split():
        return "The line @@dont_activate keeps this entry from ever firing."
    extensions = entry.extensions
    if extensions.get("probability") == 0 and extensions.get("useProbability", True):
        return "The probability of this entry is 0, so it never fires."
    if not _is_always(entry) and not any(key.strip() for key in entry.keys):
        return "The entry has no keys and is not always on, so it never fires."
    return ""


def _is_always(entry: LorebookEntry) -> bool:
    return bool(entry.constant) or "@@activate" in entry.content.split("\n\n")[0].split()


def _second_keys(where: str, entry: LorebookEntry) -> Iterator[LintFinding]:
    second = [key for key in entry.secondary_keys or () if key.strip()]
    if entry.selective and not second and not entry.use_regex:
        reason = "The entry wants a second key too, but has none. Some programs then never fire it."
        yield finding(
            "entry.selective",
            "warning",
            where,
            reason,
            setting("One key is enough", f"{where}.selective", False),
        )
    elif second and entry.selective is False:
        reason = "The second keys are not looked at, because one key is enough for this entry."
        yield finding(
            "entry.second",
            "info",
            f"{where}.secondary_keys",
            reason,
            setting("Ask for both", f"{where}.selective", True),
        )
