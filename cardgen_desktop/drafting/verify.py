"""Checks that what a draft calls verbatim stands in the source, and that its records make its fields."""

import re
from collections.abc import Iterable, Sequence

from ..domain.card import CardData
from ..domain.draft import DraftedCard
from ..domain.evidence import Evidence
from ..domain.source import SourceText

NAME_MACRO, USER_MACRO = "{{char}}", "{{user}}"
_MACROS = re.compile(f"({re.escape(NAME_MACRO)}|{re.escape(USER_MACRO)})")
_INDEX = re.compile(r"^(\w+)\[(\d+)\]$")


def fold(text: str) -> str:
    """The text with every run of white space as one space, none at the ends."""
    return " ".join(text.split())


def verbatim_holds(
    record: Evidence, source_text: str, names: Iterable[str], users: Iterable[str] = ()
) -> bool:
    """Whether a record's text equals the source at its offsets, white space folded and macros put back.

    `names` are the ways the character is called, `users` those of whoever chats with it; a `{{char}}` or a
    `{{user}}` may stand for any one of them.
    """
    if record.kind != "verbatim" or record.start is None or record.end is None:
        return False
    if not 0 <= record.start < record.end <= len(source_text):
        return False
    there, said = fold(source_text[record.start : record.end]), fold(record.text)
    # The source may itself hold a macro: then it stands for itself.
    meant = {NAME_MACRO: (*names, NAME_MACRO), USER_MACRO: (*users, USER_MACRO)}
    pieces = (
        "|".join(re.escape(fold(name)) for name in meant[piece]) if piece in meant else re.escape(piece)
        for piece in _MACROS.split(said)
    )
    return re.fullmatch("".join(f"(?:{piece})" for piece in pieces), there) is not None


def field_at(card: CardData, path: str) -> str:
    """A field by its evidence path, such as `character_book.entries[0].content`; raises KeyError."""
    value: object = card
    for part in path.split("."):
        indexed = _INDEX.match(part)
        value = getattr(value, indexed[1] if indexed else part, None)
        if indexed:
            value = value[int(indexed[2])] if isinstance(value, Sequence) else None
    if not isinstance(value, str):
        raise KeyError(path)
    return value


def problems_of(
    draft: DraftedCard, sources: Sequence[SourceText], names: Sequence[str], users: Sequence[str] = ()
) -> list[str]:
    """Everything that is wrong with the evidence of a draft; empty when it holds.

    `names` are the ways the card's character is called in the sources, `users` those of whoever chats.
    """
    problems = []
    for path, records in draft.evidence.items():
        if "".join(record.text for record in records) != field_at(draft.card, path):
            problems.append(f"{path}: the records do not make the field")
        problems += [
            f"{path}: not in the source: {record.text[:80]}"
            for record in records
            if record.kind == "verbatim"
            and not verbatim_holds(record, sources[record.source or 0].text, names, users)
        ]
    return problems
