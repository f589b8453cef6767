"""Which capitalised names are persons, and of which gender (offline-drafter.md 3.6 and 3.7)."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from .languages import FirstNames, LanguagePack
from .model import Mention

HONORIFIC, SPEECH, VOCATIVE, RELATIVE, POSSESSIVE, FIRST_NAME = 3.0, 2.0, 1.5, 1.0, 0.3, 0.8
HUMAN, HUMAN_WEAK = 0.7, 0.25
PLACE_PREPOSITION, WEAK_PREPOSITION, ARTICLE, PLACE_NAME = 1.5, 0.25, 0.2, 2.0
SHARE, FLOOR = 0.15, 0.4
LEAST, LOCATED = 0.2, 0.1
TITLE_ALONE, LABEL = 1.0, 3.0
PRONOUN_REACH = 140
PRONOUN_MENTIONS, PRONOUN_SHARE = 3, 0.35
VOTES, VOTE_SHARE, STRONG_VOTES, STRONG_SHARE = 4, 0.68, 12, 0.8
PLACE_LEADS = frozenset({"new", "north", "south", "east", "west", "mount", "lake", "fort", "port"})


def person_points(mention: Mention, pack: LanguagePack, names: FirstNames) -> float:
    """How much one mention speaks for a person; negative speaks for a place or a thing (3.6)."""
    words = mention.surface.replace(".", " ").lower().split()
    points = VOCATIVE * mention.vocative + LABEL * mention.label
    if words[0] in pack.honorifics:
        points += HONORIFIC if len(words) > 1 else TITLE_ALONE
    elif names.known(words[0]) and len(words) < 4:
        points += FIRST_NAME
    points += RELATIVE * (mention.after in pack.relatives) + POSSESSIVE * mention.possessive
    points += HUMAN * (mention.after in pack.human_verbs) + HUMAN_WEAK * (
        mention.after in pack.human_verbs_weak
    )
    points += _speech_points(mention, pack)
    return points - _place_points(mention, words, pack, names)


def _speech_points(mention: Mention, pack: LanguagePack) -> float:
    if mention.in_quote:
        return 0.0
    before = mention.before2 if mention.before in pack.skipped_before_name else mention.before
    return SPEECH * (mention.after in pack.speech_strong or before in pack.speech_strong)


def _place_points(mention: Mention, words: Sequence[str], pack: LanguagePack, names: FirstNames) -> float:
    """*in Harrow*, *Harrow Hill*; but *looked at Jane Hill* speaks of no place."""
    before = mention.before2 if mention.before in pack.articles else mention.before
    points = 0.0
    looked = before == mention.before and mention.before2 in pack.looking_verbs
    if before in pack.place_prepositions_strong and not looked:
        points += PLACE_PREPOSITION
    elif before in pack.place_prepositions_weak:
        points += WEAK_PREPOSITION
    if mention.before in pack.articles and mention.after not in pack.speech_verbs:
        points += ARTICLE
    single = len(words) == 1 and words[0] in pack.places and not names.known(words[0])
    shaped = len(words) > 1 and (words[-1] in pack.place_suffixes or words[0] in PLACE_LEADS)
    surname = names.known(words[0]) and words[-1] in pack.surname_suffixes
    if single or (shaped and not surname):
        points += PLACE_NAME
    return points


class Pronouns:
    """Masculine and feminine pronouns of the narration, found once and asked often."""

    def __init__(self, text: str, pack: LanguagePack, mentions: Sequence[Mention]) -> None:
        male = pack.pronouns_male | pack.possessives_male
        female = pack.pronouns_female | pack.possessives_female
        words = "|".join(sorted(male | female, key=len, reverse=True))
        self._pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
        self._male = male
        self._text = text
        self._starts = [mention.start for mention in mentions]

    def vote(self, mention: Mention, limit: int) -> str:
        """The gender of the first pronoun between a mention and the next name; "" when there is none."""
        following = bisect_left(self._starts, mention.end)
        stop = min(mention.end + PRONOUN_REACH, limit)
        if following < len(self._starts):
            stop = min(stop, self._starts[following])
        found = self._pattern.search(self._text, mention.end, stop)
        return "" if not found else "m" if found[0].lower() in self._male else "f"


def voted_gender(votes: Counter[str], told: str, certain: bool = False) -> str:
    """Gender by pronouns: many clear votes overrule what a first name tells, few fill a gap.

    `certain` says that a title told it, which no vote overrules.
    """
    if certain:
        return told
    total = votes["m"] + votes["f"]
    if not total:
        return told
    best = max("mf", key=lambda gender: votes[gender])
    share = votes[best] / total
    if total >= STRONG_VOTES and share >= STRONG_SHARE:
        return best
    return told or (best if total >= VOTES and share >= VOTE_SHARE else "")


def is_person(
    points: float, mentions: Sequence[Mention], votes: Counter[str], pack: LanguagePack, floor: float = FLOOR
) -> bool:
    """Whether a cluster is a person: by its score or, if that is near nothing, by pronouns that follow."""
    if points > max(SHARE * len(mentions), floor):
        return True
    located = sum(mention.before in pack.place_prepositions_strong for mention in mentions)
    if points < -LEAST * len(mentions) or located > LOCATED * len(mentions):
        return False
    narrated = sum(not mention.in_quote for mention in mentions)
    pronouns = votes["m"] + votes["f"]
    return len(mentions) >= PRONOUN_MENTIONS and pronouns >= max(2, PRONOUN_SHARE * narrated)
