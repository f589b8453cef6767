"""A small line that names a source: icon and title, elided."""

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...domain.source import SourceKind
from ..components import tooltip
from ..context import UiContext
from ..painting import draw_icon, paint_text

ICON = 16
ICON_OF_KIND: dict[SourceKind, str] = {
    "text": "book",
    "epub": "book",
    "pdf": "book",
    "html": "web",
    "markdown": "note",
    "docx": "note",
    "odt": "note",
    "rtf": "note",
    "fictionbook": "book",
    "subtitles": "chat",
    "chat": "chat",
    "card": "card",
}


class LineIcon(QWidget):
    """A small muted icon in a row of text."""

    def __init__(self, name: str, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._name = context, name
        self.setFixedSize(ICON, ICON)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self._context.icons, self._name, ICON, "muted", QPointF(0, 0))


class SourceLine(QWidget):
    """The title of a source behind the icon of its kind."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._title, self._icon = "", "book"
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_source(self, title: str, kind: SourceKind = "text") -> None:
        """Name a source."""
        self._title, self._icon = title, ICON_OF_KIND.get(kind, "book")
        self.setAccessibleName(title)
        self.setToolTip(tooltip(title))
        self.update()

    @property
    def title(self) -> str:
        """The title that is shown."""
        return self._title

    def sizeHint(self) -> QSize:
        return QSize(160, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        top = self.height() / 2 - ICON / 2
        draw_icon(painter, self._context.icons, self._icon, ICON, "muted", QPointF(0, top))
        words = QRectF(self.rect()).adjusted(ICON + 6, 0, 0, 0)
        paint_text(painter, words, theme.tokens, theme.fonts, self._title, role="small_strong")
