"""The four ways to draft as radio tiles: cost, privacy and speed of each in words."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QWidget

from ..components.choices import paint_radio
from ..components.focus import PaintedButton
from ..context import UiContext
from ..painting import draw_icon, fill_rounded, ink, paint_focus, paint_text, stroke_rounded
from ..theme import RADIUS, SPACE
from .words import GROUPS, EngineGroup

HEIGHT, LINE = 124, 22
FOUR_ABREAST = 840
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EngineTile(PaintedButton):
    """One way to draft. `say` tells which engine of the group drafts, or what it still needs."""

    def __init__(self, group: EngineGroup, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self.engine_group = context, group
        self._title = group.title
        self.setText(group.title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(200)
        self._name_it("")

    def say(self, note: str) -> None:
        """Tell a screen reader what of the group is chosen."""
        self._name_it(note)

    def sizeHint(self) -> QSize:
        return QSize(260, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, chosen = QRectF(self.rect()), self.isChecked()
        fill = "wash" if chosen else {"hover": "hover", "pressed": "pressed"}.get(self.state, "surface")
        fill_rounded(painter, rect, RADIUS.TILE, ink(tokens, fill))
        stroke_rounded(
            painter, rect, RADIUS.TILE, ink(tokens, "accent" if chosen else "border"), 1.5 if chosen else 1
        )
        if self.shows_ring:
            paint_focus(painter, rect, tokens, RADIUS.TILE)
        self._paint_head(painter, rect, chosen)
        self._paint_lines(painter, rect)

    def _paint_head(self, painter: QPainter, rect: QRectF, chosen: bool) -> None:
        theme = self._context.theme
        mark = QRectF(rect.left() + 14, rect.top() + 15, 18, 18)
        edge = "accent" if chosen else "control"
        paint_radio(painter, mark, self._context, checked=chosen, ground="surface", edge=edge)
        words = QRectF(mark.right() + 10, rect.top() + 14, rect.width() - 42 - 44, 20)
        role = "body_strong" if chosen else "body_medium"
        paint_text(painter, words, theme.tokens, theme.fonts, self._title, role=role)
        token = "accent" if chosen else "muted"
        at = QPointF(rect.right() - 34, rect.top() + 14)
        draw_icon(painter, self._context.icons, self.engine_group.icon, 20, token, at)

    def _paint_lines(self, painter: QPainter, rect: QRectF) -> None:
        theme = self._context.theme
        line = QRectF(rect.left() + 16, rect.top() + 46, rect.width() - 32, LINE)
        for label, value in self.engine_group.facts:
            paint_text(painter, line, theme.tokens, theme.fonts, label, role="caption", token="muted")
            taken = theme.fonts.metrics("caption").horizontalAdvance(label) + 8
            paint_text(
                painter, line.adjusted(taken, 0, 0, 0), theme.tokens, theme.fonts, value,
                role="caption_medium", align=_RIGHT,
            )  # fmt: skip
            line.translate(0, LINE)

    def _name_it(self, note: str) -> None:
        group = self.engine_group
        facts = ". ".join(f"{label}: {value}" for label, value in group.facts)
        self.setAccessibleName(f"{group.title}. {facts}. {note}".strip())
        self.setToolTip(note)


class EngineTiles(QWidget):
    """The four tiles side by side, or two by two where it is narrow.

    Signals: `chosen(key of a group)` from a click; what is checked follows `show_chosen` alone.
    """

    chosen = Signal(str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = {group.key: EngineTile(group, context=context) for group in GROUPS}
        self._group = QButtonGroup(self)
        self._current = GROUPS[0].key
        for key, tile in self.tiles.items():
            self._group.addButton(tile)
            tile.clicked.connect(lambda _checked=False, wanted=key: self._on_clicked(wanted))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE.MD)
        self._columns = 0
        self._arrange(4)
        self.show_chosen(self._current)

    def show_chosen(self, key: str) -> None:
        """Check the tile of the group that drafts."""
        self._current = key
        self.tiles[key].setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(4 if self.width() >= FOUR_ABREAST else 2)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, tile in enumerate(self.tiles.values()):
            self._grid.removeWidget(tile)
            self._grid.addWidget(tile, number // columns, number % columns)

    def _on_clicked(self, key: str) -> None:
        # A group with no engine yet leads to its form; until that is saved, what drafted goes on drafting.
        self.tiles[self._current].setChecked(True)
        self.chosen.emit(key)
