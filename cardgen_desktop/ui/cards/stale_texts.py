"""Texts that were written from others which have changed since. No Qt in here."""

from collections.abc import Collection, Sequence

from ...domain.card import CardData
from ...domain.dependents import stale_after
from ..wording import counted
from .fields import label_of
from .rewriting import drafted_places, field_of

MOST_NAMED = 3


class StaleTexts:
    """By card: places that are out of date, and the change that made them so, until it is dealt with."""

    def __init__(self) -> None:
        self._cards: dict[int, dict[str, str]] = {}

    def note(self, card_id: int, path: str, data: CardData, leave_out: Collection[str] = ()) -> None:
        """The text at `path` was replaced: what was written from it is out of date, but for some places."""
        stale = self._cards.setdefault(card_id, {})
        stale.pop(path, None)
        fields = stale_after(path)
        for place in drafted_places(data):
            if field_of(place) in fields and place not in leave_out:
                stale[place] = path

    def settle(self, card_id: int, paths: Collection[str] | None = None) -> None:
        """Some places, or all, were dealt with."""
        stale = self._cards.get(card_id, {})
        for path in tuple(stale) if paths is None else paths:
            stale.pop(path, None)

    def of(self, card_id: int) -> tuple[str, ...]:
        """The places that are out of date."""
        return tuple(self._cards.get(card_id, ()))

    def words(self, card_id: int) -> tuple[str, str, str]:
        """Fact, sentence and action about them; empty when there is nothing to say."""
        stale = self._cards.get(card_id, {})
        if not stale:
            return "", "", ""
        causes = named(list(dict.fromkeys(stale.values())), capital=False)
        verb = "was" if len(stale) == 1 else "were"
        again = "Write it again" if len(stale) == 1 else "Write them again"
        fact = f"{counted(len(stale), 'text')} may be out of date."
        return fact, f"{named(list(stale))} {verb} written from the old {causes}.", again


def named(paths: Sequence[str], *, capital: bool = True, most: int = MOST_NAMED) -> str:
    """Places in a sentence: "Personality, greeting 2 and 4 more"."""
    names = [label_of(path) for path in paths]
    names = [name[:1].lower() + name[1:] for name in names]
    if len(names) > most + 1:
        names[most:] = [f"{len(paths) - most} more"]
    told = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return told[:1].upper() + told[1:] if capital else told
