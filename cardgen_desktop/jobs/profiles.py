"""Profiles of models: kept, renamed, removed, with what follows for their keys, their jobs and closed gates.

A key belongs to a profile and its server: a changed address has no key until one is given for it.
"""

import logging
from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..domain.errors import UsageError
from ..domain.events import JobListChanged, ProfilesChanged
from ..domain.job import HoldReason
from ..domain.profile import Profile, ProfileView
from ..log import redacted
from ..store import costs as stored_costs
from ..store import profiles as stored_profiles
from ..store.engine import Connection
from .budget import month_start
from .keys import checked_key
from .providers import Providers, gone_sentence

MOST_PROFILES = 500
_SECRET_FIELDS = ("api_key", "apikey", "api-key", "authorization", "password", "secret")
_log = logging.getLogger(__name__)

_ALL_GATES = (
    HoldReason.ENDPOINT, HoldReason.KEY, HoldReason.ACCESS, HoldReason.CREDITS, HoldReason.BUDGET,
    HoldReason.MODEL, HoldReason.CONTEXT,
)  # fmt: skip
_KEY_GATES = (HoldReason.KEY, HoldReason.ACCESS, HoldReason.CREDITS)
_MODEL_GATES = (HoldReason.MODEL, HoldReason.ACCESS, HoldReason.CONTEXT)


class Profiles:
    """What the person can do with profiles. Raises `CardgenError` and nothing else."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._core = providers.core

    async def views(self) -> tuple[ProfileView, ...]:
        """Every profile, by name, with where its key is and what it cost this month."""
        async with self._core.database.read() as connection:
            profiles = await stored_profiles.every(connection)
            spent = await self._spent(connection)
        return tuple([await self._view(profile, spent) for profile in profiles])

    async def _spent(self, connection: Connection) -> dict[str, Decimal]:
        return await stored_costs.spent_by_profile(connection, month_start(self._core.clock.wall()))

    async def _view(self, profile: Profile, spent: dict[str, Decimal]) -> ProfileView:
        key = await self._providers.keys.find(profile)
        return ProfileView(
            profile=profile, key_place=key.place, key_hint=key.hint, key_name=key.name,
            spent_month=spent.get(profile.name),
        )  # fmt: skip

    async def save(self, profile: Profile, *, key: str | None, replaces: str) -> ProfileView:
        """Store a profile, then its key, then try the gates that what changed may open."""
        if key is not None:
            key = checked_key(key)
        _refuse_secrets(profile)
        before = await self._stored(profile, replaces)
        # Whatever fails from here on: no key is found for a server that it was not given for.
        if before is not None:
            await self._follow(before, profile)
        if key is not None:
            await self._providers.keys.keep(profile, key)
        self._core.bus.announce(ProfilesChanged())
        await self._open_gates(before, profile, has_key=bool(key))
        async with self._core.database.read() as connection:
            spent = await self._spent(connection)
        return await self._view(profile, spent)

    async def _stored(self, profile: Profile, replaces: str) -> Profile | None:
        """Store the row, and let jobs, gates and ledger follow a new name; the profile as it was."""
        async with self._core.database.write() as connection:
            now = self._core.clock.wall()
            before = await stored_profiles.get(connection, replaces) if replaces else None
            if replaces and before is None:
                raise UsageError(f'There is no profile "{replaces}" to change. It may have been removed.')
            _refuse_taken(profile.name, replaces, await stored_profiles.names(connection))
            moved = 0
            if before is not None and before.name != profile.name:
                moved = await stored_profiles.rename(connection, before.name, profile.name, now)
            await stored_profiles.put(connection, profile, now)
        if moved:
            self._core.bus.announce(JobListChanged())
        return before

    async def _follow(self, before: Profile, after: Profile) -> None:
        if before.name != after.name:
            self._providers.renamed(before.name, after.name)
            self._core.gates.rename_scope(before.name, after.name)
        await self._providers.keys.move(before, after)

    async def _open_gates(self, before: Profile | None, after: Profile, *, has_key: bool) -> None:
        """A gate that what changed may open is opened: the first job that runs into it closes it again."""
        wanted = set(_changed_gates(before, after)) | set(_KEY_GATES if has_key else ())
        for gate in self._core.gates.closed:
            if gate.reason in wanted and gate.scope == after.name and gate.reason != HoldReason.BUDGET:
                self._core.gates.open(gate.reason, scope=gate.scope)
        if HoldReason.BUDGET in wanted:
            await self._core.gates.probe_reason(HoldReason.BUDGET)

    async def remove(self, name: str) -> None:
        """Remove a profile and its key; jobs that name it are held, and say so."""
        async with self._core.database.write() as connection:
            profile = await stored_profiles.get(connection, name)
            if not await stored_profiles.remove(connection, name):
                raise UsageError(
                    f'There is no profile "{name}". `cardgen profile list` shows those there are.'
                )
            waiting = await stored_profiles.unfinished_jobs(connection, name)
        if profile is not None:
            await self._providers.keys.forget(profile)
        self._core.bus.announce(ProfilesChanged())
        if waiting:
            _log.info("%d jobs are without their profile", waiting)
            await self._core.gates.close(
                HoldReason.ACCESS, scope=name, sentence=gone_sentence(name), code="auth.403.other"
            )
        for gate in self._core.gates.closed:
            # What another gate holds comes out and is held by the new one, with its sentence.
            if gate.scope == name and gate.reason in _ALL_GATES and gate.reason != HoldReason.ACCESS:
                self._core.gates.open(gate.reason, scope=name)

    async def add(self, profiles: Iterable[Profile]) -> tuple[ProfileView, ...]:
        """Store profiles of a file; a name that is taken gets a number."""
        added: list[Profile] = []
        async with self._core.database.write() as connection:
            taken = {name.casefold() for name in await stored_profiles.names(connection)}
            for profile in profiles:
                _refuse_secrets(profile)
                fresh = _renamed(profile, _free_name(profile.name, taken))
                taken.add(fresh.name.casefold())
                await stored_profiles.put(connection, fresh, self._core.clock.wall())
                added.append(fresh)
            if len(taken) > MOST_PROFILES:
                raise UsageError(f"There can be {MOST_PROFILES} profiles at the most. Nothing was added.")
        self._core.bus.announce(ProfilesChanged())
        for profile in added:
            await self._open_gates(None, profile, has_key=False)
        return tuple([await self._view(profile, {}) for profile in added])


def _changed_gates(before: Profile | None, after: Profile) -> Iterator[HoldReason]:
    """The gates that may be open for what a profile says now."""
    if before is None or _place(before) != _place(after):
        yield from _ALL_GATES
        return
    if before.key_env != after.key_env:
        yield from _KEY_GATES
    if (before.model, before.models) != (after.model, after.models):
        yield from _MODEL_GATES
        yield HoldReason.CREDITS  # a free model needs none
        yield HoldReason.BUDGET
    if (before.monthly_cap, before.job_cap) != (after.monthly_cap, after.job_cap):
        yield HoldReason.BUDGET
    if (before.context, before.max_output) != (after.context, after.max_output):
        yield HoldReason.CONTEXT
        yield HoldReason.BUDGET


def _place(profile: Profile) -> tuple[str, str, str]:
    return profile.kind, profile.base_url, profile.path


def _refuse_taken(name: str, replaces: str, taken: Iterable[str]) -> None:
    names = {other.casefold() for other in taken if other != replaces}
    if name.casefold() in names:
        raise UsageError(f'There is a profile called "{name}" already. Choose another name.')
    if not replaces and len(names) >= MOST_PROFILES:
        raise UsageError(f"There can be {MOST_PROFILES} profiles at the most. Remove one first.")


def _refuse_secrets(profile: Profile) -> None:
    """A key that was pasted into the wrong field would be stored and shown there."""
    for name, text in _texts(profile.model_dump(mode="json")):
        last = name.rpartition(".")[2].casefold()
        if redacted(text) != text or (last in _SECRET_FIELDS and text):
            raise UsageError(
                f"What is in {name} looks like a key. Nothing was saved. A key has its own field."
            )


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON value with the name of its place, names of fields included."""
    if isinstance(value, str):
        yield name or "a field", value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield f"{name} names".strip(), str(key)
            yield from _texts(item, f"{name}.{key}".strip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        ending = f" {number}"
        free = name[: 80 - len(ending)].rstrip() + ending
    return free


def _renamed(profile: Profile, name: str) -> Profile:
    return profile if profile.name == name else profile.model_copy(update={"name": name})
