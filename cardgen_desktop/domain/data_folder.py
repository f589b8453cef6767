"""What was found out about a data folder, and what was done to mend it."""

from pydantic import Field

from .queue import Backup
from .value import Value


class DatabaseCheck(Value):
    """The whole database was read: `problems` is empty when it is sound. Sizes are bytes, times Unix seconds.

    `place` is local, network or sync, `warning` what the person should know about it.
    """

    path: str
    is_sound: bool
    problems: tuple[str, ...] = ()
    bytes: int = 0
    jobs: int = 0
    cards: int = 0
    card_files: int = 0
    newest_backup: Backup | None = None
    place: str = "local"
    warning: str = ""


class RestoreReport(Value):
    """A backup took the database's place; `aside` is where the former database is kept, None without one."""

    backup: Backup
    aside: str | None = None


class RebuildReport(Value):
    """A database made from what could be read of a damaged one and from the cards kept as files.

    `rows` counts what was copied of each table, `refused` rows that were seen but make no sense, `holes` the
    places that could not be read, `cards_from_files` the cards that only the files had.
    """

    aside: str | None = None
    cards: int = 0
    jobs: int = 0
    cards_from_files: int = 0
    rows: dict[str, int] = Field(default_factory=dict)
    refused: dict[str, int] = Field(default_factory=dict)
    holes: int = 0
