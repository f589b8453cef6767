"""Programs of the npm registry that read character cards, installed once into a folder of the system's own.

Their versions are pinned in `tests/data/formats/readers/package.json`. Where there is no Node, or they cannot
be fetched, `installed` gives the reason instead.
"""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

READERS = Path(__file__).resolve().parent.parent / "data" / "formats" / "readers"
_SECONDS = 180


@functools.cache
def installed() -> tuple[Path | None, str]:
    """The folder the programs are installed in, or None and why they are not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None, "needs Node and npm, which are not on this machine"
    package = (READERS / "package.json").read_bytes()
    digest = hashlib.sha256(package).hexdigest()[:12]
    place = Path(tempfile.gettempdir()) / f"cardgen-card-readers-{getattr(os, 'getuid', int)()}-{digest}"
    if not place.is_dir() and (reason := _install(package, place)):
        return None, reason
    return place, ""


def found_by_node(files: Iterable[Path]) -> dict[str, Any]:
    """What each program finds in each file, by the file's name."""
    place, reason = installed()
    assert place is not None, reason
    command = ["node", str(READERS / "read_cards.mjs"), str(place), *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _install(package: bytes, place: Path) -> str:
    """Install beside the place and move there, for several may do so at once; the reason where it fails."""
    temporary = Path(tempfile.mkdtemp(prefix="cardgen-card-readers-"))
    (temporary / "package.json").write_bytes(package)
    command = [
        "npm", "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund",
    ]  # fmt: skip
    try:
        run = subprocess.run(command, cwd=temporary, capture_output=True, text=True, timeout=_SECONDS)
        if run.returncode:
            return f"the readers of the npm registry cannot be fetched: {run.stderr.strip()[-200:]}"
        temporary.rename(place)
    except subprocess.TimeoutExpired:
        return "the npm registry does not answer"
    except OSError:
        return "" if place.is_dir() else f"no folder for the readers can be made at {place}"
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return ""
