"""News of cards that were dropped: they are in the library, and one click drafts from what they say."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ..notify import Notify
from ..theme import MOTION

if TYPE_CHECKING:
    from ...domain.card_library import CardSummary

ADDED = "added cards"


class AddedCards(QObject):
    """Tells of each card, and counts on while the last news is on the screen.

    `draft_from` is called with the number of each card when the person wants to draft from them.
    """

    def __init__(self, notify: Notify, draft_from: Callable[[int], None], parent: QObject) -> None:
        super().__init__(parent)
        self._notify, self._draft_from = notify, draft_from
        self._told: dict[int, str] = {}
        self._forget = QTimer(self, singleShot=True, interval=MOTION.TOAST_STAYS)
        self._forget.timeout.connect(self._told.clear)

    def add(self, card: "CardSummary") -> None:
        """This card was dropped and is in the library now."""
        self._told[card.id] = card.name or "A card"
        self._forget.start()
        ids = tuple(self._told)
        alone = len(ids) == 1
        text = f"{self._told[card.id]} was" if alone else f"{len(ids):,} cards were"
        self._notify.toast(
            f"{text} added to Cards",
            action="Draft from it" if alone else "Draft from them",
            callback=lambda: self._draft_from_all(ids),
            topic=ADDED,
        )

    def _draft_from_all(self, card_ids: tuple[int, ...]) -> None:
        for card_id in card_ids:
            self._draft_from(card_id)
