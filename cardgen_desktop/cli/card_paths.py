"""The card files that arguments name: files as they are, folders by the cards in them."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..jobs.process import ProcessPool
    from .console import Console


async def card_paths(
    pool: "ProcessPool", arguments: Sequence[str], console: "Console", *, aside: Path | None = None
) -> list[str]:
    """Every named file, and the cards and lorebooks in every named folder and the folders in it.

    What else lies in a folder is passed over without a word, and so is what lies in the folder `aside`; a
    folder that cannot be looked at, or holds no card, is complained about.
    """
    paths: list[str] = []
    for argument in arguments:
        if await asyncio.to_thread(Path(argument).is_dir):
            paths.extend(await _in_folder(pool, argument, console, aside))
        else:
            paths.append(argument)
    return list(dict.fromkeys(paths))


async def _in_folder(pool: "ProcessPool", folder: str, console: "Console", aside: Path | None) -> list[str]:
    from ..domain.card_library import CARD_SUFFIXES
    from ..jobs.found_files import find_files

    found = await find_files([folder], CARD_SUFFIXES, lambda *_: None)
    for refusal in found.refused:
        console.complain(f"{refusal.subject}: {refusal.reason}")
    files = [file.path for file in found.files if not _lies_in(file.path, aside, folder)]
    cards = await asyncio.gather(*(_may_be_card(pool, path) for path in files))
    chosen = [str(path) for path, card in zip(files, cards, strict=True) if card]
    if not chosen:
        console.complain(f'There is no card in the folder "{folder}".')
    return chosen


async def _may_be_card(pool: "ProcessPool", path: Path) -> bool:
    """Whether a file means to be a card; one that ends its reader counts, so that it is told by its name."""
    from ..domain.errors import CardgenError

    try:
        return await pool.is_card(path)
    except CardgenError:
        return True


def _lies_in(path: Path, aside: Path | None, folder: str) -> bool:
    """Whether a file lies in the folder of earlier outputs, unless that is the folder that was named."""
    from .targets import is_same_file

    if aside is None or is_same_file(aside, folder):
        return False
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(aside))
