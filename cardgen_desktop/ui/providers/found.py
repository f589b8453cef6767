"""Servers that answered on this computer, each with its models and a button that takes it over."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...domain.profile import FoundServer, Profile
from ..components import Button, ElidedLabel, Label
from ..context import UiContext
from ..theme import SPACE
from ..wording import counted
from .words import KINDS

SHOWN_MODELS = 4
NOTHING = (
    "No server answered on this computer. Start LM Studio, Ollama or another one, then look again; or choose "
    "a model file, which this program runs itself."
)


def found_words(server: FoundServer) -> str:
    """A server in one line: where it is and what it offers."""
    address = server.base_url.partition("://")[2].partition("/")[0]
    if not server.models:
        return f"{address} · no model is loaded yet"
    shown = ", ".join(server.models[:SHOWN_MODELS])
    more = len(server.models) - SHOWN_MODELS
    return f"{address} · {shown}" + (f" and {counted(more, 'more', 'more')}" if more > 0 else "")


class FoundServers(QWidget):
    """The result of a look around.

    Signals: `use_requested(FoundServer)`, `file_requested`, `again_requested`.
    """

    use_requested = Signal(object)
    file_requested = Signal()
    again_requested = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.uses: list[Button] = []
        self.heading = Label("On this computer", context=context, role="heading")
        self.sentence = Label(context=context, role="small", ink="muted", wrap=True)
        self.again = Button("Look again", context=context, variant="ghost", size="small", icon="retry")
        self.file = Button("Choose a model file…", context=context, variant="outline", size="small")
        self.again.clicked.connect(self.again_requested)
        self.file.clicked.connect(self.file_requested)
        self._tile = QFrame()
        self._tile.setProperty("tile", True)
        self._rows = QVBoxLayout(self._tile)
        self._rows.setContentsMargins(SPACE.LG, SPACE.SM, SPACE.LG, SPACE.SM)
        self._rows.setSpacing(0)
        self._lay_out()
        self.hide()

    def show_looking(self) -> None:
        """The usual ports are being asked."""
        self._clear()
        self.sentence.setText("Looking at the usual ports of this computer…")
        self.sentence.show()
        self.again.setEnabled(False)
        self.show()

    def show_servers(self, servers: Sequence[FoundServer], known: Sequence[Profile]) -> None:
        """Show what answered; a server that an engine uses already says so."""
        self._clear()
        self.again.setEnabled(True)
        self.sentence.setText(NOTHING)
        self.sentence.setVisible(not servers)
        addresses = {profile.base_url: profile.name for profile in known}
        for server in servers:
            self._rows.addWidget(self._row(server, addresses.get(server.base_url.rstrip("/"), "")))
        self.show()

    def _row(self, server: FoundServer, used_by: str) -> QWidget:
        row_widget = QWidget()
        row = QHBoxLayout(row_widget)
        row.setContentsMargins(0, SPACE.SM, 0, SPACE.SM)
        row.setSpacing(SPACE.LG)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(KINDS[server.kind].name, context=self._context, role="body_strong"))
        line = found_words(server) + (f" · used by {used_by}" if used_by else "")
        words.addWidget(ElidedLabel(line, context=self._context, role="caption", ink="muted"))
        row.addLayout(words, 1)
        use = Button("Use", context=self._context, variant="outline", size="small")
        use.setAccessibleName(f"Use {KINDS[server.kind].name}")
        use.clicked.connect(lambda: self.use_requested.emit(server))
        row.addWidget(use, 0, Qt.AlignmentFlag.AlignVCenter)
        self.uses.append(use)
        return row_widget

    def _clear(self) -> None:
        self.uses.clear()
        while self._rows.count() > 1:
            item = self._rows.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE.SM)
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.file)
        head.addWidget(self.again)
        self.sentence.setContentsMargins(0, SPACE.SM, 0, SPACE.SM)
        self._rows.addWidget(self.sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.SM)
        column.addLayout(head)
        column.addWidget(self._tile)
