"""The shapes of what `profile` and `costs` print with `--json`."""

from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from ..domain.costs import CostBy, CostReport, CostRow, LedgerEntry, Usage
from ..domain.profile import (
    ConnectionCheck,
    KeyPlace,
    KeyringStatus,
    ModelInfo,
    ModelList,
    Profile,
    ProfileView,
)
from ..domain.value import Value


class ProfileLine(Value):
    """A profile, where its key is, and what it cost this month; a key itself is never printed.

    `key_hint` is the end of the key, `key_name` the environment variable it came from. Money is US dollars as
    text, null while nothing is known.
    """

    profile: Profile
    is_local: bool
    key_place: KeyPlace
    key_hint: str
    key_name: str
    spent_month: str | None


class Profiles(Value):
    """All profiles, and where keys are kept on this computer."""

    profiles: tuple[ProfileLine, ...]
    keyring: KeyringStatus


class RemovedProfile(Value):
    """The profile that is gone; its part of the ledger stays."""

    removed: str


class ProfileFile(Value):
    """A file of profiles that was written, without keys."""

    path: str
    profiles: int


class ConnectionTest(Value):
    """What became of each step of a test; `ok` when none failed. `failure` is a class of failures."""

    profile: str
    ok: bool
    checks: tuple[ConnectionCheck, ...]


class Models(Value):
    """The models of a server as last seen, and when that was; prices are US dollars per token as text."""

    profile: str
    at: datetime | None = Field(description="null when the server was never asked")
    is_stale: bool
    models: tuple[ModelInfo, ...]


class Costs(Value):
    """Sums of the ledger by day, month, profile, model, job or card, in US dollars as text.

    `unknown` counts requests whose cost nobody told, `possibly_billed` those whose end was not seen; neither
    is in a sum. `csv` is the file that was written.
    """

    by: CostBy
    since: datetime | None
    until: datetime | None
    rows: tuple[CostRow, ...]
    total: CostRow
    csv: str | None


class PaidRequest(Value):
    """One request to a model; `ended_at` is null while it runs, or when its end was not seen."""

    id: int
    job: int | None
    card: int | None
    step: str
    profile: str
    model: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    usage: Usage
    estimated_cost: str | None
    provider_id: str
    possibly_billed: bool
    resolved: bool


def profile_line(view: ProfileView) -> ProfileLine:
    """The output for one profile."""
    fields = {name: getattr(view, name) for name in ("profile", "key_place", "key_hint", "key_name")}
    spent = None if view.spent_month is None else format(view.spent_month, "f")
    return ProfileLine(**fields, is_local=view.profile.is_local, spent_month=spent)


def models(name: str, listed: ModelList) -> Models:
    """The output of `profile models`."""
    at = _time(listed.at) if listed.at else None
    return Models(profile=name, at=at, is_stale=listed.is_stale, models=listed.models)


def costs(report: CostReport, by: CostBy, csv: str | None) -> Costs:
    """The output of `costs`."""
    times = {"since": _time(report.since), "until": _time(report.until)}
    return Costs(by=by, rows=report.rows, total=report.total, csv=csv, **times)


def paid_request(entry: LedgerEntry) -> PaidRequest:
    """The output of one line of `costs --requests`."""
    names = (
        "id",
        "step",
        "profile",
        "model",
        "outcome",
        "usage",
        "provider_id",
        "possibly_billed",
        "resolved",
    )
    estimated = entry.estimated_cost
    return PaidRequest(
        **{name: getattr(entry, name) for name in (*names, "resolved")},
        job=entry.job_id,
        card=entry.card_id,
        started_at=datetime.fromtimestamp(entry.started_at, UTC),
        ended_at=_time(entry.ended_at),
        estimated_cost=None if estimated is None else format(estimated, "f"),
    )


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


SCHEMAS: dict[str, tuple[Any, str]] = {
    "profiles": (Profiles, "what `profile list --json` prints"),
    "profile": (ProfileLine, "what `profile add --json` prints"),
    "profile-removed": (RemovedProfile, "what `profile remove --json` prints"),
    "profile-test": (ConnectionTest, "what `profile test --json` prints"),
    "profile-models": (Models, "what `profile models --json` prints"),
    "profile-file": (ProfileFile, "what `profile export --json` prints"),
    "profiles-added": (list[ProfileLine], "what `profile import --json` prints"),
    "costs": (Costs, "what `costs --json` prints"),
    "cost-requests": (list[PaidRequest], "what `costs --requests --json` prints"),
}
"""Names for `cardgen schema`, with the others of `outputs`."""
