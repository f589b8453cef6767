"""What a target cannot hold, in the person's words: said before anything is written over.

The sentences are made from the semantic difference between the card and the card as it would be read back,
so that nothing can be lost that no sentence tells.
"""

from collections.abc import Sequence

from ...domain.asset_addresses import path_of
from ...domain.card import Card, ExportTarget
from ..model.decorators import has_decorators
from ..model.differences import card_differences
from .carried_files import archive_losses, is_charx, left_behind
from .export_assets import in_json, is_main_icon, is_private, picture_path
from .export_order import ExportOrder
from .loss_sentences import counted, grouped, listed, sentence_of
from .targets import Target

_FORMAT_NAMES: dict[ExportTarget, str] = {
    "png": "PNG",
    "json-v3": "JSON",
    "json-v2": "V2",
    "charx": "CHARX",
    "jpeg-charx": "CHARX",
    "st-worldinfo": "World Info",
    "lorebook-v3": "a lorebook file",
    "risu-lorebook": "RisuAI's lorebook",
    "byaf": "BYAF",
    "yaml": "text-generation-webui's YAML",
    "ooba": "Pygmalion's JSON",
    "agnai": "Agnai's JSON",
}
_ONLY_THE_BOOK = "Only the lorebook is written: the character stays behind."


def losses_of(order: ExportOrder, target: Target, held: Card | None = None) -> tuple[str, ...]:
    """One sentence for each thing the file will not have; empty when everything goes along.

    `held` is what `target.hold(order)` gave, where it is known. Raises `UnreadableError` for a card that
    cannot be written to the target at all.
    """
    if held is None:
        held = target.hold(order)
    if target.is_book:
        return _book_losses(order, held, target)
    name = _name_of(order, target)
    said = [sentence_of(group, name) for group in grouped(card_differences(order.card, held))]
    found = [_picture_loss(order, target), *_file_losses(order, target), *said]
    found += [_date_loss(order.card, target, name), _decorator_loss(order, target)]
    found += archive_losses(order, target)
    return tuple(dict.fromkeys(sentence for sentence in found if sentence))


def _name_of(order: ExportOrder, target: Target) -> str:
    return "V2" if target.name == "png" and order.options.chunks == "v2" else _FORMAT_NAMES[target.name]


def _book_losses(order: ExportOrder, held: Card, target: Target) -> tuple[str, ...]:
    name = _FORMAT_NAMES[target.name]
    differences = card_differences(order.card, held)
    inside = [item for item in differences if item.where.startswith("data.character_book")]
    first = (_ONLY_THE_BOOK,) if len(inside) < len(differences) else ()
    return (*first, *(sentence_of(group, name) for group in grouped(inside)))


def _picture_loss(order: ExportOrder, target: Target) -> str:
    if order.picture is None or target.holds_picture:
        return ""
    if target.name == "json-v3" and picture_path(order) in in_json(order):
        return ""  # its icon goes along
    kind = "YAML" if target.name == "yaml" else "JSON"
    return f"The picture is not in the file: {kind} holds text only."


def _file_losses(order: ExportOrder, target: Target) -> list[str]:
    """Files that stay behind: those that assets name, and those that stand by themselves."""
    if is_charx(target):
        return []
    kept = {file.path for file in order.files} - left_behind(order, target)
    has_picture = order.picture is not None or picture_path(order) is not None
    assets = [asset for asset in order.card.data.assets or () if not (has_picture and is_main_icon(asset))]
    named = [path for asset in assets if (path := path_of(asset.uri)) is not None]
    gone = [path for path in named if path not in kept]
    found = []
    if gone:
        what = counted(len(gone), "asset stays", "assets stay")
        found.append(f"{what} behind{_mention(target)}. {_why(target)}")
    if alone := _files_alone(order, kept, named):
        what = counted(len(alone), "file that no asset names stays", "files that no asset names stay")
        found.append(f"{what} behind: {listed(alone)}.")
    return found


def _files_alone(order: ExportOrder, kept: set[str], named: Sequence[str]) -> list[str]:
    """Files that stay behind and that no asset names; the picture and its wrapping are told elsewhere."""
    aside = {*kept, *named, picture_path(order)}
    return [file.path for file in order.files if file.path not in aside and not is_private(file.path)]


def _mention(target: Target) -> str:
    return ", only the mention is kept" if target.name in ("png", "json-v3") else ""


def _why(target: Target) -> str:
    if target.name == "byaf":
        return "BYAF holds pictures alone."
    if target.name == "png":
        return "They are not at hand, or too large for a PNG."
    return "They are not at hand, or too large for JSON." if target.holds_files else "Only text goes along."


def _date_loss(card: Card, target: Target, name: str) -> str:
    dated = card.data.creation_date or card.data.modification_date
    return (
        "" if target.holds_dates or not dated else f"The dates are left out: {name} has no fields for them."
    )


def _decorator_loss(order: ExportOrder, target: Target) -> str:
    """The V2 copy in a PNG goes without decorators even where the V3 copy has them."""
    book = order.card.data.character_book
    if target.name != "png" or order.options.chunks != "both" or book is None:
        return ""
    count = sum(has_decorators(entry.content) for entry in book.entries)
    if not count:
        return ""
    entries = counted(count, "lorebook entry", "lorebook entries")
    return f"The V2 copy in the PNG goes without the decorators of {entries}; the V3 copy keeps them."
