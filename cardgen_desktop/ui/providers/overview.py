"""All engines at a glance: the four ways to draft, the language models there are, how to get another."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.draft import OFFLINE_ENGINE
from ...domain.errors import CardgenError
from ...domain.profile import Profile, ServerKind
from ..components import Banner, Button, Label, Menu, ProgressLine
from ..context import UiContext
from ..dialogs import choose_files, choose_save_path
from ..settings.layout import ScrolledPage
from ..theme import SPACE
from ..wording import first_sentence
from .desk import ProfileDesk
from .found import FoundServers
from .profile_list import ProfileList
from .tiles import EngineTiles
from .words import GROUPS, KINDS, KINDS_OF_GROUP, engine_words, group_of, is_ready

WIDEST = 1040
FILE_FILTER = "Engines (*.json)"
NO_PROFILES = "No language model is set up. The offline drafter works without one."
KEYS_STAY = "Files hold no keys: those stay where they are."


class EnginesOverview(QWidget):
    """Tiles, list and the ways to add an engine.

    Signals: `opened(name)`, `renaming(name)`, `new_requested(ServerKind, becomes the default)`,
    `file_requested(becomes the default)`, `server_chosen(FoundServer)`.
    """

    opened = Signal(str)
    renaming = Signal(str)
    new_requested = Signal(str, bool)
    file_requested = Signal(bool)
    server_chosen = Signal(object)

    def __init__(self, desk: ProfileDesk, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._desk = context, desk
        self._looking = False
        self._build()
        self._connect()
        self._lay_out()
        self.setFocusProxy(self.add)

    def find_servers(self) -> None:
        """Ask the usual ports of this computer."""
        if not self._looking and self._desk.commands is not None:
            self._looking = True
            self.look.setEnabled(False)
            self.found.show_looking()
            self._desk.tasks.spawn(self._find(), name="find local servers")

    def choose_group(self, key: str) -> None:
        """Let new drafts begin with an engine of a group, or lead to setting one up."""
        if key == "embedded":
            self._desk.set_default(OFFLINE_ENGINE)
            return
        known = [view for view in self._desk.views.values() if group_of(view.profile) == key]
        if known:
            ready = next((view for view in known if is_ready(view)), known[0])
            self._desk.set_default(ready.profile.name)
        elif key == "local":
            self.find_servers()
        else:
            self.new_requested.emit(KINDS_OF_GROUP[key][0], True)

    def show_desk(self) -> None:
        """Show the engines as they are now."""
        views = self._desk.views
        default = self._desk.default
        self.list.show_views(tuple(views.values()), default)
        self.none.setVisible(self._desk.was_read and not views)
        self._tile.setVisible(bool(views))
        shown = group_of(views[default].profile) if default in views else GROUPS[0].key
        self.tiles.show_chosen(shown)
        self._name_tiles()
        self.drafting.setText(engine_words(default, views))
        self.export.setEnabled(bool(views))
        self._show_keyring()
        if self._desk.was_read:
            self.progress.stop()

    def _name_tiles(self) -> None:
        for key, tile in self.tiles.tiles.items():
            names = [v.profile.name for v in self._desk.views.values() if group_of(v.profile) == key]
            tile.say(", ".join(names[:3]) if key != "embedded" else "")

    def _show_keyring(self) -> None:
        keyring = self._desk.keyring
        self.keyring.setVisible(keyring is not None and not keyring.available)
        if keyring is not None and not keyring.available:
            fact = first_sentence(keyring.sentence)
            rest = keyring.sentence[len(fact) :].lstrip(". ")
            self.keyring.say(f"{fact}." if fact else "This computer has no keyring.", rest)

    async def _find(self) -> None:
        commands = self._desk.commands
        assert commands is not None
        try:
            servers = await commands.find_local_servers()
        except CardgenError as error:
            self.found.hide()
            self._context.notify.error(error, retry=self.find_servers)
        else:
            known: list[Profile] = [view.profile for view in self._desk.views.values()]
            self.found.show_servers(servers, known)
        finally:
            self._looking = False
            self.look.setEnabled(True)

    def _open_add_menu(self) -> None:
        self.make_add_menu().open_below(self.add)

    def make_add_menu(self) -> Menu:
        """Every kind of engine, the likeliest first."""
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        kinds: tuple[ServerKind, ...] = ("openrouter", "openai")
        for kind in kinds:
            self._add_kind(menu, kind)
        menu.addSeparator()
        for kind in KINDS_OF_GROUP["local"]:
            if kind != "gguf":
                self._add_kind(menu, kind)
        menu.addSeparator()
        menu.add(f"{KINDS['gguf'].name}…", lambda: self.file_requested.emit(False), icon="model")
        return menu

    def _add_kind(self, menu: Menu, kind: ServerKind) -> None:
        words = KINDS[kind]
        menu.add(words.name, lambda: self.new_requested.emit(kind, False), icon=words.icon)

    def make_menu(self, name: str) -> Menu:
        """What can be done with one engine."""
        menu = Menu(context=self._context, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        desk = self._desk
        menu.add("Open", lambda: self.opened.emit(name), icon="settings", shortcut="Return")
        menu.add(
            "Begin new drafts with it", lambda: desk.set_default(name),
            icon="check", enabled=desk.default != name,
        )  # fmt: skip
        menu.addSeparator()
        menu.add("Rename", lambda: self.renaming.emit(name), icon="draft", shortcut="F2")
        menu.add("Duplicate", lambda: desk.duplicate(name), icon="copy", shortcut="Ctrl+D")
        menu.addSeparator()
        menu.add("Remove", lambda: desk.remove(name), icon="trash", shortcut="Delete", danger=True)
        return menu

    def _open_menu(self, name: str, place: QPoint) -> None:
        self.make_menu(name).popup(place)

    def _import(self) -> None:
        self._desk.tasks.spawn(self._ask_import(), name="choose engines to import")

    async def _ask_import(self) -> None:
        folder = self._context.settings.value.last_export_folder
        paths = await choose_files(
            self.window(), title="Import engines", folder=folder, filters=[FILE_FILTER]
        )
        if paths:
            self._desk.import_from(paths[0])

    def _export(self) -> None:
        self._desk.tasks.spawn(self._ask_export(), name="choose where to export engines")

    async def _ask_export(self) -> None:
        folder = Path(self._context.settings.value.last_export_folder or Path.home())
        path = await choose_save_path(
            self.window(),
            title="Export engines, without keys",
            suggestion=folder / "cardgen-engines.json",
            filters=[FILE_FILTER],
        )
        if path is not None:
            self._desk.export(path)

    def _build(self) -> None:
        context = self._context
        self.progress = ProgressLine(context=context)
        self.tiles = EngineTiles(context=context)
        self.drafting = Label(context=context, role="small", ink="muted")
        self.keyring = Banner("warning", "", context=context, icon="lock")
        self.keyring.hide()
        self.look = Button("Find local servers", context=context, variant="outline", icon="search")
        self.add = Button("Add language model", context=context, variant="primary", icon="plus")
        self.list = ProfileList(context=context)
        self.none = Label(NO_PROFILES, context=context, role="body", ink="muted", wrap=True)
        self.found = FoundServers(context=context)
        self.imports = Button("Import…", context=context, variant="ghost", size="small")
        self.export = Button("Export…", context=context, variant="ghost", size="small", icon="export")
        self.none.hide()

    def _connect(self) -> None:
        desk, rows = self._desk, self.list
        desk.changed.connect(self.show_desk)
        desk.default_changed.connect(self.show_desk)
        self.tiles.chosen.connect(self.choose_group)
        self.look.clicked.connect(self.find_servers)
        self.add.clicked.connect(self._open_add_menu)
        self.imports.clicked.connect(self._import)
        self.export.clicked.connect(self._export)
        rows.opened.connect(self.opened)
        rows.rename_requested.connect(self.renaming)
        rows.remove_requested.connect(desk.remove)
        rows.duplicate_requested.connect(desk.duplicate)
        rows.menu_requested.connect(self._open_menu)
        self.found.use_requested.connect(self.server_chosen)
        self.found.again_requested.connect(self.find_servers)
        self.found.file_requested.connect(lambda: self.file_requested.emit(self._desk.default == "offline"))

    def _lay_out(self) -> None:
        page = ScrolledPage(width=WIDEST, parent=self)
        context, column = self._context, page.column
        column.setSpacing(SPACE.SM)
        head = QHBoxLayout()
        head.setSpacing(SPACE.SM)
        head.addWidget(Label("New drafts begin with", context=context, role="heading"))
        head.addWidget(self.drafting, 1)
        column.addLayout(head)
        column.addWidget(self.tiles)
        column.addSpacing(SPACE.LG)
        column.addLayout(self._list_head())
        column.addWidget(self.keyring)
        column.addWidget(self.none)
        column.addWidget(self._list_tile())
        column.addLayout(self._foot())
        column.addSpacing(SPACE.MD)
        column.addWidget(self.found)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.progress)
        whole.addWidget(page, 1)
        self.progress.start()

    def _list_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(Label("Language models", context=self._context, role="heading"))
        row.addStretch(1)
        row.addWidget(self.look)
        row.addWidget(self.add)
        return row

    def _list_tile(self) -> QFrame:
        self._tile = QFrame()
        self._tile.setProperty("tile", True)
        inner = QVBoxLayout(self._tile)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.list)
        self._tile.hide()
        return self._tile

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE.XS)
        row.addWidget(Label(KEYS_STAY, context=self._context, role="caption", ink="muted"), 1)
        row.addWidget(self.imports)
        row.addWidget(self.export)
        return row
