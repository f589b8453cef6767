"""How much a sentence tells of looks, nature, past, relationships and aims (offline-drafter.md 4.1)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..packs import ASPECTS, DraftingPack
from .cues import Person, described
from .readable import readable
from .subject import Passage, Subject

EARLY_GAIN = 4.0
EARLY_SPAN = 60.0
COPULA_GAIN = 1.25
RIVAL_MARGIN = 0.06
MOST_WORDS = 110
LEAST_WORDS = 4
SECTION_QUALITY = 0.3
NAME_REACH = ((2, 1.0), (4, 0.85), (7, 0.6))
FARTHER = 0.35
EXCLUSIVE = ("appearance", "personality", "background")


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage and, for every aspect, how well it describes (`quality`) and how wanted it is (`scores`)."""

    passage: Passage
    quality: dict[str, float]
    scores: dict[str, float]

    @property
    def best(self) -> str:
        """The aspect it tells most of."""
        return max(self.scores, key=lambda aspect: self.scores[aspect])


def score_passages(subject: Subject) -> list[Scored]:
    """Every usable sentence about the character that tells something, in order of the text."""
    fitting = (item for item in subject.passages if LEAST_WORDS <= len(item.words) <= MOST_WORDS)
    scored = (score(passage, subject) for passage in fitting)
    return [item for item in scored if any(item.scores.values())]


def score(passage: Passage, subject: Subject) -> Scored:
    """Score one sentence for all aspects; remembered with the subject."""
    known = subject.scored.get(passage.sentence)
    if known is None:
        known = subject.scored[passage.sentence] = _score(passage, subject)
    return known


def _score(passage: Passage, subject: Subject) -> Scored:
    clear = passage.focus * _sure(passage, subject) * readable(passage, subject)
    quality = {aspect: clear * _aspect(passage, aspect, subject) if clear else 0.0 for aspect in ASPECTS}
    if clear and (told := section_aspect(subject, passage)):
        quality[told] = max(quality[told], SECTION_QUALITY * clear)
    wanted = _early(passage.rank) * _copula(passage.words, subject.pack)
    return Scored(passage, quality, {aspect: value * wanted for aspect, value in quality.items()})


def _sure(passage: Passage, subject: Subject) -> float:
    """Less when a pronoun stands far from the last name."""
    if passage.voice != "narration" or passage.named or subject.narrates:
        return 1.0
    return next((value for reach, value in NAME_REACH if passage.since <= reach), FARTHER)


def _aspect(passage: Passage, aspect: str, subject: Subject) -> float:
    pack, words = subject.pack, passage.words
    told = pack.tells(words, aspect)
    if not told or (aspect in EXCLUSIVE and passage.rival > passage.focus + RIVAL_MARGIN):
        return 0.0
    value: float = told / density(len(words)) * described(words, aspect, _person(passage, subject), pack)
    if aspect in ("appearance", "personality") and passage.voice != "narration":
        value *= 0.75
    if aspect in EXCLUSIVE and of_relative(passage, subject):
        value *= 0.3
    if aspect == "relationships":
        related = passage.rival >= 0.5 or passage.others or not pack.kin.isdisjoint(words)
        value *= 1.4 if related else 0.15
    return value


def _person(passage: Passage, subject: Subject) -> Person:
    return subject.speaker if passage.voice == "own" else subject.person


def of_relative(passage: Passage, subject: Subject) -> bool:
    """Whether a sentence names the character only to say whose nephew or house somebody or something is."""
    kin = subject.pack.kin | subject.pack.persons | subject.pack.kinds
    mentions = list(subject.named_between(passage.start, passage.end))
    return bool(mentions) and all(
        mention.possessive and (mention.after in kin or mention.before in subject.pack.of_words)
        for mention in mentions
    )


def section_aspect(subject: Subject, passage: Passage) -> str | None:
    """What the section of a wiki page that holds the sentence is about."""
    if subject.shape_at(passage.start) != "wiki":
        return None
    paragraphs = subject.index.paragraphs
    for number in range(passage.paragraph, -1, -1):
        if paragraphs[number].heading:
            title = subject.index.text[paragraphs[number].start : paragraphs[number].end]
            aspect = subject.pack.labels.get(title.strip(" =#*\n").lower())
            return aspect if aspect in ASPECTS else None
    return None


def density(words: int) -> float:
    """What a summed weight is divided by, so that long sentences do not win by length alone."""
    return float(6 + words**0.75)


def _early(rank: int) -> float:
    """Introductions describe: the first sentences about somebody weigh up to five times as much."""
    return 1 + EARLY_GAIN * math.exp(-rank / EARLY_SPAN)


def _copula(words: Sequence[str], pack: DraftingPack) -> float:
    told = any(
        verb in pack.copulas and following in pack.copula_objects for verb, following in pairwise(words)
    )
    return COPULA_GAIN if told else 1.0
