"""The command line as a function: arguments in; exit code, output and complaints out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from cardgen_desktop.cli.main import main
from cardgen_desktop.cli.outputs import SCHEMAS

BOOK = Path(__file__).parent.parent / "data" / "treasure_island_opening.txt"


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self, schema: str) -> Any:
        """The printed JSON, which fits the named schema and nothing else."""
        value = json.loads(self.out)
        TypeAdapter(SCHEMAS[schema][0]).validate_json(self.out)
        return value

    @property
    def complaints(self) -> list[str]:
        """The lines on standard error."""
        lines = self.err.splitlines()
        assert all(line.startswith("cardgen: ") for line in lines), self.err
        return lines


Cardgen = Callable[..., Ran]


@pytest.fixture
def book() -> Path:
    """A real, short, public-domain text with a few people in it."""
    return BOOK


@pytest.fixture
def cardgen(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Cardgen:
    """Run a command in this process on a data folder of its own."""

    def run(*arguments: object) -> Ran:
        capfdbinary.readouterr()
        code = main(["--home", str(tmp_path / "home"), *map(str, arguments)])
        captured = capfdbinary.readouterr()
        return Ran(code, captured.out.decode(), captured.err.decode())

    return run
