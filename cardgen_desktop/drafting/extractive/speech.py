"""How a character speaks, counted against everybody else's lines (offline-drafter.md 4.3, `personality`)."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ...domain.source import Span
from .subject import Subject
from .utterances import Utterance, spoken_by, utterance

CERTAIN = 0.8
LEAST_LINES = 4
LEAST_OTHERS = 10
SHORTER, LONGER = 0.8, 1.25
NOTABLE = 0.04
LEAST_WORDS, MOST_WORDS = 2, 6
LEAST_SCORE = 1.6
PRIOR = 200.0
_SHOUT = re.compile(r"!")
_QUESTION = re.compile(r"[?？]")


@dataclass(frozen=True, slots=True)
class Finding:
    """A computed line and the lines of dialogue it was counted from."""

    text: str
    spans: tuple[Span, ...]


class SpeechStyle:
    """The character's lines beside those of the others."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.own = spoken_by(subject, CERTAIN)

    @cached_property
    def others(self) -> list[Utterance]:
        """Everybody else's attributed lines."""
        index = self._subject.index
        return [
            utterance(index, unit)
            for unit in index.units
            if unit.speaker not in (None, self._subject.id) and unit.confidence >= CERTAIN and unit.segments
        ]

    def findings(self) -> list[Finding]:
        """The lines worth saying, in a fixed order; none when the character hardly speaks."""
        if len(self.own) < LEAST_LINES:
            return []
        found = [self._length(), self._share("asks", _QUESTION), self._share("exclaims", _SHOUT)]
        if self._subject.pack.contraction:
            found.append(self._share("contracts", re.compile(self._subject.pack.contraction, re.IGNORECASE)))
        return [item for item in [*found, self._words()] if item]

    def _length(self) -> Finding:
        mean, others = _mean(self.own), _mean(self.others)
        key = "length_even"
        if len(self.others) < LEAST_OTHERS:
            key = "length_alone"
        elif mean < SHORTER * others:
            key = "length_short"
        elif mean > LONGER * others:
            key = "length_long"
        text = self._subject.pack.say(key, mean=round(mean), others=round(others))
        return Finding(text, self._spans(self.own))

    def _share(self, key: str, pattern: re.Pattern[str]) -> Finding | None:
        """A share of lines that hold something, when it differs from the others' enough to be heard."""
        with_it = [item for item in self.own if pattern.search(self._text(item))]
        own = len(with_it) / len(self.own)
        others = sum(bool(pattern.search(self._text(item))) for item in self.others) / max(
            1, len(self.others)
        )
        if len(self.others) < LEAST_OTHERS or abs(own - others) < NOTABLE or not with_it:
            return None
        found = pattern.search(self._text(with_it[0]))
        example = found[0] if found else ""
        shares = {"share": self._percent(own), "others": self._percent(others)}
        return Finding(self._subject.pack.say(key, example=example, **shares), self._spans(with_it))

    def _percent(self, share: float) -> str:
        return self._subject.pack.say("percent", count=round(100 * share))

    @cached_property
    def telling(self) -> dict[str, float]:
        """Words the character uses more than the others, function words left out, names kept."""
        stop = self._subject.index.pack.content_stop
        return dict(distinctive(self._counts(self.own), self._counts(self.others), stop))

    def _words(self) -> Finding | None:
        words = distinctive(self._counts(self.own), self._counts(self.others), self._ignored())
        if len(words) < LEAST_WORDS:
            return None
        chosen = [word for word, _ in words[:MOST_WORDS]]
        using = [item for item in self.own if not set(chosen).isdisjoint(item.words)]
        return Finding(self._subject.pack.say("words", words=", ".join(chosen)), self._spans(using))

    def _ignored(self) -> set[str]:
        """Names and function words: they tell of the plot and the language, not of the speaker."""
        index = self._subject.index
        names = {
            word.lower() for item in index.characters for alias in item.aliases for word in alias.split()
        }
        return names | index.pack.content_stop | index.pack.function_words

    def _counts(self, lines: Iterable[Utterance]) -> Counter[str]:
        return Counter(word for item in lines for word in item.words)

    def _text(self, item: Utterance) -> str:
        text = self._subject.index.text
        return " ".join(text[start:end] for start, end in item.pieces)

    def _spans(self, lines: Sequence[Utterance]) -> tuple[Span, ...]:
        return tuple(self._subject.place(item.start, item.end) for item in lines)


def _mean(lines: Sequence[Utterance]) -> float:
    return sum(len(item.words) for item in lines) / max(1, len(lines))


def distinctive(
    own: Counter[str], others: Counter[str], ignored: Iterable[str], least: int | None = None
) -> list[tuple[str, float]]:
    """Words used more than by the others: log-odds with an informative prior, the strongest first."""
    both = own + others
    total, n_own, n_others = sum(both.values()), sum(own.values()), sum(others.values())
    least = least if least is not None else (3 if n_own > 400 else 2)
    skip = set(ignored)
    scores = []
    for word, count in own.items():
        if count < least or len(word) < 3 or word in skip:
            continue
        prior = PRIOR * both[word] / max(1, total)
        a, b = count + prior, others[word] + prior
        odds = math.log(a / (n_own + PRIOR - a)) - math.log(b / (n_others + PRIOR - b))
        scores.append((word, odds / math.sqrt(1 / a + 1 / b)))
    kept = [(word, value) for word, value in scores if value >= LEAST_SCORE]
    return sorted(kept, key=lambda pair: (-pair[1], pair[0]))
