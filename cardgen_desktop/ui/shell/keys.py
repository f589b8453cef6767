"""The keys that work everywhere in the window."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget


def bind_keys(window: QWidget, bindings: Sequence[tuple[str, Callable[[], object]]]) -> None:
    """Bind keys such as `Ctrl+O`; a field that uses a key itself, such as paste, keeps it."""
    for keys, slot in bindings:
        shortcut = QShortcut(QKeySequence(keys), window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(slot)


def focus_next_pane(sidebar: QWidget, page: QWidget | None) -> None:
    """Move the focus to the next of: the sidebar, then each pane of the page."""
    panes = [sidebar, *_panes(page)] if page is not None else [sidebar]
    focus = sidebar.window().focusWidget()
    here = next((index for index, pane in enumerate(panes) if focus and pane.isAncestorOf(focus)), -1)
    for step in range(1, len(panes) + 1):
        target = _first_focusable(panes[(here + step) % len(panes)])
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            return


def enter_page(page: QWidget, reason: Qt.FocusReason) -> None:
    """Move the focus into a page: to where it was last, else to what the page proposes or begins with."""
    focus = page.window().focusWidget()
    if focus is not None and page.isAncestorOf(focus):
        return
    last = page.focusProxy() or page.focusWidget()
    target = last if last is not None and last.isVisible() and last.isEnabled() else _first_focusable(page)
    (target or page).setFocus(reason)


def _panes(page: QWidget) -> list[QWidget]:
    splitters = [splitter for splitter in page.findChildren(QSplitter) if splitter.isVisible()]
    if not splitters:
        return [page]
    outer = splitters[0]
    parts = (outer.widget(index) for index in range(outer.count()))
    return [part for part in parts if part is not None and part.isVisible()]


def _first_focusable(pane: QWidget) -> QWidget | None:
    widget = pane.nextInFocusChain()
    while widget is not None and widget is not pane:
        takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes_tab and pane.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled():
            return widget
        widget = widget.nextInFocusChain()
    return None
