"""Keys of lorebook entries: broken patterns, commas, words that every text has, the same key twice."""

from collections.abc import Iterator, Sequence
from functools import cache

from ...domain.card import CardData, LorebookEntry
from ...domain.lint import LintFinding
from ...paths import resource
from .patterns import as_pattern, fault_of, matches_everything
from .texts import finding, removing, setting, splitting

_Places = dict[str, list[int]]


@cache
def common_words() -> frozenset[str]:
    """Words found in nearly every message: an entry on one of these is on all the time."""
    return frozenset(resource("lint", "common_words.txt").read_text("utf-8").split())


def key_findings(where: str, entry: LorebookEntry, data: CardData) -> Iterator[LintFinding]:
    """Findings about the keys of one entry that is on and not always sent."""
    for field in ("keys", "secondary_keys"):
        seen: set[str] = set()
        for index, key in enumerate(getattr(entry, field) or ()):
            yield from _key(f"{where}.{field}", index, key, entry, data)
            if key.strip() and _folded(key, entry) in seen:
                place = f"{where}.{field}[{index}]"
                reason = f"The key “{_shown(key)}” is there twice."
                yield finding("key.twice", "info", place, reason, removing("Remove it", place))
            seen.add(_folded(key, entry))


def said_twice(entries: Sequence[LorebookEntry]) -> Iterator[LintFinding]:
    """Keys that several entries have: all of them fire together."""
    places: _Places = {}
    for index, entry in enumerate(entries):
        if entry.enabled and not entry.constant and not entry.secondary_keys:
            for key in {key.strip().casefold() for key in entry.keys if key.strip()}:
                places.setdefault(key, []).append(index)
    for key, found in places.items():
        if len(found) > 1:
            where = f"data.character_book.entries[{found[1]}].keys"
            others = ", ".join(_name(entries[index], index) for index in found[:4] if index != found[1])
            reason = f"The key “{_shown(key)}” also fires {others}{' and more' if len(found) > 4 else ''}."
            yield finding("key.shared", "info", where, reason)


def _key(where: str, index: int, key: str, entry: LorebookEntry, data: CardData) -> Iterator[LintFinding]:
    place = f"{where}[{index}]"
    if not key.strip():
        yield finding("key.empty", "warning", place, "This key is empty.", removing("Remove it", place))
    elif (pattern := as_pattern(key)) or entry.use_regex:
        yield from _pattern(place, key, *(pattern or (key, "")))
    else:
        yield from _plain(where, index, key, entry, data)


def _pattern(place: str, key: str, pattern: str, flags: str) -> Iterator[LintFinding]:
    if fault := fault_of(pattern, flags):
        reason = f"The pattern “{_shown(key)}” does not compile: {fault}. It never matches."
        yield finding("key.pattern", "error", place, reason)
    elif matches_everything(pattern):
        reason = f"The pattern “{_shown(key)}” matches every message, so the entry is on all the time."
        yield finding("key.always", "warning", place, reason)


def _plain(where: str, index: int, key: str, entry: LorebookEntry, data: CardData) -> Iterator[LintFinding]:
    place, bare = f"{where}[{index}]", key.strip()
    if "," in bare:
        yield _commas(where, index, entry)
    elif key != bare:
        reason = f"The key “{_shown(key)}” has spaces around it, and some programs look for these too."
        yield finding("key.spaces", "info", place, reason, setting("Take them off", place, bare))
    if bare.startswith("/"):
        reason = f"The key “{_shown(key)}” begins with “/” but is no pattern; some programs take it for one."
        yield finding("key.slash", "warning", place, reason)
    if (len(bare) == 1 and bare.isascii()) or bare.casefold() in common_words():
        reason = f"“{bare}” is in nearly every message, so the entry is on all the time."
        yield finding("key.always", "warning", place, reason)
    elif bare.casefold() in {
        name.strip().casefold() for name in (data.name, data.nickname or "{{char}}", "{{char}}")
    }:
        reason = "The character is named in every message, so the entry is on all the time."
        yield finding("key.always", "info", place, reason)


def _commas(where: str, index: int, entry: LorebookEntry) -> LintFinding:
    keys = list(entry.secondary_keys or () if where.endswith("secondary_keys") else entry.keys)
    parts = [part.strip() for part in keys[index].split(",") if part.strip()]
    reason = (
        f"The key “{_shown(keys[index])}” has commas. RisuAI and Agnai split it, others look for all of it."
    )
    fix = splitting(where, keys, index, parts)
    return finding("key.commas", "warning", f"{where}[{index}]", reason, fix)


def _folded(key: str, entry: LorebookEntry) -> str:
    return key.strip() if entry.case_sensitive or as_pattern(key) else key.strip().casefold()


def _name(entry: LorebookEntry, index: int) -> str:
    return f"“{_shown(entry.name or entry.comment or f'entry {index + 1}')}”"


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}…"
