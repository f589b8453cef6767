"""Profiles as a file that others can use: everything but keys. Such a file is read as somebody else's."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..domain.errors import InputError
from ..domain.profile import Profile
from .job_export import save_report
from .keys import ANY_VARIABLE, OPENROUTER_VARIABLE

FORMAT = "cardgen-profiles"
LARGEST_FILE = 1024 * 1024
MOST_IN_FILE = 200
_OWN_VARIABLES = (ANY_VARIABLE, OPENROUTER_VARIABLE)


class ProfileFile(BaseModel):
    """What such a file holds."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    format: Literal["cardgen-profiles"]
    version: int = Field(ge=1, lt=2)
    profiles: tuple[dict[str, Any], ...] = Field(max_length=MOST_IN_FILE)


def write_profiles(path: Path, profiles: Sequence[Profile]) -> Path:
    """Write profiles to a JSON file, in place of what was there; it blocks. Raises `StorageError`."""
    listed = [profile.model_dump(mode="json", exclude_defaults=True) for profile in profiles]
    content = {"format": FORMAT, "version": 1, "profiles": listed}
    save_report(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return path.absolute()


def read_profiles(path: Path) -> tuple[Profile, ...]:
    """The profiles of a file; it blocks. Raises `InputError`.

    Which environment variable holds a key is left out: somebody else's file could name any variable of this
    computer together with an address of its own, and have the value sent there.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise InputError(f'"{path.name}" cannot be read. Check its name.', details=str(error)) from error
    if len(data) > LARGEST_FILE:
        raise InputError(f'"{path.name}" is larger than 1 MB, too large for a list of profiles.')
    try:
        found = ProfileFile.model_validate_json(data)
    except (ValidationError, RecursionError) as error:
        raise InputError(
            f'"{path.name}" holds no profiles that this version can read. Nothing was added.',
            details=str(error),
        ) from error
    return tuple(_profile(path, number, item) for number, item in enumerate(found.profiles, 1))


def _profile(path: Path, number: int, item: dict[str, Any]) -> Profile:
    try:
        profile = Profile.model_validate(item)
    except (ValidationError, ValueError, RecursionError) as error:
        why = f" {error.errors()[0]['msg']}." if isinstance(error, ValidationError) else ""
        raise InputError(
            f'Profile {number} of "{path.name}" is not a profile.{why} Nothing was added.', details=str(error)
        ) from error
    if profile.key_env in _OWN_VARIABLES:
        return profile
    return profile.model_copy(update={"key_env": ""})
