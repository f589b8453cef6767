"""Who drafts: the embedded drafter, and a tile for each profile of a language model."""

from collections.abc import Sequence
from functools import partial
from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...domain.draft import OFFLINE_ENGINE
from ...domain.profile import Profile, ProfileView
from ..components import Button, Menu, RadioTile
from ..context import UiContext
from ..money import money

OFFLINE_LINE = "On this computer · free"
MOST_TILES = 3
"""So many profiles have a tile; the others are in a menu, and the one that was chosen last is shown."""

NEEDS_KEY = frozenset({"openrouter"})


def engine_line(view: ProfileView) -> str:
    """What a tile says of a profile: where it runs, and what the person has to know first."""
    profile = view.profile
    if profile.kind in NEEDS_KEY and view.key_place == "none":
        return "Needs a key: add it in Settings"
    place = "On this computer" if profile.is_local else host_of(profile)
    model = PurePath(profile.path).name if profile.kind == "gguf" else profile.model
    return f"{place} · {model or 'no model chosen'}"


def host_of(profile: Profile) -> str:
    """The server of a profile as people call it."""
    return profile.base_url.partition("://")[2].partition("/")[0]


def shown_first(views: Sequence[ProfileView], chosen: str) -> list[ProfileView]:
    """The profiles that have a tile: the first ones, and the chosen one in place of the last."""
    first = list(views[:MOST_TILES])
    if chosen != OFFLINE_ENGINE and chosen not in {view.profile.name for view in first}:
        first[-1:] = [view for view in views if view.profile.name == chosen]
    return first


class EngineChoice(QWidget):
    """Radio tiles for the engines there are.

    Signals: `chosen(engine)`, `setup_requested(profile name, "" for a new one)`.
    """

    chosen = Signal(object)
    setup_requested = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._views: tuple[ProfileView, ...] = ()
        self.tiles: dict[str, RadioTile] = {}
        self.engine = OFFLINE_ENGINE
        self.others = Button("Other engines", context=context, variant="ghost", size="small", icon="more")
        self.others.clicked.connect(self._open_menu)
        self.setup = Button(
            "Add a language model…", context=context, variant="ghost", size="small", icon="plus"
        )
        self.setup.clicked.connect(lambda: self.setup_requested.emit(""))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._rebuild()

    @property
    def profile(self) -> ProfileView | None:
        """The chosen profile; None for the embedded drafter."""
        return next((view for view in self._views if view.profile.name == self.engine), None)

    def show_profiles(self, views: Sequence[ProfileView]) -> None:
        """Show the profiles there are; a chosen one that is gone gives way to the embedded drafter."""
        if tuple(views) == self._views:
            return
        self._views = tuple(views)
        before = self.engine
        if self.engine != OFFLINE_ENGINE and self.profile is None:
            self.engine = OFFLINE_ENGINE
        self._rebuild()
        if self.engine != before:
            self.chosen.emit(self.engine)

    def choose(self, engine: str) -> None:
        """Choose an engine that there is; another one is remembered until its profile is known."""
        if engine == self.engine:
            return
        self.engine = engine
        self._rebuild()
        self.chosen.emit(engine)

    def _rebuild(self) -> None:
        had_focus = any(tile.hasFocus() for tile in self.tiles.values())
        for tile in (*self.tiles.values(), self.others, self.setup):
            self._column.removeWidget(tile)
        for tile in self.tiles.values():
            tile.deleteLater()
        self.tiles = {OFFLINE_ENGINE: self._tile("Offline drafter", OFFLINE_LINE, "device", OFFLINE_ENGINE)}
        for view in shown_first(self._views, self.engine):
            name, icon = view.profile.name, "model" if view.profile.is_local else "cloud"
            self.tiles[name] = self._tile(name, engine_line(view), icon, name)
            self.tiles[name].setToolTip(_spent(view))
        for tile in self.tiles.values():
            self._column.addWidget(tile)
        for button in (self.others, self.setup):
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.others.setVisible(len(self._views) > MOST_TILES)
        self.setup.setVisible(not self._views)
        if had_focus and self.engine in self.tiles:
            self.tiles[self.engine].setFocus()

    def _tile(self, title: str, line: str, icon: str, engine: str) -> RadioTile:
        tile = RadioTile(title, line, icon, context=self._context, checked=engine == self.engine, parent=self)
        tile.clicked.connect(lambda: self._on_tile(engine))
        tile.show()
        return tile

    def _on_tile(self, engine: str) -> None:
        if engine != self.engine:
            self.engine = engine
            self.chosen.emit(engine)

    def _open_menu(self) -> None:
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for view in self._views:
            name, icon = view.profile.name, "model" if view.profile.is_local else "cloud"
            menu.add(name, partial(self.choose, name), icon=icon)
        menu.addSeparator()
        menu.add("Set up engines…", lambda: self.setup_requested.emit(""), icon="settings")
        menu.open_below(self.others)


def _spent(view: ProfileView) -> str:
    if view.profile.is_local or view.spent_month is None:
        return ""
    cap = view.profile.monthly_cap
    of_cap = f" of {money(cap)}" if cap else ""
    return f"{money(view.spent_month)}{of_cap} this month"
