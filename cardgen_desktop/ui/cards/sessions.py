"""The open cards: kept with their history while the program runs, so that going back loses nothing."""

from collections.abc import Callable

from ...jobs.interface import Commands
from ..tasks import TaskOwner
from .session import EditSession

KEPT = 16


class Sessions:
    """Sessions by card; `shown` answers the one on the screen, which is never let go."""

    def __init__(self, *, tasks: TaskOwner, shown: Callable[[], EditSession | None]) -> None:
        self._tasks, self._shown = tasks, shown
        self._sessions: dict[int, EditSession] = {}

    @property
    def unsaved(self) -> bool:
        """Whether a card holds text that is not stored."""
        return any(session.autosave.dirty for session in self._sessions.values())

    def get(self, card_id: int) -> EditSession | None:
        """The session of a card, if it is open."""
        return self._sessions.get(card_id)

    async def open(self, card_id: int, commands: Commands) -> EditSession:
        """The session of a card: the one kept, unless the card changed meanwhile; raises `CardgenError`."""
        kept = self._sessions.get(card_id)
        if kept is not None and kept.autosave.dirty:
            return kept
        record = await commands.card(card_id)
        if kept is not None and kept.autosave.version >= record.summary.version:
            return kept
        session = EditSession(record, commands=commands, tasks=self._tasks)
        self._sessions[card_id] = session
        self._forget_old()
        return session

    def close(self, session: EditSession) -> None:
        """Let a session go."""
        self._sessions.pop(session.card_id, None)
        session.autosave.close()

    async def flush(self) -> None:
        """Store what is unsaved in every card and stop their clocks."""
        for session in self._sessions.values():
            await session.autosave.flush()
            session.autosave.close()

    def _forget_old(self) -> None:
        for session in list(self._sessions.values())[: max(0, len(self._sessions) - KEPT)]:
            if not session.autosave.dirty and session is not self._shown():
                self.close(session)
