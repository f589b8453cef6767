"""People who are described before they are named (offline-drafter.md section 12, points 1 and 2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .languages import LanguagePack

FIRST_STRANGER = -2
LINK_SENTENCES = 80
LEAD_REACH = 24


@dataclass(slots=True)
class Stranger:
    """Somebody introduced by a noun; `sentences` are those that seem to be about them."""

    id: int
    gender: str
    sentence: int
    sentences: list[int] = field(default_factory=list)


class Strangers:
    """Notices *a young lady* and the like, and links them to the next new name of their gender."""

    def __init__(self, pack: LanguagePack) -> None:
        self.known: list[Stranger] = []
        self._by_id: dict[int, Stranger] = {}
        self._pack = pack
        nouns = {**dict.fromkeys(pack.nouns_male, "m"), **dict.fromkeys(pack.nouns_female, "f")}
        self._nouns = {noun: gender for noun, gender in nouns.items() if noun in pack.person_nouns}
        starts = "|".join(sorted(pack.indefinite)) or "(?!)"
        words = "|".join(sorted(self._nouns, key=len, reverse=True)) or "(?!)"
        self._pattern = re.compile(
            rf"\b(?:{starts})\s+(?:[\w'’-]+,?\s+){{0,4}}?(?P<noun>{words})\b", re.IGNORECASE
        )

    def found_in(self, text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Where a stranger comes in between two offsets, and of which gender: not in *he was a man*."""
        for found in self._pattern.finditer(text, start, end):
            lead = text[max(start, found.start() - LEAD_REACH) : found.start()].split()
            before = lead[-1].lower().strip(",;:—–-") if lead else ""
            there = len(lead) > 1 and lead[-2].lower() == "there"
            plain = before in self._pack.appearing and (before not in ("was", "were") or there)
            if not before or plain:
                yield found.start(), self._nouns[found["noun"].lower()]

    def add(self, gender: str, sentence: int) -> Stranger:
        """Remember one more stranger."""
        stranger = Stranger(FIRST_STRANGER - len(self.known), gender, sentence)
        self.known.append(stranger)
        self._by_id[stranger.id] = stranger
        return stranger

    def get(self, number: int) -> Stranger | None:
        """The stranger with an id, if it is one."""
        return self._by_id.get(number)

    def named(self, gender: str, sentence: int) -> Stranger | None:
        """The latest stranger whom a new name of this gender may belong to; each is given away once."""
        for stranger in reversed(self.known[-6:]):
            if sentence - stranger.sentence > LINK_SENTENCES:
                break
            if stranger.gender == gender and stranger.id in self._by_id:
                return self._by_id.pop(stranger.id)
        return None
