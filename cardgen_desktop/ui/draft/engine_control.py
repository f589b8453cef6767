"""Between the engines of the panel and the program: profiles, styles, what was chosen last, estimates."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from ...domain.draft import OFFLINE_ENGINE, DraftOptions
from ...domain.errors import CardgenError
from ...domain.events import Event, ProfilesChanged
from ...domain.job_kinds import DraftRequest
from ...domain.people import Person
from ...domain.source import SourceSummary
from ...jobs.interface import Commands, Events
from ..context import UiContext
from ..tasks import TaskOwner
from .estimates import Estimates
from .panel import DraftPanel


class EngineControl(QObject):
    """Keeps the panel's engines true, remembers the choice, and says what a draft would take.

    Signals: `dry_run(tuple[PromptPreview])`.
    """

    dry_run = Signal(object)

    def __init__(
        self,
        panel: DraftPanel,
        person: Callable[[], Person | None],
        sources: Callable[[], Sequence[SourceSummary]],
        *,
        context: UiContext,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._person, self._sources, self._context = panel, person, sources, context
        self._commands: Commands | None = None
        self._tasks: TaskOwner | None = None
        self._estimates: Estimates | None = None
        self._stop: Callable[[], None] = lambda: None
        panel.engines.chosen.connect(self._on_chosen)
        panel.wishes.changed.connect(self._on_wish)
        panel.dry_run_requested.connect(self._ask_dry_run)

    @property
    def engine(self) -> str:
        """Who drafts: "offline" or the name of a profile."""
        return self._panel.engines.engine

    @property
    def options(self) -> DraftOptions:
        """How the card is to be written; the embedded drafter takes what it always took."""
        return DraftOptions() if self.engine == OFFLINE_ENGINE else self._panel.wishes.options

    def attach(self, commands: Commands, events: Events, tasks: TaskOwner) -> None:
        """Read the profiles and styles, and whenever they are others."""
        self._commands, self._tasks = commands, tasks
        self._estimates = Estimates(self.request, commands, tasks, self)
        self._estimates.asking.connect(self._panel.show_asking)
        self._estimates.found.connect(self._panel.show_estimate)
        self._estimates.failed.connect(self._panel.show_no_estimate)
        self._stop = events.subscribe(self._hear)
        self._read()

    def close(self) -> None:
        """Stop listening."""
        self._stop()

    def request(self) -> DraftRequest | None:
        """The draft that the button would start; None while nobody is chosen."""
        person, sources = self._person(), self._sources()
        if person is None or not sources:
            return None
        return DraftRequest(
            source_ids=tuple(source.id for source in sources), character=person.name,
            engine=self.engine, options=self.options,
        )  # fmt: skip

    def renew(self) -> None:
        """Who is chosen, the set or a wish is another."""
        if self._estimates is not None and self.engine != OFFLINE_ENGINE and self.request() is not None:
            self._estimates.renew()

    def _hear(self, event: Event) -> None:
        if isinstance(event, ProfilesChanged):
            self._read()

    def _read(self) -> None:
        if self._commands is not None and self._tasks is not None:
            self._tasks.spawn(self._show(self._commands), name="read profiles")

    async def _show(self, commands: Commands) -> None:
        settings = self._context.settings.value
        engines = self._panel.engines
        profiles, styles = await commands.profiles(), await commands.prompt_styles()
        wanted = settings.engine
        if any(view.profile.name == wanted for view in profiles):
            engines.choose(wanted)
        engines.show_profiles(profiles)
        self._panel.wishes.show_styles(styles, settings.style)
        self._panel.show_engine(engines.profile is not None)
        self.renew()

    def _on_chosen(self, engine: str) -> None:
        self._context.settings.update(engine=engine)
        self._panel.show_engine(engine != OFFLINE_ENGINE)
        if engine == OFFLINE_ENGINE:
            self._panel.show_offline(sum(source.words for source in self._sources()))
        self.renew()

    def _on_wish(self) -> None:
        style = self._panel.wishes.options.style
        if style != self._context.settings.value.style:
            self._context.settings.update(style=style)
        self.renew()

    def _ask_dry_run(self) -> None:
        request = self.request()
        if request is not None and self._commands is not None and self._tasks is not None:
            self._tasks.spawn(self._dry_run(request, self._commands), name="dry run")

    async def _dry_run(self, request: DraftRequest, commands: Commands) -> None:
        try:
            self.dry_run.emit(await commands.dry_run(request))
        except CardgenError as error:
            self._panel.show_no_estimate(error.message)
