"""Files of cards that a crash left without a row: removed once nothing can want them any more."""

import contextlib
import time
from pathlib import Path

from .. import paths
from ..store import card_files as stored_files
from ..store.asset_files import AssetFiles
from ..store.engine import Database
from .card_notes import digests_in
from .child import in_thread
from .plain_files import TRASH


async def sweep(database: Database, home: Path, now: float | None = None) -> int:
    """Remove files that were stored a while ago and that no row and no plain file of a card names; how many.

    Plain files count: a database that was lost or set aside is rebuilt from them.
    """
    moment = time.time() if now is None else now
    assets = AssetFiles(paths.assets(home))
    await in_thread(assets.sweep_parts, moment)
    orphans: set[str] = set()
    for prefix in await in_thread(assets.prefixes):
        old = await in_thread(assets.old, prefix, moment)
        if old:
            async with database.read() as connection:
                orphans |= set(old) - await stored_files.named(connection, old)
    if orphans:
        orphans -= await in_thread(_named_in_files, paths.cards(home), orphans)
    for sha256 in sorted(orphans):
        await in_thread(assets.remove, sha256, moment)
    return len(orphans)


def _named_in_files(folder: Path, digests: set[str]) -> set[str]:
    named: set[str] = set()
    for place in (folder, folder / TRASH):
        with contextlib.suppress(OSError):
            for path in place.iterdir():
                with contextlib.suppress(OSError):
                    named |= digests_in(path.read_bytes()) & digests if path.is_file() else set()
    return named
