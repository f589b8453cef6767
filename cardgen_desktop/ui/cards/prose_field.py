"""One text field of a card: its head with the budget, its box, and the legend below while it has focus."""

from functools import partial

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ..components import Button, Label, tooltip
from ..context import UiContext
from ..painting import fill_rounded, ink, paint_text, stroke_rounded
from ..theme import RADIUS, SPACE
from .budget import tokens
from .evidence import Verdict, tally
from .fields import FieldSpec
from .plain_prose import MAX_LINES
from .proposal_banners import holds_focus
from .prose_edit import ProseEdit
from .underlines import draw_underlines

HEAD_HEIGHT, LEGEND_HEIGHT = 28, 18
BAR_WIDTH, BAR_HEIGHT = 64, 4
MAX_EDITED, SHOWN_OF_ENDLESS = 400_000, 20_000
"""A longer text would hold up every key; it is kept as it is and only its beginning is shown."""
NEXT_KEY = "Alt+E"
MOST_TRIES = 8
"""How often the page may be late with its layout before the caret is no longer followed."""
REWRITE_KEY = "Ctrl+Shift+R"
_WORDS: dict[Verdict, str] = {
    "supported": "Supported", "inferred": "Inferred", "unsupported": "Unsupported", "yours": "Yours"
}  # fmt: skip
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ProseField(QWidget):
    """A labelled text box. `edit` is the box itself; `path` is what it edits, and may change.

    Signals: `typed(path, text)`, `focus_changed(self, bool)`, `rewrite_requested(self)`, and
    `lock_requested(self, bool)` to lock the field against being written anew, or to unlock it.
    """

    typed = Signal(str, str)
    focus_changed = Signal(object, bool)
    rewrite_requested = Signal(object)
    lock_requested = Signal(object, bool)

    def __init__(
        self,
        path: str,
        label: str,
        help_text: str,
        *,
        context: UiContext,
        min_lines: int = 2,
        max_lines: int = MAX_LINES,
        keep_height: bool = False,
        budget: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._help, self._budget, self._text = help_text, budget, ""
        self._box = FieldBox(context=context, parent=self)
        self.edit = ProseEdit(
            context=context, name=label, placeholder=help_text, parent=self._box,
            min_lines=min_lines, max_lines=max_lines, keep_height=keep_height,
        )  # fmt: skip
        self._box.hold(self.edit)
        self._label = Label(label, context=context, role="body_strong", parent=self)
        self._label.setToolTip(help_text)
        self._meter = Meter(context=context, parent=self)
        self.legend = Legend(context=context, parent=self)
        self.rewrite = Button("Rewrite", context=context, variant="ghost", size="small", icon="draft")
        self.rewrite.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rewrite.setToolTip(
            tooltip("Have this field written again; it changes when you accept", REWRITE_KEY)
        )
        self.rewrite.hide()
        self.lock = Button("Lock", context=context, variant="ghost", size="icon_small", icon="unlock")
        self.lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.lock.hide()
        self.is_locked = False
        self.proposal: QWidget | None = None
        self.head = QHBoxLayout()
        self._lay_out()
        self.edit.typed.connect(self._on_typed)
        self.edit.focus_changed.connect(self._on_focus_changed)
        self.edit.evidence_changed.connect(self._tell_evidence)
        self.edit.cursorPositionChanged.connect(self._follow_caret)
        self.rewrite.clicked.connect(lambda: self.rewrite_requested.emit(self))
        self.lock.clicked.connect(lambda: self.lock_requested.emit(self, not self.is_locked))
        self._weigh()

    @classmethod
    def of(cls, spec: FieldSpec, *, context: UiContext, parent: QWidget | None = None) -> "ProseField":
        """The field of a row of the form's table."""
        return cls(
            spec.key, spec.label, spec.help, context=context, min_lines=spec.min_lines, budget=spec.budget,
            parent=parent,
        )  # fmt: skip

    def set_label(self, label: str) -> None:
        """Change what the field is called."""
        self._label.setText(label)
        self.edit.setAccessibleName(label)

    def set_text(self, text: str) -> None:
        """Show the text of the card; of an endless one, its beginning to read."""
        self._text = text
        endless = len(text) > MAX_EDITED
        self.edit.setReadOnly(endless)
        self.edit.set_text(text[:SHOWN_OF_ENDLESS] if endless else text)
        self._weigh()
        self._tell_evidence()

    def _lay_out(self) -> None:
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(SPACE.SM)
        self.head.addWidget(self._label)
        self.head.addStretch(1)
        self.head.addWidget(self.rewrite)
        self.head.addWidget(self._meter)
        self.head.addWidget(self.lock)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.head)
        column.addSpacing(6)
        column.addWidget(self._box)
        column.addSpacing(3)
        column.addWidget(self.legend)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def offer_rewriting(self, offered: bool) -> None:
        """Whether an engine can write this field anew."""
        self.rewrite.setVisible(offered)

    def show_lock(self, locked: bool | None) -> None:
        """Whether the field is locked; None for one that cannot be."""
        self.lock.setVisible(locked is not None)
        self.is_locked = bool(locked)
        self.lock.set_icon("lock" if locked else "unlock")
        self.lock.setText("Unlock" if locked else "Lock")
        self.lock.setToolTip(
            "Locked: no engine writes it anew. Click to unlock"
            if locked
            else "Lock it: no engine then writes it anew"
        )

    def show_proposal(self, box: QWidget | None) -> None:
        """Show a proposal in the place of the box, or the box again; the focus stays in this field."""
        had_focus = self.proposal is not None and holds_focus(self.proposal)
        if self.proposal is not None and self.proposal is not box:
            self._column.removeWidget(self.proposal)
            self.proposal.hide()
            self.proposal.deleteLater()
        if box is not None and box is not self.proposal:
            self._column.insertWidget(self._column.indexOf(self._box), box)
            box.show()
            if not self.visibleRegion().isEmpty():
                QTimer.singleShot(0, self, self._keep_in_sight)
        self.proposal = box
        self._box.setVisible(box is None)
        if had_focus and box is None:
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep_in_sight(self) -> None:
        """A tall text has given way to a low box, which would be left above the edge of the page."""
        area = self._page()
        if area is not None and self._label.visibleRegion().isEmpty():
            area.ensureWidgetVisible(self._label, 0, SPACE.MD)

    def _follow_caret(self) -> None:
        """A box is as tall as its text, so the page has to scroll; under the mouse nothing moves."""
        if self.edit.hasFocus() and not QApplication.mouseButtons():
            QTimer.singleShot(0, self, self._show_caret)

    def _show_caret(self, tries: int = MOST_TRIES) -> None:
        area = self._page()
        page = area.widget() if area is not None else None
        if area is None or page is None or not self.edit.isVisible():
            return
        self.edit.ensureCursorVisible()
        line = self.edit.cursorRect()
        middle = self.edit.viewport().mapTo(page, line.center())
        if middle.y() > page.height() and tries:  # the box has grown with its text, the page will
            QTimer.singleShot(10, self, partial(self._show_caret, tries - 1))
            return
        if line.top() < line.height():
            area.ensureWidgetVisible(self._label, 0, SPACE.MD)
        area.ensureVisible(middle.x(), middle.y(), 0, line.height() // 2 + SPACE.MD)

    def _page(self) -> QScrollArea | None:
        """What the field scrolls in."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        return area

    def _on_typed(self, text: str) -> None:
        self._text = text
        self._weigh()
        self.typed.emit(self.path, text)

    def _weigh(self) -> None:
        self._meter.show_tokens(tokens(self._text), self._budget)

    def _on_focus_changed(self, focused: bool) -> None:
        self.legend.set_shown(focused or self.edit.isReadOnly())
        self._box.update()
        self._follow_caret()
        self.focus_changed.emit(self, focused)

    def _tell_evidence(self) -> None:
        if self.edit.isReadOnly():
            shown = f"The first {SHOWN_OF_ENDLESS:,} are shown to read."
            note = f"{len(self._text):,} characters, kept whole. {shown}"
            self.legend.tell({}, note)
            self.legend.set_shown(True)
        else:
            # An empty box says what it is for by itself.
            self.legend.tell(tally(self.edit.located), self._help if self._text else "")
            self.legend.set_shown(self.edit.hasFocus())


class FieldBox(QWidget):
    """The edge of a text box: quiet at rest, 2 px of accent with the focus, nothing moves."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._edit: ProseEdit | None = None
        self._hovered = False
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def hold(self, edit: ProseEdit) -> None:
        """Put the edge around a text box."""
        self._edit = edit
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(edit)
        edit.focus_changed.connect(self._on_focus_changed)

    def _on_focus_changed(self, _: bool) -> None:
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._edit is not None:
            self._edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self._context.theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        fill_rounded(painter, rect, RADIUS.BUTTON, ink(palette, "surface"))
        if self._edit is not None and self._edit.hasFocus():
            stroke_rounded(painter, rect, RADIUS.BUTTON, ink(palette, "accent"), 2)
        else:
            stroke_rounded(
                painter, rect, RADIUS.BUTTON, ink(palette, "muted" if self._hovered else "control")
            )


class Meter(QWidget):
    """How large a text is: a short bar against its budget and the numbers, or only the number."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._tokens, self._budget = 0, 0
        self.setFixedHeight(HEAD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_tokens(self, count: int, budget: int | None) -> None:
        """Show a number of tokens, and the budget it should stay in."""
        if (count, budget or 0) == (self._tokens, self._budget) and self.toolTip():
            return
        self._tokens, self._budget = count, budget or 0
        self.setToolTip(self._sentence())
        self.setAccessibleName(self._sentence())
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        """The numbers as they stand beside the bar."""
        count = f"{self._tokens:,}"
        return f"{count} of {self._budget:,}" if self._budget else f"{count} tokens"

    def _sentence(self) -> str:
        if not self._budget:
            return f"About {self._tokens:,} tokens."
        over = " More than most chats leave room for." if self._tokens > self._budget else ""
        return f"About {self._tokens:,} tokens; {self._budget:,} is a good size.{over}"

    def sizeHint(self) -> QSize:
        width = self._context.theme.fonts.metrics("small_medium").horizontalAdvance(self.words)
        return QSize(round(width) + 2 + (BAR_WIDTH + SPACE.SM if self._budget else 0), HEAD_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._context.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = 0 < self._budget < self._tokens
        if self._budget:
            bar = QRectF(0, self.height() / 2 - BAR_HEIGHT / 2, BAR_WIDTH, BAR_HEIGHT)
            fill_rounded(painter, bar, BAR_HEIGHT / 2, ink(theme.tokens, "track"))
            share = min(1.0, self._tokens / self._budget)
            if share:
                bar.setWidth(max(BAR_HEIGHT, BAR_WIDTH * share))
                fill_rounded(painter, bar, BAR_HEIGHT / 2, ink(theme.tokens, "warning" if over else "accent"))
        paint_text(
            painter, QRectF(self.rect()), theme.tokens, theme.fonts, self.words,
            role="small_medium", token="warning" if over else "muted", align=_RIGHT,
        )  # fmt: skip


class Legend(QWidget):
    """What the underlines mean and how many there are, or what the field is for; its room is always kept."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._counts: dict[Verdict, int] = {}
        self._help = ""
        self._shown = False
        self.setFixedHeight(LEGEND_HEIGHT)

    def set_shown(self, shown: bool) -> None:
        """Show it under the focused field only; nothing moves, because the room stays."""
        self._shown = shown
        self.update()

    def tell(self, counts: dict[Verdict, int], help_text: str) -> None:
        """Take over the counts by verdict; without any, the help is shown."""
        self._counts, self._help = counts, help_text
        spoken = ", ".join(f"{_WORDS[verdict]} {count}" for verdict, count in counts.items())
        self.setAccessibleName(spoken or help_text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown:
            return
        painter, theme = QPainter(self), self._context.theme
        rect = QRectF(self.rect())
        if not self._counts:
            paint_text(painter, rect, theme.tokens, theme.fonts, self._help, role="caption", token="muted")
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_counts(painter, rect)
        if self._counts.get("yours") or self._counts.get("unsupported"):
            hint = f"{NEXT_KEY}  next without support"
            paint_text(
                painter, rect, theme.tokens, theme.fonts, hint, role="caption", token="muted", align=_RIGHT
            )

    def _paint_counts(self, painter: QPainter, rect: QRectF) -> None:
        theme, x = self._context.theme, rect.left() + 2
        for verdict in _WORDS:
            if not self._counts.get(verdict):
                continue
            y = rect.center().y() + 0.5
            draw_underlines(painter, theme, verdict, [QLineF(x, y, x + 18, y)])
            words = f"{_WORDS[verdict]} {self._counts[verdict]}"
            box = rect.adjusted(x + 26, 0, 0, 0)
            paint_text(painter, box, theme.tokens, theme.fonts, words, role="caption", token="muted")
            x += 26 + theme.fonts.metrics("caption").horizontalAdvance(words) + SPACE.LG
