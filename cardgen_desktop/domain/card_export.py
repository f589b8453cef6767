"""What an export is asked and what it will hold: options, presets by program, the plan shown beforehand."""

from typing import Literal

from pydantic import Field

from .card import ExportTarget
from .card_differences import Difference
from .value import Value

NAME_TEMPLATE = "{name}"
"""The template of file names that is used until the person chooses another."""


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
