"""Profiles, models, prices and prompt styles in memory: what language models need beside the queue."""

import asyncio
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

from cardgen_desktop.domain.costs import CostQuery, CostReport, CostRow, LedgerEntry
from cardgen_desktop.domain.errors import HeldError, UsageError
from cardgen_desktop.domain.events import CostsChanged, ProfilesChanged
from cardgen_desktop.domain.job_kinds import DraftRequest
from cardgen_desktop.domain.profile import (
    ConnectionCheck,
    FoundServer,
    KeyringStatus,
    ModelFitness,
    ModelInfo,
    ModelList,
    Profile,
    ProfileView,
)
from cardgen_desktop.domain.prompt_style import PromptPreview, PromptStyle, PromptVariable

from . import provider_samples as samples
from .fake_desk import FakeDesk, FakeEvents


class FakeProfiles(FakeDesk):
    """`kept` are the profiles by name, `keys` their keys, `keyring` where keys go.

    `checks` is what a test of a connection finds, `catalogues[profile name]` what a server offers,
    `found_servers` what answers on this computer.
    """

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.kept: dict[str, ProfileView] = {}
        self.keys: dict[str, str] = {}
        self.keyring: KeyringStatus = samples.KEYRING
        self.checks: tuple[ConnectionCheck, ...] = samples.good_checks()
        self.catalogues: dict[str, ModelList] = {}
        self.fitness = ModelFitness(word="Fits", sentence="It needs about 2.0 GB of memory.", needs=2 * 10**9)
        self.unfit = ""
        self.found_servers: tuple[FoundServer, ...] = samples.found_servers()
        self.shared_profiles: dict[Path, tuple[Profile, ...]] = {}

    def put_profiles(self, views: Iterable[ProfileView]) -> None:
        """Place profiles without an event."""
        for view in views:
            self.kept[view.profile.name] = view
            self.catalogues.setdefault(view.profile.name, samples.catalogue())

    async def profiles(self) -> tuple[ProfileView, ...]:
        await self._asked("profiles")
        return tuple(sorted(self.kept.values(), key=lambda view: view.profile.name.casefold()))

    async def save_profile(
        self, profile: Profile, *, key: str | None = None, replaces: str = ""
    ) -> ProfileView:
        await self._asked("save_profile", profile, key, replaces)
        if profile.name in self.kept and profile.name != replaces:
            raise UsageError(f"There is an engine called “{profile.name}” already. Choose another name.")
        before = self.kept.pop(replaces, None) or ProfileView(profile=profile)
        if key is None and before.profile.base_url != profile.base_url:
            key = ""  # a key belongs to the server it was given for
        held = self.keys.pop(replaces, "") if key is None else key
        if key is not None:
            place = "none" if not key else "keyring" if self.keyring.available else "memory"
            hint = f"…{key[-2:]}" if key else ""
            before = before.model_copy(update={"key_place": place, "key_hint": hint, "key_name": ""})
        if held:
            self.keys[profile.name] = held
        view = before.model_copy(update={"profile": profile})
        self.kept[profile.name] = view
        self.events.announce(ProfilesChanged())
        return view

    async def remove_profile(self, name: str) -> None:
        await self._asked("remove_profile", name)
        if name not in self.kept:
            raise UsageError(f"There is no engine called “{name}”.")
        del self.kept[name]
        self.keys.pop(name, None)
        self.events.announce(ProfilesChanged())

    async def keyring_status(self) -> KeyringStatus:
        await self._asked("keyring_status")
        return self.keyring

    async def export_profiles(self, path: Path) -> Path:
        await self._asked("export_profiles", path)
        self.shared_profiles[path] = tuple(view.profile for view in self.kept.values())
        return path

    async def import_profiles(self, path: Path) -> tuple[ProfileView, ...]:
        await self._asked("import_profiles", path)
        added = tuple(ProfileView(profile=profile) for profile in self.shared_profiles[path])
        self.put_profiles(added)
        self.events.announce(ProfilesChanged())
        return added

    async def test_profile(
        self,
        profile: Profile,
        *,
        key: str | None = None,
        on_check: Callable[[ConnectionCheck], None] | None = None,
    ) -> tuple[ConnectionCheck, ...]:
        self.calls.append(("test_profile", (profile, key)))
        for check in self.checks:
            if on_check is not None and check.status != "skipped":
                on_check(ConnectionCheck(step=check.step, status="running"))
            await asyncio.sleep(0)
            if gate := self.gates.get(f"check {check.step}"):
                await gate.wait()
            if on_check is not None:
                on_check(check)
        return self.checks

    async def models(self, profile: Profile, *, key: str | None = None, refresh: bool = False) -> ModelList:
        await self._asked("models", profile, key, refresh)
        return self.catalogues.get(profile.name, ModelList())

    async def nearest_models(self, profile: Profile) -> dict[str, ModelInfo]:
        await self._asked("nearest_models", profile)
        models = self.catalogues.get(profile.name, ModelList()).models
        return {profile.model: models[0]} if profile.model and models else {}

    async def weigh_model(self, path: Path, context: int | None = None) -> ModelFitness:
        await self._asked("weigh_model", path, context)
        if self.unfit:
            raise HeldError("model", self.unfit, kind="model.404")
        return self.fitness

    async def find_local_servers(self) -> tuple[FoundServer, ...]:
        await self._asked("find_local_servers")
        return self.found_servers


class FakeCosts(FakeDesk):
    """`requests` is the ledger; sums are made of it."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.requests: tuple[LedgerEntry, ...] = ()
        self.exported_costs: dict[Path, CostQuery] = {}

    def add_requests(self, entries: Iterable[LedgerEntry]) -> None:
        """Add requests and announce them."""
        self.requests = (*self.requests, *entries)
        self.events.announce(CostsChanged())

    def _requests_of(self, query: CostQuery) -> list[LedgerEntry]:
        return [
            entry
            for entry in self.requests
            if (query.since is None or entry.started_at >= query.since)
            and (query.until is None or entry.started_at < query.until)
            and query.profile in (None, entry.profile)
        ]

    async def costs(self, query: CostQuery) -> CostReport:
        await self._asked("costs", query)
        groups: dict[str, list[LedgerEntry]] = {}
        for entry in self._requests_of(query):
            groups.setdefault(_group(entry, query), []).append(entry)
        rows = tuple(_row(key, entries) for key, entries in sorted(groups.items(), reverse=True))
        total = _row("", self._requests_of(query))
        return CostReport(rows=rows[: query.limit], total=total, since=query.since, until=query.until)

    async def ledger(self, query: CostQuery) -> tuple[LedgerEntry, ...]:
        await self._asked("ledger", query)
        return tuple(sorted(self._requests_of(query), key=lambda entry: -entry.started_at))[: query.limit]

    async def export_costs(self, path: Path, query: CostQuery) -> Path:
        await self._asked("export_costs", path, query)
        self.exported_costs[path] = query
        return path


def _group(entry: LedgerEntry, query: CostQuery) -> str:
    match query.by:
        case "day":
            return time.strftime("%Y-%m-%d", time.localtime(entry.started_at))
        case "month":
            return time.strftime("%Y-%m", time.localtime(entry.started_at))
        case "profile":
            return entry.profile
        case "model":
            return entry.model
        case "job":
            return str(entry.job_id)
        case "card":
            return str(entry.card_id)


def _row(key: str, entries: Iterable[LedgerEntry]) -> CostRow:
    found = list(entries)
    billed = [entry for entry in found if entry.possibly_billed]
    return CostRow(
        key=key,
        label=key,
        requests=len(found),
        tokens_in=sum(entry.usage.tokens_in for entry in found),
        tokens_out=sum(entry.usage.tokens_out for entry in found),
        cost=sum((entry.usage.cost or Decimal(0) for entry in found), Decimal(0)),
        unknown=sum(entry.usage.cost is None for entry in found) - len(billed),
        possibly_billed=len(billed),
    )


class FakeStyles(FakeDesk):
    """`kept_styles` are the prompt styles by name; `prompts` is what a dry run shows."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.kept_styles: dict[str, PromptStyle] = {style.name: style for style in samples.styles()[:2]}
        self.prompts: tuple[PromptPreview, ...] = samples.previews()

    async def prompt_styles(self) -> tuple[PromptStyle, ...]:
        await self._asked("prompt_styles")
        return tuple(self.kept_styles.values())

    async def save_prompt_style(self, style: PromptStyle) -> PromptStyle:
        await self._asked("save_prompt_style", style)
        known = self.kept_styles.get(style.name)
        if known is not None and known.is_shipped:
            raise UsageError(f"“{known.title}” came with the program and cannot be changed. Copy it first.")
        self.kept_styles[style.name] = style
        return style

    async def remove_prompt_style(self, name: str) -> None:
        await self._asked("remove_prompt_style", name)
        del self.kept_styles[name]

    async def prompt_variables(self) -> tuple[PromptVariable, ...]:
        await self._asked("prompt_variables")
        return samples.variables()

    async def dry_run(self, request: DraftRequest) -> tuple[PromptPreview, ...]:
        await self._asked("dry_run", request)
        return self.prompts


class FakeProviders(FakeProfiles, FakeCosts, FakeStyles):
    """Every command about providers; empty when new."""

    def fill_providers(self) -> None:
        """Four profiles, three days of requests, a style of the person's own."""
        self.put_profiles(samples.profiles())
        self.requests = samples.ledger()
        self.kept_styles = {style.name: style for style in samples.styles()}
