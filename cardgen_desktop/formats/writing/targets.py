"""Every kind of file a card or its lorebook can be written to, and the kind a file name asks for.

Writers beyond PNG and JSON are imported when they are asked for: most exports need none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ...domain.card import Card, ExportTarget
from ...domain.card_export import BOOK_TARGETS, SUFFIXES, target_named
from ...domain.errors import UsageError
from . import export_elsewhere as elsewhere
from . import export_json, export_png
from .export_order import ExportOrder

Writer = Callable[[ExportOrder, BinaryIO], None]
Holder = Callable[[ExportOrder], Card]


@dataclass(frozen=True)
class Target:
    """One kind of file a card can be written to; `suffix` ends its name.

    `write(order, out)` writes the whole file; it raises `UnreadableError` with a sentence for what cannot be
    written, `InputError` for a picture that cannot be used. `hold(order)` is the card as it would be read
    back. `is_book`: the file holds the lorebook and nothing else of the card.
    """

    name: ExportTarget
    title: str
    write: Writer
    hold: Holder
    holds_picture: bool = False
    holds_dates: bool = False
    holds_files: bool = False

    @property
    def suffix(self) -> str:
        """How a file of this kind ends, with the dot."""
        return SUFFIXES[self.name]

    @property
    def is_book(self) -> bool:
        """Whether a file of this kind holds a lorebook alone."""
        return self.name in BOOK_TARGETS

    def held(self, card: Card, order: ExportOrder | None = None) -> Card:
        """The card as it would be read back; `order` says what travels with it."""
        return self.hold(order if order is not None else ExportOrder(card))


def target_for(path: Path) -> ExportTarget:
    """The target a file name asks for. Raises `UsageError` for any other suffix."""
    target = target_named(path.name)
    if target is None:
        kinds = ", ".join(f"{target.suffix} ({target.title})" for target in TARGETS.values())
        raise UsageError(f'"{path.name}" does not name a kind of card. Nothing was written. Use {kinds}.')
    return target


TARGETS: dict[ExportTarget, Target] = {
    target.name: target
    for target in (
        Target(
            "png",
            "picture with V2 and V3 card",
            export_png.write,
            export_png.held,
            holds_picture=True,
            holds_dates=True,
            holds_files=True,
        ),
        Target(
            "json-v3", "V3", export_json.write_v3, export_json.held_v3, holds_dates=True, holds_files=True
        ),
        Target("json-v2", "V2", export_json.write_v2, export_json.held_v2),
        Target(
            "charx",
            "archive with V3 card and files",
            elsewhere.write_charx,
            elsewhere.held_charx,
            holds_picture=True,
            holds_dates=True,
            holds_files=True,
        ),
        Target(
            "jpeg-charx",
            "JPEG with V3 card and files",
            elsewhere.write_jpeg_charx,
            elsewhere.held_charx,
            holds_picture=True,
            holds_dates=True,
            holds_files=True,
        ),
        Target(
            "st-worldinfo",
            "SillyTavern World Info",
            elsewhere.write_world_info,
            elsewhere.reading_again(elsewhere.write_world_info),
        ),
        Target(
            "lorebook-v3",
            "V3 lorebook",
            elsewhere.write_lorebook_v3,
            elsewhere.reading_again(elsewhere.write_lorebook_v3),
        ),
        Target(
            "risu-lorebook",
            "RisuAI lorebook",
            elsewhere.write_risu_lorebook,
            elsewhere.reading_again(elsewhere.write_risu_lorebook),
        ),
        Target(
            "byaf",
            "Backyard AI archive",
            elsewhere.write_byaf,
            elsewhere.held_byaf,
            holds_picture=True,
            holds_dates=True,
            holds_files=True,
        ),
        Target(
            "yaml",
            "text-generation-webui YAML",
            elsewhere.write_yaml,
            elsewhere.reading_again(elsewhere.write_yaml),
        ),
        Target("ooba", "Pygmalion JSON", elsewhere.write_ooba, elsewhere.reading_again(elsewhere.write_ooba)),
        Target("agnai", "Agnai JSON", elsewhere.write_agnai, elsewhere.reading_again(elsewhere.write_agnai)),
    )
}
"""Every target, in the order they are offered."""
