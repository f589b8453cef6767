"""What the child processes do with cards: files in, files and values out. Imported by children only.

Pictures and files of cards are stored here, in the folder of the order, and only their names travel.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..domain.avatar import Crop
from ..domain.card import Card, CardFile, InspectedCard, Lorebook
from ..domain.card_differences import DifferenceReport
from ..domain.card_export import ExportOptions, ExportPlan, RoundTrip
from ..domain.card_library import ExportReport
from ..domain.errors import CardError, CardgenError, InputError, StorageError
from ..domain.lint import LintFinding
from ..store.asset_files import AssetBatch, AssetFiles
from .card_processes import Preview
from .opened import OpenedFile, Picture
from .process_main import GIGABYTE, Channel, Task, bytes_of, path_of

BATCH_SECONDS = 5.0
BATCH_BYTES = 32 * 1024 * 1024
"""When several files that are read in one go are enough: the window waits for their answer to be taken in."""

CARD_FILE_BYTES = 100 * 1024 * 1024
"""How large a file may be that a person adds to a card; an archive may hold as large ones."""


def open_file(channel: Channel, arguments: dict[str, Any]) -> OpenedFile:
    """Read a card or a source document, whichever the content is."""
    from .card_reading import means_to_be_card, opened_card

    path = path_of(arguments)
    if path.is_dir():
        raise InputError(f'"{path.name or path}" is a folder. Add the files in it.')
    if arguments["cards_only"]:
        return _as_card(path, _assets_of(arguments), arguments["in_folder"], arguments["digest"])
    if not arguments["sources_only"] and means_to_be_card(path):
        return OpenedFile(card=opened_card(path, _assets_of(arguments)))
    from .process_tasks import read

    return OpenedFile(source=read(channel, arguments))


def open_text(_: Channel, arguments: dict[str, Any]) -> OpenedFile:
    """Read pasted text as a card."""
    from .card_reading import opened_text

    return OpenedFile(card=opened_text(arguments["text"], arguments["name"], _assets_of(arguments)))


def open_cards(_: Channel, arguments: dict[str, Any]) -> tuple[OpenedFile, ...]:
    """Read some card files and store their pictures and files together; as many as fit into one answer."""
    assets = AssetBatch(path_of(arguments, "assets"))
    try:
        opened = in_turn(lambda path, in_folder: _as_card(path, assets, in_folder, True), arguments["files"])
        assets.settle()
    finally:
        assets.abandon()
    return opened


def in_turn(
    open_one: Callable[[Path, bool], OpenedFile], files: Sequence[dict[str, Any]]
) -> tuple[OpenedFile, ...]:
    """Open files one by one until there is enough for one answer; what cannot be used says so."""
    opened: list[OpenedFile] = []
    size, until = 0, time.monotonic() + BATCH_SECONDS
    for file in files:
        path = path_of(file)
        try:
            opened.append(open_one(path, file["in_folder"]))
        except StorageError:
            raise
        except CardgenError as error:
            opened.append(OpenedFile(refused=error.message))
        with contextlib.suppress(OSError, ValueError):
            size += path.stat().st_size
        if size > BATCH_BYTES or time.monotonic() > until:
            break
    return tuple(opened)


def _as_card(path: Path, assets: AssetFiles | None, in_folder: bool, digest: bool) -> OpenedFile:
    from .card_reading import digest_of, is_plain_picture, opened_card

    sha256 = digest_of(path) if digest else ""
    try:
        return OpenedFile(card=opened_card(path, assets), sha256=sha256)
    except CardError:
        if in_folder and is_plain_picture(path):
            return OpenedFile(sha256=sha256)
        raise


def inspect(_: Channel, arguments: dict[str, Any]) -> InspectedCard:
    """Look at a card file; a bad one has no card and a problem that says why."""
    from ..formats import registry

    return registry.inspect(path_of(arguments))


def read_lorebook(_: Channel, arguments: dict[str, Any]) -> Lorebook:
    """The lorebook of a file, alone or a card's."""
    from .card_reading import opened_card

    path = path_of(arguments)
    book = opened_card(path, None).card.data.character_book
    if book is None or not book.entries:
        raise CardError(f'"{path.name}" has no lorebook. Choose a card that has one, or a lorebook.')
    return book


def check_picture(_: Channel, arguments: dict[str, Any]) -> Picture:
    """Bound, verify and store a picture."""
    from ..formats.pictures.picture_parts import as_avatar

    try:
        return _kept_picture(as_avatar(bytes_of(arguments["image"])), arguments)
    except InputError as error:
        sentence = f'"{arguments["name"]}" cannot be the picture of a card. {error.message}'
        raise InputError(sentence, details=error.details) from error


def crop_picture(_: Channel, arguments: dict[str, Any]) -> Picture:
    """Store a part of a stored picture."""
    from ..formats.pictures.picture_parts import part_of

    data = _kept_in(arguments).read(arguments["sha256"])
    if data is None:
        raise InputError(
            "The picture's file is missing or damaged, so no part of it can be shown. Choose it anew."
        )
    return _kept_picture(part_of(data, Crop.model_validate(arguments["crop"])), arguments)


def _kept_picture(data: bytes, arguments: dict[str, Any]) -> Picture:
    kept = _kept_in(arguments).keep(data)
    return Picture(sha256=kept.sha256, bytes=kept.bytes)


def keep_file(_: Channel, arguments: dict[str, Any]) -> CardFile:
    """Store a copy of a file, and say where in a card it belongs."""
    from .asset_places import place_for

    path = path_of(arguments)
    try:
        if not path.is_file():
            raise InputError(
                f'"{path.name or path}" is not an ordinary file. Choose a picture, sound or video.'
            )
        with path.open("rb") as stream:
            head = stream.read(64)
            stream.seek(0)
            kept = _kept_in(arguments).keep_stream(stream, CARD_FILE_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        sentence = f'"{path.name}" cannot be opened: {reason}. Check its name, or choose another file.'
        raise InputError(sentence, details=str(error)) from error
    if kept is None:
        raise InputError(
            f'"{path.name}" is larger than {CARD_FILE_BYTES // 1024**2} MB, the limit for a file of a card. '
            "Nothing was added. Choose a smaller one."
        )
    place = place_for(arguments["kind"], path.name, head)
    return CardFile(path=place, bytes=kept.bytes, sha256=kept.sha256)


def preview(_: Channel, arguments: dict[str, Any]) -> Preview:
    """A small view of a stored picture."""
    from ..formats.limits import PICTURE_BYTES
    from ..formats.pictures.picture_parts import small_view

    assets, sha256 = _kept_in(arguments), arguments["sha256"]
    if not assets.holds(sha256) or assets.place(sha256).stat().st_size > PICTURE_BYTES:
        return Preview()
    data = assets.read(sha256)
    return Preview(png=(data and small_view(data, arguments["side"])) or b"")


def data_preview(_: Channel, arguments: dict[str, Any]) -> Preview:
    """A small view of a picture that is written out in a card, in a `data:` address (RFC 2397)."""
    from ..formats.data_addresses import data_of
    from ..formats.pictures.picture_parts import small_view

    data = data_of(arguments["address"])
    return Preview(png=(data and small_view(data, arguments["side"])) or b"")


def lint(_: Channel, arguments: dict[str, Any]) -> tuple[LintFinding, ...]:
    """What a writer should look at in a card."""
    from ..formats.lint import lint as look

    files = [CardFile.model_validate(file) for file in arguments["files"]]
    return tuple(look(Card.model_validate(arguments["card"]), files))


def convert(_: Channel, arguments: dict[str, Any]) -> ExportReport:
    """Read a card or lorebook file and write it in another format, with all that it came with."""
    from ..formats.writing.conversion import convert_file

    options = ExportOptions.model_validate(arguments["options"])
    path, out, target = path_of(arguments), path_of(arguments, "out"), arguments["target"]
    overwrite, in_batch = arguments["overwrite"], arguments["in_batch"]
    return convert_file(path, out, target, options, overwrite=overwrite, in_batch=in_batch)


def is_card(_: Channel, arguments: dict[str, Any]) -> bool:
    """Whether a file means to be a card or a lorebook."""
    from .card_reading import means_to_be_card

    return means_to_be_card(path_of(arguments))


def differences(_: Channel, arguments: dict[str, Any]) -> DifferenceReport:
    """Where two card or lorebook files say different things."""
    from ..formats.writing.file_differences import file_differences

    return file_differences(path_of(arguments), path_of(arguments, "other"))


def export(_: Channel, arguments: dict[str, Any]) -> ExportReport:
    """Write a card of the library to a file; what is missing of it is told."""
    from ..formats.writing.export import write_order
    from .card_writing import order_of

    order, missing = order_of(arguments, _assets_of(arguments))
    path, overwrite = path_of(arguments), arguments["overwrite"]
    report = write_order(order, path, arguments["target"], overwrite=overwrite)
    return report.model_copy(update={"losses": (*missing, *report.losses)})


def holds(_: Channel, arguments: dict[str, Any]) -> bool:
    """Whether a file holds what writing the card would have put there."""
    from ..formats.registry import read_content_file
    from ..formats.writing.round_trip import unexpected_differences
    from ..formats.writing.targets import TARGETS
    from .card_writing import order_of

    order, _missing = order_of(arguments, _assets_of(arguments))
    target, read = TARGETS[arguments["target"]], read_content_file(path_of(arguments))
    return not unexpected_differences(read, order, target, target.hold(order))


def export_plan(_: Channel, arguments: dict[str, Any]) -> ExportPlan:
    """What a file of this kind would be called and would not hold."""
    from ..formats.writing.export import plan_of
    from .card_writing import order_of

    order, missing = order_of(arguments, _assets_of(arguments))
    plan = plan_of(order, arguments["target"])
    return plan.model_copy(update={"losses": (*missing, *plan.losses)})


def round_trip(_: Channel, arguments: dict[str, Any]) -> RoundTrip:
    """Write a card in memory, read it again and compare."""
    from ..formats.writing.round_trip import round_trip as there_and_back
    from .card_writing import order_of

    order, missing = order_of(arguments, _assets_of(arguments))
    found = there_and_back(order, arguments["target"])
    return found.model_copy(update={"losses": (*missing, *found.losses)})


def _assets_of(arguments: dict[str, Any]) -> AssetFiles | None:
    """The folder that keeps files of cards; None where the program has no data folder."""
    return AssetFiles(path_of(arguments, "assets")) if arguments["assets"] else None


def _kept_in(arguments: dict[str, Any]) -> AssetFiles:
    assets = _assets_of(arguments)
    assert assets is not None, "nothing is kept without a data folder"
    return assets


CARD_TASKS = {
    "open_file": Task(open_file, memory=GIGABYTE * 2, cpu_seconds=70),
    "open_text": Task(open_text, memory=GIGABYTE * 2, cpu_seconds=70),
    "open_cards": Task(open_cards, memory=GIGABYTE * 2, cpu_seconds=70),
    "inspect": Task(inspect, memory=GIGABYTE * 2, cpu_seconds=70),
    "read_lorebook": Task(read_lorebook, memory=GIGABYTE * 2, cpu_seconds=70),
    "check_picture": Task(check_picture, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "crop_picture": Task(crop_picture, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "keep_file": Task(keep_file, memory=GIGABYTE, cpu_seconds=70),
    "preview": Task(preview, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "data_preview": Task(data_preview, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "lint": Task(lint, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "convert": Task(convert, memory=GIGABYTE * 2, cpu_seconds=70),
    "is_card": Task(is_card, memory=GIGABYTE * 2, cpu_seconds=70),
    "differences": Task(differences, memory=GIGABYTE * 2, cpu_seconds=70),
    "export": Task(export, memory=GIGABYTE * 2, cpu_seconds=70),
    "holds": Task(holds, memory=GIGABYTE * 2, cpu_seconds=70),
    "export_plan": Task(export_plan, memory=GIGABYTE * 2, cpu_seconds=70),
    "round_trip": Task(round_trip, memory=GIGABYTE * 2, cpu_seconds=70),
}
"""What children are asked about cards, with the limits of each."""
