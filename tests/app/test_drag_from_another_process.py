"""The whole way in: a file dragged from another program becomes a source of the running window."""

import signal
import sqlite3
from pathlib import Path

import pytest

from tests.support.x11 import Mouse, needs_x11, python, until, x_server

DRAG_SOURCE = Path(__file__).parent.parent / "support" / "drag_source.py"
STORY = """CHAPTER I

"Good morning," said Ada Thorne, and she set the lamp down.

"You are late, Ada," said Mr. Finch. He was a thin old man with grey eyes.

"I am never late," answered Ada Thorne. Ada was tall, and her hair was red.
"""


def titles(database: Path) -> list[str]:
    """What the window has stored so far; empty while the database is not there yet."""
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return [row[0] for row in connection.execute("SELECT path FROM source")]
    except sqlite3.Error:
        return []


@needs_x11
@pytest.mark.x11
def test_a_file_dragged_from_another_process_becomes_a_source(tmp_path: Path) -> None:
    story = tmp_path / "Ada's récit.txt"
    story.write_text(STORY, "utf-8")
    home = tmp_path / "home"
    with x_server() as environment:
        mouse = Mouse(environment)
        words = ("-m", "cardgen_desktop", "--home", str(home))
        application = python(*words, environment=environment, log=tmp_path / "application.log")
        stranger = None
        try:
            mouse.window("CardGen")
            until((home / "cardgen.db").exists, 30, "the data folder")
            stranger = python(
                str(DRAG_SOURCE),
                "1400",
                "880",
                str(story),
                environment=environment,
                log=tmp_path / "stranger.log",
            )
            mouse.window("drag-source")
            mouse.drag((1460, 920), (700, 450), before_release=lambda: None)
            until(lambda: titles(home / "cardgen.db") == [str(story)], 30, "the source in the database")
            application.send_signal(signal.SIGTERM)
            assert application.wait(15) == 0, (tmp_path / "application.log").read_text()
        finally:
            for process in (application, stranger):
                if process and process.poll() is None:
                    process.kill()
                    process.wait()
