"""Differences between a card and what a target holds of it, grouped into sentences a writer understands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...domain.card_differences import Difference
from ..model.decorators import without_decorators
from ..model.kept import KEPT

_PLACES = re.compile(r"\[(\d+)\]")
_NAMED = 3
_NOTE = f"extensions.{KEPT}"
_BOOK, _ENTRIES = "data.character_book", "data.character_book.entries"

_FIELDS: dict[str, tuple[str, bool]] = {
    "name": ("name", False),
    "description": ("description", False),
    "personality": ("personality", False),
    "scenario": ("scenario", False),
    "first_mes": ("first message", False),
    "mes_example": ("example dialogue", False),
    "creator_notes": ("creator's notes", True),
    "system_prompt": ("system prompt", False),
    "post_history_instructions": ("instructions after the history", True),
    "alternate_greetings": ("alternate greetings", True),
    "tags": ("tags", True),
    "creator": ("creator's name", False),
    "character_version": ("version of the character", False),
    "character_book": ("lorebook", False),
    "assets": ("list of assets", False),
    "nickname": ("nickname", False),
    "creator_notes_multilingual": ("creator's notes in other languages", True),
    "source": ("list of sources", False),
    "group_only_greetings": ("greetings for group chats", True),
}
"""Fields of a card in words, and whether the word is a plural."""

_BOOK_FIELDS: dict[str, tuple[str, bool]] = {
    "name": ("name of the lorebook", False),
    "description": ("description of the lorebook", False),
    "scan_depth": ("scan depth of the lorebook", False),
    "token_budget": ("token budget of the lorebook", False),
    "recursive_scanning": ("recursion of the lorebook", False),
}

_ENTRY_FIELDS: dict[str, tuple[str, bool]] = {
    "keys": ("keys", True),
    "content": ("text", False),
    "enabled": ("switch between on and off", False),
    "insertion_order": ("order", False),
    "use_regex": ("mark that keys are patterns", False),
    "case_sensitive": ("mark for upper and lower case", False),
    "constant": ("mark that the entry is always on", False),
    "name": ("name", False),
    "comment": ("comment", False),
    "priority": ("priority", False),
    "id": ("number", False),
    "selective": ("switch of the secondary keys", False),
    "secondary_keys": ("secondary keys", True),
    "position": ("position", False),
}

PRIVATE = "Chat notes of another program are left out, because they are private."
FAVOURITE = "The mark as a favourite is left out: it belongs to you, not to the card."
SCANNING = (
    "Scan depth, token budget and recursion of the lorebook go together; what is not set gets a default."
)

PICTURE_ADDRESS = "The address of the picture is left out, because the picture itself goes along."


@dataclass(frozen=True)
class Group:
    """Differences that one sentence tells. `kind` says which, `name` the field it is about."""

    kind: str
    name: str
    differences: tuple[Difference, ...]

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return all(item.after in (None, "", [], {}) for item in self.differences)


def grouped(differences: Iterable[Difference]) -> list[Group]:
    """The differences by what they are about, in the order they are met."""
    groups: dict[tuple[str, str], list[Difference]] = {}
    for difference in differences:
        if is_note(difference):
            continue
        groups.setdefault(_about(difference), []).append(difference)
    return _merged([Group(kind, name, tuple(found)) for (kind, name), found in groups.items()])


def is_note(difference: Difference) -> bool:
    """Whether reading made a note for the way back, which the card did not have: nothing that is lost."""
    return difference.before is None and _NOTE in difference.where


def sentence_of(group: Group, format_name: str) -> str:
    """One sentence for a group; `format_name` is what has no place for it, such as "V2"."""
    if group.kind == "fixed":
        return group.name
    if group.kind == "merged":
        return _merged_sentence(group, format_name)
    if group.kind == "decorators":
        return f"Decorators (lines such as @@depth 4) are taken out of {_entries(group)}."
    if group.kind == "patterns":
        return f"Patterns without slashes count as plain keys in {_entries(group)}."
    if group.kind == "entries":
        count = len(_numbers(group))
        return f"{_entries(group)} {_are(count)} left out: {format_name} has no place for {_it(count)}."
    what, plural = _subject(group)
    pronoun = "them" if plural else "it"
    if group.gone:
        return f"{what} {_are(plural)} left out: {format_name} has no field for {pronoun}."
    comes = "come" if plural else "comes"
    return f"{what} {comes} back changed: {format_name} keeps {pronoun} in its own way."


def _merged(groups: list[Group]) -> list[Group]:
    """Texts that became a part of another one are told together with it."""
    made = []
    for whole in groups:
        parts = [part for part in groups if _is_part(part, whole)]
        told = tuple(item for group in (*parts, whole) for item in group.differences)
        made.append(Group("merged", whole.name, told) if parts else whole)
    inside = {item.where for group in made if group.kind == "merged" for item in group.differences}
    return [group for group in made if group.kind == "merged" or group.differences[0].where not in inside]


def _is_part(part: Group, whole: Group) -> bool:
    """Whether a text that is gone stands in another one that changed."""
    if part.kind != "field" or whole.kind != "field" or not part.gone or whole.gone:
        return False
    gone, changed = part.differences[0], whole.differences[0]
    if gone.where != f"data.{part.name}" or changed.where != f"data.{whole.name}":
        return False
    before, after = gone.before, changed.after
    return isinstance(before, str) and isinstance(after, str) and before.strip() in after


def _merged_sentence(group: Group, format_name: str) -> str:
    names = [_FIELDS[item.where.removeprefix("data.")][0] for item in group.differences[:-1]]
    parts = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    whole = _FIELDS[group.name][0]
    become = "becomes" if len(names) == 1 else "become"
    return f"The {parts} {become} part of the {whole}: {format_name} has one field for them."


def _about(difference: Difference) -> tuple[str, str]:
    """Kind and name of the group a difference belongs to."""
    where = difference.where
    if where in ("chat", "json_data") or where.startswith(("chat.", "chat[", "json_data.", "json_data[")):
        return "fixed", PRIVATE
    if where in ("fav", "data.extensions.fav"):
        return "fixed", FAVOURITE
    path = _PLACES.sub("", where)
    if path == "data.assets" and _is_main_icon(difference):
        return "fixed", PICTURE_ADDRESS
    if path.startswith(_ENTRIES):
        return _about_entry(difference, path.removeprefix(_ENTRIES).removeprefix("."))
    if path.startswith(f"{_BOOK}."):
        return _about_book(difference, path.removeprefix(f"{_BOOK}."))
    head, _, rest = path.partition(".")
    field = rest.partition(".")[0]
    if head == "data" and field in _FIELDS:
        return "field", field
    return "foreign", "extensions" if field == "extensions" else "fields"


def _is_main_icon(difference: Difference) -> bool:
    before = difference.before
    return isinstance(before, dict) and before.get("type") == "icon" and before.get("name") == "main"


def _about_entry(difference: Difference, path: str) -> tuple[str, str]:
    field = path.partition(".")[0]
    if not field:
        return "entries", ""
    before = difference.before
    if field == "content" and isinstance(before, str) and without_decorators(before) == difference.after:
        return "decorators", ""
    if field == "use_regex" and before is True:
        return "patterns", ""
    return ("entry", field) if field in _ENTRY_FIELDS else ("entry", "extensions")


def _about_book(difference: Difference, path: str) -> tuple[str, str]:
    field = path.partition(".")[0]
    scanning = ("scan_depth", "token_budget", "recursive_scanning")
    if field in scanning and difference.before is None:
        return "fixed", SCANNING
    return ("book", field) if field in _BOOK_FIELDS else ("book", "extensions")


def _subject(group: Group) -> tuple[str, bool]:
    """What a sentence is about, with a capital, and whether it is a plural."""
    if group.kind == "field":
        word, plural = _FIELDS[group.name]
        return f"The {word}", plural
    if group.kind == "book" and group.name in _BOOK_FIELDS:
        word, plural = _BOOK_FIELDS[group.name]
        return f"The {word}", plural
    if group.kind == "entry" and group.name in _ENTRY_FIELDS:
        word, plural = _ENTRY_FIELDS[group.name]
        return f"The {word} of {_entries(group)}", plural
    if group.kind == "entry":
        return f"Settings of other programs in {_entries(group)} ({_names(group)})", True
    if group.kind == "book":
        return f"Settings of other programs in the lorebook ({_names(group)})", True
    what = "Settings" if group.name == "extensions" else "Fields"
    return f"{what} of other programs ({_names(group)})", True


def _names(group: Group) -> str:
    """The last names that tell what is meant: the keys under `extensions`, or the foreign keys."""
    found = dict.fromkeys(_own_name(item) for item in group.differences)
    names = [name for name in found if name]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _own_name(difference: Difference) -> str:
    path = _PLACES.sub("", difference.where)
    for start in (f"{_ENTRIES}.", f"{_BOOK}.", "data."):
        if path.startswith(start):
            path = path.removeprefix(start)
            break
    if path == "extensions" and isinstance(difference.before, dict):
        return ", ".join(list(difference.before)[:_NAMED])
    return path.removeprefix("extensions.").partition(".")[0]


def _numbers(group: Group) -> set[str]:
    """Places of the lorebook entries a group is about."""
    rest = (item.where.removeprefix(_ENTRIES) for item in group.differences)
    return {found[1] for text in rest if (found := _PLACES.match(text))}


def _entries(group: Group) -> str:
    return counted(len(_numbers(group)) or 1, "lorebook entry", "lorebook entries")


def counted(number: int, one: str, many: str) -> str:
    """ "1 lorebook entry", "12 lorebook entries"."""
    return f"{number:,} {one if number == 1 else many}"


def _are(number: int | bool) -> str:
    return "is" if number is False or (number == 1 and number is not True) else "are"


def _it(number: int) -> str:
    return "it" if number == 1 else "them"


def listed(names: Sequence[str]) -> str:
    """Names for a sentence: the first three, and how many more."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
