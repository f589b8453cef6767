"""A card and its files as a CHARX archive: `card.json` first, then the files in the order they came in.

Files that came from an archive keep their names, bytes and order. Assets of a PNG (`__asset:N`) and images of
BYAF move to the folders of the specification where the card names them. `data:` addresses stay: they are
legal, and unpacking them would change a card that nobody edited.
"""

from collections.abc import Sequence
from typing import BinaryIO

from ...domain.asset_addresses import ARCHIVE_SCHEME, CHUNK_SCHEME, path_of
from ...domain.card import Asset, Card, Lorebook
from ..findings import Findings, UnreadableError
from ..json_text import write_json
from ..model.card_payload import v3_payload
from ..model.differences import book_differences
from ..model.normalise import card_from
from ..pictures.picture_signs import extension_by_content
from ..read_card import ContainedFile
from ..writing.export_assets import is_main_icon, is_private
from ..writing.export_order import ExportOrder
from .archive_writing import ArchiveWriter
from .charx_assets import without_missing
from .charx_avatar import bare, file_at, is_shown
from .charx_names import CARD_PATH, Names, place_of
from .risu_module import MODULE_PATH, read_module

_AVATAR = "__avatar"
_AVATAR_FOLDER = "assets/icon/images"
_MOVED = (CHUNK_SCHEME, "characters/", "scenarios/")
_HEAD_BYTES = 16
_PACKED_ENDS = (
    *(".json", ".txt", ".md", ".csv", ".xml", ".html", ".css", ".svg", ".yaml", ".yml", ".lua", ".js", ".ts"),
    *(".py", ".obj", ".gltf", ".risum", ".wav", ".bmp", ".tif", ".tiff"),
)


def write_archive(order: ExportOrder, out: BinaryIO, *, before: int = 0) -> None:
    """Write the archive behind `before` bytes of `out`. Raises `UnreadableError` for what is over a limit."""
    files, assets = _with_avatar(order)
    names = _names(files, assets)
    card = without_missing(_addressed(order.card, assets, names), set(names.values()))
    writer = ArchiveWriter(out, before)
    writer.add(CARD_PATH, write_json(v3_payload(card, order.original), indent=4), pack=True)
    for file in files:
        content = _content(file, order)
        if content is not None:
            name = names[file.path]
            writer.add(name, content, pack=name.casefold().endswith(_PACKED_ENDS))
    writer.close()


def charx_losses(order: ExportOrder) -> tuple[str, ...]:
    """What changes in an archive beside the card's own fields, one sentence each."""
    module = file_at(order, MODULE_PATH)
    if module is None:
        return ()
    content = module.read()
    written = _module_content(content, order)
    if written is None:
        return (
            f"RisuAI's {MODULE_PATH} is left out with its triggers and regular expressions: it holds the "
            "lorebook as it was, in a way that is not known.",
        )
    if written != content:
        return (
            f"The lorebook in RisuAI's {MODULE_PATH} is left out, because it is not the card's any more; "
            "triggers and regular expressions stay.",
        )
    return ()


def _with_avatar(order: ExportOrder) -> tuple[list[ContainedFile], list[Asset]]:
    """Files and assets with the picture as the main icon, where it is not that already."""
    files = [file for file in order.files if not is_private(file.path)]
    assets = list(order.card.data.assets or ())
    picture = order.picture
    if picture is None or is_shown(picture, order):
        return files, assets
    picture = bare(picture)
    main = next((place for place, asset in enumerate(assets) if is_main_icon(asset)), None)
    new = Asset(uri=ARCHIVE_SCHEME + _AVATAR, ext=extension_by_content(picture) or "png")
    avatar = ContainedFile(_AVATAR, len(picture), lambda: picture)
    if main is None:
        return [avatar, *files], [new, *assets]
    old = path_of(assets[main].uri)
    assets[main] = assets[main].model_copy(update={"uri": new.uri, "ext": new.ext})
    if any(file.path == old for file in files) and not _is_named(old, assets):
        return [avatar if file.path == old else file for file in files], assets
    return [avatar, *files], assets


def _is_named(path: str | None, assets: Sequence[Asset]) -> bool:
    return any(path_of(asset.uri) == path for asset in assets)


def _names(files: Sequence[ContainedFile], assets: Sequence[Asset]) -> dict[str, str]:
    """The name of each file in the archive; files that have one there keep it before others get theirs."""
    named = {path: asset for asset in reversed(assets) if (path := path_of(asset.uri)) is not None}
    moved = {file.path for file in files if file.path.startswith(_MOVED) and file.path in named}
    giver = Names()
    names = {
        file.path: giver.given(file.path.removeprefix(CHUNK_SCHEME))
        for file in files
        if file.path not in moved and file.path != _AVATAR
    }
    for file in files:
        if file.path == _AVATAR:
            names[file.path] = giver.given(f"{_AVATAR_FOLDER}/main.{named[_AVATAR].ext}")
        elif file.path in moved:
            names[file.path] = giver.given(place_of(named[file.path], file.read()[:_HEAD_BYTES]))
    return names


def _addressed(card: Card, assets: Sequence[Asset], names: dict[str, str]) -> Card:
    """The card with assets that name their files as they are called in the archive."""
    if not assets:
        return card
    moved = tuple(
        asset.model_copy(update={"uri": ARCHIVE_SCHEME + names[path]})
        if (path := path_of(asset.uri)) in names
        else asset
        for asset in assets
    )
    return card.model_copy(update={"data": card.data.model_copy(update={"assets": moved})})


def _content(file: ContainedFile, order: ExportOrder) -> bytes | None:
    """What is written for a file; None where it may not go along."""
    content = file.read()
    return _module_content(content, order) if file.path == MODULE_PATH else content


def _module_content(content: bytes, order: ExportOrder) -> bytes | None:
    """RisuAI's module without its lorebook where that is not the card's any more.

    RisuAI then takes the card's; otherwise it would show the lorebook as it was before it was edited.
    """
    book = order.card.data.character_book or Lorebook()
    before = _book_before(order)
    if before.entries and not book_differences(before, book):
        return content
    try:
        module = read_module(content)
        theirs = module.book()
    except UnreadableError:
        return content if not (before.entries or book.entries) else None
    own = Lorebook(entries=book.entries)
    if theirs is None or not book_differences(Lorebook(entries=theirs.entries), own):
        return content
    return module.without_lorebook()


def _book_before(order: ExportOrder) -> Lorebook:
    """The lorebook of the file the card came from."""
    if order.original is None:
        return Lorebook()
    try:
        return card_from(order.original, Findings()).data.character_book or Lorebook()
    except UnreadableError:
        return Lorebook()
