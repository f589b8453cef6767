"""The engines part of the settings: overview, the page of one engine, the choice of a model."""

from functools import cached_property

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ...domain.profile import FoundServer, Profile, ServerKind
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..dialogs import choose_files
from .desk import ProfileDesk
from .editor import GGUF_FILTER, ProfileEditor
from .overview import EnginesOverview
from .picker import ModelPicker
from .words import host_of

AHEAD_MILLISECONDS = 80


class EnginesView(QWidget):
    """Shows one of three pages; `open_profile` leads to an engine and to one of its fields."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.desk = ProfileDesk(context=context, parent=self)
        self._wanted: tuple[str, str] | None = None
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.overview = EnginesOverview(self.desk, context=context, parent=self._stack)
        self._stack.addWidget(self.overview)
        self._connect()

    @cached_property
    def editor(self) -> ProfileEditor:
        """The page of one engine."""
        editor = ProfileEditor(self.desk, context=self._context, parent=self._stack)
        editor.back_requested.connect(self._show_overview)
        editor.choose_model_requested.connect(self._choose_model)
        self._stack.addWidget(editor)
        return editor

    @cached_property
    def picker(self) -> ModelPicker:
        """The page on which a model is chosen."""
        picker = ModelPicker(self.desk, context=self._context, parent=self._stack)
        picker.back_requested.connect(self._show_editor)
        picker.chosen.connect(self._on_model)
        self._stack.addWidget(picker)
        return picker

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._stack.currentWidget()

    @property
    def _is_editing(self) -> bool:
        return self.page is not self.overview

    def attach(self, commands: Commands, events: Events) -> None:
        """Start showing what the commands tell."""
        self.desk.attach(commands, events)

    async def aclose(self) -> None:
        """Take what is being typed, stop the test, finish what was removed."""
        if self._is_editing:
            self.editor.save()
            self.editor.stop_test()
        await self.desk.aclose()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Made while the list is looked at, so that a click on an engine is answered at once.
        QTimer.singleShot(AHEAD_MILLISECONDS, self, lambda: self.editor)

    def open_profile(self, name: str, field: str = "") -> None:
        """Show an engine by its name, or by the host of its server, and lead to a field.

        An unknown name shows all engines. What is asked for before the engines were read waits for them.
        """
        if not self.desk.was_read:
            self._wanted = (name, field)
            return
        views = self.desk.views
        by_host = (view for view in views.values() if name and host_of(view.profile) == name)
        view = views.get(name) or next(by_host, None)
        if view is None:
            self._show_overview()
            return
        self.editor.open(view)
        self._stack.setCurrentWidget(self.editor)
        if field == "model" and view.profile.kind != "gguf":
            self._choose_model("")
        elif field:
            self.editor.lead_to(field)
        else:
            self.editor.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin(self, kind: ServerKind, becomes_default: bool) -> None:
        self.editor.begin(kind, becomes_default=becomes_default)
        self._stack.setCurrentWidget(self.editor)
        self.editor.lead_to("key" if kind == "openrouter" else "address" if kind == "openai" else "name")

    def _use_server(self, server: FoundServer) -> None:
        self.editor.use_server(server)
        self._stack.setCurrentWidget(self.editor)

    def _begin_with_file(self, becomes_default: bool) -> None:
        self.desk.tasks.spawn(self._ask_for_file(becomes_default), name="choose model file")

    async def _ask_for_file(self, becomes_default: bool) -> None:
        paths = await choose_files(
            self.window(),
            title="Choose a model file",
            folder=self._context.settings.value.last_folder,
            filters=[GGUF_FILTER],
        )
        if paths:
            name = self.desk.free_name(paths[0].stem[:70])
            self.editor.begin("gguf", becomes_default=becomes_default, path=str(paths[0]), name=name)
            self.editor.editing.store()
            self._stack.setCurrentWidget(self.editor)

    def _choose_model(self, task: str) -> None:
        self.editor.form.commit()
        profile = self.editor.editing.profile
        if isinstance(profile, Profile):
            self.picker.open(profile, task, key=self.editor.form.key.entered)
            self._stack.setCurrentWidget(self.picker)
        else:
            self.editor.form.set_error(profile.path, profile.sentence)

    def _on_model(self, task: str, model: str) -> None:
        self._show_editor()
        self.editor.form.models.choose_model(task, model)
        self.editor.form.models.choose[task].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_editor(self) -> None:
        self._stack.setCurrentWidget(self.editor)

    def _show_overview(self) -> None:
        if self._is_editing:
            self.editor.save()
            self.editor.stop_test()
        self.overview.show_desk()
        self._stack.setCurrentWidget(self.overview)
        self.overview.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self) -> None:
        if self._wanted is not None and self.desk.was_read:
            wanted, self._wanted = self._wanted, None
            self.open_profile(*wanted)
        stored = self.editor.editing.view if self._is_editing else None
        gone = stored is not None and stored.profile.name not in self.desk.views
        if gone and self.desk.was_read:
            self.overview.show_desk()
            self._stack.setCurrentWidget(self.overview)

    def _connect(self) -> None:
        overview = self.overview
        self.desk.changed.connect(self._on_changed)
        overview.opened.connect(self.open_profile)
        overview.renaming.connect(lambda name: self.open_profile(name, "name"))
        overview.new_requested.connect(self._begin)
        overview.file_requested.connect(self._begin_with_file)
        overview.server_chosen.connect(self._use_server)
