"""Images of a BYAF character as assets of a card and back: paths with labels, the first is the avatar."""

import re
from collections.abc import Container, Sequence
from typing import Any

from ...domain.asset_addresses import ARCHIVE_SCHEME, path_of
from ...domain.card import Asset, Card
from ..findings import UnreadableError
from ..model.kept import kept, with_kept
from ..pictures.picture_signs import extension_by_content
from ..read_card import ContainedFile
from ..writing.export_assets import is_main_icon
from ..writing.export_order import ExportOrder
from .byaf_objects import Objects, character_path
from .charx_assets import data_in
from .charx_avatar import bare, is_shown
from .charx_names import Names

FORMAT = "byaf"

_IMAGES = "images"
_SUFFIX = re.compile(r"\.(png|jpe?g|webp|gif)\Z", re.IGNORECASE)
_HEAD_BYTES = 16
_AVATAR = "__avatar"


def with_images(card: Card, objects: Objects, folder: str, there: Container[str] = ()) -> Card:
    """The card with images of the character, which lies in `folder`, as icons, and scenarios' backgrounds.

    Paths of images count from `folder`; one that is not `there`, from the root of the archive if it is there.
    """
    images = [image for image in _list(objects.character.get("images")) if isinstance(image.get("path"), str)]
    icons = [
        _icon(image, place, "" if _at_root(image["path"], folder, there) else folder)
        for place, image in enumerate(images)
    ]
    paths = dict.fromkeys(scenario.get("backgroundImage") for scenario in objects.scenarios)
    backgrounds = [
        _asset("background", stem_of(path), path) for path in paths if isinstance(path, str) and path
    ]
    if not icons and not backgrounds:
        return card
    told = {
        icon.name: image
        for image, icon in reversed(list(zip(images, icons, strict=True)))
        if image != {"path": f"images/{icon.name}.{icon.ext}", "label": icon.name}
    }
    extensions = card.data.extensions
    if told:
        extensions = with_kept(extensions, FORMAT, {**kept(extensions, FORMAT), _IMAGES: told})
    changes = {"assets": (*icons, *backgrounds), "extensions": extensions}
    return card.model_copy(update={"data": card.data.model_copy(update=changes)})


def images_of(order: ExportOrder, character_id: str) -> tuple[list[dict[str, str]], list[ContainedFile]]:
    """The character's list of images, and their files under the names they get in the archive."""
    folder = character_path(character_id).removesuffix("character.json")
    found = kept(order.card.data.extensions, FORMAT).get(_IMAGES)
    told = found if isinstance(found, dict) else {}
    names, images, files = Names(), [], []
    for asset, file in _pictures(order):
        before = told.get(asset.name)
        path = f"images/{_name(asset, file, before, names)}"
        label = before.get("label") if isinstance(before, dict) else asset.name
        images.append({"path": path, "label": label if isinstance(label, str) else asset.name})
        files.append(ContainedFile(folder + path, file.size, file.read))
    return images, files


def background_file(path: Any, order: ExportOrder) -> ContainedFile | None:
    """The file of a scenario's background, wherever it lies by now."""
    if not isinstance(path, str):
        return None
    there = {file.path: file for file in order.files}
    named = (
        _file_of(asset, there)
        for asset in order.card.data.assets or ()
        if asset.type == "background" and asset.name == stem_of(path)
    )
    return there.get(path) or next((file for file in named if file is not None), None)


def stem_of(path: str) -> str:
    """A file's name without folders and without the end of an image."""
    return _SUFFIX.sub("", path.rpartition("/")[2])


def _at_root(path: str, folder: str, there: Container[str]) -> bool:
    return path in there and folder + path not in there


def _icon(image: dict[str, Any], place: int, folder: str) -> Asset:
    path, label = image["path"], image.get("label")
    name = label if isinstance(label, str) and label else stem_of(path)
    return _asset("icon", name if place else "main", folder + path)


def _asset(kind: str, name: str, path: str) -> Asset:
    found = _SUFFIX.search(path)
    return Asset(
        type=kind, uri=ARCHIVE_SCHEME + path, name=name, ext=found[1].casefold() if found else "unknown"
    )


def _pictures(order: ExportOrder) -> list[tuple[Asset, ContainedFile]]:
    """The icons that BYAF can hold with their files, the avatar first."""
    there = {file.path: file for file in order.files}
    icons = [asset for asset in order.card.data.assets or () if asset.type == "icon"]
    found = [(icon, file) for icon in icons if (file := _file_of(icon, there)) is not None]
    found.sort(key=lambda pair: not is_main_icon(pair[0]))
    picture = order.picture
    if picture is not None and not is_shown(picture, order):
        rest = [pair for pair in found if not is_main_icon(pair[0])]
        avatar = bare(picture)
        found = [(Asset(), ContainedFile(_AVATAR, len(avatar), lambda: avatar)), *rest]
    return [pair for pair in found if _suffix(pair[1])]


def _file_of(asset: Asset, there: dict[str, ContainedFile]) -> ContainedFile | None:
    """The file an asset names, or what its own address holds."""
    path = path_of(asset.uri)
    if path is not None:
        return there.get(path)
    try:
        content = data_in(asset.uri)
    except UnreadableError:
        return None
    return None if content is None else ContainedFile(asset.uri[:_HEAD_BYTES], len(content), lambda: content)


def _suffix(file: ContainedFile) -> str:
    """How the file may be called at its end; empty for what is no image of a kind that BYAF names."""
    if told := _SUFFIX.search(file.path):
        return told[0].casefold()
    end = extension_by_content(file.read()[:_HEAD_BYTES])
    return f".{end}" if end and _SUFFIX.search(f".{end}") else ""


def _name(asset: Asset, file: ContainedFile, before: Any, names: Names) -> str:
    """The name the image had, as far as it still is of that kind, else that of its asset."""
    suffix = _suffix(file)
    path = before.get("path") if isinstance(before, dict) else None
    old = path.rpartition("/")[2] if isinstance(path, str) else ""
    stem = (stem_of(old) if old else asset.name.replace("/", "_")) or "image"
    return names.given(old if old.casefold().endswith(suffix) else stem + suffix)


def _list(found: Any) -> Sequence[dict[str, Any]]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
