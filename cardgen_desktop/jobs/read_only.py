"""A data folder that can only be looked at: a read-only disk, somebody else's folder, or a damaged database.

Everything can be seen and exported to another place; no lock is taken, no worker started, and what would
write says so (ux-and-reliability.md 3.5).
"""

import os
from pathlib import Path

from .. import paths
from ..domain.errors import ReadOnlyDataError
from ..store import failures
from ..store.schema import refuse_read_only
from .child import in_thread

CHOSEN = "Nothing is changed or worked on until the program is started again."


async def why_read_only(home: Path) -> str:
    """Why an existing database cannot be written, "" when it can or there is none."""
    return await in_thread(_reason, home)


def _reason(home: Path) -> str:
    path = paths.database(home)
    if not path.is_file():
        return ""
    for probe in (_probe_folder, _probe_file):
        try:
            probe(path)
        except OSError as error:
            failure = failures.from_system(error, path)
            if isinstance(failure, ReadOnlyDataError):
                where = f'"{home}"' if probe is _probe_folder else f'"{path}"'
                return f"{where} cannot be written. Cards can be looked at and exported to another folder."
    return ""


def _probe_folder(path: Path) -> None:
    refuse_read_only(path.parent)


def _probe_file(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR))
