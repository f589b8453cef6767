"""The rows of the picker: portrait, name, other names, a line they say, and where in the book they live."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ...domain.people import Person
from ..components import came_by_keyboard
from ..context import UiContext
from ..painting import (
    PRESENCE_HEIGHT,
    PRESENCE_WIDTH,
    draw_icon,
    draw_picture,
    ink,
    paint_focus,
    paint_list_row,
    paint_presence,
    paint_text,
)
from ..theme import HEIGHT, RADIUS
from ..wording import counted
from .people_model import PERSON_ROLE, PeopleModel, mentions_of, other_names

PORTRAIT, DISC = 56, 20
INSET, PADDING, GAP, BETWEEN_ROWS = 8, 12, 16, 4
LINE_TOPS = {
    (True, True): (11, 33, 54),
    (True, False): (22, 45, 0),
    (False, True): (20, 0, 54),
    (False, False): (33, 0, 0),
}
"""Where name, other names and quote begin, by whether there are other names and a quote.

A quote is always below the number of mentions: it has the whole width.
"""
LEAST_WORDS = 150
"""Below so much room for words, the presence strip gives way."""
Index = QModelIndex | QPersistentModelIndex
_ALONE = QItemSelectionModel.SelectionFlag.ClearAndSelect
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PersonDelegate(QStyledItemDelegate):
    """Paints somebody; the current one is the chosen one."""

    def __init__(self, *, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are 92 high."""
        return QSize(320, HEIGHT.PICKER_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Wash, portrait, three lines, presence."""
        person: Person = index.data(PERSON_ROLE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._context.theme.tokens
        rect = QRectF(option.rect).adjusted(INSET, 0, -INSET, -BETWEEN_ROWS)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        paint_list_row(painter, rect, tokens, selected=chosen, hovered=hovered)
        inner = rect.adjusted(PADDING, 0, -PADDING - 4, 0)
        self._paint_portrait(painter, inner, person, chosen)
        self._paint_words(painter, inner.adjusted(PORTRAIT + GAP, 0, 0, 0), person, chosen)
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(2, 2, -2, -2), tokens, RADIUS.BUTTON)

    def _paint_portrait(self, painter: QPainter, rect: QRectF, person: Person, chosen: bool) -> None:
        dpr = painter.device().devicePixelRatio()
        corner = QRectF(rect.left(), rect.center().y() - PORTRAIT / 2, PORTRAIT, PORTRAIT)
        pixmap = self._context.portraits.pixmap(person.name, PORTRAIT, PORTRAIT, dpr)
        draw_picture(painter, pixmap, corner)
        if not chosen:
            return
        tokens = self._context.theme.tokens
        disc = QRectF(corner.right() - 13, corner.bottom() - 13, DISC, DISC)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink(tokens, "wash"))
        painter.drawEllipse(disc.adjusted(-2, -2, 2, 2))
        painter.setBrush(ink(tokens, "accent"))
        painter.drawEllipse(disc)
        draw_icon(painter, self._context.icons, "check", 14, "on_accent", disc.topLeft() + QPointF(3, 3))

    def _paint_words(self, painter: QPainter, rect: QRectF, person: Person, chosen: bool) -> None:
        theme = self._context.theme
        fonts, tokens = theme.fonts, theme.tokens
        right = self._right_side(rect)
        room = rect if right is None else rect.adjusted(0, 0, -right.width() - GAP, 0)
        names, quote = " · ".join(other_names(person)), _quoted(person)
        tops = LINE_TOPS[bool(names), bool(quote)]
        self._line(painter, room, tops[0], person.name, "heading", "text")
        if names:
            self._line(painter, room, tops[1], names, "small", "muted")
        if quote:
            role = "quote" if person.sample_quotes else "small"
            self._line(painter, rect, tops[2], quote, role, "text" if chosen else "muted")
        if right is not None:
            paint_presence(painter, right, person.presence, tokens, chosen)
            count = QRectF(right.left() - 40, right.bottom() + 3, right.width() + 40, 16)
            text = mentions_of(person)
            paint_text(painter, count, tokens, fonts, text, role="caption", token="muted", align=_RIGHT)

    def _right_side(self, rect: QRectF) -> QRectF | None:
        if rect.width() - PRESENCE_WIDTH - GAP < LEAST_WORDS:
            return None
        return QRectF(rect.right() - PRESENCE_WIDTH, rect.top() + 13, PRESENCE_WIDTH, PRESENCE_HEIGHT)

    def _line(self, painter: QPainter, rect: QRectF, y: int, text: str, role: str, token: str) -> None:
        fonts = self._context.theme.fonts
        box = QRectF(rect.left(), rect.top() + y, rect.width(), fonts.line(role))
        paint_text(painter, box, self._context.theme.tokens, fonts, text, role=role, token=token)


def _quoted(person: Person) -> str:
    """A line somebody says; how many there are where none is good to show."""
    said = " ".join(person.sample_quotes[0].split()) if person.sample_quotes else ""
    if said:
        return f"“{said}”"
    return f"{counted(person.quotes, 'quotation')}, none to show alone" if person.quotes else ""


class PeopleListView(QListView):
    """The list of people; the current row is the choice."""

    def __init__(self, people: PeopleModel, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = PersonDelegate(context=context, parent=self)
        self.setModel(people)
        self.setItemDelegate(self._cells)
        self.setProperty("clear", True)
        self.setAccessibleName("People in the sources")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._cells.shows_focus = came_by_keyboard(event) or self._cells.shows_focus
        super().focusInEvent(event)
        # Qt makes the first row current here without selecting it; here the current one is the chosen one.
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self.selectionModel().select(self.currentIndex(), _ALONE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._cells.shows_focus = True
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._cells.shows_focus = False
        super().mousePressEvent(event)
