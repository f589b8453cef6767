"""What the program remembers between runs: a small TOML file in the data folder."""

import json
import logging
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_log = logging.getLogger(__name__)

_BYTE_LIMIT = 256 * 1024


class WindowSettings(BaseModel):
    """Where the window stood. `geometry` is Qt's, in base64; `splitters` are sizes in pixels by name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    geometry: str = ""
    page: Literal["draft", "jobs", "cards"] = "draft"
    splitters: dict[str, list[int]] = Field(default_factory=dict)


class Settings(BaseModel):
    """All settings with their defaults and bounds; `workers` 0 means as many as the computer can spare."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Literal["system", "light", "dark"] = "system"
    reduce_motion: bool = False
    prose_zoom: int = Field(default=100, ge=80, le=200)
    last_folder: str = ""
    last_export_folder: str = ""
    export_target: Literal["png", "json-v3", "json-v2"] = "png"
    workers: int = Field(default=0, ge=0, le=8)
    window: WindowSettings = Field(default_factory=WindowSettings)


class SettingsFile:
    """The settings in force and the file they are kept in; a broken file means defaults, never a failure."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.value = read_settings(path)
        self.changed = False

    def update(self, **changes: Any) -> None:
        """Change some settings in memory; raises pydantic's ValidationError when one is out of bounds."""
        value = Settings.model_validate({**self.value.model_dump(), **changes})
        self.changed = self.changed or value != self.value
        self.value = value

    def update_window(self, **changes: Any) -> None:
        """Change some of the remembered window."""
        self.update(window={**self.value.window.model_dump(), **changes})

    def remember_splitter(self, name: str, sizes: list[int]) -> None:
        """Keep the sizes of a splitter under a name."""
        self.update_window(splitters={**self.value.window.splitters, name: sizes})

    def splitter(self, name: str) -> list[int]:
        """The remembered sizes of a splitter; empty when there are none."""
        return list(self.value.window.splitters.get(name, ()))

    def save(self) -> None:
        """Write the file in one step if something changed; raises OSError. It blocks: call it in a thread."""
        if not self.changed:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self.path.with_name(self.path.name + ".part")
        partial.write_text(to_toml(self.value.model_dump()), encoding="utf-8")
        os.replace(partial, self.path)  # noqa: PTH105  (os.replace is the atomic one on every platform)
        self.changed = False


def read_settings(path: Path) -> Settings:
    """The settings of a file: what is valid is kept, the rest is the default."""
    try:
        with path.open("rb") as file:
            raw = tomllib.loads(file.read(_BYTE_LIMIT).decode("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        _log.info("settings at %s cannot be read (%s); defaults are used", path, error)
        return Settings()
    return _valid_part(raw)


def _valid_part(raw: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        wrong = {problem["loc"][0] for problem in error.errors()}
        _log.info("settings ignored: %s", ", ".join(sorted(map(str, wrong))))
        return Settings.model_validate({key: value for key, value in raw.items() if key not in wrong})


def to_toml(values: dict[str, Any]) -> str:
    """A nested dict of strings, numbers, booleans and lists as TOML."""
    return "\n".join(_lines(values, ())) + "\n"


def _lines(values: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    lines = [f"{_key(key)} = {_literal(value)}" for key, value in values.items() if key not in tables]
    if path:
        lines.insert(0, f"[{'.'.join(map(_key, path))}]")
    for key, table in tables.items():
        lines += ["", *_lines(table, (*path, key))]
    return lines


def _key(key: str) -> str:
    plain = key.replace("_", "").replace("-", "")
    return key if plain.isascii() and plain.isalnum() else _literal(key)


def _literal(value: Any) -> str:
    # JSON and TOML agree on numbers, booleans, lists and, but for DEL, on basic strings.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
