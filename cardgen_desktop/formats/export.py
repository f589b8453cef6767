"""Cards out of the program: the targets, what they lose, and files that are proved before they count."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.card import Card, ExportTarget
from ..domain.card_library import ExportReport
from ..domain.errors import CardError, InputError, InternalError, UsageError
from . import limits
from .card_payload import v2_payload, v3_payload
from .compare import differences
from .file_names import safe_file_name
from .file_writing import refuse_existing, write_file
from .findings import UnreadableError
from .json_text import write_json
from .losses import losses_of
from .png import with_card
from .read_card import ReadCard
from .registry import read_card

__all__ = ["TARGETS", "Target", "card_bytes", "losses", "safe_file_name", "target_for", "write_card"]

_NO_PICTURE = "The picture is not in the file: JSON holds text only."

Writer = Callable[[Card, bytes | None, dict[str, Any] | None], bytes]


@dataclass(frozen=True)
class Target:
    """One kind of file a card can be written to; `suffix` names it, the longest suffix that fits wins."""

    name: ExportTarget
    suffix: str
    title: str
    holds_picture: bool
    holds_dates: bool
    write: Writer


def target_for(path: Path) -> ExportTarget:
    """The target a file name asks for. Raises `UsageError` for any other suffix."""
    name = path.name.casefold()
    fitting = [target for target in TARGETS.values() if name.endswith(target.suffix)]
    if not fitting:
        kinds = ", ".join(f"{target.suffix} ({target.title})" for target in TARGETS.values())
        raise UsageError(f'"{path.name}" does not name a kind of card. Nothing was written. Use {kinds}.')
    return max(fitting, key=lambda target: len(target.suffix)).name


def losses(card: Card, target: ExportTarget) -> tuple[str, ...]:
    """What the target cannot hold of this card, one sentence each."""
    return losses_of(card, target)


def card_bytes(
    card: Card, target: ExportTarget, *, picture: bytes | None, original: dict[str, Any] | None = None
) -> bytes:
    """A card file's bytes.

    `picture` is a PNG (used as it is), JPEG or WebP; None gives the generated portrait. `original` is the
    parsed file the card came from: key order and copies at the root follow it. Raises `InputError` for a
    picture that cannot be used, `CardError` for a card that is over a limit.
    """
    try:
        return TARGETS[target].write(card, picture, original)
    except UnreadableError as error:
        raise CardError(f'"{card.data.name}" cannot be written as a card. {error.reason}') from error
    except ValueError as error:
        message = f'"{card.data.name}" holds a number that JSON cannot hold. Nothing was written.'
        raise CardError(message, details=repr(error)) from error


def write_card(
    card: Card,
    path: Path,
    target: ExportTarget,
    *,
    picture: bytes | None = None,
    overwrite: bool = False,
    original: dict[str, Any] | None = None,
) -> ExportReport:
    """Write a card file, read it back from disk, and only then let it take the place of the target.

    The modification date is set to now where the target holds dates. Raises `UsageError` when the file exists
    and may not be replaced, `StorageError` when the folder cannot be written, `InputError` for a picture or
    card that cannot be used. In every case the old file is untouched and nothing is left behind.
    """
    refuse_existing(path, overwrite=overwrite)
    dated = _dated(card) if TARGETS[target].holds_dates else card
    data = card_bytes(dated, target, picture=picture, original=original)

    def prove(found: bytes) -> None:
        _prove(_read_back(found), dated, target, original)

    write_file(path, data, overwrite=overwrite, check=prove)
    lost = losses(card, target)
    if picture is not None and not TARGETS[target].holds_picture:
        lost = (_NO_PICTURE, *lost)
    return ExportReport(path=str(path), target=target, bytes=len(data), losses=lost)


def _dated(card: Card) -> Card:
    return card.model_copy(
        update={"data": card.data.model_copy(update={"modification_date": int(time.time())})}
    )


def _prove(read: ReadCard, card: Card, target: ExportTarget, original: dict[str, Any] | None) -> None:
    """Compare what the disk gave back with the card. Raises `InternalError` when it does not hold it."""
    differing = differences(card, read, target, original)
    if differing:
        raise InternalError(
            "The written file did not read back the same, so it was not kept. Your card is unchanged. "
            "Try again, or export to another format.",
            details=f"differs in: {', '.join(differing)}",
        )


def _read_back(found: bytes) -> ReadCard:
    read = read_card(found, "the written file")
    if any("differ" in problem.message for problem in read.problems if problem.where in ("chara", "ccv3")):
        raise InternalError("The two copies in the PNG differ, so the file was not kept.")
    return read


def _png(card: Card, picture: bytes | None, original: dict[str, Any] | None) -> bytes:
    chara = write_json(v2_payload(card, original))
    ccv3 = write_json(v3_payload(card, original))
    try:
        return _within_limit(with_card(_png_picture(card, picture), chara, ccv3))
    except InputError as error:
        raise InputError(f"{error.message} Choose another picture, or use the generated portrait.") from error


def _png_picture(card: Card, picture: bytes | None) -> bytes:
    from .picture import check_avatar, generated_portrait
    from .png_chunks import is_png

    if picture is None:
        return generated_portrait(card.data.name)
    return picture if is_png(picture) else check_avatar(picture)


def _json_v3(card: Card, picture: bytes | None, original: dict[str, Any] | None) -> bytes:
    return _within_limit(write_json(v3_payload(card, original), indent=4) + b"\n")


def _json_v2(card: Card, picture: bytes | None, original: dict[str, Any] | None) -> bytes:
    return _within_limit(write_json(v2_payload(card, original), indent=4) + b"\n")


def _within_limit(data: bytes) -> bytes:
    if len(data) > limits.CARD_FILE_BYTES:
        limit = limits.megabytes(limits.CARD_FILE_BYTES)
        raise UnreadableError(f"The file would be {limits.megabytes(len(data))}; the limit is {limit}.")
    return data


TARGETS: dict[ExportTarget, Target] = {
    target.name: target
    for target in (
        Target("png", ".png", "picture with V2 and V3 card", True, True, _png),
        Target("json-v3", ".json", "V3", False, True, _json_v3),
        Target("json-v2", ".v2.json", "V2", False, False, _json_v2),
    )
}
"""Every target, in the order they are offered."""
