"""A Qt binding that loses references of None and True aborts the process after some thousand calls."""

import sys

from PySide6.QtCore import QObject, Signal

TIMES = 10_000


class Speaker(QObject):
    """Says yes."""

    said = Signal(bool)


def test_ten_thousand_void_calls_and_emits_keep_the_singletons_alive() -> None:
    speaker = Speaker()
    heard: list[bool] = []
    speaker.said.connect(heard.append)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for number in range(TIMES):
        speaker.setObjectName(str(number))
        speaker.said.emit(True)
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert len(heard) == TIMES and all(heard)
    assert after[0] > before[0] - 500
    assert after[1] > before[1] - 500
