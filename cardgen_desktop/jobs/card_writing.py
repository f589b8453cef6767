"""How a child puts a card of the library together again; its files are read when they are asked for.

A file that is missing or no longer what it was is left out, and told; the rest of the card goes out.
"""

from typing import TYPE_CHECKING, Any

from ..domain.card import Card, CardFile
from ..domain.card_export import ExportOptions
from ..store.asset_files import AssetFiles
from .process_main import bytes_of

if TYPE_CHECKING:
    from ..formats.read_card import ContainedFile
    from ..formats.writing.export_order import ExportOrder

_LISTED = 20


def order_of(arguments: dict[str, Any], assets: AssetFiles | None) -> "tuple[ExportOrder, tuple[str, ...]]":
    """What is to be written, and a sentence for everything that is missing of it."""
    from ..formats.writing.export_order import ExportOrder

    listed = tuple(CardFile.model_validate(file) for file in arguments["files"])
    files, missing = _there(listed, assets)
    picture, without_picture = _picture(arguments["picture"], arguments["picture_data"], assets)
    options = ExportOptions.model_validate(arguments["options"])
    card = Card.model_validate(arguments["card"])
    return ExportOrder(card, picture, arguments["original"], files, options), (*without_picture, *missing)


def _picture(
    sha256: str, given: str | None, assets: AssetFiles | None
) -> tuple[bytes | None, tuple[str, ...]]:
    if given:
        return bytes_of(given), ()
    if not sha256:
        return None, ()
    found = None if assets is None else assets.read(sha256)
    if found is None:
        return None, ("The picture's file is missing or damaged; the generated portrait took its place.",)
    return found, ()


def _there(
    files: tuple[CardFile, ...], assets: AssetFiles | None
) -> "tuple[tuple[ContainedFile, ...], tuple[str, ...]]":
    """The files whose content is what it was, and what is to be said of the others."""
    from ..formats.read_card import ContainedFile

    whole = [file for file in files if assets is not None and assets.is_whole(file.sha256, file.bytes)]
    gone = [file.path for file in files if file not in whole]
    missing = [f'The file "{path}" of the card is missing or damaged and was left out.' for path in gone]
    if len(missing) > _LISTED:
        missing[_LISTED:] = [f"{len(missing) - _LISTED:,} more files are missing and were left out."]
    found = tuple(ContainedFile(file.path, file.bytes, _reader(assets, file)) for file in whole if assets)
    return found, tuple(missing)


def _reader(assets: AssetFiles, file: CardFile) -> Any:
    from ..formats.findings import UnreadableError

    def read() -> bytes:
        data = assets.read(file.sha256)
        if data is None or len(data) != file.bytes:
            raise UnreadableError(f'The file "{file.path}" of the card went missing meanwhile.')
        return data

    return read
