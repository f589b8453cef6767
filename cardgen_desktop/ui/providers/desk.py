"""The engines as the settings know them: what is stored, what is leaving, what a new draft begins with."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from ...domain.draft import OFFLINE_ENGINE
from ...domain.errors import CardgenError
from ...domain.events import CostsChanged, Event, ProfilesChanged
from ...domain.profile import KeyringStatus, Profile, ProfileView
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..tasks import TaskOwner
from ..wording import counted
from .words import is_ready, unique_name

LEAVES_AFTER_MILLISECONDS = 9000
"""A removed engine is only hidden while its toast offers to bring it back: a key that is gone is gone."""
COSTS_MILLISECONDS = 2000


class ProfileDesk(QObject):
    """Reads and changes profiles; `views` are those to be shown, by name.

    Signals: `changed` after they were read or one is hidden or brought back, `renamed(before, after)`,
    `default_changed`.
    """

    changed = Signal()
    renamed = Signal(str, str)
    default_changed = Signal()

    def __init__(self, *, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.tasks = TaskOwner(on_error=lambda _name, error: context.notify.error(error))
        self.commands: Commands | None = None
        self.keyring: KeyringStatus | None = None
        self.was_read = False
        self._views: dict[str, ProfileView] = {}
        self._leaving: dict[str, QTimer] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._reading = self._outdated = False
        self._soon = QTimer(self, singleShot=True, interval=COSTS_MILLISECONDS)
        self._soon.timeout.connect(self.refresh)

    def attach(self, commands: Commands, events: Events) -> None:
        """Start reading."""
        self.commands = commands
        self._unsubscribe = events.subscribe(self._on_event)
        self.refresh()

    async def aclose(self) -> None:
        """Remove what was to be removed, and stop."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._soon.stop()
        for name in tuple(self._leaving):
            self._leaving.pop(name).stop()
            await self._remove_stored(name)
        await self.tasks.aclose()

    @property
    def views(self) -> dict[str, ProfileView]:
        """The profiles to be shown, by name."""
        return {name: view for name, view in self._views.items() if name not in self._leaving}

    @property
    def default(self) -> str:
        """What a new draft begins with: "offline" or the name of a profile there is."""
        engine = self._context.settings.value.engine
        return engine if engine in self.views else OFFLINE_ENGINE

    def set_default(self, engine: str) -> None:
        """Let new drafts begin with another engine."""
        if engine != self._context.settings.value.engine:
            self._context.settings.update(engine=engine)
            self.default_changed.emit()

    def free_name(self, wanted: str) -> str:
        """A name that no profile has."""
        return unique_name(wanted, {*self._views, OFFLINE_ENGINE})

    def refresh(self) -> None:
        """Read the profiles, once more if they are asked for meanwhile."""
        if self.commands is None:
            return
        self._outdated = True
        if not self._reading:
            self._reading = True
            self.tasks.spawn(self._read(self.commands), name="read engines")

    async def save(self, profile: Profile, *, key: str | None = None, replaces: str = "") -> ProfileView:
        """Store a profile; what begins drafts goes on under its new name. Raises `CardgenError`."""
        assert self.commands is not None
        view = await self.commands.save_profile(profile, key=key, replaces=replaces)
        if replaces and replaces != profile.name:
            self._views.pop(replaces, None)
            if self._context.settings.value.engine == replaces:
                self.set_default(profile.name)
            self.renamed.emit(replaces, profile.name)
        self._views[view.profile.name] = view
        self.changed.emit()
        return view

    def duplicate(self, name: str) -> None:
        """Store a copy under a free name. It has no key: keys cannot be read back."""
        profile = self._views[name].profile
        copy = profile.model_copy(update={"name": self.free_name(profile.name)})
        self.tasks.spawn(self._duplicate(copy, bool(self._views[name].key_hint)), name="copy engine")

    def remove(self, name: str) -> None:
        """Hide a profile, and remove it once its toast has gone."""
        if name in self._leaving or name not in self._views:
            return
        was_default = self.default == name
        timer = QTimer(self, singleShot=True, interval=LEAVES_AFTER_MILLISECONDS)
        timer.timeout.connect(lambda: self._let_go(name))
        self._leaving[name] = timer
        timer.start()
        if was_default:
            self.set_default(OFFLINE_ENGINE)
        self.changed.emit()
        view = self._views[name]
        self._context.notify.toast(
            f"{name} removed", action="Undo", callback=lambda: self._bring_back(view, was_default)
        )

    def export(self, path: Path) -> None:
        """Write all profiles to a file, without keys."""
        if self.commands is not None:
            self.tasks.spawn(self._export(self.commands, path), name="export engines")

    def import_from(self, path: Path) -> None:
        """Add the profiles of a file."""
        if self.commands is not None:
            self.tasks.spawn(self._import(self.commands, path), name="import engines")

    async def _read(self, commands: Commands) -> None:
        try:
            while self._outdated:
                self._outdated = False
                views, keyring = await commands.profiles(), await commands.keyring_status()
                if not self._outdated:
                    self._show(views, keyring)
        finally:
            self._reading = False

    def _show(self, views: tuple[ProfileView, ...], keyring: KeyringStatus) -> None:
        self._views = {view.profile.name: view for view in views}
        self.keyring, self.was_read = keyring, True
        for name in tuple(self._leaving):
            if name not in self._views:
                self._leaving.pop(name).stop()
        self.changed.emit()

    async def _duplicate(self, copy: Profile, had_key: bool) -> None:
        await self.save(copy)
        rest = ". It needs a key of its own" if had_key else ""
        self._context.notify.toast(f"{copy.name} added{rest}")

    def _let_go(self, name: str) -> None:
        self.tasks.spawn(self._remove_now(name), name="remove engine")

    async def _remove_now(self, name: str) -> None:
        await self._remove_stored(name)
        self._leaving.pop(name, None)
        self._views.pop(name, None)
        self.changed.emit()

    async def _remove_stored(self, name: str) -> None:
        assert self.commands is not None
        try:
            await self.commands.remove_profile(name)
        except CardgenError as error:
            self._leaving.pop(name, None)
            self._context.notify.error(error)
            self.refresh()

    def _bring_back(self, view: ProfileView, was_default: bool) -> None:
        name = view.profile.name
        timer = self._leaving.pop(name, None)
        if timer is not None:
            timer.stop()
            self.changed.emit()
        elif name not in self._views:
            # The toast stayed up, under the pointer, longer than the engine.
            self.tasks.spawn(self._store_again(view), name="bring engine back")
        if was_default:
            self.set_default(name)

    async def _store_again(self, view: ProfileView) -> None:
        await self.save(view.profile)
        if view.key_hint:
            self._context.notify.toast(f"{view.profile.name} is back. Its key has to be entered again.")

    async def _export(self, commands: Commands, path: Path) -> None:
        try:
            written = await commands.export_profiles(path)
        except CardgenError as error:
            self._context.notify.error(error, retry=lambda: self.export(path))
        else:
            number = counted(len(self.views), "engine")
            self._context.notify.toast(f"{number} exported to {written.name}, without keys")

    async def _import(self, commands: Commands, path: Path) -> None:
        try:
            added = await commands.import_profiles(path)
        except CardgenError as error:
            self._context.notify.error(error)
            return
        waiting = sum(not is_ready(view) for view in added)
        rest = f". {counted(waiting, 'needs', 'need')} a key or a model" if waiting else ""
        self._context.notify.toast(f"{counted(len(added), 'engine')} added{rest}")
        self.refresh()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ProfilesChanged):
            self.refresh()
        elif isinstance(event, CostsChanged) and not self._soon.isActive():
            self._soon.start()
