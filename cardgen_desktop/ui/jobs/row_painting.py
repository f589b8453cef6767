"""A row of the jobs table as it is painted: composed once for each change, then drawn as often as Qt asks.

Follows section 6 of the visual language. The composition of a row holds ready points, fonts, layouts and
pixmaps, so drawing it again does no more than hand them to the painter.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap, QStaticText

from ...domain.job import JobSnapshot, JobState
from ..context import UiContext
from ..painting import BAR_HEIGHT, draw_icon, fill_rounded, ink, paint_bar
from ..states import look_of, state_of
from ..theme import HEIGHT, RADIUS
from . import words
from .columns import Column, is_ticking
from .lines import Face

PORTRAIT, STATE_ICON = 36, 18
EDGE, PADDING, GAP, ICON_GAP = 24, 12, 12, 8
KEPT_ROWS = 256
_MIDDLE = HEIGHT.TABLE_ROW / 2


@dataclass(frozen=True, slots=True)
class Cell:
    """The inner part of one cell: `left` and `width` in logical pixels, without the paddings."""

    column: Column
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Look:
    """What a row looks like besides its job: the cells, whether it is selected, hovered or focused, where."""

    cells: tuple[Cell, ...]
    selected: bool = False
    active: bool = False
    mirrored: bool = False
    dpr: float = 1.0


@dataclass(slots=True)
class Composition:
    """Everything to draw in a row, at points relative to the row's top."""

    lines: list[tuple[QFont, QColor, QPointF, QStaticText]] = field(default_factory=list)
    texts: list[tuple[QFont, QColor, QPointF, str]] = field(default_factory=list)
    pixmaps: list[tuple[QPointF, QPixmap]] = field(default_factory=list)
    bars: list[tuple[QRectF, str, float | None]] = field(default_factory=list)


def inner(
    left: float, width: float, *, first: bool, last: bool, mirrored: bool = False
) -> tuple[float, float]:
    """A cell without its paddings; the first and the last column keep the page edge on their outside."""
    before, after = EDGE if first else PADDING, EDGE if last else PADDING
    return left + (after if mirrored else before), width - before - after


class RowPainter:
    """Composes and draws rows; keeps the compositions of those drawn last."""

    def __init__(self, context: UiContext) -> None:
        self._context = context
        self._faces: dict[str, Face] = {}
        self._inks: dict[str, QColor] = {}
        self._rows: OrderedDict[int, tuple[JobSnapshot, Look, int, Composition]] = OrderedDict()
        self._tiles: dict[tuple[str, float], QPixmap] = {}
        self._special: dict[str, Callable[[Composition, Cell, JobSnapshot, Look, float], None]] = {
            "character": self._add_character,
            "state": self._add_state,
            "progress": self._add_progress,
        }
        context.theme.changed.connect(self.clear)

    def clear(self) -> None:
        """Forget every composition: theme or fonts are other ones."""
        for kept in (self._faces, self._inks, self._rows, self._tiles):
            kept.clear()

    def draw(self, painter: QPainter, top: int, job: JobSnapshot, look: Look, now: float) -> None:
        """Draw the content of a row whose upper edge is at `top`; `now` in Unix seconds."""
        composition = self._composition(job, look, now)
        painter.translate(0, top)
        for corner, pixmap in composition.pixmaps:
            painter.drawPixmap(corner, pixmap)
        for font, color, point, line in composition.lines:
            painter.setFont(font)
            painter.setPen(color)
            painter.drawStaticText(point, line)
        for font, color, point, text in composition.texts:
            painter.setFont(font)
            painter.setPen(color)
            painter.drawText(point, text)
        if composition.bars:
            tokens = self._context.theme.tokens
            for rect, state, fraction in composition.bars:
                paint_bar(painter, rect, tokens, state=state, fraction=fraction, mirrored=look.mirrored)
        painter.translate(0, -top)

    def action_area(self, cell: Cell, word: str, mirrored: bool) -> QRectF:
        """Where the action word of a progress cell can be clicked; a little larger than the word."""
        width = self._face("small_strong").width(word)
        left = cell.left if mirrored else cell.left + cell.width - width
        return QRectF(left - 6, _MIDDLE - 20, width + 12, 26)

    def compose(self, job: JobSnapshot, look: Look, now: float) -> Composition:
        """Lay out every cell of a row."""
        composition = Composition()
        for cell in look.cells:
            special = self._special.get(cell.column.key)
            if special is not None:
                special(composition, cell, job, look, now)
            else:
                to_right = cell.column.at_end != look.mirrored
                text = cell.column.text(job, now)
                self._add(composition, cell.left, cell.width, 19, text, "small", "muted", to_right)
        return composition

    def _composition(self, job: JobSnapshot, look: Look, now: float) -> Composition:
        """What was composed for this very snapshot; words that hang on the time hold a second or a minute."""
        moment = int(now) if is_ticking(job) else int(now) // 60
        kept = self._rows.get(job.id)
        if kept is not None and kept[0] is job and kept[2] == moment and kept[1] == look:
            return kept[3]
        composition = self.compose(job, look, now)
        self._rows[job.id] = job, look, moment, composition
        self._rows.move_to_end(job.id)
        if len(self._rows) > KEPT_ROWS:
            self._rows.popitem(last=False)
        return composition

    def _face(self, role: str) -> Face:
        face = self._faces.get(role)
        if face is None:
            face = self._faces[role] = Face(self._context.theme.fonts, role)
        return face

    def _ink(self, token: str) -> QColor:
        color = self._inks.get(token)
        if color is None:
            color = self._inks[token] = ink(self._context.theme.tokens, token)
        return color

    def _add(
        self, composition: Composition, left: float, width: float, top: float,
        text: str, role: str, token: str, to_right: bool,
    ) -> None:  # fmt: skip
        """A line of words that recur, 18 high, cut to a width, at the left or the right of it."""
        face = self._face(role)
        line, taken = face.line(text, width)
        if to_right:
            left += width - taken
        point = QPointF(left, face.baseline(top, 18) - face.ascent)
        composition.lines.append((face.font, self._ink(token), point, line))

    def _add_character(
        self, composition: Composition, cell: Cell, job: JobSnapshot, look: Look, now: float
    ) -> None:
        name, mirrored = words.character_name(job), look.mirrored
        self._add_portrait(composition, cell, job, name, look)
        left = cell.left if mirrored else cell.left + PORTRAIT + GAP
        width = cell.width - PORTRAIT - GAP
        face = self._face("body_strong" if look.selected else "body_medium")
        name = face.fitting(name, width)
        at = left + width - face.width(name) if mirrored else left
        point = QPointF(at, face.baseline(_MIDDLE - 19, 20))
        composition.texts.append((face.font, self._ink("text"), point, name))
        second = words.second_line(job)
        self._add(composition, left, width, _MIDDLE, second, "caption", "muted", mirrored)

    def _add_portrait(
        self, composition: Composition, cell: Cell, job: JobSnapshot, name: str, look: Look
    ) -> None:
        left = cell.left + cell.width - PORTRAIT if look.mirrored else cell.left
        corner = QPointF(left, _MIDDLE - PORTRAIT / 2)
        if icon := words.portrait_icon(job):
            composition.pixmaps.append((corner, self._tile(icon, look.dpr)))
            return
        cloth, initials = self._context.portraits.parts(name, PORTRAIT, look.dpr)
        composition.pixmaps.append((corner, cloth))
        composition.texts.append((initials.font, initials.color, corner + initials.point, initials.text))

    def _add_state(
        self, composition: Composition, cell: Cell, job: JobSnapshot, look: Look, now: float
    ) -> None:
        shown, mirrored = look_of(state_of(job)), look.mirrored
        icon = self._context.icons.pixmap(shown.icon, STATE_ICON, shown.ink, look.dpr)
        corner = cell.left + cell.width - STATE_ICON if mirrored else cell.left
        composition.pixmaps.append((QPointF(round(corner), _MIDDLE - STATE_ICON / 2), icon))
        taken = STATE_ICON + ICON_GAP
        left, word = cell.left + (0 if mirrored else taken), words.state_word(job)
        self._add(composition, left, cell.width - taken, 19, word, "small_medium", shown.ink, mirrored)

    def _add_progress(
        self, composition: Composition, cell: Cell, job: JobSnapshot, look: Look, now: float
    ) -> None:
        """Phase and percent above a bar; for finished work only the words. An action replaces the percent."""
        state, has_bar, mirrored = state_of(job), words.has_bar(job), look.mirrored
        fraction = None if words.is_indeterminate(job) else job.progress / 100
        action = self._action(job, look)
        right = action or words.percent(job) or ("…" if fraction is None and has_bar else "")
        top = _MIDDLE - (17 if has_bar else 9)
        role = "small_strong" if action else "caption_strong"
        taken = self._face(role).line(right, cell.width)[1] + 12 if right else 0.0
        left = cell.left + (taken if mirrored else 0)
        token = phase_ink(state, bool(action))
        phase = words.progress_words(job, now)
        self._add(composition, left, cell.width - taken, top, phase, "small", token, mirrored)
        if right:
            token = "accent" if action else "text" if state == "running" else "muted"
            self._add(composition, cell.left, cell.width, top, right, role, token, not mirrored)
        if has_bar:
            bar = QRectF(cell.left, _MIDDLE + 8, cell.width, BAR_HEIGHT)
            composition.bars.append((bar, state, fraction))

    def _action(self, job: JobSnapshot, look: Look) -> str:
        """*Open* on a row that is plainly done appears with hover, selection or focus only."""
        plainly_done = job.state is JobState.SUCCEEDED and not job.needs_review
        return "" if plainly_done and not (look.selected or look.active) else words.action_word(job)

    def _tile(self, icon: str, dpr: float) -> QPixmap:
        """The picture of a job that is not about a character."""
        if (icon, dpr) not in self._tiles:
            self._tiles[icon, dpr] = self._paint_tile(icon, dpr)
        return self._tiles[icon, dpr]

    def _paint_tile(self, icon: str, dpr: float) -> QPixmap:
        pixmap = QPixmap(round(PORTRAIT * dpr), round(PORTRAIT * dpr))
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        square = QRectF(0, 0, PORTRAIT, PORTRAIT)
        fill_rounded(painter, square, RADIUS.PORTRAIT * PORTRAIT, ink(self._context.theme.tokens, "hover"))
        corner = (PORTRAIT - STATE_ICON) / 2
        draw_icon(painter, self._context.icons, icon, STATE_ICON, "muted", QPointF(corner, corner))
        painter.end()
        return pixmap


def phase_ink(state: str, needs_person: bool) -> str:
    """The token of the words over the bar."""
    if state == "failed":
        return "danger"
    return "text" if state in ("running", "review") or needs_person else "muted"
