"""A card as a BYAF archive: manifest, character, scenarios, images; all of it stored, as its own tools do."""

from typing import Any, BinaryIO

from ...domain.asset_addresses import path_of
from .. import limits
from ..findings import Findings, UnreadableError
from ..json_text import decode_text, parse_object, write_json
from ..model.kept import kept
from ..read_card import ContainedFile
from ..writing.export_assets import PRIVATE_PREFIX
from ..writing.export_order import ExportOrder
from .archive_writing import ArchiveWriter
from .byaf_images import background_file, images_of
from .byaf_mapping import FORMAT, objects_from_card
from .byaf_objects import MANIFEST_PATH, Objects
from .charx_names import Names

CHAT_PREFIX = "__chat:"
"""Before the place of a scenario: the path of its messages among a card's files. They are private."""


def write_archive(order: ExportOrder, out: BinaryIO) -> None:
    """Write the archive. Raises `UnreadableError` for what is over a limit."""
    objects, files = written_objects(order)
    writer = ArchiveWriter(out)
    for path, fields in _texts(objects).items():
        content = write_json(fields, indent=2)
        if len(content) > limits.JSON_BYTES:
            limit = limits.megabytes(limits.JSON_BYTES)
            raise UnreadableError(f"A text of the archive would be over {limit}, which is the limit.")
        writer.add(path, content, pack=False)
    for file in files:
        writer.add(file.path, file.read(), pack=False)
    writer.close()


def written_objects(order: ExportOrder) -> tuple[Objects, list[ContainedFile]]:
    """What the archive's JSON files will say, and the other files with the names they get."""
    objects = objects_from_card(order.card, _chats(order))
    images, files = images_of(order, objects.character["id"])
    names = Names((*_texts(objects), *(file.path for file in files)))
    paths = dict.fromkeys(scenario.get("backgroundImage") for scenario in objects.scenarios)
    found = {path: background_file(path, order) for path in paths if isinstance(path, str)}
    backgrounds = {path: names.given(path) for path, file in found.items() if file is not None}
    files += [
        ContainedFile(backgrounds[path], file.size, file.read)
        for path, file in found.items()
        if file is not None
    ]
    used = {file.path for file in found.values() if file is not None}
    files += [ContainedFile(names.given(file.path), file.size, file.read) for file in _foreign(order, used)]
    scenarios = tuple(_with_background(scenario, backgrounds) for scenario in objects.scenarios)
    return Objects(objects.manifest, {**objects.character, "images": images}, scenarios), files


def _texts(objects: Objects) -> dict[str, dict[str, Any]]:
    """The JSON files by their paths."""
    paths = (MANIFEST_PATH, objects.manifest["characters"][0], *objects.manifest["scenarios"])
    return dict(zip(paths, (objects.manifest, objects.character, *objects.scenarios), strict=True))


def _with_background(scenario: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A scenario without a background that is not there any more: readers refuse the archive for it."""
    rest = {key: value for key, value in scenario.items() if key != "backgroundImage"}
    path = scenario.get("backgroundImage")
    return {**rest, "backgroundImage": names[path]} if path in names else rest


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
