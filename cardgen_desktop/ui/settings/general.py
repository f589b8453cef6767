"""The general settings: appearance, reading size, jobs, where the data lives, what it is made of."""

from importlib import metadata

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ... import __version__
from ..components import Button, Combo, ElidedLabel, Label, Radio, Switch
from ..context import UiContext
from ..theme import SPACE, ThemeMode
from .layout import ScrolledPage, Section, setting_row

FORM_WIDTH = 640
MODES: tuple[tuple[ThemeMode, str], ...] = (("system", "System"), ("light", "Light"), ("dark", "Dark"))
ZOOMS = (80, 90, 100, 110, 125, 150, 175, 200)
NOTIFIED = "When a batch ends or a job needs you, while you look elsewhere."
LIBRARIES = (
    ("PySide6-Essentials", "Qt for Python, LGPL-3.0"),
    ("qasync", "BSD-2-Clause"),
    ("SQLAlchemy", "MIT"),
    ("aiosqlite", "MIT"),
    ("pydantic", "MIT"),
    ("Pillow", "MIT-CMU"),
    ("pypdfium2", "BSD-3-Clause, Apache-2.0"),
    ("lxml", "BSD-3-Clause"),
    ("selectolax", "MIT"),
)


class GeneralSettings(QWidget):
    """What the person may choose about the window; every choice takes effect at once.

    Signals: `prose_zoom_changed(percent)`, `gallery_requested`, `statistics_requested`, `jobs_requested`,
    `diagnostics_requested`.
    """

    prose_zoom_changed = Signal(object)
    gallery_requested = Signal()
    statistics_requested = Signal()
    jobs_requested = Signal()
    diagnostics_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.modes: dict[ThemeMode, Radio] = {}
        page = ScrolledPage(width=FORM_WIDTH, parent=self)
        page.column.setSpacing(SPACE.XL)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(page)
        for title, build in (
            ("Appearance", self._build_appearance),
            ("Jobs", self._build_jobs),
            ("Your data", self._build_data),
            ("About", self._build_about),
        ):
            section = Section(title, context=context, parent=page.content)
            page.column.addWidget(section)
            for row in build():
                section.add(row)
        page.column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The editor's own keys change it too.
        self.zoom.setCurrentIndex(self.zoom.findData(self._context.settings.value.prose_zoom))

    def _row(self, title: str, explanation: str, *controls: QWidget) -> QWidget:
        return setting_row(title, explanation, *controls, context=self._context)

    def _build_appearance(self) -> list[QWidget]:
        context, value = self._context, self._context.settings.value
        for mode, text in MODES:
            radio = Radio(text, context=context, checked=context.theme.mode == mode)
            radio.toggled.connect(self._on_mode)
            self.modes[mode] = radio
        motion = Switch("", context=context, checked=value.reduce_motion)
        motion.setAccessibleName("Reduce motion")
        motion.toggled.connect(self._on_motion)
        zoom = Combo([(f"{percent} %", percent) for percent in ZOOMS], context=context, name="Size of prose")
        zoom.setCurrentIndex(max(0, zoom.findData(value.prose_zoom)))
        zoom.currentIndexChanged.connect(lambda _index: self._on_zoom(zoom.currentData()))
        self.motion, self.zoom = motion, zoom
        return [
            self._row(
                "Theme", "System follows light and dark as your desktop changes.", *self.modes.values()
            ),
            self._row("Size of prose", "For card fields and passages from books.", zoom),
            self._row("Reduce motion", "Bars and panes change without moving.", motion),
        ]

    def _build_jobs(self) -> list[QWidget]:
        context = self._context
        self.jobs = Button("Open jobs", context=context, variant="outline")
        self.jobs.clicked.connect(self.jobs_requested)
        notifications = Switch("", context=context, checked=context.settings.value.notifications)
        notifications.setAccessibleName("Notifications")
        notifications.toggled.connect(lambda on: context.settings.update(notifications=on))
        self.notifications = notifications
        self.statistics = Button("Statistics", context=context, variant="outline")
        self.statistics.clicked.connect(self.statistics_requested)
        return [
            self._row("Jobs at once", "Set above the table of jobs, for each lane by itself.", self.jobs),
            self._row("Notifications", NOTIFIED, notifications),
            self._row("Statistics", "What ran, how long it took, what went wrong.", self.statistics),
        ]

    def _build_data(self) -> list[QWidget]:
        folder = str(self._context.settings.path.parent)
        path = ElidedLabel(folder, context=self._context, mode="middle", role="small", ink="muted")
        path.setMinimumWidth(120)
        button = Button("Open folder", context=self._context, variant="outline")
        button.clicked.connect(self._open_folder)
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.LG)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label("Data folder", context=self._context, role="body_medium"))
        words.addWidget(path)
        row.addLayout(words, 1)
        row.addWidget(button)
        why = "Cards, sources, jobs, logs and backups. Statistics lists the backups and makes one now."
        note = Label(why, context=self._context, role="small", ink="muted", wrap=True)
        return [row_widget, note]

    def _build_about(self) -> list[QWidget]:
        context = self._context
        gallery = Button(
            "Components", context=context, variant="ghost", size="small", shortcut="Ctrl+Shift+G"
        )
        gallery.clicked.connect(self.gallery_requested)
        libraries = QWidget()
        rows = QVBoxLayout(libraries)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        rows.addWidget(Label("Built with", context=context, role="small_strong"))
        for name, licence in LIBRARIES:
            if version := _version(name):
                rows.addWidget(
                    Label(f"{name} {version} · {licence}", context=context, role="caption", ink="muted")
                )
        self.diagnostics = Button("Diagnostics…", context=context, variant="outline")
        self.diagnostics.clicked.connect(self.diagnostics_requested)
        return [
            self._row("Diagnostics", "Files for a report, shown before they are saved.", self.diagnostics),
            self._row(f"CardGen Desktop {__version__}", "MIT licence.", gallery),
            libraries,
        ]

    def _on_mode(self, checked: bool) -> None:
        if not checked:
            return
        mode = next(mode for mode, radio in self.modes.items() if radio.isChecked())
        self._context.settings.update(theme=mode)
        self._context.theme.set_mode(mode)

    def _on_motion(self, reduce: bool) -> None:
        self._context.settings.update(reduce_motion=reduce)
        self._context.theme.reduce_motion = reduce

    def _on_zoom(self, percent: int | None) -> None:
        if percent is None or percent == self._context.settings.value.prose_zoom:
            return
        self._context.settings.update(prose_zoom=percent)
        self.prose_zoom_changed.emit(percent)

    def _open_folder(self) -> None:
        folder = self._context.settings.path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._context.notify.toast(f"No program opens folders here. The folder is {folder}.")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
