"""The one stylesheet, a template over the tokens; what it cannot say is painted by the components."""

from dataclasses import asdict
from string import Template

from .tokens import HEIGHT, RADIUS, Tokens

_TEMPLATE = Template("""
QToolTip { background: $tip; color: $tip_text; border: 0; padding: 6px 10px; }

QLabel { background: transparent; color: $text; }
QLabel[ink="muted"] { color: $muted; }
QLabel[ink="faint"] { color: $faint; }
QLabel[ink="accent"] { color: $accent; }
QLabel[ink="wash_text"] { color: $wash_text; }
QLabel[ink="success"] { color: $success; }
QLabel[ink="warning"] { color: $warning; }
QLabel[ink="danger"] { color: $danger; }
QLabel[ink="tip_text"] { color: $tip_text; }
QLabel:disabled { color: $faint; }

QLineEdit, QAbstractSpinBox {
  background: $surface; color: $text; border: 1px solid $control; border-radius: ${button}px;
  padding: 0 11px; min-height: ${field}px; max-height: ${field}px;
  selection-background-color: $selection; selection-color: $text; placeholder-text-color: $faint;
}
QLineEdit[dense="true"] {
  min-height: ${dense}px; max-height: ${dense}px; border-radius: ${badge}px; padding: 0 7px;
}
QLineEdit:hover { border-color: $muted; }
QLineEdit:focus {
  border: 2px solid $accent; padding: 0 10px; min-height: ${field_focus}px; max-height: ${field_focus}px;
}
QLineEdit[dense="true"]:focus { padding: 0 6px; min-height: ${dense_focus}px; max-height: ${dense_focus}px; }
QLineEdit[error="true"] { border-color: $danger; }
QLineEdit[error="true"]:focus { border-color: $danger; }
QLineEdit:disabled { background: $sunken; color: $faint; border-color: $border; }
QLineEdit[bare="true"] { background: transparent; border: 0; padding: 0; }

QTextEdit, QPlainTextEdit {
  background: $surface; color: $text; border: 1px solid $control; border-radius: ${button}px;
  padding: 8px 12px;
  selection-background-color: $selection; selection-color: $text; placeholder-text-color: $faint;
}
QTextEdit:hover, QPlainTextEdit:hover { border-color: $muted; }
QTextEdit:focus, QPlainTextEdit:focus { border: 2px solid $accent; padding: 7px 11px; }
QPlainTextEdit[error="true"], QPlainTextEdit[error="true"]:focus { border-color: $danger; }
QTextEdit:disabled, QPlainTextEdit:disabled { background: $sunken; color: $faint; border-color: $border; }
QTextEdit[bare="true"],
QPlainTextEdit[bare="true"] {
  background: transparent; border: 0; border-radius: 0; padding: 0;
}

QMenu {
  background: $surface; color: $text; border: 1px solid $border; border-radius: ${tile}px; padding: 5px;
  min-width: 200px;
}
QMenu::item {
  height: ${menu_row}px; padding: 0 14px 0 10px; border-radius: ${badge}px; background: transparent;
}
QMenu::item:selected { background: $hover; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 10px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 2px; }

QComboBox {
  color: $text; border: 0; padding: 0 36px 0 12px; min-height: ${combo}px; background: transparent;
}
QComboBox QAbstractItemView {
  background: $surface; color: $text; border: 1px solid $border; padding: 5px; outline: 0;
  selection-background-color: $hover; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: ${menu_row}px; padding: 0 10px; border-radius: ${badge}px; }
QComboBox QAbstractItemView::item:selected,
QComboBox QAbstractItemView::item:hover {
  background: $hover; color: $text;
}

QAbstractItemView { background: $surface; color: $text; border: 0; outline: 0; }
QListView[clear="true"], QTableView[clear="true"] { background: transparent; }
QTableView { gridline-color: transparent; selection-background-color: $wash; selection-color: $text; }
QHeaderView { background: $window; border: 0; }
QHeaderView::section {
  background: $window; color: $muted; border: 0; border-bottom: 1px solid $border;
  padding: 0 12px; min-height: ${table_header}px;
}
QTableCornerButton::section { background: $window; border: 0; }

QScrollArea { background: transparent; border: 0; }
QScrollArea > QWidget > QWidget[clear="true"] { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; border: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; border: 0; }
QScrollBar::handle { background: $border; border-radius: 3px; border: 0; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px 3px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 3px 2px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover, QSplitter::handle:pressed { background: $accent; }

QWidget[ground="window"] { background: $window; }
QWidget[ground="surface"] { background: $surface; }
QWidget[ground="sunken"] { background: $sunken; }
QFrame[line="true"] { background: $border; border: 0; }
QFrame[tile="true"] { background: $surface; border: 1px solid $border; border-radius: ${tile}px; }
QFrame[tile="danger"] { background: $danger_wash; border: 0; border-radius: ${button}px; }
QFrame[tile="plain"] { background: $hover; border: 0; border-radius: ${button}px; }
QFrame[tile="warning"] { background: $warning_wash; border: 0; border-radius: ${button}px; }

QDialog, QMessageBox { background: $window; }
""")

_SIZES = {
    "button": RADIUS.BUTTON,
    "badge": RADIUS.BADGE,
    "tile": RADIUS.TILE,
    "field": HEIGHT.NORMAL - 2,
    "field_focus": HEIGHT.NORMAL - 4,
    "combo": HEIGHT.NORMAL,
    "dense": HEIGHT.SMALL - 2,
    "dense_focus": HEIGHT.SMALL - 4,
    "menu_row": HEIGHT.MENU_ROW,
    "table_header": HEIGHT.TABLE_HEADER - 1,
}


def stylesheet(tokens: Tokens) -> str:
    """The application's stylesheet in the colours of a theme."""
    return _TEMPLATE.substitute(asdict(tokens), **_SIZES)
