"""The wishes a person may have of a card, as data: one row of the form for each."""

from dataclasses import dataclass
from typing import Literal

RowKind = Literal["choice", "number", "line", "text"]


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One wish: the field of `DraftOptions`, what it is called, and its choices as (text, value)."""

    key: str
    label: str
    kind: RowKind
    choices: tuple[tuple[str, object], ...] = ()
    hint: str = ""


LANGUAGES = (
    ("As the source", ""), ("English", "en"), ("German", "de"), ("French", "fr"), ("Spanish", "es"),
    ("Italian", "it"), ("Portuguese", "pt"), ("Russian", "ru"), ("Polish", "pl"), ("Dutch", "nl"),
    ("Japanese", "ja"), ("Chinese", "zh"), ("Korean", "ko"),
)  # fmt: skip
NUMBERS = tuple((str(number), number) for number in range(11))
ENTRIES = tuple((str(number), number) for number in (0, 4, 8, 12, 16, 24, 40))

ROWS = (
    OptionRow("language", "Language", "choice", LANGUAGES),
    OptionRow("length", "Length", "choice", (("Short", "short"), ("Medium", "medium"), ("Long", "long"))),
    OptionRow("greetings", "Other greetings", "choice", NUMBERS),
    OptionRow("moods", "Their moods", "line", hint="such as: tender, in a hurry, at night"),
    OptionRow("entries", "Lorebook entries", "choice", ENTRIES),
    OptionRow("tone", "Tone", "line", hint="such as: dry, warm, gothic"),
    OptionRow(
        "point_of_view",
        "Told in",
        "choice",
        (
            ("As it comes", ""),
            ("First person", "first"),
            ("Second person", "second"),
            ("Third person", "third"),
        ),
    ),
    OptionRow("tense", "Tense", "choice", (("As it comes", ""), ("Past", "past"), ("Present", "present"))),
    OptionRow(
        "rating",
        "Content",
        "choice",
        (("As the source", ""), ("For everyone", "everyone"), ("Teen", "teen"), ("Mature", "mature")),
    ),
    OptionRow("avoid", "Leave out", "line", hint="what must not occur"),
    OptionRow("instruction", "Anything else", "text", hint="a wish in your own words"),
)
