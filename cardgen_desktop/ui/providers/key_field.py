"""The key of an engine: where it is, in words, and a field for another one. A stored key is never shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ...domain.profile import KeyringStatus, ProfileView
from ..components import Button, ElidedLabel, Label, LineField
from ..context import UiContext
from ..theme import SPACE
from .words import KINDS, key_words

IN_KEYRING = "Kept in the keyring of this computer, never in a file."
LOST = "The key was for the address before and is forgotten. Enter the one for this address."
THIS_RUN = "Kept for this run only: this computer has no keyring."


class KeyField(QWidget):
    """Shows where the key is, with Replace and Forget, or asks for one.

    Signals: `saved(key)` when one was entered, `forgotten`.
    """

    saved = Signal(str)
    forgotten = Signal()

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._view: ProfileView | None = None
        self._entering = True
        self._kept_words = IN_KEYRING
        self._is_lost = False
        self.label = Label("Key", context=context, role="small_strong")
        self.state = ElidedLabel(context=context, role="body")
        self.replace = Button("Replace", context=context, variant="outline", size="small")
        self.forget = Button("Forget", context=context, variant="ghost", size="small")
        self.input = LineField(context=context, placeholder="Paste a key")
        self.input.setEchoMode(QLineEdit.EchoMode.Password)
        self.input.setAccessibleName("Key")
        self.save = Button("Save key", context=context, variant="outline")
        self.cancel = Button("Keep the old one", context=context, variant="ghost")
        self.hint = Label(IN_KEYRING, context=context, role="caption", ink="muted", wrap=True)
        self._lay_out()
        self._connect()
        self._show()

    @property
    def entered(self) -> str | None:
        """What was typed and not saved yet; None when nothing was."""
        return self.input.text().strip() or None

    def show_view(self, view: ProfileView | None, keyring: KeyringStatus | None) -> None:
        """Show where the key of an engine is; None for one that is not stored yet."""
        changed = view is None or self._view is None or view.profile.name != self._view.profile.name
        had_key = self._has_key
        self._view = view
        self._kept_words = THIS_RUN if keyring is not None and not keyring.available else IN_KEYRING
        self._is_lost = self._is_lost and not changed and not self._has_key
        if changed or had_key != self._has_key:
            self._entering = not self._has_key
        self._show()

    def begin(self) -> None:
        """Let a key be entered, the focus in its field."""
        self.begin_entering()
        self.input.setFocus()

    def begin_entering(self) -> None:
        """Let a key be entered; the focus stays where it is."""
        self._entering = True
        self._show()

    def settle(self) -> None:
        """What was entered is stored: forget it here."""
        self.input.clear()
        self._entering = not self._has_key
        self.set_error("")
        self._show()

    def say_lost(self) -> None:
        """The key went with the address it was for."""
        self._is_lost = True
        self.begin_entering()

    def refuse(self, sentence: str) -> None:
        """Say why a key could not be kept; the one that was there before is shown again."""
        if self._has_key:
            self.settle()
        self.set_error(sentence)

    def set_error(self, sentence: str) -> None:
        """Say what is wrong below the field."""
        self.input.set_error(sentence)
        self.hint.setVisible(self._entering and not sentence)

    @property
    def _has_key(self) -> bool:
        return self._view is not None and self._view.key_place != "none"

    def _show(self) -> None:
        view, entering = self._view, self._entering
        needs = view is None or KINDS[view.profile.kind].needs_key
        self.input.setPlaceholderText("Paste a key" if needs else "Paste a key, if the server asks for one")
        self.state.setText(key_words(view) if view is not None and self._has_key else "")
        self.state.setVisible(self._has_key and not entering)
        self.replace.setVisible(self._has_key and not entering)
        stored = view is not None and view.key_place in ("keyring", "memory")
        self.forget.setVisible(stored and not entering)
        self.replace.setText("Replace" if stored else "Use another key")
        self.input.setVisible(entering)
        self.save.setVisible(entering)
        self.cancel.setVisible(entering and self._has_key)
        self.save.setEnabled(self.entered is not None)
        self.hint.setText(LOST if self._is_lost else self._kept_words)
        self.hint.set_ink("warning" if self._is_lost else "muted")
        self.hint.setVisible(entering and not self.input.error_label.text())

    def _save(self) -> None:
        if self.entered is not None:
            self.saved.emit(self.entered)

    def _cancel(self) -> None:
        self.settle()
        self.replace.setFocus()

    def _connect(self) -> None:
        self.replace.clicked.connect(self.begin)
        self.forget.clicked.connect(self.forgotten)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self._cancel)
        self.input.returnPressed.connect(self._save)
        self.input.textChanged.connect(lambda _text: self.save.setEnabled(self.entered is not None))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE.SM)
        row.addWidget(self.state, 1)
        row.addWidget(self.input, 1)
        for button in (self.replace, self.forget, self.save, self.cancel):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.label)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(self.input.error_label)
