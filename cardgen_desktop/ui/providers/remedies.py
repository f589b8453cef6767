"""From a failure to the place where a person can do something about it. Plain data and functions."""

from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from ...domain.failures import FAILURES, Action
from ...domain.profile import CheckStep, ConnectionCheck, Profile

Field = Literal[
    "name", "address", "key", "model", "nearest", "cap", "job_cap", "context", "credits", "test", "sampling"
]
FIELDS: frozenset[str] = frozenset(get_args(Field))
"""Where `open_profile(name, field)` can lead: "test" begins a test, "credits" tells where to add some,
"nearest" offers the models that come nearest to those that are gone."""

STEP_WORDS: dict[CheckStep, str] = {
    "address": "Address",
    "tls": "Encryption",
    "key": "Key",
    "credits": "Credit",
    "model": "Model",
    "structured": "Structured answers",
    "call": "A call of one token",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button and where it leads."""

    text: str
    field: Field


_OF_ACTION: dict[Action, Remedy] = {
    Action.UPDATE_KEY: Remedy("Update key", "key"),
    Action.EDIT_ADDRESS: Remedy("Edit address", "address"),
    Action.CHOOSE_MODEL: Remedy("Choose model…", "model"),
    Action.NEAREST_MODEL: Remedy("Choose model…", "model"),
    Action.OTHER_MODEL: Remedy("Choose model…", "model"),
    Action.ADD_CREDITS: Remedy("Add credits", "credits"),
    Action.RAISE_CAP: Remedy("Change the cap", "cap"),
    Action.RESET_OPTIONS: Remedy("Look at the options", "sampling"),
    Action.TRY_NOW: Remedy("Test again", "test"),
    Action.RETRY: Remedy("Test again", "test"),
    Action.WAIT: Remedy("Test again", "test"),
}
_OF_STEP: dict[CheckStep, Remedy] = {
    "address": Remedy("Edit address", "address"),
    "tls": Remedy("Edit address", "address"),
    "key": Remedy("Update key", "key"),
    "credits": Remedy("Add credits", "credits"),
    "model": Remedy("Choose model…", "model"),
    "structured": Remedy("Choose model…", "model"),
    "call": Remedy("Test again", "test"),
}
_PAGES = {"openrouter": "https://openrouter.ai/settings/credits"}


def remedy_of(check: ConnectionCheck) -> Remedy | None:
    """What the person is offered for a line that failed; None for every other line."""
    if check.status != "failed":
        return None
    failure = FAILURES.get(check.failure)
    for action in failure.actions if failure else ():
        if action in _OF_ACTION:
            return _OF_ACTION[action]
    return _OF_STEP[check.step]


def provider_page(profile: Profile) -> str:
    """The page where a provider sells credit and shows its models; "" when nobody knows."""
    if profile.kind in _PAGES:
        return _PAGES[profile.kind]
    if profile.is_local:
        return ""
    parts = urlsplit(profile.base_url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""
