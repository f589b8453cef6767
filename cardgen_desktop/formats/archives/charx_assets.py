"""Assets of a card in an archive: which entry an address names, and which picture is the avatar."""

import unicodedata
from urllib.parse import unquote

from ...domain.asset_addresses import ARCHIVE_SCHEME, CHUNK_SCHEME, path_of
from ...domain.card import Asset, Card, CardData
from .. import limits
from ..data_addresses import data_of, is_data_address
from ..findings import Findings, UnreadableError
from ..model.kept import kept, with_kept, without_kept
from ..pictures.picture_signs import is_picture
from ..writing.export_assets import is_main_icon
from .archive import Archive, ArchiveEntry
from .archive_names import shown_name

CONTAINER = "charx"
_MISSING = "missing_assets"


class Places:
    """Finds the entry that an address of a card means, also under another spelling."""

    def __init__(self, archive: Archive, folder: str = "") -> None:
        """`folder` is where `card.json` lies, with a slash at its end; addresses count from there too."""
        self._archive = archive
        self._folder = folder
        self._alike = {_plain(entry.path): entry for entry in reversed(archive.entries)}

    def find(self, path: str) -> ArchiveEntry | None:
        """The entry of this path: exactly, below the card's folder, or spelt a little differently."""
        path = path.removeprefix(CHUNK_SCHEME)
        exact = self._archive.find(path) or self._archive.find(self._folder + path)
        if exact is not None:
            return exact
        spellings = (path, unquote(path), self._folder + path)
        return next((found for spelt in spellings if (found := self._alike.get(_plain(spelt)))), None)


def resolved(card: Card, places: Places, findings: Findings) -> Card:
    """The card with every asset's address spelt as its file is; those without a file are told and kept."""
    if not card.data.assets:
        return card
    assets = tuple(
        _resolved(asset, f"data.assets[{index}].uri", places, findings)
        for index, asset in enumerate(card.data.assets)
    )
    return _with_data(card, card.data.model_copy(update={"assets": assets}))


def avatar_of(card: Card, archive: Archive, findings: Findings) -> bytes | None:
    """The picture of the icon named `main`, else of the first icon that has one."""
    icons = [asset for asset in card.data.assets or () if asset.type == "icon"]
    for icon in sorted(icons, key=lambda icon: not is_main_icon(icon)):
        picture = _picture(icon, archive, findings)
        if picture is not None:
            if not is_main_icon(icon):
                where = f"data.assets[{(card.data.assets or ()).index(icon)}]"
                findings.info(where, "No usable icon is named `main`; the first one is the avatar.")
            return picture
    return None


def data_in(address: str) -> bytes | None:
    """What a `data:` address holds; None for any other address. Raises `UnreadableError` for a broken one."""
    content = data_of(address)
    if content is None and is_data_address(address) and ";base64," in address[:200].casefold():
        raise UnreadableError("Its address holds broken base64.")
    return content


def without_missing(card: Card, paths: set[str]) -> Card:
    """The card without assets whose file is not there, which RisuAI refuses; they are kept aside."""
    assets = card.data.assets or ()
    missing = [
        {"place": place, "asset": asset.model_dump()}
        for place, asset in enumerate(assets)
        if (path := path_of(asset.uri)) is not None and path not in paths
    ]
    if not missing:
        return card
    places = {item["place"] for item in missing}
    note = {**kept(card.data.extensions, CONTAINER), _MISSING: missing}
    changes = {
        "assets": tuple(asset for place, asset in enumerate(assets) if place not in places),
        "extensions": with_kept(card.data.extensions, CONTAINER, note),
    }
    return _with_data(card, card.data.model_copy(update=changes))


def with_missing(card: Card) -> Card:
    """The card with the assets that writing kept aside, in their old places."""
    note = kept(card.data.extensions, CONTAINER)
    missing = note.get(_MISSING)
    if not isinstance(missing, list):
        return card
    assets = list(card.data.assets or ())
    for item in missing[: limits.ARCHIVE_ENTRIES]:
        if isinstance(item, dict) and isinstance(item.get("asset"), dict):
            place = item.get("place")
            assets.insert(place if isinstance(place, int) else len(assets), _asset(item["asset"]))
    rest = {key: value for key, value in note.items() if key != _MISSING}
    changes = {
        "assets": tuple(assets),
        "extensions": with_kept(without_kept(card.data.extensions, CONTAINER), CONTAINER, rest),
    }
    return _with_data(card, card.data.model_copy(update=changes))


def _asset(fields: dict[str, object]) -> Asset:
    texts = {key: str(fields.get(key, "")) for key in Asset.model_fields}
    return Asset.model_validate({**fields, **texts})


def _resolved(asset: Asset, where: str, places: Places, findings: Findings) -> Asset:
    path = path_of(asset.uri)
    if path is None:
        return asset
    entry = places.find(path)
    if entry is None:
        findings.warning(where, "The file it names is not in the archive; the mention is kept.")
        return asset
    if not entry.size:
        findings.warning(where, "The file it names is empty; kept as it is.")
    if entry.path == path:
        return asset
    findings.info(where, "The file it names is spelt differently in the archive; the address follows it.")
    return asset.model_copy(update={"uri": ARCHIVE_SCHEME + entry.path})


def _picture(icon: Asset, archive: Archive, findings: Findings) -> bytes | None:
    """The picture of one icon; what cannot be used is told."""
    try:
        content = _content(icon, archive)
    except UnreadableError as error:
        findings.warning("", f"The avatar cannot be read. {error.reason}")
        return None
    if content is None or is_picture(content):
        return content
    findings.info("", f"The icon `{icon.name[:60]}` is neither PNG, JPEG nor WebP; kept as a file.")
    return None


def _content(icon: Asset, archive: Archive) -> bytes | None:
    path = path_of(icon.uri)
    entry = None if path is None else archive.find(path)
    if entry is None:
        return data_in(icon.uri)
    if entry.size > limits.PICTURE_BYTES:
        limit = limits.megabytes(limits.PICTURE_BYTES)
        raise UnreadableError(
            f"{shown_name(entry.path)} is {limits.megabytes(entry.size)}; the limit is {limit}."
        )
    return archive.read(entry)


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold().replace("\\", "/").lstrip("./")


def _with_data(card: Card, data: CardData) -> Card:
    return card.model_copy(update={"data": data})
