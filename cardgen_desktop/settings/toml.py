"""A small TOML file: read with a bound, written in one step."""

import json
import logging
import os
import tomllib
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)

BYTE_LIMIT = 256 * 1024


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a file; none when it is missing, larger than `BYTE_LIMIT` or broken."""
    try:
        with path.open("rb") as file:
            return tomllib.loads(file.read(BYTE_LIMIT).decode("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.info("settings at %s cannot be read (%s); defaults are used", path, error)
        return {}


def write_toml(path: Path, values: dict[str, Any]) -> None:
    """Replace a file in one step; only its owner may read it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(path.name + ".part")
    partial.touch(mode=0o600)
    partial.write_text(to_toml(values), encoding="utf-8")
    os.replace(partial, path)  # noqa: PTH105  (the atomic one on every platform)


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
