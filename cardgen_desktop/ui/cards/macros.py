"""Colours what a chat program replaces or reads as a sign: macros, markers, actions between asterisks."""

import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from ..theme import Theme

_MACRO = re.compile(r"\{\{[^{}\n]{1,200}\}\}|<(?:START|USER|BOT|CHAR)>", re.IGNORECASE)
_ACTION = re.compile(r"(?<!\*)\*[^*\n]+\*(?!\*)")


class MacroHighlighter(QSyntaxHighlighter):
    """Tints `{{char}}`, `{{user}}`, `<START>` and their like, and sets *actions* in italics."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme

    def highlightBlock(self, text: str) -> None:
        """Called by Qt for each paragraph; columns count UTF-16 units, as `text` seen by Qt does."""
        wide = not text.isascii()
        for match in _ACTION.finditer(text):
            self._tint(text, match, wide, "muted", italic=True)
        for match in _MACRO.finditer(text):
            self._tint(text, match, wide, "accent")

    def _tint(self, text: str, match: re.Match[str], wide: bool, token: str, *, italic: bool = False) -> None:
        form = QTextCharFormat()
        form.setForeground(self._theme.color(token))
        if italic:
            form.setFontItalic(True)
        if match.group().startswith("<"):
            form.setFontWeight(QFont.Weight.DemiBold)
        start, end = match.span()
        if wide:
            start, end = _units(text[:start]), _units(text[:end])
        self.setFormat(start, end - start, form)


def _units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(mark > "\uffff" for mark in text)
