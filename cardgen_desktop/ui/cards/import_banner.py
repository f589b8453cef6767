"""What was repaired while a card was read from a file: one quiet line, the list on demand."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...domain.card import CardData, CardProblem
from ...domain.card_library import CardRecord
from ..components import Banner
from ..context import UiContext
from ..theme import SPACE
from ..wording import counted
from .bullet_list import BulletList
from .lint_places import place_words

MOST_LINES = 40
SEE, HIDE = "See what", "Hide the list"


class ImportBanner(QWidget):
    """A banner below the tabs of an imported card; closed, it stays away while the program runs."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card_id, self._closed = 0, set[int]()
        self._fact = ""
        self.banner = Banner("info", "", context=context, closable=True)
        self.list = BulletList("What was repaired", context=context, ink="muted")
        self.list.setContentsMargins(SPACE.LG, 0, SPACE.LG, SPACE.SM)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PAGE_EDGE, SPACE.MD, SPACE.PAGE_EDGE, 0)
        column.setSpacing(SPACE.SM)
        column.addWidget(self.banner)
        column.addWidget(self.list)
        self.banner.action_triggered.connect(self._on_action)
        self.banner.close_requested.connect(self._on_closed)
        self.hide()

    def show_record(self, record: CardRecord) -> None:
        """Say how many things were repaired, or go away."""
        self._card_id = record.summary.id
        self.list.show_sentences(lines_of(record.problems, record.card.data))
        self.list.hide()
        self._fact = fact_of(record.problems)
        self._say(SEE)
        self.setVisible(bool(record.problems) and self._card_id not in self._closed)

    def _say(self, action: str) -> None:
        self.banner.say(self._fact, "Your file was not changed.", action)

    def _on_action(self) -> None:
        self.list.setVisible(self.list.isHidden())
        self._say(SEE if self.list.isHidden() else HIDE)

    def _on_closed(self) -> None:
        self._closed.add(self._card_id)
        self.hide()


def fact_of(problems: Sequence[CardProblem]) -> str:
    """How many things were mended, as the summary of an import counts, and how many were worth telling."""
    repairs = sum(problem.level != "info" for problem in problems)
    told = [counted(repairs, "repair")] if repairs else []
    if len(problems) > repairs:
        told.append(counted(len(problems) - repairs, "note"))
    return f"Imported with {' and '.join(told)}."


def lines_of(problems: Sequence[CardProblem], data: CardData) -> tuple[str, ...]:
    """One line for each problem, its place first, repairs before notes; a long list is cut and counted."""
    ordered = sorted(problems, key=lambda problem: problem.level == "info")
    lines = [
        f"{place_words(problem.where, data)}: {problem.message}" if problem.where else problem.message
        for problem in ordered[:MOST_LINES]
    ]
    if len(ordered) > MOST_LINES:
        lines.append(f"And {len(ordered) - MOST_LINES:,} more")
    return tuple(lines)
