"""The forms of the editor, one for each tab."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ..context import UiContext
from .card_form import CardForm
from .details_form import DetailsForm
from .document import CardDocument
from .fields import Tab, tab_of
from .greetings_form import GreetingsForm
from .line_row import CardLine
from .lorebook_form import LorebookForm
from .prose_field import ProseField

TABS: dict[Tab, str] = {
    "card": "Card",
    "greetings": "Greetings",
    "lorebook": "Lorebook",
    "details": "Details",
}


class EditorForms(QStackedWidget):
    """Card, greetings, lorebook, details.

    Signals: `field_shown(ProseField)` when a text box shows another text of the card.
    """

    field_shown = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = CardForm(context=context)
        self.greetings = GreetingsForm(context=context)
        self.lorebook = LorebookForm(context=context)
        self.details = DetailsForm(context=context)
        for form in (self.card, self.greetings, self.lorebook, self.details):
            self.addWidget(form)
        self.setMinimumWidth(360)
        self.greetings.row_shown.connect(lambda: self.field_shown.emit(self.greetings.field))
        self.lorebook.row_shown.connect(lambda: self.field_shown.emit(self.lorebook.form.content))

    @property
    def fields(self) -> Sequence[ProseField]:
        """Every text box, in the order of the tabs."""
        greeting, entry = self.greetings.field, self.lorebook.form.content
        return [*self.card.form.fields, greeting, entry, *self.details.fields]

    @property
    def entry_lines(self) -> Sequence[CardLine]:
        """The lines of a lorebook entry, which edit the card by themselves."""
        return [self.lorebook.form.name.edit, self.lorebook.form.order]

    @property
    def current_field(self) -> ProseField | None:
        """The one text box of the tab that is shown, where there is only one."""
        shown = self.currentWidget()
        if shown is self.greetings:
            return self.greetings.field
        return self.lorebook.form.content if shown is self.lorebook else None

    def set_document(self, document: CardDocument) -> None:
        """Edit another card."""
        for form in (self.card, self.greetings, self.lorebook, self.details):
            form.set_document(document)

    def show_path(self, path: str) -> None:
        """Bring what a path names into view, and the focus where it has a box of its own."""
        tab = tab_of(path)
        if tab == "greetings":
            self.greetings.show_path(path)
        elif tab == "lorebook":
            self.lorebook.show_path(path)
        elif tab == "details":
            self.details.focus_path(path)
        else:
            self.card.form.focus_path(path)
