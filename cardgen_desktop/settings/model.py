"""The settings themselves: defaults and bounds."""

import logging
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_log = logging.getLogger(__name__)


class ColumnSettings(BaseModel):
    """The columns of a table: keys of those shown and of all in order, widths in pixels; empty is default."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    shown: list[str] = Field(default_factory=list, max_length=100)
    order: list[str] = Field(default_factory=list, max_length=100)
    widths: dict[str, int] = Field(default_factory=dict, max_length=100)


class WindowSettings(BaseModel):
    """Where the window stood. `geometry` is Qt's, in base64; `splitters` are sizes in pixels by name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    geometry: str = ""
    page: Literal["draft", "jobs", "cards"] = "draft"
    splitters: dict[str, list[int]] = Field(default_factory=dict)
    columns: dict[str, ColumnSettings] = Field(default_factory=dict)


class Settings(BaseModel):
    """All settings; `prose_zoom` is in percent.

    `workers` is how many drafts run at once until the person chooses above the table of jobs; 0 is automatic.
    `engine` and `style` are what a new draft begins with: "offline" or a profile's name, and a prompt style.
    `export_target`, `export_preset` and `export_template` are the last export's kind of file, its program
    ("" for any) and the template of its name.
    `rewrite_engine` is what was chosen last to write texts of a card anew; "" for that of drafts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: Literal["system", "light", "dark"] = "system"
    reduce_motion: bool = False
    prose_zoom: int = Field(default=100, ge=80, le=200)
    last_folder: str = ""
    last_export_folder: str = ""
    export_target: str = Field(default="png", max_length=40)
    export_preset: str = Field(default="", max_length=60)
    export_template: str = Field(default="", max_length=200)
    notifications: bool = True
    workers: int = Field(default=0, ge=0, le=8)
    engine: str = Field(default="offline", min_length=1, max_length=80)
    rewrite_engine: str = Field(default="", max_length=80)
    style: str = Field(default="prose", min_length=1, max_length=60)
    window: WindowSettings = Field(default_factory=WindowSettings)


def valid_part(raw: dict[str, Any]) -> Settings:
    """Settings from what a file says: what is valid is kept, the rest is the default."""
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        wrong = {problem["loc"][0] for problem in error.errors()}
        _log.info("settings ignored: %s", ", ".join(sorted(map(str, wrong))))
        return Settings.model_validate({key: value for key, value in raw.items() if key not in wrong})
