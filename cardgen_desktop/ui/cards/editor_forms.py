"""The forms of the editor, one for each tab."""

from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ..context import UiContext
from .assets_form import AssetsForm
from .card_form import CardForm
from .details_form import DetailsForm
from .document import CardDocument
from .fields import Tab, tab_of
from .greetings_form import GreetingsForm
from .lorebook_form import LorebookForm
from .new_text import NewTextPlace
from .prose_field import ProseField

Form = CardForm | GreetingsForm | LorebookForm | DetailsForm | AssetsForm
F = TypeVar("F", CardForm, GreetingsForm, LorebookForm, DetailsForm, AssetsForm)

TABS: dict[Tab, str] = {
    "card": "Card",
    "greetings": "Greetings",
    "lorebook": "Lorebook",
    "details": "Details",
    "assets": "Assets",
}


class EditorForms(QStackedWidget):
    """Card, greetings, lorebook, details, assets. Each is built when first asked for: cards open fast.

    Signals: `form_made(form)` once for each form, `field_shown(ProseField)` when a text box shows another
    text.
    """

    form_made = Signal(object)
    field_shown = Signal(object)

    def __init__(self, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: CardDocument | None = None
        self._up_to_date: set[Tab] = set()
        self.new_places: dict[Tab, NewTextPlace] = {
            tab: NewTextPlace(context=context) for tab in ("greetings", "lorebook")
        }
        self._places = {tab: self._place(tab) for tab in TABS}
        self.setMinimumWidth(360)

    def _place(self, tab: Tab) -> QWidget:
        place = QWidget(self)
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        if tab in self.new_places:
            column.addWidget(self.new_places[tab])
        self.addWidget(place)
        return place

    @cached_property
    def card(self) -> CardForm:
        """The texts that make the character."""
        form = CardForm(context=self._context, parent=self._places["card"])
        form.form.text_shown.connect(self.field_shown)
        return self._made(form, "card")

    @cached_property
    def greetings(self) -> GreetingsForm:
        """First message and greetings."""
        form = GreetingsForm(context=self._context, parent=self._places["greetings"])
        form.row_shown.connect(lambda: self.field_shown.emit(form.field))
        return self._made(form, "greetings")

    @cached_property
    def lorebook(self) -> LorebookForm:
        """The lorebook."""
        form = LorebookForm(context=self._context, parent=self._places["lorebook"])
        form.row_shown.connect(lambda: self.field_shown.emit(form.form.content))
        return self._made(form, "lorebook")

    @cached_property
    def details(self) -> DetailsForm:
        """Portrait, name, tags and notes."""
        form = DetailsForm(context=self._context, parent=self._places["details"])
        form.text_shown.connect(self.field_shown)
        return self._made(form, "details")

    @cached_property
    def assets(self) -> AssetsForm:
        """Pictures and other files that travel with the card."""
        return self._made(AssetsForm(context=self._context, parent=self._places["assets"]), "assets")

    def form(self, tab: Tab) -> Form:
        """The form of a tab, built now if it has to be."""
        form: Form = getattr(self, tab)
        return form

    def _made(self, form: F, tab: Tab) -> F:
        layout = self._places[tab].layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(form, 1)
        self.form_made.emit(form)
        return form

    def current_field(self, tab: Tab) -> ProseField | None:
        """The one text box of a tab, where there is only one."""
        if tab == "greetings":
            return self.greetings.field
        return self.lorebook.form.content if tab == "lorebook" else None

    def set_document(self, document: CardDocument) -> None:
        """Edit another card; each form takes it when it is shown."""
        self._document = document
        self._up_to_date.clear()

    def show_tab(self, tab: Tab) -> None:
        """Show the form of a tab, with the card of the moment."""
        form = self.form(tab)
        if self._document is not None and tab not in self._up_to_date:
            self._up_to_date.add(tab)
            form.set_document(self._document)
        self.setCurrentWidget(self._places[tab])

    def show_portrait(self) -> None:
        """Show another picture of the same card."""
        if "details" in self._up_to_date:
            self.details.show_portrait()

    def show_path(self, path: str) -> None:
        """Bring what a path names into view, and the focus where it has a box of its own."""
        tab = tab_of(path)
        self.show_tab(tab)
        if tab == "greetings":
            self.greetings.show_path(path)
        elif tab == "lorebook":
            self.lorebook.show_path(path)
        elif tab == "assets":
            self.assets.show_path(path)
        elif tab == "details":
            self.details.focus_path(path)
        else:
            self.card.form.focus_path(path)
