"""Where data, settings, logs and resources live; the only reader of `resources/`."""

import os
from functools import cache
from pathlib import Path

APP_NAME = "cardgen"
HOME_VARIABLE = "CARDGEN_HOME"
DATABASE_NAME = "cardgen.db"
LOCK_NAME = "cardgen.lock"


def home(chosen: str | Path | None = None) -> Path:
    """The data folder: the one chosen, else `CARDGEN_HOME`, else the system's place for application data."""
    if chosen or (chosen := os.environ.get(HOME_VARIABLE)):
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_path(APP_NAME, appauthor=False))


def database(folder: Path) -> Path:
    """The database of a data folder."""
    return folder / DATABASE_NAME


def lock(folder: Path) -> Path:
    """The file whose kernel lock says who owns a data folder."""
    return folder / LOCK_NAME


def settings(folder: Path) -> Path:
    """The settings file of a data folder."""
    return folder / "settings.toml"


def logs(folder: Path) -> Path:
    """The folder of rotated logs."""
    return folder / "logs"


def backups(folder: Path) -> Path:
    """The folder of verified copies of the database."""
    return folder / "backups"


def cards(folder: Path) -> Path:
    """The folder that keeps each card of the library as a plain file as well."""
    return folder / "cards"


def assets(folder: Path) -> Path:
    """The folder of pictures and other files of cards, each under the SHA-256 of its content."""
    return folder / "assets"


def ballast(folder: Path) -> Path:
    """The file that is given up when the disk is full, so that there is room to say so."""
    return folder / "ballast"


@cache
def resources() -> Path:
    """The folder of icons, word lists and samples: inside an installed package, else beside the package."""
    package = Path(__file__).parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """One shipped file, such as `resource("icons", "jobs.svg")`; raises FileNotFoundError when missing."""
    path = resources().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"missing resource: {'/'.join(parts)}")
    return path
