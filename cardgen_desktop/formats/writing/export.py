"""Cards out of the program: what a target loses, and files that are proved before they count."""

import io
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from ...domain.card import Card, ExportTarget
from ...domain.card_export import ExportOptions, ExportPlan
from ...domain.card_library import ExportReport
from ...domain.errors import CardError, InternalError
from ...domain.file_names import file_name, safe_file_name
from ..findings import UnreadableError
from ..read_card import ContainedFile
from ..registry import read_content_file
from .export_assets import gathered
from .export_order import ExportOrder
from .file_writing import refuse_existing, write_stream
from .losses import losses_of
from .round_trip import unexpected_differences
from .targets import TARGETS, Target, target_for

__all__ = [
    "TARGETS",
    "ExportOrder",
    "Target",
    "card_bytes",
    "losses",
    "plan_of",
    "safe_file_name",
    "target_for",
    "write_card",
    "write_order",
]

_LISTED = 20
_DEFAULTS = ExportOptions()


def losses(card: Card, target: ExportTarget) -> tuple[str, ...]:
    """What the target cannot hold of this card, one sentence each; raises `CardError`."""
    return order_losses(ExportOrder(card), target)


def order_losses(order: ExportOrder, target: ExportTarget) -> tuple[str, ...]:
    """The same for a card with its picture and files."""
    with _Told(order):
        return losses_of(gathered(order), TARGETS[target])


def plan_of(order: ExportOrder, target: ExportTarget) -> ExportPlan:
    """What would be written, without writing it. Raises `CardError`, `UsageError` for a bad template."""
    name = file_name(order.options.template, order.card, TARGETS[target].suffix)
    return ExportPlan(target=target, file_name=name, losses=order_losses(order, target))


def card_bytes(
    card: Card,
    target: ExportTarget,
    *,
    picture: bytes | None,
    original: dict[str, Any] | None = None,
    files: Sequence[ContainedFile] = (),
    options: ExportOptions = _DEFAULTS,
) -> bytes:
    """A card file's bytes; see `ExportOrder`.

    Raises `InputError` for a picture that cannot be used, `CardError` for a card that is over a limit or that
    the target has no place for.
    """
    file = io.BytesIO()
    order = ExportOrder(card, picture, original, files, options)
    with _Told(order):
        TARGETS[target].write(gathered(order), file)
    return file.getvalue()


def write_card(
    card: Card,
    path: Path,
    target: ExportTarget,
    *,
    picture: bytes | None = None,
    overwrite: bool = False,
    original: dict[str, Any] | None = None,
    files: Sequence[ContainedFile] = (),
    options: ExportOptions = _DEFAULTS,
) -> ExportReport:
    """Write a card file as `write_order` does."""
    order = ExportOrder(card, picture, original, files, options)
    return write_order(order, path, target, overwrite=overwrite)


def write_order(
    order: ExportOrder,
    path: Path,
    target: ExportTarget,
    *,
    overwrite: bool = False,
    in_batch: bool = False,
) -> ExportReport:
    """Write a card file, read it back from disk, and only then let it take the place of the target.

    `in_batch`: see `file_writing.write_stream`. The modification date is set to now where the target holds
    dates. Raises `UsageError` when the file exists and may not be replaced, `StorageError` when the folder
    cannot be written, `InputError` for a picture or card that cannot be used. In every case the old file is
    untouched and nothing is left behind.
    """
    kind = TARGETS[target]
    refuse_existing(path, overwrite=overwrite)
    with _Told(order):
        order = gathered(order)
        dated = _dated(order) if kind.holds_dates else order
        held = kind.hold(dated)
        lost = losses_of(dated, kind, held)

    def write(out: BinaryIO) -> None:
        with _Told(order):
            kind.write(dated, out)

    size = write_stream(
        path, write, overwrite=overwrite, check=lambda place: _prove(place, dated, kind, held)
    )
    return ExportReport(path=str(path), target=target, bytes=size, losses=lost)


class _Told:
    """Turns what a writer raises into a sentence that names the card."""

    def __init__(self, order: ExportOrder) -> None:
        self._name = order.card.data.name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, UnreadableError):
            raise CardError(f'"{self._name}" cannot be written as a card. {error.reason}') from error
        if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
            message = f'"{self._name}" holds a number that JSON cannot hold. Nothing was written.'
            raise CardError(message, details=repr(error)) from error


def _dated(order: ExportOrder) -> ExportOrder:
    data = order.card.data.model_copy(update={"modification_date": int(time.time())})
    return replace(order, card=order.card.model_copy(update={"data": data}))


def _prove(place: Path, order: ExportOrder, target: Target, held: Card) -> None:
    """Read the file again and compare. Raises `InternalError` when it does not hold card and files."""
    try:
        read = read_content_file(place)
    except CardError as error:
        if isinstance(error.__cause__, OSError):  # the disk is to blame, not what was written
            raise error.__cause__ from None
        raise _not_kept(error.message) from error
    if any("differ" in problem.message for problem in read.problems if problem.where in ("chara", "ccv3")):
        raise InternalError("The two copies in the PNG differ, so the file was not kept.")
    differing = [item.where for item in unexpected_differences(read, order, target, held, dates=True)]
    if differing:
        raise _not_kept(f"differs in: {', '.join(differing[:_LISTED])}")


def _not_kept(details: str) -> InternalError:
    return InternalError(
        "The written file did not read back the same, so it was not kept. Your card is unchanged. "
        "Try again, or export to another format.",
        details=details,
    )
