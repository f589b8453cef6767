"""Every component in every variant, size and state on one page, to be looked at and to be pictured."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from .components import (
    Badge,
    Banner,
    Button,
    Check,
    Chip,
    Combo,
    EmptyState,
    FlowLayout,
    Label,
    LineField,
    PageHeader,
    Radio,
    RadioTile,
    SearchField,
    Switch,
)
from .context import UiContext
from .notify import ToastMessage
from .painting import PRESENCE_WIDTH, paint_presence, paint_progress
from .shell.toasts import Toast
from .theme import SPACE, qcolor

STATES = ("running", "succeeded", "review", "waiting", "held", "failed", "queued", "paused", "cancelled")
VERDICTS = ("supported", "inferred", "unsupported", "yours")
TYPE = ("display", "title", "name", "heading", "body", "small", "caption", "prose", "passage", "quote")
COLOURS = (
    "window", "surface", "sunken", "hover", "pressed", "border", "control", "text", "muted", "faint",
    "accent", "wash", "selection", "mark", "success", "warning", "danger", "track", "tip",
)  # fmt: skip
PORTRAITS = (
    ("Elizabeth Bennet", 72, 108),
    ("Fitzwilliam Darcy", 72, 108),
    ("Long John Silver", 72, 108),
    ("Dickon", 72, 108),
    ("Jim Hawkins", 56, 56),
    ("Lady Catherine de Bourgh", 48, 48),
    ("Mary Lennox", 36, 36),
    ("Jane Bennet", 24, 24),
)
ICONS = (
    "draft", "jobs", "cards", "card", "settings", "search", "plus", "close", "check", "done", "running",
    "waiting", "queued", "held", "paused", "failed", "cancelled", "warning", "info", "pause", "play",
    "retry", "undo", "redo", "export", "drop", "book", "note", "web", "chat", "lock", "unlock",
    "chevron-down", "chevron-up", "chevron-left", "chevron-right", "more", "quote", "evidence", "lorebook",
    "device", "model", "cloud", "history", "trash", "copy", "eye", "shield", "paste", "grip", "sun", "moon",
)  # fmt: skip
CELLS: tuple[tuple[str, float | None, str, str, str], ...] = (
    ("running", 0.62, "Writing personality · 3 of 9", "62 %", ""),
    ("running", None, "Reading source", "", ""),
    ("waiting", 0.44, "Tries again in 38 s", "44 %", ""),
    ("held", 0.02, "Offline · goes on by itself", "0 %", ""),
    ("paused", 0.33, "Paused at scenario", "33 %", ""),
    ("failed", 0.71, "Model not found", "", "Pick another"),
    ("review", 1.0, "2 unsupported", "", "Review"),
    ("succeeded", 1.0, "14 lorebook entries", "", ""),
)
PRESENCE = (3, 5, 2, 0, 4, 6, 9, 8, 7, 10, 12, 9, 6, 5, 7, 8, 6, 4, 3, 5, 6, 4, 2, 0, 3, 5)


class Specimen(QWidget):
    """A fixed-size piece of painting."""

    def __init__(self, width: int, height: int, paint: Callable[[QPainter, QRectF, QWidget], None]) -> None:
        super().__init__()
        self._paint = paint
        self.setMinimumSize(width, height)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter, QRectF(self.rect()), self)


class GalleryPage(QWidget):
    """The components, two columns of them."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        page = QWidget()
        page.setProperty("clear", True)
        columns = QHBoxLayout(page)
        columns.setContentsMargins(SPACE.PAGE_EDGE, SPACE.LG, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE)
        columns.setSpacing(SPACE.HUGE)
        for build in (self._left, self._right):
            column = QVBoxLayout()
            column.setSpacing(SPACE.MD)
            build(column)
            column.addStretch(1)
            columns.addLayout(column, 1)
        scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setWidget(page)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(PageHeader("Components", context=context, facts="Every variant, size and state"))
        rows.addWidget(scroller, 1)

    def _left(self, column: QVBoxLayout) -> None:
        self._add(column, "Buttons: variants, sizes, states", *self._buttons())
        self._add(column, "Badges: job states and verdicts", *self._badges())
        self._add(column, "Chips", self._chips())
        self._add(column, "Inputs", *self._inputs())
        self._add(column, "Progress cells", *self._progress_cells())
        self._add(column, "Empty", self._empty())

    def _right(self, column: QVBoxLayout) -> None:
        context = self._context
        self._add(column, "Type", self._row([Label(role, context=context, role=role) for role in TYPE]))
        self._add(column, "Colour", self._row([self._swatch(name) for name in COLOURS], gap=6))
        self._add(column, "Portraits from the name", self._row([self._portrait(*face) for face in PORTRAITS]))
        self._add(column, "Presence", self._row([self._presence(False), self._presence(True)], gap=24))
        self._add(column, "Banners", *self._banners())
        self._add(column, "Toasts", *self._toasts())
        self._add(column, "Choices with their reason", *self._tiles())
        self._add(column, "Icons", self._row([self._icon(name) for name in ICONS], gap=14))

    def _add(self, column: QVBoxLayout, title: str, *rows: QWidget) -> None:
        column.addWidget(Label(title, context=self._context, role="caption_strong", ink="muted"))
        for row in rows:
            column.addWidget(row)
        column.addSpacing(SPACE.SM)

    def _row(self, widgets: Sequence[QWidget], gap: int = 10) -> QWidget:
        row = QWidget()
        flow = FlowLayout(row, gap=gap)
        for widget in widgets:
            flow.addWidget(widget)
        policy = row.sizePolicy()
        policy.setHeightForWidth(True)
        row.setSizePolicy(policy)
        return row

    def _buttons(self) -> list[QWidget]:
        context = self._context
        variants: list[QWidget] = [
            Button("Draft card", context=context, variant="primary"),
            Button("Default", context=context),
            Button("Outline", context=context, variant="outline"),
            Button("Ghost", context=context, variant="ghost"),
            Button("Delete card", context=context, variant="destructive"),
            Button("Open source", context=context, variant="link"),
        ]
        sizes: list[QWidget] = [
            Button("Small", context=context, variant="primary", size="small"),
            Button("Normal", context=context, variant="primary"),
            Button("Large", context=context, variant="primary", size="large"),
            Button("Small", context=context, variant="outline", size="small", icon="plus"),
            Button("Normal", context=context, variant="outline", icon="export"),
            Button("Add", context=context, variant="outline", size="icon", icon="plus"),
            Button("More", context=context, variant="ghost", size="icon_small", icon="more"),
        ]
        states: list[QWidget] = []
        for variant in ("primary", "outline"):
            for state in ("hover", "pressed", "focus", "disabled"):
                button = Button(state.capitalize(), context=context, variant=variant)
                button.preview(state)
                states.append(button)
        return [self._row(variants), self._row(sizes), self._row(states)]

    def _badges(self) -> list[QWidget]:
        return [
            self._row([Badge(kind=kind, context=self._context) for kind in kinds], gap=8)
            for kinds in (STATES, VERDICTS)
        ]

    def _chips(self) -> QWidget:
        context = self._context
        chosen = Chip("All", 12, context=context, checkable=True)
        chosen.setChecked(True)
        hovered = Chip("Held", 1, context=context, checkable=True)
        hovered.preview("hover")
        return self._row(
            [
                chosen,
                Chip("Running", 2, context=context, checkable=True),
                hovered,
                Chip("Lizzy", context=context, removable=True),
                Chip("Treasure Island", context=context, removable=True, icon="book"),
                Chip("Add", context=context, icon="plus"),
            ],
            gap=8,
        )

    def _inputs(self) -> list[QWidget]:
        context = self._context
        wrong = LineField("eliza.bennet?.png", context=context)
        closed = LineField("Not available offline", context=context)
        closed.setEnabled(False)
        fields = QWidget()
        grid = QGridLayout(fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(SearchField("Find a name", context=context), 0, 0)
        grid.addWidget(Combo(["Offline drafter", "Local model"], context=context, name="Engine"), 0, 1)
        grid.addWidget(wrong, 1, 0)
        grid.addWidget(closed, 1, 1)
        grid.addWidget(wrong.error_label, 2, 0)
        wrong.set_error("A file name cannot contain “?”.")
        choices: list[QWidget] = [
            Check("Include quotations", context=context, checked=True),
            Check("Merge titles", context=context),
            Radio("PNG", context=context, checked=True),
            Radio("JSON", context=context),
            Switch("Follow system", context=context, checked=True),
            Switch("Reduce motion", context=context),
        ]
        return [fields, self._row(choices)]

    def _progress_cells(self) -> list[QWidget]:
        return [Specimen(240, 48, self._painter_of(cell)) for cell in CELLS]

    def _painter_of(
        self, cell: tuple[str, float | None, str, str, str]
    ) -> Callable[[QPainter, QRectF, QWidget], None]:
        state, fraction, phase, right, action = cell

        def paint(painter: QPainter, rect: QRectF, widget: QWidget) -> None:
            theme = self._context.theme
            paint_progress(
                painter, rect, theme.tokens, theme.fonts,
                state=state, fraction=fraction, phase=phase, right_text=right, action=action,
            )  # fmt: skip

        return paint

    def _empty(self) -> QWidget:
        return EmptyState(
            "jobs", "Nothing is being drafted", "Jobs run here while you go on writing.", "Draft a card",
            context=self._context,
        )  # fmt: skip

    def _swatch(self, name: str) -> QWidget:
        def paint(painter: QPainter, rect: QRectF, widget: QWidget) -> None:
            tokens = self._context.theme.tokens
            painter.setPen(qcolor(tokens.border))
            painter.setBrush(self._context.theme.color(name))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

        swatch = Specimen(36, 36, paint)
        swatch.setToolTip(name)
        return swatch

    def _portrait(self, name: str, width: int, height: int) -> QWidget:
        def paint(painter: QPainter, rect: QRectF, widget: QWidget) -> None:
            dpr = widget.devicePixelRatioF()
            painter.drawPixmap(rect.topLeft(), self._context.portraits.pixmap(name, width, height, dpr))

        return Specimen(width, height, paint)

    def _presence(self, selected: bool) -> QWidget:
        def paint(painter: QPainter, rect: QRectF, widget: QWidget) -> None:
            paint_presence(painter, rect, PRESENCE, self._context.theme.tokens, selected)

        return Specimen(PRESENCE_WIDTH, 18, paint)

    def _banners(self) -> list[QWidget]:
        context = self._context
        return [
            Banner(
                "info", "Recovered 4 jobs and 1 draft.", "Nothing was lost.", "View",
                context=context, closable=True,
            ),
            Banner(
                "success", "Exported and read back.", "Both versions are in the PNG.", "Show file",
                context=context, closable=True,
            ),
            Banner(
                "warning", "You are offline.", "7 jobs are held; 2 local jobs continue.", "Try now",
                context=context, icon="held",
            ),
            Banner(
                "danger", "The disk is full.", "Your text is kept in memory. Free 200 MB, then save.",
                "Save now", context=context,
            ),
        ]  # fmt: skip

    def _toasts(self) -> list[QWidget]:
        toasts: list[QWidget] = []
        for message in (
            ToastMessage("Elizabeth Bennet is ready", "Open"),
            ToastMessage("The data folder cannot be written. Nothing was added.", error=True),
        ):
            toast = Toast(message, context=self._context, parent=self)
            toast.setMinimumHeight(48)
            toasts.append(toast)
        return toasts

    def _tiles(self) -> list[QWidget]:
        context = self._context
        return [
            RadioTile("Offline drafter", "On this computer · free", "device", context=context, checked=True),
            RadioTile("Local model", "Not running", "model", context=context, available=False),
        ]

    def _icon(self, name: str) -> QWidget:
        def paint(painter: QPainter, rect: QRectF, widget: QWidget) -> None:
            dpr = widget.devicePixelRatioF()
            painter.drawPixmap(rect.topLeft(), self._context.icons.pixmap(name, 20, "text", dpr))

        specimen = Specimen(20, 20, paint)
        specimen.setToolTip(name)
        specimen.setCursor(Qt.CursorShape.ArrowCursor)
        return specimen
