"""One engine on a page of its own: its form, and beside it the test of its connection."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ...domain.errors import CardgenError
from ...domain.profile import FoundServer, Profile, ProfileView, ServerKind
from ..components import Button, ElidedLabel, Label, Menu
from ..context import UiContext
from ..dialogs import choose_files
from ..settings.layout import ScrolledPage
from ..theme import SPACE
from .connection_pane import ConnectionPane
from .desk import ProfileDesk
from .editing import KEY, ProfileEditing
from .form_fields import Problem
from .nearest import NearestModels
from .profile_form import ProfileForm
from .remedies import Remedy, provider_page
from .words import model_words

FORM_WIDTH = 680
GGUF_FILTER = "Model files (*.gguf)"


def _open_in_browser(address: str) -> bool:
    return QDesktopServices.openUrl(QUrl(address))


class ProfileEditor(QWidget):
    """Edits, tests and tells about one engine.

    Signals: `back_requested`, `choose_model_requested(task, "" for the default)`.
    """

    back_requested = Signal()
    choose_model_requested = Signal(str)

    def __init__(
        self,
        desk: ProfileDesk,
        *,
        context: UiContext,
        open_address: Callable[[str], bool] = _open_in_browser,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._desk, self._open_address = context, desk, open_address
        self.editing = ProfileEditing(desk, self)
        self._lay_out()
        self._connect()

    def open(self, view: ProfileView) -> None:
        """Show an engine that is stored."""
        self._reset()
        self.editing.open(view)

    def begin(self, kind: ServerKind, *, becomes_default: bool = False, **values: Any) -> None:
        """Show a new engine."""
        self._reset()
        self.editing.begin(kind, becomes_default=becomes_default, **values)

    def use_server(self, server: FoundServer) -> None:
        """Show a new engine for a server that was found, stored at once."""
        models = {"model": server.models[0]} if server.models else {}
        self.begin(server.kind, becomes_default=True, base_url=server.base_url, **models)
        self.editing.store()

    def lead_to(self, field: str) -> None:
        """Do what a remedy says: put the focus into a field, begin the test, open the provider's page."""
        if field == "test":
            self.run_test()
        elif field == "credits":
            self._open_provider()
        elif field == "nearest":
            self.lead_to("model")
            self._nearest.look(self.editing.profile)
        elif (target := self.form.lead_to(field)) is not None:
            self._scroller.ensureWidgetVisible(target, 40, 60)

    def run_test(self) -> None:
        """Begin the test of the connection, or say what keeps it from beginning."""
        self.form.commit()
        profile = self.editing.profile
        if isinstance(profile, Problem):
            self.form.set_error(profile.path, profile.sentence)
            self.connection.fail(f"Nothing to test yet. {profile.sentence}")
        else:
            self.pane.begin(profile, self.form.key.entered)

    def stop_test(self) -> None:
        """Stop a test that runs."""
        self.pane.stop()

    def save(self) -> None:
        """Take and store what is being typed."""
        self.form.commit()

    def show_desk(self) -> None:
        """Take over what was read again: where the key is, what was spent."""
        stored = self.editing.view
        if stored is not None and (view := self._desk.views.get(stored.profile.name)) is not None:
            self.editing.follow(view)
            self.form.show_view(view, self._desk.keyring)
            self.pane.spending.show_view(view)

    def _reset(self) -> None:
        self.stop_test()
        self.connection.clear()
        self.form.key.settle()
        self._scroller.verticalScrollBar().setValue(0)

    def _on_changed(self) -> None:
        data = self.editing.data
        self.title.setText(data["name"])
        self.form.show_data(data)
        view = self.editing.view
        self.form.show_models(Profile.model_construct(**data))
        self.form.show_view(view, self._desk.keyring)
        self.pane.spending.show_view(view)
        self._show_links()
        self._read_model()

    def _on_stored(self, view: ProfileView) -> None:
        self.title.setText(view.profile.name)
        self.form.show_view(view, self._desk.keyring)
        self.form.show_models(view.profile)
        self.pane.spending.show_view(view)
        self._show_links()
        self._read_model()

    def _show_links(self) -> None:
        profile = self.editing.profile
        address = provider_page(profile) if isinstance(profile, Profile) else ""
        self.pane.show_provider(address)

    def _read_model(self) -> None:
        self.form.models.set_hint("")
        profile = self.editing.profile
        if isinstance(profile, Profile) and profile.model and self._desk.commands is not None:
            self._desk.tasks.spawn(self._tell_model(profile), name="look the model up")

    async def _tell_model(self, profile: Profile) -> None:
        """Say what the kept list knows of the model; a list that cannot be had says nothing."""
        assert self._desk.commands is not None
        try:
            known = await self._desk.commands.models(profile)
        except CardgenError:
            return
        found = next((model for model in known.models if model.id == profile.model), None)
        if found is not None and self.editing.data.get("model") == profile.model:
            self.form.models.set_hint(model_words(found))

    def _on_failed(self, path: str, sentence: str) -> None:
        if path == KEY:
            self.form.key.refuse(sentence)
        else:
            self.form.set_error(path, sentence)

    def _on_state(self) -> None:
        sentence, ink = self.editing.state
        self.state.setText(sentence)
        self.state.set_ink(ink)

    def _on_remedy(self, remedy: Remedy) -> None:
        if remedy.field == "model":
            self.choose_model_requested.emit("")
        else:
            self.lead_to(remedy.field)

    def _open_provider(self) -> None:
        profile = self.editing.profile
        address = provider_page(profile) if isinstance(profile, Profile) else ""
        if address and not self._open_address(address):
            self._context.notify.toast(f"No browser opens here. The page is {address}.")

    def choose_file(self) -> None:
        """Ask for a model file."""
        self._desk.tasks.spawn(self._choose_file(), name="choose model file")

    async def _choose_file(self) -> None:
        settings = self._context.settings
        paths = await choose_files(
            self.window(), title="Choose a model file",
            folder=settings.value.last_folder, filters=[GGUF_FILTER],
        )  # fmt: skip
        if paths:
            self.editing.put("path", str(paths[0]))
            self.form.file.show_path(str(paths[0]))

    def make_menu(self) -> Menu:
        """What else can be done with the engine."""
        menu, view = Menu(context=self._context, parent=self), self.editing.view
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if view is None:
            menu.add("Discard", self.back_requested.emit, icon="trash")
            return menu
        desk, name = self._desk, view.profile.name
        menu.add(
            "Begin new drafts with it", lambda: desk.set_default(name),
            icon="check", enabled=desk.default != name,
        )  # fmt: skip
        menu.add("Duplicate", lambda: desk.duplicate(name), icon="copy")
        menu.addSeparator()
        menu.add("Remove", self._remove, icon="trash", danger=True)
        return menu

    def _remove(self) -> None:
        view = self.editing.view
        self.back_requested.emit()
        if view is not None:
            self._desk.remove(view.profile.name)

    def _connect(self) -> None:
        editing, form = self.editing, self.form
        form.edited.connect(editing.put)
        form.refused.connect(editing.say_refused)
        form.key.saved.connect(editing.put_key)
        form.key.forgotten.connect(lambda: editing.put_key(""))
        form.models.choose_requested.connect(self.choose_model_requested)
        form.file.choose_requested.connect(self.choose_file)
        editing.changed.connect(self._on_changed)
        editing.state_changed.connect(self._on_state)
        editing.failed.connect(self._on_failed)
        editing.key_kept.connect(form.key.settle)
        editing.key_lost.connect(form.key.say_lost)
        editing.stored.connect(self._on_stored)
        self._desk.changed.connect(self.show_desk)
        self.pane.remedy_requested.connect(self._on_remedy)
        self.pane.test_requested.connect(self.run_test)
        self.pane.provider_requested.connect(self._open_provider)
        self.back.clicked.connect(self.back_requested)
        self.more.clicked.connect(lambda: self.make_menu().open_below(self.more))
        save = QShortcut(QKeySequence("Ctrl+S"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        save.activated.connect(self.save)
        back = QShortcut(
            QKeySequence("Alt+Left"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        back.activated.connect(self.back_requested)

    def _build_header(self, parent: QWidget) -> QHBoxLayout:
        context = self._context
        head = QHBoxLayout()
        head.setContentsMargins(SPACE.LG, SPACE.MD, SPACE.PANE_EDGE, 0)
        head.setSpacing(SPACE.SM)
        self.back = Button(
            "All engines", context=context, variant="ghost", size="icon", icon="chevron-left",
            shortcut="Alt+Left", parent=parent,
        )  # fmt: skip
        self.title = ElidedLabel(context=context, role="name", parent=parent)
        self.state = Label(context=context, role="small", ink="muted", parent=parent)
        self.more = Button("More", context=context, variant="ghost", size="icon", icon="more", parent=parent)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        head.addWidget(self.more)
        return head

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)
        left = QWidget(splitter)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._build_header(left))
        self._scroller = ScrolledPage(width=FORM_WIDTH, parent=left)
        self.form = ProfileForm(self._desk, context=self._context, parent=self._scroller.content)
        self._scroller.column.addWidget(self.form)
        self._nearest = NearestModels(self._desk, self.form.models)
        column.addWidget(self._scroller, 1)
        self.pane = ConnectionPane(self._desk, context=self._context, parent=splitter)
        self.connection, self.test = self.pane.lines, self.pane.test
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([800, 336])
