"""A file of a card or a lorebook written as another kind of file."""

from pathlib import Path

from ..domain.card import ExportTarget
from ..domain.card_export import BOOK_TARGETS, ExportOptions
from ..domain.card_library import ExportReport
from ..domain.errors import CardError
from .export import write_order
from .export_order import ExportOrder
from .read_card import ReadBook
from .registry import read_content_file
from .round_trip import card_in


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
    if isinstance(read, ReadBook):
        order = ExportOrder(card_in(read), options=options)
    else:
        order = ExportOrder(read.card, read.picture, read.original, read.files, options)
    return write_order(order, out, target, overwrite=overwrite, in_batch=in_batch)
