"""What the program remembers between runs: a small TOML file in the data folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from .toml import read_toml, write_toml

if TYPE_CHECKING:
    from .model import ColumnSettings, Settings

THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the first picture of the window needs, read without the weight of validation."""

    theme: Literal["system", "light", "dark"]
    reduce_motion: bool
    geometry: str


class SettingsFile:
    """The settings in force and the file they are kept in; a broken file means defaults, never a failure."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changed = False
        self._raw = read_toml(path)
        self._value: Settings | None = None

    @property
    def first_look(self) -> FirstLook:
        """What the first picture needs; wrong values count as absent."""
        theme, window = self._raw.get("theme"), self._raw.get("window")
        geometry = window.get("geometry") if isinstance(window, dict) else ""
        return FirstLook(
            theme=cast("Literal['system', 'light', 'dark']", theme if theme in THEMES else "system"),
            reduce_motion=self._raw.get("reduce_motion") is True,
            geometry=geometry if isinstance(geometry, str) else "",
        )

    @property
    def value(self) -> "Settings":
        """All settings, validated."""
        if self._value is None:
            from .model import valid_part

            self._value = valid_part(self._raw)
        return self._value

    def update(self, **changes: Any) -> None:
        """Change some settings in memory; raises pydantic's ValidationError when one is out of bounds."""
        before = self.value
        self._value = type(before).model_validate({**before.model_dump(), **changes})
        self.changed = self.changed or self._value != before

    def update_window(self, **changes: Any) -> None:
        """Change some of the remembered window."""
        self.update(window={**self.value.window.model_dump(), **changes})

    def remember_splitter(self, name: str, sizes: list[int]) -> None:
        """Keep the sizes of a splitter under a name."""
        self.update_window(splitters={**self.value.window.splitters, name: sizes})

    def splitter(self, name: str) -> list[int]:
        """The remembered sizes of a splitter; empty when there are none."""
        return list(self.value.window.splitters.get(name, ()))

    def remember_columns(
        self, name: str, *, shown: list[str], order: list[str], widths: dict[str, int]
    ) -> None:
        """Keep the columns of a table under a name."""
        columns = self.value.window.model_dump()["columns"]
        self.update_window(columns={**columns, name: {"shown": shown, "order": order, "widths": widths}})

    def columns(self, name: str) -> "ColumnSettings":
        """The remembered columns of a table; all empty when there are none."""
        from .model import ColumnSettings

        return self.value.window.columns.get(name) or ColumnSettings()

    def save(self) -> None:
        """Write the file if something changed; raises OSError. It blocks: call it in a thread."""
        if not self.changed:
            return
        # Marked first: a change made while this is written must not be taken for saved.
        self.changed = False
        try:
            write_toml(self.path, self.value.model_dump())
        except OSError:
            self.changed = True
            raise
