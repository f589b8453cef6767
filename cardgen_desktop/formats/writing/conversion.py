"""A file of a card or a lorebook written as another kind of file."""

from dataclasses import replace
from pathlib import Path

from ...domain.card import ExportTarget
from ...domain.card_export import BOOK_TARGETS, ExportOptions
from ...domain.card_library import ExportReport
from ...domain.errors import CardError
from ..pictures.picture_parts import is_avatar
from ..pictures.png import is_whole
from ..pictures.png_chunks import is_png
from ..read_card import ReadBook, ReadCard
from ..registry import read_content_file
from .export import write_order
from .export_order import ExportOrder
from .round_trip import card_in

_DAMAGED = "The picture is damaged and was left out; the generated portrait took its place."


def convert_file(
    path: Path,
    out: Path,
    target: ExportTarget,
    options: ExportOptions,
    *,
    overwrite: bool = False,
    in_batch: bool = False,
) -> ExportReport:
    """Read a file and write it as `export.write_order` does, with everything it came with.

    Raises `CardError` for what cannot be read, and for a lorebook that stands alone when a card is asked for.
    """
    read = read_content_file(path)
    if isinstance(read, ReadBook) and target not in BOOK_TARGETS:
        kinds = ", ".join(sorted(BOOK_TARGETS))
        raise CardError(
            f'"{path.name}" is a lorebook without a character, so no card can be made of it. '
            f"Nothing was written. Write it as a lorebook: {kinds}."
        )
    order, lost = _order_of(read, target, options)
    report = write_order(order, out, target, overwrite=overwrite, in_batch=in_batch)
    return report.model_copy(update={"losses": (*lost, *report.losses)})


def _order_of(
    read: ReadCard | ReadBook, target: ExportTarget, options: ExportOptions
) -> tuple[ExportOrder, tuple[str, ...]]:
    """What is to be written, and what is to be said of a picture that cannot be used."""
    if isinstance(read, ReadBook):
        return ExportOrder(card_in(read), options=options), ()
    order = ExportOrder(read.card, read.picture, read.original, read.files, options)
    if read.picture is None or _is_usable(read.picture, target):
        return order, ()
    return replace(order, picture=None), (_DAMAGED,)


def _is_usable(picture: bytes, target: ExportTarget) -> bool:
    """Whether a target can do with a picture: most take its bytes as they are, or none."""
    if target == "png" and is_png(picture):
        return is_whole(picture)
    return target not in ("png", "jpeg-charx") or is_avatar(picture)
