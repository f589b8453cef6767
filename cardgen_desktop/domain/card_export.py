"""What an export is asked and what it will hold: targets' names, options, presets by program, the plan."""

from typing import Literal

from pydantic import Field

from .card import ExportTarget
from .card_differences import Difference
from .value import Value

NAME_TEMPLATE = "{name}"
"""The template of file names that is used until the person chooses another."""

SUFFIXES: dict[ExportTarget, str] = {
    "png": ".png",
    "json-v3": ".json",
    "json-v2": ".v2.json",
    "charx": ".charx",
    "jpeg-charx": ".jpeg",
    "st-worldinfo": ".worldinfo.json",
    "lorebook-v3": ".lorebook.json",
    "risu-lorebook": ".risu.json",
    "byaf": ".byaf",
    "yaml": ".yaml",
    "ooba": ".ooba.json",
    "agnai": ".agnai.json",
}
"""How a file of each kind ends, in the order the kinds are offered; the longest that fits says the kind."""

OTHER_SUFFIXES: dict[str, ExportTarget] = {".apng": "png", ".jpg": "jpeg-charx", ".yml": "yaml"}
"""Further endings that say a kind, though no file is named so by itself."""

BOOK_TARGETS: frozenset[ExportTarget] = frozenset({"st-worldinfo", "lorebook-v3", "risu-lorebook"})
"""Kinds of files that hold a lorebook and nothing else of a card."""


class ExportOptions(Value):
    """How a target is written where programs differ.

    `chunks` are the texts of a PNG: V2 and V3, or one of them. `template` makes the file name of `{name}`,
    `{creator}`, `{version}` and `{date}`.
    """

    chunks: Literal["both", "v2", "v3"] = "both"
    template: str = Field(default=NAME_TEMPLATE, max_length=200)


class ExportPreset(Value):
    """A program and the kind of file it takes best, in the words of the person who chooses."""

    key: str
    title: str
    sentence: str
    target: ExportTarget
    options: ExportOptions = Field(default_factory=ExportOptions)


class ExportPlan(Value):
    """What would be written: the file's name and what it will not hold, one sentence each."""

    target: ExportTarget
    file_name: str
    losses: tuple[str, ...] = ()


class RoundTrip(Value):
    """A card written to a target in memory and read again.

    `losses` is what the target's list said, `differences` what came back otherwise than it went, and
    `unexpected` those of them that no sentence of the list covers: none, unless the program has a fault.
    """

    target: ExportTarget
    bytes: int
    losses: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    unexpected: tuple[Difference, ...] = ()


def target_named(file_name: str) -> ExportTarget | None:
    """The kind of card file a name asks for by its ending, the longest that fits; None for any other."""
    lower = file_name.lower()
    kinds = {**{suffix: target for target, suffix in SUFFIXES.items()}, **OTHER_SUFFIXES}
    fitting = [suffix for suffix in kinds if lower.endswith(suffix)]
    return kinds[max(fitting, key=len)] if fitting else None


PRESETS: tuple[ExportPreset, ...] = (
    ExportPreset(
        key="sillytavern",
        title="For SillyTavern",
        sentence="A PNG with the V2 and the V3 card, of which it reads the latter.",
        target="png",
    ),
    ExportPreset(
        key="risuai",
        title="For RisuAI",
        sentence="A CHARX archive with the V3 card and every picture, sound and module it came with.",
        target="charx",
    ),
    ExportPreset(
        key="agnai",
        title="For Agnai",
        sentence="A PNG with the V2 card alone: Agnai reads the first text of a PNG and refuses V3.",
        target="png",
        options=ExportOptions(chunks="v2"),
    ),
    ExportPreset(
        key="koboldai-lite",
        title="For KoboldAI Lite",
        sentence="A PNG with the V2 card alone. Lorebook entries that are off will be on there.",
        target="png",
        options=ExportOptions(chunks="v2"),
    ),
    ExportPreset(
        key="text-generation-webui",
        title="For text-generation-webui",
        sentence="A PNG with the card before the picture data, the only place where it is looked for.",
        target="png",
    ),
    ExportPreset(
        key="backyard",
        title="For Backyard AI",
        sentence="A BYAF archive: persona, scenario, first message, examples and lorebook.",
        target="byaf",
    ),
    ExportPreset(
        key="chub",
        title="For Chub",
        sentence="A PNG with the V2 and the V3 card.",
        target="png",
    ),
    ExportPreset(
        key="ginger",
        title="For Ginger",
        sentence="A PNG with the V2 and the V3 card, both before the picture data.",
        target="png",
    ),
)
"""Programs in the order they are offered, after what their readers were seen to take."""
