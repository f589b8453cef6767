"""Evidence of a text that was changed or checked: what is new about it, and what was known and still holds.

The editor finds records in a text by their words (`ui/cards/evidence.py`), best where they come in its order.
What does not stand in the text any more is kept behind them: after an undo it holds again.
"""

from bisect import insort
from collections.abc import Iterable, Sequence

from ..domain.checking import CheckedSentence, Proposal
from ..domain.draft import OFFLINE_ENGINE
from ..domain.evidence import Evidence

MOST_RECORDS = 2_000
"""Of one text; the oldest of those that do not stand in it any more are forgotten first."""

MOST_PLACES = 40
"""A sentence found more often than this in one text is looked for at its first places only."""

Place = tuple[int, int]


def of_proposal(proposal: Proposal) -> tuple[Evidence, ...]:
    """The records of a proposed text, in its order."""
    from ..drafting.generative.assembly import evidence_of

    if proposal.engine == OFFLINE_ENGINE:
        return tuple(_of_drafter(sentence) for sentence in proposal.sentences)
    return evidence_of(proposal.text, proposal.sentences)


def _of_drafter(sentence: CheckedSentence) -> Evidence:
    """What the embedded drafter took from the source itself: no verdict is needed, or it was counted."""
    placed = sentence.source is not None and sentence.start is not None and sentence.end is not None
    return Evidence(
        text=sentence.text,
        kind="adapted" if placed else "computed",
        source=sentence.source if placed else None,
        start=sentence.start if placed else None,
        end=sentence.end if placed else None,
    )


def merged(text: str, new: Sequence[Evidence], before: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The records for a text as it is now: new ones, those before where they still hold, then the rest.

    Of two about the same words the new one counts, unless the other one is the source's own words.
    """
    firm = {
        _core(record): record for record in before if record.verdict is None and record.kind != "template"
    }
    renewed = [firm.get(_core(record), record) for record in new if _core(record)]
    told = {_core(record) for record in renewed}
    kept = [record for record in before if _core(record) and _core(record) not in told]
    taken: list[Place] = []
    placed: list[tuple[int, Evidence]] = []
    lost: list[Evidence] = []
    for record in (*renewed, *kept):
        place = _free_place(text, _core(record), taken)
        if place is None:
            lost.append(record)
        else:
            insort(taken, place)
            placed.append((place[0], record))
    standing = [record for _, record in sorted(placed, key=lambda each: each[0])]
    return tuple([*standing, *lost][:MOST_RECORDS])


def _core(record: Evidence) -> str:
    return record.text.strip()


def _free_place(text: str, core: str, taken: Iterable[Place]) -> Place | None:
    """The first place of some words that no other record has, and where no word runs across their ends."""
    start = text.find(core)
    for _ in range(MOST_PLACES):
        if start < 0:
            return None
        end = start + len(core)
        if _stands_alone(text, start, end) and all(end <= first or last <= start for first, last in taken):
            return start, end
        start = text.find(core, start + 1)
    return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, behind = text[start - 1 : start + 1], text[end - 1 : end + 1]
    return not (start and before.isalnum()) and not (end < len(text) and behind.isalnum())
