"""What is said about the data folder itself: its backups, and that it cannot be written or lies oddly."""

from datetime import datetime
from typing import TYPE_CHECKING

from ..notify import Notify

if TYPE_CHECKING:
    from ...domain.queue import Backup


def backup_words(backup: "Backup", now: datetime | None = None) -> str:
    """ "backup of 08:30 (12 cards, 40 jobs)"; the day too when it was not today."""
    made = datetime.fromtimestamp(backup.at).astimezone()
    today = (now or datetime.now().astimezone()).date()
    moment = f"{made:%H:%M}" if made.date() == today else f"{made.day} {made:%B}, {made:%H:%M}"
    return f"backup of {moment} ({_counted(backup.cards, 'card')}, {_counted(backup.jobs, 'job')})"


def tell_about_folder(notify: Notify, read_only: str, warning: str) -> None:
    """Banners for a folder that cannot be written, or lies oddly; nothing for an ordinary one."""
    if read_only:
        notify.banner("warning", "Read-only.", read_only, key="read-only")
    if warning:
        fact, _, rest = warning.partition(". ")
        notify.banner("info", f"{fact}.", rest, key="folder place", closable=True)


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
