"""Portraits of the library: the generated ones at once, stored pictures when their card comes into view."""

from collections import OrderedDict

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPixmap

from ...domain.card_library import CardSummary
from ...domain.errors import CardgenError
from ...jobs.interface import Commands
from ..context import UiContext
from ..tasks import TaskOwner

KEPT = 400
Key = tuple[int, int, int, int, float]


class LibraryPortraits(QObject):
    """Keeps scaled pictures only; the bytes of a picture are read once and let go.

    Signals: `loaded(card_id)` when a stored picture can be painted.
    """

    loaded = Signal(object)

    def __init__(self, *, context: UiContext, tasks: TaskOwner) -> None:
        super().__init__()
        self._context, self._tasks = context, tasks
        self._commands: Commands | None = None
        self._pixmaps: OrderedDict[Key, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[Key, CardSummary] = OrderedDict()
        self._running = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._start)

    def attach(self, commands: Commands) -> None:
        """Hand over the commands."""
        self._commands = commands

    def pixmap(self, card: CardSummary, width: int, height: int, dpr: float) -> QPixmap:
        """The portrait of a card; the generated one stands in until a stored picture is loaded."""
        generated = self._context.portraits.pixmap(card.name, width, height, dpr)
        if not card.has_avatar:
            return generated
        key = (card.id, card.version, width, height, dpr)
        if key in self._pixmaps:
            self._pixmaps.move_to_end(key)
            return self._pixmaps[key]
        self._wanted[key] = card
        self._soon.start()
        return generated

    def _start(self) -> None:
        if not self._running and self._commands is not None:
            self._running = self._tasks.spawn(self._load(), name="load portraits") is not None

    async def _load(self) -> None:
        try:
            while self._wanted:
                key, card = self._wanted.popitem(last=False)
                await self._load_one(key, card)
        finally:
            self._running = False

    async def _load_one(self, key: Key, card: CardSummary) -> None:
        if key in self._pixmaps or self._commands is None:
            return
        try:
            avatar = (await self._commands.card(card.id)).avatar
        except CardgenError:
            avatar = None  # a card that cannot be read keeps its generated portrait
        _, _, width, height, dpr = key
        self._pixmaps[key] = self._context.portraits.pixmap(card.name, width, height, dpr, avatar)
        while len(self._pixmaps) > KEPT:
            self._pixmaps.popitem(last=False)
        self.loaded.emit(card.id)
