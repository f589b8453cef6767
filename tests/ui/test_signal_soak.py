"""A million emits: the binding must not lose a reference on any of them."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal

EMITS = 1_000_000


class Source(QObject):
    """Emits each kind of signal that the program uses."""

    flagged = Signal(bool)
    carried = Signal(object)
    happened = Signal()


@pytest.mark.soak
def test_a_million_emits_keep_the_singletons_alive() -> None:
    source, heard = Source(), [0]

    def hear(*_: object) -> None:
        heard[0] += 1

    for signal in (source.flagged, source.carried, source.happened):
        signal.connect(hear)
    before = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    for _ in range(EMITS // 4):
        source.flagged.emit(True)
        source.flagged.emit(False)
        source.carried.emit(None)
        source.happened.emit()
    after = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
    assert heard == [EMITS]
    assert all(now > then - 500 for then, now in zip(before, after, strict=True))
