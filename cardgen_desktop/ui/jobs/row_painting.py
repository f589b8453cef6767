"""A row of the jobs table as it is painted: composed once for each change, then drawn as often as Qt asks.

Follows section 6 of the visual language. The composition of a row holds ready points, fonts and pixmaps, so
drawing it again does no more than hand them to the painter.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from ...domain.job import JobSnapshot, JobState
from ..context import UiContext
from ..painting import BAR_HEIGHT, draw_icon, fill_rounded, ink, paint_bar
from ..states import look_of, state_of
from ..theme import HEIGHT, RADIUS
from . import words
from .columns import Column, is_ticking
from .lines import Lines

PORTRAIT, STATE_ICON = 36, 18
EDGE, PADDING, GAP, ICON_GAP = 24, 12, 12, 8
KEPT_ROWS = 256
_RIGHT = Qt.AlignmentFlag.AlignRight
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
        self._lines = Lines(context.theme.fonts)
        self._rows: OrderedDict[int, tuple[JobSnapshot, Look, int, Composition]] = OrderedDict()
        self._tiles: dict[tuple[str, float], QPixmap] = {}
        self._compose_cell: dict[str, Callable[[Composition, Cell, JobSnapshot, Look], None]] = {
            "character": self._add_character,
            "state": self._add_state,
        }
        context.theme.changed.connect(self.clear)

    def clear(self) -> None:
        """Forget every composition: theme or fonts are other ones."""
        self._rows.clear()
        self._tiles.clear()
        self._lines.clear()

    def draw(self, painter: QPainter, top: int, job: JobSnapshot, look: Look, now: float) -> None:
        """Draw the content of a row whose upper edge is at `top`; `now` in Unix seconds."""
        composition = self._composition(job, look, now)
        painter.translate(0, top)
        for corner, pixmap in composition.pixmaps:
            painter.drawPixmap(corner, pixmap)
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
        width = self._lines.width("small_strong", word)
        left = cell.left if mirrored else cell.left + cell.width - width
        return QRectF(left - 6, _MIDDLE - 20, width + 12, 26)

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

    def compose(self, job: JobSnapshot, look: Look, now: float) -> Composition:
        """Lay out every cell of a row."""
        composition = Composition()
        for cell in look.cells:
            special = self._compose_cell.get(cell.column.key)
            if special is not None:
                special(composition, cell, job, look)
            elif cell.column.fills:
                self._add_progress(composition, cell, job, look, now)
            else:
                text = cell.column.text(job, now)
                at_end = bool(cell.column.align & _RIGHT)
                self._add(composition, cell.left, cell.width, 0, HEIGHT.TABLE_ROW, text, "small", "muted",
                          at_end != look.mirrored)  # fmt: skip
        return composition

    def _add(
        self, composition: Composition, left: float, width: float, top: float, height: float,
        text: str, role: str, token: str, to_right: bool,
    ) -> None:  # fmt: skip
        """One line of text, cut to a width, at the left or the right of it."""
        theme, lines = self._context.theme, self._lines
        text = lines.fitting(role, text, width)
        if to_right:
            left += width - lines.width(role, text)
        point = QPointF(left, lines.baseline(role, top, height))
        composition.texts.append((theme.fonts.font(role), ink(theme.tokens, token), point, text))

    def _add_character(self, composition: Composition, cell: Cell, job: JobSnapshot, look: Look) -> None:
        name, mirrored = words.character_name(job), look.mirrored
        corner = cell.left + cell.width - PORTRAIT if mirrored else cell.left
        composition.pixmaps.append(
            (QPointF(corner, _MIDDLE - PORTRAIT / 2), self._picture(job, name, look.dpr))
        )
        left = cell.left if mirrored else cell.left + PORTRAIT + GAP
        width = cell.width - PORTRAIT - GAP
        role = "body_strong" if look.selected else "body_medium"
        self._add(composition, left, width, _MIDDLE - 19, 20, name, role, "text", mirrored)
        second = words.second_line(job)
        self._add(composition, left, width, _MIDDLE + 1, 16, second, "caption", "muted", mirrored)

    def _add_state(self, composition: Composition, cell: Cell, job: JobSnapshot, look: Look) -> None:
        shown, mirrored = look_of(state_of(job)), look.mirrored
        icon = self._context.icons.pixmap(shown.icon, STATE_ICON, shown.ink, look.dpr)
        corner = cell.left + cell.width - STATE_ICON if mirrored else cell.left
        composition.pixmaps.append((QPointF(round(corner), _MIDDLE - STATE_ICON / 2), icon))
        taken = STATE_ICON + ICON_GAP
        self._add(
            composition, cell.left + (0 if mirrored else taken), cell.width - taken, 0, HEIGHT.TABLE_ROW,
            words.state_word(job), "small_medium", shown.ink, mirrored,
        )  # fmt: skip

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
        taken = self._lines.width(role, right) + 12 if right else 0.0
        left = cell.left + (taken if mirrored else 0)
        token = phase_ink(state, bool(action))
        phase = words.progress_words(job, now)
        self._add(composition, left, cell.width - taken, top, 18, phase, "small", token, mirrored)
        if right:
            token = "accent" if action else "text" if state == "running" else "muted"
            self._add(composition, cell.left, cell.width, top, 18, right, role, token, not mirrored)
        if has_bar:
            bar = QRectF(cell.left, _MIDDLE + 8, cell.width, BAR_HEIGHT)
            composition.bars.append((bar, state, fraction))

    def _action(self, job: JobSnapshot, look: Look) -> str:
        """*Open* on a row that is plainly done appears with hover, selection or focus only."""
        plainly_done = job.state is JobState.SUCCEEDED and not job.needs_review
        return "" if plainly_done and not (look.selected or look.active) else words.action_word(job)

    def _picture(self, job: JobSnapshot, name: str, dpr: float) -> QPixmap:
        icon = words.portrait_icon(job)
        if not icon:
            return self._context.portraits.pixmap(name, PORTRAIT, PORTRAIT, dpr)
        if (icon, dpr) not in self._tiles:
            self._tiles[icon, dpr] = self._tile(icon, dpr)
        return self._tiles[icon, dpr]

    def _tile(self, icon: str, dpr: float) -> QPixmap:
        """The picture of a job that is not about a character."""
        pixmap = QPixmap(round(PORTRAIT * dpr), round(PORTRAIT * dpr))
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        square = QRectF(0, 0, PORTRAIT, PORTRAIT)
        fill_rounded(painter, square, RADIUS.PORTRAIT * PORTRAIT, ink(self._context.theme.tokens, "sunken"))
        corner = (PORTRAIT - STATE_ICON) / 2
        draw_icon(painter, self._context.icons, icon, STATE_ICON, "muted", QPointF(corner, corner))
        painter.end()
        return pixmap


def phase_ink(state: str, needs_person: bool) -> str:
    """The token of the words over the bar."""
    if state == "failed":
        return "danger"
    return "text" if state in ("running", "review") or needs_person else "muted"
