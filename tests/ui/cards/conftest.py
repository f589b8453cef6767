"""A cards page over the fake desk, with dialogs that answer from a list."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.ui.cards.page import CardsPage
from cardgen_desktop.ui.cards.prose_field import ProseField
from cardgen_desktop.ui.context import UiContext
from tests.support.commands import FakeCommands
from tests.support.waiting import until

BONES = 2
"""The card with evidence."""
CRUSOE = 4
"""The imported card, of which nothing is known."""


class Dialogs:
    """What the person answers: a path to write, files to read. Keeps what was asked."""

    def __init__(self) -> None:
        self.save_to: Path | None = None
        self.files: list[Path] = []
        self.folder: Path | None = None
        self.asked: list[tuple[str, Path | None]] = []

    async def choose_path(self, parent: Any, *, title: str, suggestion: Path, filters: Any) -> Path | None:
        self.asked.append((title, suggestion))
        return self.save_to

    async def choose_files(
        self, parent: Any, *, title: str, folder: str = "", filters: Any = ()
    ) -> list[Path]:
        self.asked.append((title, None))
        return self.files

    async def choose_folder(self, parent: Any, *, title: str, folder: str = "") -> Path | None:
        self.asked.append((title, None))
        return self.folder


class Desk:
    """A shown page and what stands around it."""

    def __init__(self, page: CardsPage, commands: FakeCommands, dialogs: Dialogs) -> None:
        self.page, self.commands, self.dialogs = page, commands, dialogs
        self.editor = page.editor
        self.forms = page.editor.forms

    async def open(self, card_id: int = BONES) -> None:
        """Open a card and wait until it is shown."""
        self.page.open_card(card_id)
        await until(lambda: self.editor.session is not None and self.editor.session.card_id == card_id)
        await until(lambda: self.page.stack.currentWidget() is self.editor)

    def field(self, path: str) -> ProseField:
        """The text box of a field of the card."""
        return next(field for field in self.editor.fields.all if field.path == path)

    def type(self, path: str, text: str) -> None:
        """Type at the end of a field, as a person does."""
        edit = self.field(path).edit
        edit.setFocus()
        edit.moveCursor(edit.textCursor().MoveOperation.End)
        edit.insertPlainText(text)

    def stored(self, card_id: int = BONES) -> Any:
        """The stored fields of a card."""
        return self.commands.library_view[card_id].card.data

    @property
    def saves(self) -> int:
        """How often a card was saved."""
        return len(self.commands.asked("save_card"))


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.filled()


@pytest.fixture
async def desk(context: UiContext, commands: FakeCommands) -> AsyncIterator[Desk]:
    dialogs = Dialogs()
    page = CardsPage(
        context=context,
        choose_cards=dialogs.choose_files,
        choose_folder=dialogs.choose_folder,
        choose_picture=dialogs.choose_files,
        choose_path=dialogs.choose_path,
    )
    page.resize(1216, 900)
    page.show()
    page.activateWindow()
    page.attach(commands, commands.events)
    await until(lambda: len(page.library_view.model.cards) == len(commands.library_view))
    yield Desk(page, commands, dialogs)
    await page.aclose()
    page.close()
    page.deleteLater()
