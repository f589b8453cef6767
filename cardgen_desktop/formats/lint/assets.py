"""Assets that lead nowhere, and icons no program can choose between (SPEC_V3.md, `assets`)."""

import re
from collections.abc import Iterator, Sequence

from ...domain.asset_addresses import CHUNK_SCHEME, PICTURE_ADDRESS, path_of
from ...domain.card import Asset, CardData, CardFile
from ...domain.lint import LintFinding
from .texts import finding, removing, setting

_KINDS = frozenset({"icon", "background", "user_icon", "emotion"})
_DATA = re.compile(r"data:[^,]*,", re.IGNORECASE)


def asset_findings(data: CardData, files: Sequence[CardFile]) -> Iterator[LintFinding]:
    """Findings about each asset, then about the icons and backgrounds together."""
    paths = {file.path for file in files}
    assets = data.assets or ()
    for index, asset in enumerate(assets):
        where = f"data.assets[{index}]"
        yield from _address(asset, where, paths)
        yield from _names(asset, where)
    for kind in ("icon", "background"):
        yield from _mains(assets, kind)


def _address(asset: Asset, where: str, paths: set[str]) -> Iterator[LintFinding]:
    uri, place = asset.uri, f"{where}.uri"
    if (path := path_of(uri)) is not None:
        if path not in paths and path.startswith(CHUNK_SCHEME):
            yield _dead(where, f"The picture has no asset number “{path.removeprefix(CHUNK_SCHEME)}”.")
        elif path not in paths:
            yield _dead(where, f"There is no file “{path}” with this card.")
    elif uri.startswith(("https://", "http://")):
        reason = "This asset is on the web. It is never fetched by itself, and it may vanish."
        yield finding("asset.remote", "info", place, reason)
    elif uri.casefold() != PICTURE_ADDRESS and not _DATA.match(uri):
        yield _dead(where, f"“{uri[:60]}” is no address that a program can use.")


def _dead(where: str, what: str) -> LintFinding:
    reason = f"{what} The asset is kept, but no program can show it."
    return finding("asset.dead", "warning", where, reason, removing("Remove the asset", where))


def _names(asset: Asset, where: str) -> Iterator[LintFinding]:
    ext = asset.ext.strip().lstrip(".").lower() or "unknown"
    if ext != asset.ext:
        reason = f"“{asset.ext}” should be “{ext}”: small letters, no dot."
        yield finding(
            "asset.ext", "info", f"{where}.ext", reason, setting("Write it right", f"{where}.ext", ext)
        )
    if asset.type not in _KINDS and not asset.type.startswith(("x_", "x-")):
        reason = (
            f"“{asset.type[:40]}” is no kind of asset that other programs know; own kinds begin with “x_”."
        )
        fix = setting(f"Call it x_{asset.type[:40]}", f"{where}.type", f"x_{asset.type}")
        yield finding("asset.kind", "info", f"{where}.type", reason, fix)


def _mains(assets: Sequence[Asset], kind: str) -> Iterator[LintFinding]:
    """Two icons or more: exactly one is named `main`. Backgrounds: at most one."""
    places = [index for index, asset in enumerate(assets) if asset.type == kind]
    mains = [index for index in places if assets[index].name == "main"]
    if len(mains) > 1:
        reason = f"{len(mains)} assets of the kind {kind} are named “main”; programs take any of them."
        yield finding("asset.mains", "warning", f"data.assets[{mains[1]}].name", reason)
    elif kind == "icon" and len(places) > 1 and not mains:
        where = f"data.assets[{places[0]}].name"
        reason = "Of several icons none is named “main”, so programs choose for themselves."
        yield finding(
            "asset.mains", "warning", where, reason, setting("Make the first the main one", where, "main")
        )
