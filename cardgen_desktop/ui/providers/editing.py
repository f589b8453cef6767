"""What is being changed of one engine and when it is stored: at every field that is left, one at a time."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from ...domain.errors import CardgenError
from ...domain.profile import Profile, ProfileView, ServerKind
from .desk import ProfileDesk
from .form_fields import Problem, built, value_at, with_value
from .words import KINDS

SAVED, SAVING = "Saved", "Saving…"
KEY = "key"


class ProfileEditing(QObject):
    """The plain data of an engine and what is stored of it.

    `state` is a sentence and an ink for the header. Signals: `changed` when the data is to be shown again,
    `state_changed`, `failed(path, sentence)` for a value that could not be kept and was put back,
    `key_kept`, `key_lost` when the key went with the address it was for, `stored(ProfileView)`.
    """

    changed = Signal()
    state_changed = Signal()
    failed = Signal(str, str)
    key_kept = Signal()
    key_lost = Signal()
    stored = Signal(object)

    def __init__(self, desk: ProfileDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.view: ProfileView | None = None
        self.data: dict[str, Any] = {}
        self.state: tuple[str, str] = ("", "muted")
        self.becomes_default = False
        self._key: str | None = None
        self._saving = False
        self._run = 0
        desk.renamed.connect(self._on_renamed)

    @property
    def profile(self) -> Profile | Problem:
        """The engine as it stands in the form, or what is wrong with it."""
        return built(self.data)

    def open(self, view: ProfileView) -> None:
        """Edit an engine that is stored."""
        self._begin(view, view.profile.model_dump(), becomes_default=False)
        self._tell(SAVED)

    def begin(self, kind: ServerKind, *, becomes_default: bool, **values: Any) -> None:
        """Edit a new engine; it is stored with the first change after which it is whole."""
        words = KINDS[kind]
        start: dict[str, Any] = {
            "name": self._desk.free_name(words.name), "kind": kind, "base_url": words.address,
        }  # fmt: skip
        whole = Profile.model_construct(**{**start, **values}).model_dump()
        self._begin(None, whole, becomes_default=becomes_default)
        self._tell("Not saved yet")

    def put(self, path: str, value: Any) -> None:
        """One value of the form is another one."""
        if path == "kind":
            self._change_kind(value)
        elif value_at(self.data, path) == value:
            return
        else:
            self.data = with_value(self.data, path, value)
        self._save()

    def store(self) -> None:
        """Store the engine as it stands, without waiting for a change."""
        self._save()

    def put_key(self, key: str) -> None:
        """Store another key, "" to forget the one there is."""
        self._key = key
        self._save()

    def follow(self, view: ProfileView) -> None:
        """The stored engine was read again: its key or its spending may be other ones."""
        if self.view is not None and view.profile.name == self.view.profile.name:
            self.view = view

    def say_refused(self) -> None:
        """A field was left with something that is not valid."""
        self._tell("Not saved: a field needs a look", "danger")

    def _on_renamed(self, before: str, after: str) -> None:
        if self.view is not None and self.view.profile.name == before:
            profile = self.view.profile.model_copy(update={"name": after})
            self.view = self.view.model_copy(update={"profile": profile})

    def _begin(self, view: ProfileView | None, data: dict[str, Any], *, becomes_default: bool) -> None:
        self._run += 1
        self.view, self.data, self._key = view, data, None
        self.becomes_default = becomes_default
        self._saving = False
        self.changed.emit()

    def _change_kind(self, kind: ServerKind) -> None:
        before = KINDS[self.data["kind"]]
        changes: dict[str, Any] = {"kind": kind}
        if self.data["base_url"] in ("", before.address) or kind == "openrouter":
            changes["base_url"] = KINDS[kind].address
        if self.view is None and self.data["name"].startswith(before.name):
            changes["name"] = self._desk.free_name(KINDS[kind].name)
        self.data = {**self.data, **changes}
        self.changed.emit()

    def _tell(self, sentence: str, ink: str = "muted") -> None:
        self.state = (sentence, ink)
        self.state_changed.emit()

    def _save(self) -> None:
        profile = self.profile
        if isinstance(profile, Problem):
            self._tell(f"Not saved yet. {profile.sentence}", "warning")
            return
        if not self._saving and self._is_other(profile):
            self._saving = True
            self._tell(SAVING)
            self._desk.tasks.spawn(self._store(self._run), name="save engine")
        elif not self._saving:
            self._tell(SAVED)

    def _is_other(self, profile: Profile) -> bool:
        return self._key is not None or self.view is None or profile != self.view.profile

    async def _store(self, run: int) -> None:
        """Store until what is stored is what the form says; a form that was left is told nothing."""
        while run == self._run and not isinstance(profile := self.profile, Problem):
            if not self._is_other(profile):
                break
            key, self._key = self._key, None
            replaces = self.view.profile.name if self.view is not None else ""
            had_key = self.view is not None and self.view.key_place != "none"
            try:
                view = await self._desk.save(profile, key=key, replaces=replaces)
            except CardgenError as error:
                if run == self._run:
                    self._put_back(profile, key, error)
                return
            if run != self._run:
                return
            self._keep(view, key, had_key=had_key)
        if run == self._run:
            self._saving = False
            self._save_again_or_settle()

    def _save_again_or_settle(self) -> None:
        profile = self.profile
        if isinstance(profile, Problem):
            self._tell(f"Not saved yet. {profile.sentence}", "warning")
        else:
            self._tell(SAVED)

    def _keep(self, view: ProfileView, key: str | None, *, had_key: bool) -> None:
        self.view = view
        if self.becomes_default:
            self.becomes_default = False
            self._desk.set_default(view.profile.name)
        if key is not None:
            self.key_kept.emit()
        self.stored.emit(view)
        if had_key and key is None and view.key_place == "none":
            self.key_lost.emit()

    def _put_back(self, profile: Profile, key: str | None, error: CardgenError) -> None:
        """Show again what is stored; the field that could not be kept says why."""
        self._saving = False
        stored = self.view.profile.model_dump() if self.view is not None else None
        path = KEY if key is not None else _first_difference(stored, profile.model_dump())
        if stored is not None and key is None:
            self.data = stored
            self.changed.emit()
        self._tell("Not saved: the old value is back" if stored else "Not saved", "danger")
        self.failed.emit(path, error.message)


def _first_difference(stored: dict[str, Any] | None, wanted: dict[str, Any]) -> str:
    if stored is None:
        return "name"
    for key, value in wanted.items():
        if stored[key] != value:
            if isinstance(value, dict) and key == "sampling":
                return f"sampling.{_first_difference(stored[key], value)}"
            return key
    return "name"
