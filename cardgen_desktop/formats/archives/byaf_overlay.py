"""What is kept of a BYAF archive, laid over the objects that a card makes by itself."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import count
from typing import Any

from ...domain.card import CardData
from .. import limits
from ..findings import UnreadableError
from ..model.kept import same
from ..pictures.backyard_macros import Macros
from .byaf_objects import SETTINGS, VERSION, is_id, scenario_of, scenario_path, sound
from .byaf_texts import read_examples, read_first, read_seconds, read_text

CHARACTER_FIELDS = {
    "persona": ("description", read_text),
    "createdAt": ("creation_date", read_seconds),
    "updatedAt": ("modification_date", read_seconds),
}
SCENARIO_FIELDS = {
    "formattingInstructions": ("system_prompt", read_text),
    "exampleMessages": ("mes_example", read_examples),
    "firstMessages": ("first_mes", read_first),
    "narrative": ("scenario", read_text),
}
"""Keys of character and first scenario that a field of the card holds, and how it is read."""

_SCENARIO_PATH = re.compile(r"scenarios/([^/]+)\.json")
_DIGEST_LETTERS = 16
_REQUIRED: dict[str, Any] = {
    "schemaVersion": VERSION,
    **dict.fromkeys(("formattingInstructions", "narrative"), ""),
    **SETTINGS,
    "exampleMessages": [],
    "firstMessages": [],
    "messages": [],
}
_OPTIONAL = ("title", "model", "backgroundImage")

Pair = tuple[int | None, str]


def overlaid(
    fresh: dict[str, Any], told: dict[str, Any], table: Mapping[str, tuple[str, Any]], data: CardData
) -> dict[str, Any]:
    """`fresh` under what is kept, except where the card says something else by now."""
    made = {**fresh, **told}
    for key, (field, read) in table.items():
        if key in told and not same(read(told[key], "", Macros()), getattr(data, field)):
            made[key] = fresh[key]
    return made


def first_scenario(data: CardData, fresh: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The scenario that the card's own fields come from."""
    return sound_scenario(overlaid(fresh, told, SCENARIO_FIELDS, data))


def further_scenario(
    greeting: str, told: dict[str, Any] | None, first: dict[str, Any], character_id: str
) -> dict[str, Any]:
    """The scenario of an alternate greeting; a new one has the settings of the first."""
    fresh = scenario_of(greeting, character_id)
    if told is None:
        return sound_scenario({**fresh, **{key: first[key] for key in SETTINGS}})
    made = {**fresh, **told}
    if read_first(made["firstMessages"], "", Macros()) != greeting:
        made["firstMessages"] = fresh["firstMessages"]
    return sound_scenario(made)


def sound_scenario(scenario: dict[str, Any]) -> dict[str, Any]:
    """A scenario that readers of version 1 accept."""
    made = sound(scenario, _REQUIRED)
    return {key: value for key, value in made.items() if key not in _OPTIONAL or isinstance(value, str)}


def digest_of(text: Any) -> str | None:
    """What is kept of a greeting to know it again: too little to be the text."""
    if not isinstance(text, str) or not text:
        return None
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_LETTERS]


def paired(greetings: Sequence[str], digests: Sequence[Any]) -> Iterator[Pair]:
    """Which kept scenario each alternate greeting belongs to, in the order in which they are written.

    `digests` are those of all kept scenarios, the first one's too. A kept scenario whose greeting is gone, or
    that had none, stays in its place without one. Raises `UnreadableError` for more than an archive holds.
    """
    most = max(len(greetings), len(digests))
    if most > limits.ARCHIVE_ENTRIES:
        raise UnreadableError(f"It has {most:,} greetings; the limit for BYAF is {limits.ARCHIVE_ENTRIES:,}.")
    places = [place for place, digest in enumerate(digests) if place and isinstance(digest, str)]
    old, new = [digests[place] for place in places], [digest_of(text) for text in greetings]
    owner: dict[int, int] = {}
    for _, left, left_end, right, right_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        owner.update(zip(range(right, right_end), places[left:left_end], strict=False))
    written = 1
    for index, greeting in enumerate(greetings):
        place = owner.get(index)
        if place is None:
            yield None, greeting
            continue
        yield from ((skipped, "") for skipped in range(written, place))
        yield place, greeting
        written = place + 1
    yield from ((skipped, "") for skipped in range(written, len(digests)))


def scenario_paths(told: Any, places: Sequence[int | None]) -> list[str]:
    """Where each scenario lies: as it did, or under a number that is free."""
    names = told if isinstance(told, list) else []
    kept = [str(names[place]) if place is not None and place < len(names) else "" for place in places]
    there = {name.casefold() for name in kept}
    free = (path for path in map(scenario_path, count(1)) if path not in there)
    taken: set[str] = set()
    made = []
    for path in kept:
        found = _SCENARIO_PATH.fullmatch(path)
        usable = found and is_id(found[1]) and path.casefold() not in taken
        chosen = path if usable else next(free)
        taken.add(chosen.casefold())
        made.append(chosen)
    return made
