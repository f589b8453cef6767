"""How much a sentence tells of looks, nature, past, relationships and aims (offline-drafter.md 4.1)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...reading.model import Mention
from ..packs import ASPECTS, DraftingPack
from .cues import ONE_SIGN, Person, described
from .passages import Passage
from .readable import readable
from .sections import section_aspect
from .stretches import WORD
from .subject import Subject

EARLY_GAIN = 4.0
EARLY_SPAN = 60.0
COPULA_GAIN = 1.25
RIVAL_MARGIN = 0.06
MOST_WORDS = 110
LEAST_WORDS = 4
SECTION_QUALITY = 0.3
RELATIVE_LETTERS, RELATIVE_WORDS = 30, 3
EXCLUSIVE = ("appearance", "personality", "background", "goals")


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
    clear = passage.focus * readable(passage, subject)
    quality = {aspect: clear * _aspect(passage, aspect, subject) if clear else 0.0 for aspect in ASPECTS}
    if clear and (told := section_aspect(subject, passage.paragraph)):
        quality[told] = max(quality[told], SECTION_QUALITY * clear)
    wanted = _early(passage.rank) * _copula(passage.words, subject.pack)
    return Scored(passage, quality, {aspect: value * wanted for aspect, value in quality.items()})


def _aspect(passage: Passage, aspect: str, subject: Subject) -> float:
    pack, words = subject.pack, passage.words
    told = pack.tells(words, aspect)
    if not told or (aspect in EXCLUSIVE and _of_another(passage, subject)):
        return 0.0
    if aspect == "appearance" and pronoun_is_another(passage, subject):
        return 0.0
    signs = described(words, aspect, _person(passage, subject), pack)
    if passage.goes_on and aspect == "personality" and (pack.he | pack.she).isdisjoint(words):
        signs = max(signs, ONE_SIGN)
    if signs < _least_signs(passage, aspect, subject):
        return 0.0
    value: float = told / density(len(words)) * signs
    if aspect in ("appearance", "personality") and passage.voice != "narration":
        value *= 0.75
    if aspect == "relationships":
        related = passage.rival >= 0.5 or passage.others or not pack.kin.isdisjoint(words)
        value *= 1.4 if related else 0.15
    return value


def _person(passage: Passage, subject: Subject) -> Person:
    if passage.voice == "own":
        return subject.speaker
    return subject.by_name if pronoun_is_another(passage, subject) else subject.person


def pronoun_is_another(passage: Passage, subject: Subject) -> bool:
    """Whether a pronoun before the name means somebody else: `he looked at the Gryphon`."""
    first = next(subject.named_between(passage.start, passage.end), None)
    if first is None or subject.narrates:
        return False
    text = subject.index.text
    before = WORD.findall(text[passage.start : first.start].lower())
    appended = text[passage.start : first.start].rstrip().endswith((",", "--", "—"))
    return not appended and not subject.pronouns.isdisjoint(before)


def _least_signs(passage: Passage, aspect: str, subject: Subject) -> float:
    """A speaker and a narrator mostly tell of others: only what is surely said of themselves counts."""
    if passage.voice == "own":
        return ONE_SIGN
    return ONE_SIGN if subject.narrates and aspect in EXCLUSIVE else 0.0


def _of_another(passage: Passage, subject: Subject) -> bool:
    if passage.rival > passage.focus + RIVAL_MARGIN or of_relative(passage, subject):
        return True
    words = passage.words
    if passage.voice == "narration" and words[0] in subject.possessives and words[1] in subject.pack.kin:
        return True
    first = next(subject.named_between(passage.start, passage.end), None)
    return bool(first and passage.others and subject.is_object(first.start))


def of_relative(passage: Passage, subject: Subject) -> bool:
    """Whether a sentence names the character only to say whose nephew or house somebody or something is."""
    mentions = list(subject.named_between(passage.start, passage.end))
    return bool(mentions) and all(_has_relative(subject, mention) for mention in mentions)


def _has_relative(subject: Subject, mention: Mention) -> bool:
    kin = subject.pack.kin | subject.pack.persons | subject.pack.kinds
    text = subject.index.text
    following = WORD.findall(text[mention.end : mention.end + RELATIVE_LETTERS].lower())[:RELATIVE_WORDS]
    owns = not kin.isdisjoint(following) or mention.before in subject.pack.of_words
    return mention.possessive and owns


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
