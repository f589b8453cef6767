"""The pane beside the form of an engine: the test of its connection, and what it has cost this month."""

import asyncio
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ...domain.errors import CardgenError
from ...domain.profile import Profile
from ..components import Button, Label, Pane
from ..context import UiContext
from .connection import ConnectionLines
from .desk import ProfileDesk
from .spending import MonthSpending

TEST, STOP = "Test connection", "Stop the test"


class ConnectionPane(Pane):
    """Runs tests, one at a time.

    Signals: `test_requested` from its button, `remedy_requested(Remedy)`, `provider_requested`.
    """

    test_requested = Signal()
    remedy_requested = Signal(object)
    provider_requested = Signal()

    def __init__(self, desk: ProfileDesk, *, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context=context, parent=parent)
        self._desk = desk
        self._test: asyncio.Task[Any] | None = None
        self.setAccessibleName("Connection")
        self.lines = ConnectionLines(context=context)
        self.spending = MonthSpending(context=context)
        self.provider = Button("Open the provider’s page", context=context, variant="link", size="small")
        self.test = Button(TEST, context=context, variant="primary", size="large")
        self.body.addWidget(Label("Connection", context=context, role="heading"))
        self.body.addWidget(self.lines)
        self.add_line()
        self.body.addWidget(self.spending)
        self.body.addWidget(self.provider, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self.foot.addWidget(self.test)
        self.test.clicked.connect(self._on_test)
        self.provider.clicked.connect(self.provider_requested)
        self.lines.remedy_requested.connect(self.remedy_requested)

    @property
    def is_testing(self) -> bool:
        """Whether a test runs."""
        return self._test is not None

    def begin(self, profile: Profile, key: str | None) -> None:
        """Test an engine, with a key that was entered or (None) the stored one."""
        if self._test is None:
            self.lines.clear("Trying…")
            self._show_testing(True)
            self._test = self._desk.tasks.spawn(self._run(profile, key), name="test connection")

    def stop(self) -> None:
        """Stop a test that runs."""
        if self._test is not None:
            self._test.cancel()

    def show_provider(self, address: str) -> None:
        """Offer the page of the provider, where one is known."""
        self.provider.setVisible(bool(address))
        self.provider.setToolTip(address)

    async def _run(self, profile: Profile, key: str | None) -> None:
        commands = self._desk.commands
        assert commands is not None
        try:
            await commands.test_profile(profile, key=key, on_check=self.lines.show_check)
        except CardgenError as error:
            self.lines.fail(error.message)
        except asyncio.CancelledError:
            self.lines.stop()
            raise
        else:
            self.lines.finish()
        finally:
            self._test = None
            self._show_testing(False)

    def _show_testing(self, testing: bool) -> None:
        self.test.setText(STOP if testing else TEST)
        self.test.set_variant("outline" if testing else "primary")

    def _on_test(self) -> None:
        if self._test is None:
            self.test_requested.emit()
        else:
            self.stop()
