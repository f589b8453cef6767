"""The painting rules of lists and cells (visual language, section 6), for delegates and widgets alike.

Nothing here keeps state. Fonts, colours and pixmaps come from caches: painting a cell allocates rectangles.
"""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from .fonts import Fonts
from .icons import Icons
from .states import look_of
from .theme import qcolor
from .tokens import RADIUS, Tokens
from .wording import cut_at_its_end

BAR_HEIGHT = 6
BADGE_HEIGHT = 24
PRESENCE_STEP, PRESENCE_BAR, PRESENCE_HEIGHT = 4, 3, 18
PRESENCE_WIDTH = 26 * PRESENCE_STEP - 1
_NO_BAR = frozenset({"succeeded", "review", "cancelled"})
_BAR_INK = {
    "running": "accent",
    "waiting": "warning",
    "held": "warning",
    "paused": "muted",
    "failed": "danger",
}
_STRIPED = frozenset({"waiting", "held"})
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_ELIDE = {"right": Qt.TextElideMode.ElideRight, "middle": Qt.TextElideMode.ElideMiddle}


@lru_cache(maxsize=4096)
def _elided(fonts: Fonts, role: str, text: str, width: int, mode: str) -> str:
    return cut_at_its_end(fonts.metrics(role).elidedText(text, _ELIDE[mode], width), text)


def ink(tokens: Tokens, token: str, opacity: float = 1.0) -> QColor:
    """The shared colour of a token."""
    return qcolor(getattr(tokens, token), opacity)


def paint_text(
    painter: QPainter,
    rect: QRectF,
    tokens: Tokens,
    fonts: Fonts,
    text: str,
    *,
    role: str = "body",
    token: str = "text",
    align: Qt.AlignmentFlag = _LEFT,
    elide: str = "right",
) -> None:
    """One line of text in a role and colour, elided `right` or in the `middle` to fit."""
    painter.setFont(fonts.font(role))
    painter.setPen(ink(tokens, token))
    painter.drawText(rect, int(align), _elided(fonts, role, text, int(rect.width()), elide))


def two_lines(rect: QRectF) -> tuple[QRectF, QRectF]:
    """The places of a 14/500 line and a 12 px line around the middle of a cell, 18 px apart."""
    middle = rect.center().y()
    return (
        QRectF(rect.left(), middle - 19, rect.width(), 20),
        QRectF(rect.left(), middle + 1, rect.width(), 16),
    )


def paint_row(
    painter: QPainter,
    rect: QRect,
    tokens: Tokens,
    *,
    selected: bool = False,
    hovered: bool = False,
    leading: bool = False,
) -> None:
    """Background and hairline of a table row; `leading` is the cell that carries the 3 px accent edge."""
    token = "wash" if selected else "hover" if hovered else "surface"
    painter.fillRect(rect, ink(tokens, token))
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink(tokens, "border"))
    if selected and leading:
        painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, ink(tokens, "accent"))


def paint_list_row(
    painter: QPainter, rect: QRectF, tokens: Tokens, *, selected: bool = False, hovered: bool = False
) -> None:
    """Background of a row in a list: clear, or a rounded wash."""
    if not (selected or hovered):
        return
    fill_rounded(painter, rect, RADIUS.TILE, ink(tokens, "wash" if selected else "hover"))
    if selected and tokens.high_contrast:
        stroke_rounded(painter, rect, RADIUS.TILE, ink(tokens, "accent"), 2)


def fill_rounded(painter: QPainter, rect: QRectF, radius: float, color: QColor) -> None:
    """A filled rounded rectangle without an edge."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, radius, radius)


def stroke_rounded(painter: QPainter, rect: QRectF, radius: float, color: QColor, width: float = 1.0) -> None:
    """The edge of a rounded rectangle, drawn wholly inside `rect`."""
    inset = width / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, width))
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)


def paint_focus(painter: QPainter, rect: QRectF, tokens: Tokens, radius: float) -> None:
    """The 2 px accent ring of keyboard focus."""
    stroke_rounded(painter, rect, radius, ink(tokens, "accent"), 2)


def action_rect(rect: QRectF, fonts: Fonts, action: str) -> QRectF:
    """Where `paint_progress` draws the action word, for clicks; a little larger than the word."""
    width = fonts.metrics("small_strong").horizontalAdvance(action)
    middle = rect.center().y()
    return QRectF(rect.right() - width - 6, middle - 20, width + 12, 26)


def paint_progress(
    painter: QPainter,
    rect: QRectF,
    tokens: Tokens,
    fonts: Fonts,
    *,
    state: str,
    fraction: float | None,
    phase: str,
    right_text: str = "",
    action: str = "",
    offset: float | None = None,
    mirrored: bool = False,
) -> None:
    """A progress cell: phase and percent above a bar; for finished work only the words.

    `fraction` runs 0 to 1, None is unknown length. `action` is what the person has to do, it replaces
    `right_text`. `offset` from 0 to 1 moves the bar of unknown length; None lets it stand still.
    """
    done = state in _NO_BAR
    middle = rect.center().y()
    line = QRectF(rect.left(), middle - (9 if done else 17), rect.width(), 18)
    right = action or right_text or ("…" if fraction is None and not done else "")
    role = "small_strong" if action else "caption_strong"
    taken = fonts.metrics(role).horizontalAdvance(right) + 12 if right else 0.0
    ink_token = _phase_ink(state, bool(action))
    words = QRectF(line.left(), line.top(), line.width() - taken, line.height())
    paint_text(painter, words, tokens, fonts, phase, role="small", token=ink_token)
    if right:
        token = "accent" if action else "text" if state == "running" else "muted"
        paint_text(painter, line, tokens, fonts, right, role=role, token=token, align=_RIGHT)
    if not done:
        bar = QRectF(rect.left(), middle + 8, rect.width(), BAR_HEIGHT)
        paint_bar(painter, bar, tokens, state=state, fraction=fraction, offset=offset, mirrored=mirrored)


def _phase_ink(state: str, needs_person: bool) -> str:
    if state == "failed":
        return "danger"
    return "text" if state in ("running", "review") or needs_person else "muted"


def paint_bar(
    painter: QPainter,
    rect: QRectF,
    tokens: Tokens,
    *,
    state: str,
    fraction: float | None,
    offset: float | None = None,
    mirrored: bool = False,
) -> None:
    """A progress bar with pill ends; striped while it waits, never filled narrower than it is high."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = rect.height() / 2
    fill_rounded(painter, rect, radius, ink(tokens, "track"))
    filled = _filled(rect, fraction, offset, mirrored)
    if filled.width() <= 0:
        return
    token = _BAR_INK.get(state, "accent")
    fill_rounded(painter, filled, radius, ink(tokens, token))
    if state in _STRIPED:
        _paint_stripes(painter, filled, tokens, token)


def _filled(rect: QRectF, fraction: float | None, offset: float | None, mirrored: bool) -> QRectF:
    if fraction is None:
        width = rect.width() / 3
        left = rect.left() + (rect.width() - width) * (0.5 if offset is None else offset)
    elif fraction <= 0:
        return QRectF()
    else:
        width = max(rect.height(), rect.width() * min(1.0, fraction))
        left = rect.right() - width if mirrored else rect.left()
    return QRectF(left, rect.top(), width, rect.height())


def _paint_stripes(painter: QPainter, rect: QRectF, tokens: Tokens, token: str) -> None:
    """Diagonal stripes 2 px wide every 7 px, in the wash of the bar's own colour."""
    painter.save()
    painter.setClipRect(rect.adjusted(1, 0, -1, 0))
    painter.setPen(QPen(ink(tokens, f"{token}_wash", 0.75), 2))
    x, bottom, height = rect.left() - rect.height(), rect.bottom(), rect.height()
    while x < rect.right():
        painter.drawLine(QLineF(x, bottom + 1, x + height + 2, bottom - height - 1))
        x += 7
    painter.restore()


def paint_state(
    painter: QPainter,
    rect: QRectF,
    tokens: Tokens,
    fonts: Fonts,
    icons: Icons,
    *,
    state: str,
    word: str | None = None,
) -> None:
    """A state cell: icon of 18 px and word in one colour."""
    look = look_of(state)
    draw_icon(painter, icons, look.icon, 18, look.ink, QPointF(rect.left(), rect.center().y() - 9))
    text = rect.adjusted(18 + 8, 0, 0, 0)
    paint_text(painter, text, tokens, fonts, word or look.word, role="small_medium", token=look.ink)


def paint_presence(
    painter: QPainter,
    rect: QRectF,
    values: Sequence[float],
    tokens: Tokens,
    selected: bool = False,
) -> None:
    """Where in the book somebody lives: one bar for each equal part, standing on the bottom of `rect`."""
    top = max(values, default=0) or 1
    opacity = 1.0 if tokens.high_contrast else 0.85 if selected else 0.68
    present, absent = ink(tokens, "accent", opacity), ink(tokens, "accent", 0.28)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x = rect.left()
    for value in values:
        height = 2.0 if value <= 0 else max(3.0, PRESENCE_HEIGHT * value / top)
        painter.setBrush(present if value > 0 else absent)
        painter.drawRoundedRect(QRectF(x, rect.bottom() - height, PRESENCE_BAR, height), 1, 1)
        x += PRESENCE_STEP


def badge_width(fonts: Fonts, text: str) -> int:
    """How wide `paint_badge` draws a text, in logical pixels."""
    return round(8 + 16 + 6 + fonts.metrics("caption_strong").horizontalAdvance(text) + 10)


def paint_badge(
    painter: QPainter,
    rect: QRectF,
    tokens: Tokens,
    fonts: Fonts,
    icons: Icons,
    *,
    kind: str,
    text: str | None = None,
    icon: str | None = None,
) -> None:
    """A badge of 24 px on the wash of its kind, as wide as `badge_width` and centred vertically in `rect`."""
    look = look_of(kind)
    text = look.word if text is None else text
    box = QRectF(rect.left(), rect.center().y() - BADGE_HEIGHT / 2, badge_width(fonts, text), BADGE_HEIGHT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill_rounded(painter, box, RADIUS.BADGE, ink(tokens, look.wash))
    if tokens.high_contrast:
        stroke_rounded(painter, box, RADIUS.BADGE, ink(tokens, "accent"), 2)
    draw_icon(painter, icons, icon or look.icon, 16, look.ink, QPointF(box.left() + 8, box.center().y() - 8))
    words = box.adjusted(8 + 16 + 6, 0, 0, 0)
    paint_text(painter, words, tokens, fonts, text, role="caption_strong", token=look.ink)


def draw_icon(painter: QPainter, icons: Icons, name: str, size: int, token: str, at: QPointF) -> None:
    """An icon at a point snapped to whole pixels."""
    dpr = painter.device().devicePixelRatio()
    painter.drawPixmap(QPointF(round(at.x()), round(at.y())), icons.pixmap(name, size, token, dpr))


def draw_picture(painter: QPainter, pixmap: QPixmap, rect: QRectF) -> None:
    """A pixmap such as a portrait, at its own size in the corner of `rect`."""
    painter.drawPixmap(rect.topLeft(), pixmap)


def paint_disc(
    painter: QPainter, rect: QRectF, tokens: Tokens, icons: Icons, *, icon: str, kind: str = "info"
) -> None:
    """The 56 px disc of empty states and the drop card with its 26 px icon."""
    look = look_of(kind)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(ink(tokens, look.wash)))
    painter.drawEllipse(rect)
    corner = rect.center() - QPointF(13, 13)
    draw_icon(painter, icons, icon, 26, look.ink, corner)


def dash_pen(color: QColor, width: float) -> QPen:
    """The dashes of a drop zone: 7.5 px on, 6 off, whatever the width."""
    pen = QPen(color, width)
    pen.setDashPattern([7.5 / width, 6 / width])
    return pen
