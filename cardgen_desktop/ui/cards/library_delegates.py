"""How a card looks in the library: a portrait with its name, or a row."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...domain.card_library import CardSummary
from ..context import UiContext
from ..painting import (
    draw_icon,
    draw_picture,
    fill_rounded,
    ink,
    paint_focus,
    paint_list_row,
    paint_text,
    two_lines,
)
from ..theme import RADIUS
from ..wording import UNNAMED
from .library_model import SUMMARY_ROLE, date_words, origin_of
from .library_portraits import LibraryPortraits

Index = QModelIndex | QPersistentModelIndex
TILE = QSize(180, 332)
INSET, PICTURE = 10, QSize(160, 240)
ROW_HEIGHT, ROW_PICTURE = 56, 36
MORE = 28
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CardDelegate(QStyledItemDelegate):
    """The base of both looks: what they know, and where *More* is."""

    def __init__(
        self, portraits: LibraryPortraits, *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._portraits, self._context = portraits, context

    def more_rect(self, rect: QRectF) -> QRectF:
        """Where a click opens the menu of a card."""
        raise NotImplementedError

    def _paint_more(self, painter: QPainter, rect: QRectF) -> None:
        box = self.more_rect(rect)
        tokens = self._context.theme.tokens
        fill_rounded(painter, box, RADIUS.BADGE, ink(tokens, "surface"))
        draw_icon(painter, self._context.icons, "more", 16, "text", box.center() - QPointF(8, 8))

    @staticmethod
    def _card(index: Index) -> CardSummary:
        card: CardSummary = index.data(SUMMARY_ROLE)
        return card


class TileDelegate(CardDelegate):
    """A portrait 2:3, the name in serif, source and date below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return TILE

    def more_rect(self, rect: QRectF) -> QRectF:
        return QRectF(rect.left() + INSET + PICTURE.width() - MORE - 6, rect.top() + INSET + 6, MORE, MORE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, card, rect = self._context.theme, self._card(index), QRectF(option.rect)
        rect = QRectF(rect.left(), rect.top(), TILE.width(), TILE.height() - 6)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_list_row(painter, rect, theme.tokens, selected=chosen, hovered=hovered)
        corner = QPointF(rect.left() + INSET, rect.top() + INSET)
        dpr = painter.device().devicePixelRatio()
        pixmap = self._portraits.pixmap(card, PICTURE.width(), PICTURE.height(), dpr)
        draw_picture(painter, pixmap, QRectF(corner, PICTURE))
        self._paint_words(painter, rect, card)
        if hovered or chosen:
            self._paint_more(painter, rect)
        if chosen and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect, theme.tokens, RADIUS.TILE)

    def _paint_words(self, painter: QPainter, rect: QRectF, card: CardSummary) -> None:
        theme, top = self._context.theme, rect.top() + INSET + PICTURE.height() + 6
        name = QRectF(rect.left() + INSET, top, PICTURE.width(), 26)
        token = "text" if card.name else "faint"
        words = card.name or UNNAMED
        paint_text(painter, name, theme.tokens, theme.fonts, words, role="name_small", token=token)
        line = QRectF(name.left(), name.bottom(), name.width(), 17)
        for text, token in ((origin_of(card), "muted"), (date_words(card.updated_at), "faint")):
            paint_text(painter, line, theme.tokens, theme.fonts, text, role="caption", token=token)
            line.translate(0, 17)


class RowDelegate(CardDelegate):
    """One row: portrait, name and tags, source, lorebook, date."""

    shows_focus = True
    beside_date, date_width = 52, 96
    """Room to the right of the date: for *More*."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(400, ROW_HEIGHT)

    def date_of(self, card: CardSummary) -> str:
        """What stands at the end of the row."""
        return date_words(card.updated_at)

    def more_rect(self, rect: QRectF) -> QRectF:
        return QRectF(rect.right() - MORE - 8, rect.center().y() - MORE / 2, MORE, MORE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, card, rect = self._context.theme, self._card(index), QRectF(option.rect)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_list_row(painter, rect.adjusted(0, 1, 0, -1), theme.tokens, selected=chosen, hovered=hovered)
        if not (hovered or chosen):
            painter.fillRect(
                QRectF(rect.left() + INSET, rect.bottom() - 1, rect.width() - 2 * INSET, 1),
                ink(theme.tokens, "border"),
            )
        self._paint_name(painter, rect, card, chosen)
        self._paint_facts(painter, rect, card)
        if hovered or chosen:
            self._paint_more(painter, rect)
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, rect.adjusted(0, 1, 0, -1), theme.tokens, RADIUS.TILE)

    def _paint_name(self, painter: QPainter, rect: QRectF, card: CardSummary, chosen: bool) -> None:
        theme, dpr = self._context.theme, painter.device().devicePixelRatio()
        corner = QPointF(rect.left() + INSET, rect.top() + (ROW_HEIGHT - ROW_PICTURE) / 2)
        pixmap = self._portraits.pixmap(card, ROW_PICTURE, ROW_PICTURE, dpr)
        draw_picture(painter, pixmap, QRectF(corner, QSize(ROW_PICTURE, ROW_PICTURE)))
        words = QRectF(corner.x() + ROW_PICTURE + 12, rect.top(), rect.width() * 0.42, ROW_HEIGHT)
        upper, lower = two_lines(words)
        role = "body_strong" if chosen else "body_medium"
        paint_text(painter, upper, theme.tokens, theme.fonts, card.name or UNNAMED, role=role)
        tags = " · ".join(card.tags) or "No tags"
        paint_text(painter, lower, theme.tokens, theme.fonts, tags, role="caption", token="muted")

    def _paint_facts(self, painter: QPainter, rect: QRectF, card: CardSummary) -> None:
        theme, tokens = self._context.theme, self._context.theme.tokens
        start = rect.left() + INSET + ROW_PICTURE + 12 + rect.width() * 0.42 + 16
        date = QRectF(
            rect.right() - self.beside_date - self.date_width, rect.top(), self.date_width, ROW_HEIGHT
        )
        paint_text(
            painter, date, tokens, theme.fonts, self.date_of(card),
            role="small", token="muted", align=_RIGHT,
        )  # fmt: skip
        book = QRectF(date.left() - 132, rect.top(), 120, ROW_HEIGHT)
        entries = f"{card.lorebook_entries:,} in lorebook" if card.lorebook_entries else ""
        paint_text(painter, book, tokens, theme.fonts, entries, role="small", token="muted", align=_RIGHT)
        source = QRectF(start, rect.top(), max(0.0, book.left() - start - 16), ROW_HEIGHT)
        paint_text(painter, source, tokens, theme.fonts, origin_of(card), role="small", token="muted")
