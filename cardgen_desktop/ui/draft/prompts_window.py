"""The dry run: every prompt exactly as it would be sent, with its tokens. Nothing was sent for it."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.prompt_style import PromptPreview
from ..components import LINE_ROLE, Button, Label, TwoLineList
from ..context import UiContext
from ..diagnostics.text_view import TextView
from ..theme import SPACE
from ..wording import counted

SIZE = (980, 640)
LIST_WIDTH = 260
_Index = QModelIndex | QPersistentModelIndex


def token_words(prompt: PromptPreview) -> str:
    """The size of a prompt: "3,214 tokens", "about 3,200 tokens"."""
    return counted(prompt.tokens, "token") if prompt.is_exact else f"about {counted(prompt.tokens, 'token')}"


def whole_text(prompt: PromptPreview) -> str:
    """The messages of a prompt under their roles."""
    parts = [f"─── {message.role} ───\n{message.text}" for message in prompt.messages]
    return "\n\n".join([*parts, prompt.note] if prompt.note else parts)


class PromptList(QAbstractListModel):
    """One row for each step."""

    def __init__(self, prompts: Sequence[PromptPreview], parent: QWidget) -> None:
        super().__init__(parent)
        self.prompts = tuple(prompts)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.prompts)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        prompt = self.prompts[index.row()]
        title = prompt.title or prompt.step
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{title}, {token_words(prompt)}"
        return token_words(prompt) if role == LINE_ROLE else None


class PromptsWindow(QDialog):
    """Steps on the left, the exact text on the right."""

    def __init__(
        self, prompts: Sequence[PromptPreview], *, context: UiContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Dry run")
        self.resize(*SIZE)
        self.model = PromptList(prompts, self)
        self.list = TwoLineList(self.model, "Steps", context=context)
        self.list.setFixedWidth(LIST_WIDTH)
        self.text = TextView("The prompt", context=context)
        self.text.setLineWrapMode(TextView.LineWrapMode.WidgetWidth)
        self._lay_out()
        self.list.selectionModel().currentChanged.connect(lambda current, _: self._show(current.row()))
        self.list.setCurrentIndex(self.model.index(0))

    def _lay_out(self) -> None:
        context, prompts = self._context, self.model.prompts
        tokens = sum(prompt.tokens for prompt in prompts)
        facts = f"{counted(len(prompts), 'request')}, {counted(tokens, 'token')} to read. Nothing was sent."
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.PANE_EDGE, SPACE.LG, SPACE.PANE_EDGE, SPACE.LG)
        column.setSpacing(SPACE.MD)
        column.addWidget(Label("Dry run", context=context, role="title"))
        column.addWidget(Label(facts, context=context, role="small", ink="muted"))
        row = QHBoxLayout()
        row.setSpacing(SPACE.MD)
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        column.addLayout(row, 1)
        self.close_button = Button("Close", context=context, variant="outline")
        self.close_button.clicked.connect(self.close)
        column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)

    def _show(self, row: int) -> None:
        if 0 <= row < len(self.model.prompts):
            self.text.show_text(whole_text(self.model.prompts[row]))
