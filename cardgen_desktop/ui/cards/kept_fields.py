"""What a card holds beside what is edited here: shown, so that it is known, and kept as it is."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...domain.card import CardData
from ..components import Label
from ..context import UiContext
from ..theme import SPACE

MOST_LETTERS = 2000
MOST_ITEMS = 20
HELP = "Kept as they are, and exported where a file has room for them."


class KeptFields(QWidget):
    """Sources, and the creator's notes in other languages (SPEC_V3.md); hidden when there are none."""

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[tuple[str, str], ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, SPACE.LG, 0, 0)
        self._column.setSpacing(SPACE.XS)
        self.hide()

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Headings and what stands below each."""
        return self._shown

    def show_data(self, data: CardData) -> None:
        """Show what a card has of them."""
        parts = kept_parts(data)
        if parts == self._shown:
            return
        self._shown = parts
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for title, text in parts:
            self._add(title, text)
        self._column.addWidget(Label(HELP, context=self._context, role="caption", ink="muted", wrap=True))
        self.setVisible(bool(parts))

    def _add(self, title: str, text: str) -> None:
        self._column.addWidget(Label(title, context=self._context, role="small_strong"))
        words = Label(text, context=self._context, role="small", ink="muted", wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(words)
        self._column.addSpacing(SPACE.SM)


def kept_parts(data: CardData) -> tuple[tuple[str, str], ...]:
    """Headings and texts, bounded; what is cut says so."""
    parts: list[tuple[str, str]] = []
    notes = list((data.creator_notes_multilingual or {}).items())
    for code, text in notes[:MOST_ITEMS]:
        parts.append((f"Creator’s notes, {language_words(code)}", _cut(text)))
    if len(notes) > MOST_ITEMS:
        parts.append(("Creator’s notes", f"and in {len(notes) - MOST_ITEMS:,} more languages"))
    if data.source:
        parts.append(("Where it came from", _listed(data.source)))
    return tuple(parts)


def language_words(code: str) -> str:
    """A language by its name, such as German; a code that is none as it is."""
    language = QLocale(code[:20]).language()
    unknown = language in (QLocale.Language.C, QLocale.Language.AnyLanguage)
    return code[:20] if unknown else QLocale.languageToString(language)


def _listed(items: Sequence[str]) -> str:
    lines = [_cut(item) for item in items[:MOST_ITEMS]]
    if len(items) > MOST_ITEMS:
        lines.append(f"and {len(items) - MOST_ITEMS:,} more")
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
