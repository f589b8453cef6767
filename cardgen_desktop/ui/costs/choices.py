"""Which stretch of the ledger is looked at, and what its sums are grouped by."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from ..components import Chip, FlowLayout, Label
from ..context import UiContext
from .rows import GROUPS, STRETCHES


class CostChoices(QWidget):
    """Two rows of chips in one line, folded where it is narrow.

    Signals: `stretch_chosen(key)`, `group_chosen(CostBy)`.
    """

    stretch_chosen = Signal(str)
    group_chosen = Signal(str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stretches = {one.key: Chip(one.word, context=context, checkable=True) for one in STRETCHES}
        self.groups = {by: Chip(word, context=context, checkable=True) for by, word in GROUPS}
        self._exclusive(self.stretches, self.stretch_chosen.emit, "Requests of: ")
        self._exclusive(self.groups, self.group_chosen.emit, "Sums by: ")
        flow = FlowLayout(self, gap=8)
        for chip in self.stretches.values():
            flow.addWidget(chip)
        flow.addWidget(Label("   summed by", context=context, role="small", ink="muted"))
        for chip in self.groups.values():
            flow.addWidget(chip)

    def _exclusive(self, chips: Mapping[Any, Chip], choose: Callable[[Any], object], spoken: str) -> None:
        group = QButtonGroup(self)
        for key, chip in chips.items():
            group.addButton(chip)
            chip.setAccessibleName(f"{spoken}{chip.text()}")
            chip.clicked.connect(lambda _checked=False, chosen=key: choose(chosen))
