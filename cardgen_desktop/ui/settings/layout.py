"""How the settings are laid out: sections under headings, rows with their control at the right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ..components import Label
from ..context import UiContext
from ..theme import SPACE


def section(title: str, content: Sequence[QWidget], *, context: UiContext) -> QWidget:
    """A heading, if any, over a tile of widgets."""
    tile = QFrame()
    tile.setProperty("tile", True)
    inner = QVBoxLayout(tile)
    inner.setContentsMargins(SPACE.PANE_EDGE, SPACE.LG, SPACE.PANE_EDGE, SPACE.LG)
    inner.setSpacing(SPACE.MD)
    for widget in content:
        inner.addWidget(widget)
    whole = QWidget()
    rows = QVBoxLayout(whole)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(SPACE.SM)
    if title:
        rows.addWidget(Label(title, context=context, role="heading"))
    rows.addWidget(tile)
    return whole


def setting_row(title: str, explanation: str, *controls: QWidget, context: UiContext) -> QWidget:
    """What is chosen and why on the left, the controls on the right."""
    row_widget = QWidget()
    row = QHBoxLayout(row_widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE.LG)
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(Label(title, context=context, role="body_medium"))
    if explanation:
        words.addWidget(Label(explanation, context=context, role="small", ink="muted", wrap=True))
    row.addLayout(words, 1)
    for control in controls:
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
    return row_widget


def scrolled(content: QWidget, *, width: int = 0) -> QScrollArea:
    """A page that scrolls, at the left edge of the window and at most `width` wide."""
    holder = QWidget()
    holder.setProperty("clear", True)
    row = QHBoxLayout(holder)
    row.setContentsMargins(SPACE.PAGE_EDGE, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE, SPACE.PAGE_EDGE)
    row.setSpacing(0)
    if width:
        content.setMaximumWidth(width)
    row.addWidget(content, 1000)
    row.addStretch(1)
    scroller = QScrollArea()
    scroller.setWidgetResizable(True)
    scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroller.setWidget(holder)
    return scroller
