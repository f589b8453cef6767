"""Copying jobs to the clipboard: their details as text, or everything about them as JSON."""

import json
from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication

from ...domain.job import JobSnapshot
from ...jobs.interface import Commands
from ..notify import Notify
from ..tasks import TaskOwner
from ..wording import counted
from .actions import details_text

MOST_COPIED = 100
"""So many jobs fit a clipboard that somebody reads; the toast says when there were more."""


class JobCopies:
    """Puts jobs on the clipboard; `commands` are known once the data is open."""

    def __init__(self, commands: Commands, tasks: TaskOwner, notify: Notify) -> None:
        self._commands, self._tasks, self._notify = commands, tasks, notify

    def copy_json(self, job_ids: Sequence[int]) -> None:
        """Everything about some jobs as JSON: one object, or a list of several."""
        if job_ids:
            self._tasks.spawn(self._copy_json(list(job_ids)), name="copy jobs")

    async def _copy_json(self, job_ids: list[int]) -> None:
        exports = [await self._commands.export_job(job_id) for job_id in job_ids[:MOST_COPIED]]
        values = [export.model_dump(mode="json") for export in exports]
        text = json.dumps(values[0] if len(values) == 1 else values, ensure_ascii=False, indent=2)
        QGuiApplication.clipboard().setText(text)
        self._notify.toast(copied_words(len(job_ids), " as JSON"))


def copy_details(jobs: Sequence[JobSnapshot], notify: Notify) -> None:
    """Put the details of some jobs on the clipboard as text, a blank line between two."""
    if jobs:
        texts = [details_text(job) for job in jobs[:MOST_COPIED]]
        QGuiApplication.clipboard().setText("\n\n".join(texts))
        notify.toast("Details copied" if len(jobs) == 1 else copied_words(len(jobs)))


def copied_words(number: int, how: str = "") -> str:
    """What was copied: "3 jobs copied as JSON"."""
    if number > MOST_COPIED:
        return f"The first {MOST_COPIED} of {counted(number, 'job')} copied{how}"
    return f"{counted(number, 'job')} copied{how}"
