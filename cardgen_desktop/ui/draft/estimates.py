"""What the draft would take: asked a moment after anything changed, shown as four facts and a sentence."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.costs import Estimate
from ...domain.errors import CardgenError
from ...domain.job_kinds import DraftRequest
from ...jobs.interface import Commands
from ..money import money, money_range
from ..tasks import TaskOwner
from ..wording import counted

PAUSE_MS = 300


def costs_words(estimate: Estimate) -> str:
    """What it costs: "nothing", "$0.010–0.030", "not known"."""
    return "nothing" if estimate.is_free else money_range(estimate.cost_low, estimate.cost_high)


def takes_words(low: float, high: float) -> str:
    """How long it takes, as a range in one unit: "5–9 seconds", "1–3 minutes"."""
    unit, size = ("second", 1) if high < 90 else ("minute", 60) if high < 5400 else ("hour", 3600)
    first, last = max(1, round(low / size)), max(1, round(high / size))
    return counted(last, unit) if first == last else f"{first}–{counted(last, unit)}"


def leaves_words(estimate: Estimate) -> str:
    """What leaves the computer and where it goes."""
    if not estimate.sends_to:
        return "nothing"
    return f"{estimate.sends} to {estimate.sends_to}" if estimate.sends else f"text to {estimate.sends_to}"


def warning_of(estimate: Estimate) -> str:
    """What the person has to know before the draft starts, such as that a cap may hold it; or nothing."""
    if not estimate.fits:
        return estimate.sentence
    if estimate.left_of_cap is not None and (estimate.cost_high or 0) > estimate.left_of_cap:
        return f"{money(estimate.left_of_cap)} of the cap is left. The draft may be held on its way."
    return ""


def note_of(estimate: Estimate) -> str:
    """What is good to know beside that, such as what a guess rests on."""
    return estimate.sentence if estimate.fits else ""


class Estimates(QObject):
    """Asks for an estimate of the request of the moment; a late answer to an older one is dropped.

    Signals: `found(Estimate)`, `failed(sentence)`, `asking`.
    """

    found = Signal(object)
    failed = Signal(object)
    asking = Signal()

    def __init__(
        self,
        request: Callable[[], DraftRequest | None],
        commands: Commands,
        tasks: TaskOwner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._request, self._commands, self._tasks = request, commands, tasks
        self._asked = 0
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def renew(self) -> None:
        """Something is another: ask in a moment."""
        self._asked += 1
        self.asking.emit()
        self._pause.start()

    def _ask(self) -> None:
        request = self._request()
        if request is not None:
            self._tasks.spawn(self._estimate(request, self._asked), name="estimate a draft")

    async def _estimate(self, request: DraftRequest, number: int) -> None:
        try:
            estimate = await self._commands.estimate(request)
        except CardgenError as error:
            if number == self._asked:
                self.failed.emit(error.message)
            return
        if number == self._asked:
            self.found.emit(estimate)
