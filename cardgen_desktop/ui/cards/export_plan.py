"""Exports in the words of the person who chooses: the kinds of files, and the programs they are for."""

from dataclasses import dataclass

from ...domain.card import ExportTarget
from ...domain.card_export import PRESETS, SUFFIXES, ExportPreset


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of file to export to."""

    key: ExportTarget
    title: str
    sentence: str

    @property
    def suffix(self) -> str:
        """How its files end."""
        return SUFFIXES[self.key]

    @property
    def filter(self) -> str:
        """What a file dialog shows of a folder."""
        return f"{self.title} (*{self.suffix})"


TARGETS: tuple[Target, ...] = (
    Target(
        "png", "PNG picture", "The portrait with the card inside, versions 2 and 3. Most programs take it."
    ),
    Target("json-v3", "JSON, version 3", "Everything as text; pictures go along where they fit."),
    Target("json-v2", "JSON, version 2", "Text only, for older programs."),
    Target("charx", "CHARX archive", "Version 3 with every picture and sound as a file."),
    Target("jpeg-charx", "JPEG with a CHARX inside", "Looks like a picture; RisuAI reads it as an archive."),
    Target("st-worldinfo", "SillyTavern World Info", "The lorebook alone, with SillyTavern's settings."),
    Target("lorebook-v3", "Lorebook, version 3", "The lorebook alone, as the specification has it."),
    Target("risu-lorebook", "RisuAI lorebook", "The lorebook alone, for RisuAI."),
    Target("byaf", "Backyard AI archive", "For Backyard AI, with its scenarios."),
    Target("yaml", "YAML", "For text-generation-webui: name, greeting, context."),
    Target("ooba", "Pygmalion JSON", "The five fields of older programs."),
    Target("agnai", "Agnai JSON", "For Agnai, with its kinds of personas."),
)
"""Every kind, in the order it is offered."""

ANY_PROGRAM = ExportPreset(
    key="", title="For any program", sentence="Choose the kind of file yourself.", target="png"
)
"""What stands first among the presets: no program in particular."""


def target_of(key: ExportTarget) -> Target:
    """A target by its key."""
    return next(target for target in TARGETS if target.key == key)


def target_or_default(key: str) -> ExportTarget:
    """The kind of file that settings name; a PNG for a name that is none."""
    return next((target.key for target in TARGETS if target.key == key), "png")


def preset_of(key: str) -> ExportPreset:
    """A preset by its key; the one for any program when there is none."""
    return next((preset for preset in PRESETS if preset.key == key), ANY_PROGRAM)
