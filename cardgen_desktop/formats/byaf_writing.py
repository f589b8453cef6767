"""A card as a BYAF archive: manifest, character, scenarios, images; all of it stored, as its own tools do."""

from typing import Any, BinaryIO

from . import limits
from .archive_writing import ArchiveWriter
from .byaf_images import background_file, images_of
from .byaf_mapping import FORMAT, objects_from_card
from .byaf_objects import MANIFEST_PATH, Objects
from .charx_names import Names
from .charx_writing import PRIVATE_PREFIX
from .export_assets import path_of
from .export_order import ExportOrder
from .findings import Findings, UnreadableError
from .json_text import decode_text, parse_object, write_json
from .kept import kept
from .read_card import ContainedFile

CHAT_PREFIX = "__chat:"
"""Before the place of a scenario: the path of its messages among a card's files. They are private."""


def write_archive(order: ExportOrder, out: BinaryIO) -> None:
    """Write the archive. Raises `UnreadableError` for what is over a limit."""
    objects, files = written_objects(order)
    texts = {MANIFEST_PATH: objects.manifest, objects.manifest["characters"][0]: objects.character}
    texts.update(zip(objects.manifest["scenarios"], objects.scenarios, strict=True))
    writer = ArchiveWriter(out)
    names = Names(())
    for path, fields in texts.items():
        content = write_json(fields, indent=2)
        if len(content) > limits.JSON_BYTES:
            limit = limits.megabytes(limits.JSON_BYTES)
            raise UnreadableError(f"A text of the archive would be over {limit}, which is the limit.")
        writer.add(names.given(path), content, pack=False)
    for file in files:
        writer.add(names.given(file.path), file.read(), pack=False)
    writer.close()


def written_objects(order: ExportOrder) -> tuple[Objects, list[ContainedFile]]:
    """What the archive's JSON files will say, and the other files with the names they get."""
    objects = objects_from_card(order.card, _chats(order))
    images, files = images_of(order, objects.character["id"])
    paths = dict.fromkeys(scenario.get("backgroundImage") for scenario in objects.scenarios)
    found = {path: background_file(path, order) for path in paths if isinstance(path, str)}
    backgrounds = {path: file for path, file in found.items() if file is not None}
    scenarios = tuple(_with_background(scenario, backgrounds) for scenario in objects.scenarios)
    files += [ContainedFile(path, file.size, file.read) for path, file in backgrounds.items()]
    files += _foreign(order, {file.path for file in backgrounds.values()})
    return Objects(objects.manifest, {**objects.character, "images": images}, scenarios), files


def _with_background(scenario: dict[str, Any], there: dict[Any, ContainedFile]) -> dict[str, Any]:
    """A scenario without a background that is not there any more: readers refuse the archive for it."""
    if scenario.get("backgroundImage") in there:
        return scenario
    return {key: value for key, value in scenario.items() if key != "backgroundImage"}


def _foreign(order: ExportOrder, used: set[str]) -> list[ContainedFile]:
    """Files that no asset names, where the card came from a BYAF archive: they were in it."""
    if not kept(order.card.data.extensions, FORMAT):
        return []
    named = {path_of(asset.uri) for asset in order.card.data.assets or ()} | used
    return [
        file for file in order.files if file.path not in named and not file.path.startswith(PRIVATE_PREFIX)
    ]


def _chats(order: ExportOrder) -> dict[int, list[Any]]:
    """The messages of scenarios, by the scenario's place in the archive they came from."""
    chats = {}
    for file in order.files:
        place = file.path.removeprefix(CHAT_PREFIX)
        if file.path.startswith(CHAT_PREFIX) and place.isdecimal() and file.size <= limits.JSON_BYTES:
            chats[int(place)] = _messages(file)
    return chats


def _messages(file: ContainedFile) -> list[Any]:
    try:
        found = parse_object(decode_text(file.read(), Findings()), Findings()).get("messages")
    except UnreadableError:
        return []
    return found if isinstance(found, list) and all(isinstance(item, dict) for item in found) else []
