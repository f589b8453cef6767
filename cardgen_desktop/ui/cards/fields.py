"""The form of a card as data: what each field is called, what it is for, and how large it should be."""

from dataclasses import dataclass
from typing import Literal

from ...domain.card import CardData

Tab = Literal["card", "greetings", "lorebook", "details", "assets"]
FieldKind = Literal["line", "prose"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One text field of `CardData`. `min_lines` is the height of its empty box, `budget` is in tokens."""

    key: str
    label: str
    help: str
    tab: Tab = "card"
    kind: FieldKind = "prose"
    min_lines: int = 2
    budget: int | None = None


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "description",
        "Description",
        "Who the character is: looks, past, people around them. Sent with every message.",
        min_lines=4,
        budget=480,
    ),
    FieldSpec(
        "personality",
        "Personality",
        "Temper and way of speaking, in a few lines. Sent with every message.",
        budget=160,
    ),
    FieldSpec(
        "scenario",
        "Scenario",
        "Where the chat begins and what is going on. Sent with every message.",
        budget=120,
    ),
    FieldSpec(
        "first_mes",
        "First message",
        "What the character says first. It sets the tone for everything after it.",
        budget=200,
    ),
    FieldSpec(
        "mes_example",
        "Example messages",
        "Short exchanges that show how the character talks. Each one begins with <START>.",
        min_lines=3,
        budget=600,
    ),
    FieldSpec(
        "name",
        "Name",
        "Stands wherever a text says {{char}}.",
        tab="details",
        kind="line",
    ),
    FieldSpec(
        "nickname",
        "Nickname",
        "If there is one, {{char}} becomes this instead of the name.",
        tab="details",
        kind="line",
    ),
    FieldSpec(
        "creator",
        "Creator",
        "Who made this card. Never sent to a model.",
        tab="details",
        kind="line",
    ),
    FieldSpec(
        "character_version",
        "Version of the character",
        "Any text, such as 1.2. Never sent to a model.",
        tab="details",
        kind="line",
    ),
    FieldSpec(
        "creator_notes",
        "Creator’s notes",
        "For the people who use the card. Never sent to a model.",
        tab="details",
    ),
    FieldSpec(
        "system_prompt",
        "System prompt",
        "Replaces the chat program’s own instructions; {{original}} keeps them. Usually empty.",
        tab="details",
    ),
    FieldSpec(
        "post_history_instructions",
        "Instructions after the chat",
        "Sent behind the newest message, so they weigh the most. Usually empty.",
        tab="details",
    ),
)

_GREETING_LISTS = ("alternate_greetings[", "group_only_greetings[")
FIELDS_BY_KEY = {spec.key: spec for spec in FIELDS}
GREETING_HELP = "Another way for the chat to begin; people choose between them and the first message."
GROUP_GREETING_HELP = "How a chat of several characters can begin; programs that know version 3 offer it."
ENTRY_HELP = "Sent only when one of the keys is said in the chat."


def fields_of(tab: Tab, kind: FieldKind | None = None) -> tuple[FieldSpec, ...]:
    """The fields of a tab, in the order of the form."""
    return tuple(spec for spec in FIELDS if spec.tab == tab and kind in (None, spec.kind))


def greeting_path(index: int) -> str:
    """The path under which evidence and problems name an alternate greeting, counted from 0."""
    return f"alternate_greetings[{index}]"


def group_greeting_path(index: int) -> str:
    """The path of a greeting for groups only, counted from 0."""
    return f"group_only_greetings[{index}]"


def entry_path(index: int) -> str:
    """The path of a lorebook entry's text, counted from 0."""
    return f"character_book.entries[{index}].content"


def text_at(data: CardData, path: str) -> str:
    """The text a path names; empty when the card has no such field, greeting or entry."""
    if path.startswith(_GREETING_LISTS):
        greetings: tuple[str, ...] = getattr(data, path.partition("[")[0])
        return greetings[_index(path)] if _index(path) < len(greetings) else ""
    if path.startswith("character_book."):
        entries = data.character_book.entries if data.character_book else ()
        return entries[_index(path)].content if _index(path) < len(entries) else ""
    return getattr(data, path, None) or ""


def tab_of(path: str) -> Tab:
    """The tab where a path is edited."""
    if path.startswith(("alternate_greetings", "group_only_greetings")):
        return "greetings"
    if path.startswith("character_book"):
        return "lorebook"
    if path.startswith("assets"):
        return "assets"
    spec = FIELDS_BY_KEY.get(path)
    return spec.tab if spec else "details"


def first_tab(data: CardData) -> Tab:
    """The tab that a card opens with: its texts, or the lorebook of one that is nothing else."""
    texts = (data.description, data.personality, data.scenario, data.first_mes, data.mes_example)
    has_book = data.character_book is not None and bool(data.character_book.entries)
    return "lorebook" if has_book and not any(texts) else "card"


def _index(path: str) -> int:
    return int(path[path.index("[") + 1 : path.index("]")])


def label_of(path: str) -> str:
    """What a path is called in a sentence: "Description", "Greeting 2", "Lorebook entry 5"."""
    if path.startswith("alternate_greetings["):
        return f"Greeting {_index(path) + 1}"
    if path.startswith("group_only_greetings["):
        return f"Group greeting {_index(path) + 1}"
    if path.startswith("character_book.entries["):
        return f"Lorebook entry {_index(path) + 1}"
    if path.startswith("assets["):
        return f"Asset {_index(path) + 1}"
    spec = FIELDS_BY_KEY.get(path)
    return spec.label if spec else path.replace("_", " ").capitalize()
