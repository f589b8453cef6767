"""Who writes, in which style, and the menu of a field that offers ways to write it anew."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from ...domain.draft import OFFLINE_ENGINE
from ...domain.profile import ProfileView
from ...jobs.interface import Commands
from ..components import Menu
from ..context import UiContext
from ..tasks import TaskOwner
from .proposals import Proposals
from .prose_field import ProseField
from .rewriting import NO_SOURCES, WISHES, rewrite_request
from .session import EditSession


class RewriteMenu(QObject):
    """Starts proposals for single fields, by the engine that was chosen here last, else that of drafts.

    Signals: `wish_wanted(ProseField)` when the person has words of their own for how it is to be written.
    """

    wish_wanted = Signal(object)

    def __init__(
        self, proposals: Proposals, *, context: UiContext, tasks: TaskOwner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._proposals, self._context, self._tasks = proposals, context, tasks
        self._commands: Commands | None = None
        self._session: EditSession | None = None
        self._profiles: tuple[ProfileView, ...] = ()

    def attach(self, commands: Commands) -> None:
        """From now on there are commands."""
        self._commands = commands

    def set_session(self, session: EditSession | None) -> None:
        """Write for another card."""
        self._session = session

    async def engines(self, commands: Commands) -> tuple[str, ...]:
        """Everything that can write, the embedded drafter first."""
        self._profiles = await commands.profiles()
        return OFFLINE_ENGINE, *(view.profile.name for view in self._profiles)

    @property
    def engine(self) -> str:
        """The engine chosen here last, else the one of drafts, if it is still there."""
        settings = self._context.settings.value
        known = {OFFLINE_ENGINE, *(view.profile.name for view in self._profiles)}
        wanted = (settings.rewrite_engine, settings.engine)
        return next((name for name in wanted if name in known), OFFLINE_ENGINE)

    @property
    def style(self) -> str:
        """The prompt style chosen last."""
        return self._context.settings.value.style

    def open_menu(self, field: ProseField) -> None:
        """Ask how a field is to be written anew."""
        if self._session is None or self._commands is None:
            return
        if not self._session.document.record.sources:
            self._context.notify.toast(NO_SOURCES)
            return
        self._tasks.spawn(self._open_menu(field, self._commands), name="offer rewriting")

    async def _open_menu(self, field: ProseField, commands: Commands) -> None:
        menu = await self.make_menu(field, commands)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.open_below(field.rewrite)

    async def make_menu(self, field: ProseField, commands: Commands) -> Menu:
        """The ways to write a field anew, and below them who does it."""
        engines = await self.engines(commands)
        menu = Menu(context=self._context, parent=field)
        if field.is_locked:
            menu.add("Unlock", partial(field.lock_requested.emit, field, False), icon="unlock")
            return menu
        chosen = self.engine
        for wish in WISHES if chosen != OFFLINE_ENGINE else WISHES[:1]:
            menu.add(wish.word, partial(self.start, field, wish.instruction), icon="draft")
        if len(engines) > 1:
            menu.add("In your own words…", partial(self.wish_wanted.emit, field), icon="quote")
        if not field.lock.isHidden():
            menu.add("Lock it as it is", partial(field.lock_requested.emit, field, True), icon="lock")
        menu.addSeparator()
        for engine in engines:
            word = "Offline drafter" if engine == OFFLINE_ENGINE else engine
            menu.add(word, partial(self.choose_engine, engine), icon="check" if engine == chosen else "")
        return menu

    def choose_engine(self, engine: str) -> None:
        """Let another engine write texts anew from now on; new drafts begin with what they began with."""
        self._context.settings.update(rewrite_engine=engine)

    def start(self, field: ProseField, instruction: str = "") -> None:
        """Have a field written anew."""
        if self._session is None:
            return
        record = self._session.document.record
        request = rewrite_request(record, field.path, self.engine, self.style, instruction)
        if request is not None:
            self._tasks.spawn(self._proposals.start([request]), name="rewrite a field")
