"""Measures text that grows in a proposal: `python proposing_script.py HOME`; prints JSON, in seconds."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget

from cardgen_desktop.app import make_context
from cardgen_desktop.ui.cards.proposal_box import ProposalBox
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.loop import AppLoop

TOKENS, BATCH, REPEATS = 2_000, 20, 9
"""A model of 400 tokens a second fills a batch of 50 ms with 20 of them."""

WIDTH, HEIGHT = 803, 420
EXPOSED_AFTER = 0.1
"""Seconds; a window that was not exposed yet paints nothing."""
SENTENCE = "She keeps the lamp at night, and nobody on the rock has ever seen her sleep."


def tokens() -> list[str]:
    """About as many words as tokens, in paragraphs."""
    words = SENTENCE.split()
    return [words[n % len(words)] + ("\n" if n % 120 == 119 else " ") for n in range(TOKENS)]


def batches(size: int) -> list[str]:
    """The tokens in pieces of so many."""
    all_of = tokens()
    return ["".join(all_of[at : at + size]) for at in range(0, TOKENS, size)]


def shown() -> None:
    """Lay out and paint what has changed, once, as one turn of the loop does."""
    QApplication.sendPostedEvents()


async def in_proposal(context: UiContext) -> float:
    """Seconds until all of it is shown in a proposal."""
    window = QWidget()
    QVBoxLayout(window).addWidget(box := ProposalBox(context=context))
    window.resize(WIDTH + 32, HEIGHT + 140)
    window.show()
    await asyncio.sleep(EXPOSED_AFTER)
    text, start = "", time.perf_counter()
    for piece in batches(BATCH):
        text += piece
        box.show_writing("model", text)
        shown()
    taken = time.perf_counter() - start
    assert box.text.toPlainText() == text
    window.deleteLater()
    return taken


async def in_plain(context: UiContext, pieces: Sequence[str]) -> float:
    """Seconds until all of it is shown in a bare text box of the same size and font."""
    edit = QPlainTextEdit()
    edit.setReadOnly(True)
    edit.setFont(context.theme.font("prose"))
    edit.resize(WIDTH, HEIGHT)
    edit.show()
    await asyncio.sleep(EXPOSED_AFTER)
    start = time.perf_counter()
    for piece in pieces:
        cursor = QTextCursor(edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        edit.verticalScrollBar().setValue(edit.verticalScrollBar().maximum())
        shown()
    taken = time.perf_counter() - start
    edit.deleteLater()
    return taken


async def measured(app: QApplication, home: Path) -> dict[str, float]:
    """All figures; ours and the floor in turns."""
    context = make_context(app, home)
    pairs = [(await in_proposal(context), await in_plain(context, batches(BATCH))) for _ in range(REPEATS)]
    return {
        "proposal": statistics.median(ours for ours, _ in pairs),
        "coalesced": statistics.median(floor for _, floor in pairs),
        "each_token": await in_plain(context, tokens()),
    }


def main() -> None:
    """Measure and print."""
    app = QApplication(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: AppLoop(app)) as runner:
        print(json.dumps(runner.run(measured(app, Path(sys.argv[1])))), flush=True)


if __name__ == "__main__":
    main()
