"""The start page: nothing on the desk yet, and everything that can be put there."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from .components import Button, Label
from .components.focus import PaintedButton
from .context import UiContext
from .painting import dash_pen, draw_icon, fill_rounded, ink, paint_focus, paint_text, stroke_rounded
from .samples import SampleBook, sample_books
from .shadow import SHADE
from .theme import RADIUS

COLUMN, ZONE_HEIGHT, ZONE_LEAST, TILE_HEIGHT = 696, 352, 264, 88
_FAN = (("Jim Hawkins", -14.0, -58, 8), ("Elizabeth Bennet", 14.0, 58, 8), ("Long John Silver", 0.0, 0, 0))


class StartPage(QWidget):
    """Whose story is it? Shown by the Draft page while the desk is empty.

    Signals: `choose_requested`, `paste_requested`, `sample_requested(path)`.
    """

    choose_requested = Signal()
    paste_requested = Signal()
    sample_requested = Signal(str)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._zone = _DropZone(context=context)
        self._zone.choose.clicked.connect(self.choose_requested)
        self._zone.paste.clicked.connect(self.paste_requested)
        self._tiles = [_SampleTile(book, context=context) for book in sample_books()]
        for tile in self._tiles:
            tile.clicked.connect(self._on_tile)
        self._lay_out()

    def _on_tile(self) -> None:
        tile = self.sender()
        if isinstance(tile, _SampleTile):
            self.sample_requested.emit(str(tile.book.path))

    def _lay_out(self) -> None:
        page = QWidget()
        page.setProperty("clear", True)
        rows = QVBoxLayout(page)
        rows.setContentsMargins(24, 20, 24, 20)
        rows.setSpacing(0)
        rows.addStretch(11)
        self._add_words(rows)
        rows.addSpacing(28)
        rows.addWidget(self._zone, 100)
        rows.addSpacing(28)
        self._add_samples(rows)
        rows.addStretch(10)
        rows.addSpacing(16)
        rows.addWidget(_Promise(context=self._context), 0, Qt.AlignmentFlag.AlignHCenter)
        scroller = QScrollArea()
        scroller.setWidgetResizable(True)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroller)

    def _add_words(self, rows: QVBoxLayout) -> None:
        title = Label("Whose story is it?", context=self._context, role="display")
        sentence = Label(
            "Drop the source, pick a character, get a card. Every sentence shows where it came from.",
            context=self._context,
            role="lead",
            ink="muted",
            wrap=True,
        )
        for label in (title, sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            rows.addWidget(label)
            rows.addSpacing(8 if label is title else 0)

    def _add_samples(self, rows: QVBoxLayout) -> None:
        head, tiles = QHBoxLayout(), QHBoxLayout()
        head.addWidget(Label("Or begin with a book", context=self._context, role="small_strong"))
        head.addStretch(1)
        head.addWidget(Label("Public domain, included", context=self._context, role="caption", ink="muted"))
        tiles.setSpacing(12)
        for tile in self._tiles:
            tiles.addWidget(tile)
        holder = QWidget()
        holder.setMaximumWidth(COLUMN)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(tiles)
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(holder, 1000)
        centre.addStretch(1)
        rows.addLayout(centre)


class _DropZone(QWidget):
    """The dashed zone with a fan of portraits, what may be dropped, and the two buttons."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self.choose = Button(
            "Choose files…", context=context, variant="primary", size="large", icon="drop", shortcut="Ctrl+O"
        )
        self.paste = Button(
            "Paste text", context=context, variant="outline", size="large", icon="paste", shortcut="Ctrl+V"
        )
        self._fans: dict[tuple[float, bool], QPixmap] = {}
        self.setMinimumHeight(ZONE_LEAST)
        self.setMaximumHeight(ZONE_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.choose)
        buttons.addWidget(self.paste)
        buttons.addStretch(1)
        self._heading = Label("Drop a novel, notes or a wiki page", context=context, role="heading")
        kinds = Label(
            "EPUB, Word, PDF, web page, text, chat, subtitles, or a card you already have",
            context=context,
            role="small",
            ink="muted",
            wrap=True,
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 0, 24, 0)
        rows.setSpacing(0)
        rows.addStretch(1)
        for label in (self._heading, kinds):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            rows.addWidget(label)
            rows.addSpacing(10 if label is self._heading else 24)
        rows.addLayout(buttons)
        rows.addSpacing(36)

    def sizeHint(self) -> QSize:
        return QSize(COLUMN, ZONE_HEIGHT)

    def _box(self) -> QRectF:
        width = min(self.width(), COLUMN)
        return QRectF((self.width() - width) / 2, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._box()
        fill_rounded(painter, box, RADIUS.ZONE, ink(tokens, "surface"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(dash_pen(ink(tokens, "control"), 1.5))
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), RADIUS.ZONE, RADIUS.ZONE)
        top = self._heading.y()
        height = min(102.0, top - 40)
        if height > 48:
            self._paint_fan(painter, QPointF(box.center().x(), top / 2 + 2), height)

    def _paint_fan(self, painter: QPainter, centre: QPointF, height: float) -> None:
        dpr, scale = self.devicePixelRatioF(), height / 102
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for name, angle, dx, dy in _FAN:
            painter.save()
            painter.translate(centre + QPointF(dx, dy) * scale)
            painter.rotate(angle)
            rect = QRectF(-34 * scale, -51 * scale, 68 * scale, 102 * scale)
            for ring in range(3):
                shadow = rect.adjusted(-ring, 1 - ring, ring, 2 + ring)
                fill_rounded(painter, shadow, 10 * scale, SHADE)
            # Twice the resolution keeps the edges of a turned picture smooth.
            pixmap = self._context.portraits.pixmap(name, round(rect.width()), round(rect.height()), dpr * 2)
            painter.drawPixmap(rect, pixmap, QRectF(pixmap.rect()))
            painter.restore()


class _SampleTile(PaintedButton):
    """A shipped book: the portrait of its face, title, author and length."""

    def __init__(self, book: SampleBook, *, context: UiContext) -> None:
        super().__init__()
        self._context, self.book = context, book
        self.setText(book.title)
        self._lines = (f"{book.author}, {book.year}", f"{book.words:,} words")
        self.setAccessibleName(", ".join((book.title, *self._lines)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(TILE_HEIGHT)
        self.setMinimumWidth(180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill = {"hover": "hover", "pressed": "pressed"}.get(self.state, "surface")
        fill_rounded(painter, rect, RADIUS.TILE, ink(theme.tokens, fill))
        stroke_rounded(painter, rect, RADIUS.TILE, ink(theme.tokens, "border"))
        portrait = self._context.portraits.pixmap(self.book.face, 40, 60, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(14, 14), portrait)
        words = rect.adjusted(68, 0, -10, 0)
        for top, height, role, token, text in (
            (12, 24, "tile_title", "text", self.text()),
            (37, 16, "caption", "muted", self._lines[0]),
            (55, 16, "caption", "muted", self._lines[1]),
        ):
            box = QRectF(words.left(), top, words.width(), height)
            paint_text(painter, box, theme.tokens, theme.fonts, text, role=role, token=token)
        if self.shows_ring:
            paint_focus(painter, rect, theme.tokens, RADIUS.TILE)


class _Promise(QWidget):
    """Privacy in one sentence."""

    def __init__(self, *, context: UiContext) -> None:
        super().__init__()
        self._context = context
        row = QHBoxLayout(self)
        row.setContentsMargins(26, 0, 0, 0)
        words = "No account, no network. Your files stay on this computer."
        row.addWidget(Label(words, context=context, role="small", ink="muted"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, self._context.icons, "shield", 18, "muted", QPointF(0, self.height() / 2 - 9))
