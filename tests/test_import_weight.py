"""What an import drags in: Qt stays in the window, heavy libraries wait until they are needed."""

import subprocess
import sys

import pytest

QT = {"PySide6", "shiboken6", "qasync"}
HEAVY = {"sqlalchemy", "alembic", "PIL", "lxml", "selectolax", "pypdfium2", "httpx", "charset_normalizer"}


def loaded_by(statement: str) -> set[str]:
    """Names of the top-level modules in a fresh interpreter after one statement."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import cardgen_desktop.cli.main",
        "import cardgen_desktop.jobs.workspace",
        "import cardgen_desktop.jobs.process_main",
        "import cardgen_desktop.reading.index, cardgen_desktop.drafting.extractive.drafter",
        "import cardgen_desktop.formats.registry, cardgen_desktop.formats.writing.export",
        "import cardgen_desktop.sources.registry",
    ],
)
def test_only_the_window_knows_qt(statement: str) -> None:
    assert not loaded_by(statement) & QT


@pytest.mark.parametrize("statement", ["import cardgen_desktop.app", "import cardgen_desktop.cli.main"])
def test_heavy_libraries_wait_until_they_are_needed(statement: str) -> None:
    assert not loaded_by(statement) & HEAVY
