"""Which sentence is about whom, and how surely (offline-drafter.md 3.14)."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .languages import LanguagePack
from .manuscript import Stretches
from .model import Character, Focus, Mention, Paragraph, Segment, Sentence, Unit
from .strangers import Stranger, Strangers

SUBJECT_REACH = 25
SUBJECT, POSSESSIVE, OBJECT, QUOTED, VOCATIVE = 1.0, 0.75, 0.6, 0.55, 0.15
PRONOUN_SUBJECT, PRONOUN, PRONOUN_POSSESSIVE = 0.8, 0.6, 0.5
MEMORY, MEMORY_SENTENCES, RIVAL_SENTENCES = 4, 8, 4
ONE_RIVAL, MORE_RIVALS = 0.62, 0.45
NARRATOR, OWN_WORDS, OTHER_WORDS = 0.7, 0.6, 0.32
WIDE_NEAR, WIDE_FAR, WIDE_SENTENCES, WIDE_CLOSE, WIDE_PARAGRAPHS = 0.34, 0.30, 5, 2, 3
DESCRIPTIVE = ("appearance", "personality", "background")
ABOUT_PEOPLE = frozenset({"named", "narrator"})
NAME, PRONOUN_EVENT, SPEECH, STRANGER = range(4)
Event = tuple[int, int, int]
"""Where it is, its kind, and which mention, pronoun (by its end), segment or gender it is."""


@dataclass(slots=True)
class FocusTables:
    """Focus by character: sentences surely about somebody, and descriptive ones that may be."""

    strict: dict[int, list[Focus]] = field(default_factory=dict)
    wide: dict[int, list[Focus]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[int]:
        return iter(self.strict)

    def of(self, character: int, tier: str) -> list[Focus]:
        """The focus of a character in sentence order; the wide tier holds the strict one too."""
        strict = self.strict.get(character, [])
        if tier == "strict":
            return strict
        return sorted(strict + self.wide.get(character, []), key=lambda focus: focus.sentence)


class FocusReader:
    """Walks the sentences with a short memory of who was spoken of."""

    def __init__(
        self,
        text: str,
        segments: Sequence[Segment],
        units: Sequence[Unit],
        mentions: Sequence[Mention],
        characters: Sequence[Character],
        narrator: int | None,
        pack: LanguagePack,
    ) -> None:
        self.text, self.segments, self.units = text, segments, units
        self.characters, self.narrator, self.pack = characters, narrator, pack
        self.mentions = [
            mention
            for mention in mentions
            if mention.character is not None and characters[mention.character].kind in ABOUT_PEOPLE
        ]
        self.mention_starts = [mention.start for mention in self.mentions]
        self.segment_starts = [segment.outer_start for segment in segments]
        self.quoted = Stretches([(segment.outer_start, segment.outer_end) for segment in segments])
        self.memory: dict[str, list[tuple[int, int]]] = {"m": [], "f": []}
        self.strangers = Strangers(pack)
        self.met: set[int] = set()
        self.links: list[tuple[int, Stranger]] = []
        self.weights: dict[int, float] = {}
        self.core = frozenset[str]().union(
            *(pack.aspects[name].core for name in DESCRIPTIVE if name in pack.aspects)
        )
        self._prepare_pronouns()

    def _prepare_pronouns(self) -> None:
        pack = self.pack
        self.genders = {
            **dict.fromkeys(pack.pronouns_male | pack.possessives_male | pack.objects_male, "m"),
            **dict.fromkeys(pack.pronouns_female | pack.possessives_female | pack.objects_female, "f"),
            **dict.fromkeys(pack.first_person | pack.first_person_forms, "i"),
        }
        words = "|".join(sorted(self.genders, key=len, reverse=True)) or "(?!)"
        self.pronouns = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
        own = "|".join(sorted(pack.first_person | pack.first_person_forms)) or "(?!)"
        self.own_words = re.compile(rf"\b(?:{own})\b", re.IGNORECASE)

    def read(
        self, sentences: Sequence[Sentence], on_share: Callable[[float], None] | None = None
    ) -> FocusTables:
        """The focus of every sentence, in order."""
        tables = FocusTables()
        paragraph_of = {sentence.id: sentence.paragraph for sentence in sentences}
        for sentence in sentences:
            self.weights = {}
            self._read_sentence(sentence)
            for character, weight in self.weights.items():
                stranger = self.strangers.get(character)
                if stranger:
                    stranger.sentences.append(sentence.id)
                elif character >= 0:
                    focus = Focus(sentence.id, character, round(min(1.0, weight), 3))
                    tables.strict.setdefault(character, []).append(focus)
            for character, weight in self._inherited(sentence, paragraph_of):
                tables.wide.setdefault(character, []).append(Focus(sentence.id, character, weight, "wide"))
            if on_share and sentence.id % 500 == 0:
                on_share(sentence.id / len(sentences))
        self._link(tables)
        return tables

    def _link(self, tables: FocusTables) -> None:
        """What was told of somebody before the name may be about them: wide tier only."""
        for character, stranger in self.links:
            wide = tables.wide.setdefault(character, [])
            taken = {focus.sentence for focus in (*tables.strict.get(character, ()), *wide)}
            wide += [
                Focus(each, character, WIDE_NEAR, "wide") for each in stranger.sentences if each not in taken
            ]
            wide.sort(key=lambda focus: focus.sentence)

    def _read_sentence(self, sentence: Sentence) -> None:
        subject: int | None = None
        for start, kind, number in sorted(self._events(sentence)):
            if kind == NAME:
                named = self._read_name(self.mentions[number], sentence)
                subject = named if subject is None else subject
            elif kind == SPEECH:
                self._read_speech(self.segments[number], sentence)
            elif kind == STRANGER:
                stranger = self.strangers.add("mf"[number], sentence.id)
                self._raise(stranger.id, SUBJECT)
                self._remember(stranger.id, sentence.id)
            else:
                found = self._read_pronoun(start, number, sentence, subject)
                subject = found if subject is None else subject

    def _events(self, sentence: Sentence) -> Iterator[Event]:
        """Names, speeches, and the pronouns and strangers of the narration in a sentence, in no order."""
        for number in range(bisect_left(self.mention_starts, sentence.start), len(self.mentions)):
            if self.mention_starts[number] >= sentence.end:
                break
            yield self.mention_starts[number], NAME, number
        speeches = self._speeches(sentence)
        for number in speeches:
            yield max(self.segments[number].outer_start, sentence.start), SPEECH, number
        quoted = [(self.segments[number].outer_start, self.segments[number].outer_end) for number in speeches]
        if len(quoted) == 1 and quoted[0][0] <= sentence.start and quoted[0][1] >= sentence.end:
            return
        for event in self._narrated(sentence):
            if not any(start <= event[0] < end for start, end in quoted):
                yield event

    def _speeches(self, sentence: Sentence) -> list[int]:
        """The segments that overlap a sentence."""
        found = []
        for number in range(max(0, bisect_left(self.segment_starts, sentence.start) - 1), len(self.segments)):
            if self.segments[number].outer_start >= sentence.end:
                break
            if self.segments[number].outer_end > sentence.start:
                found.append(number)
        return found

    def _narrated(self, sentence: Sentence) -> Iterator[Event]:
        for found in self.pronouns.finditer(self.text, sentence.start, sentence.end):
            yield found.start(), PRONOUN_EVENT, found.end()
        for offset, gender in self.strangers.found_in(self.text, sentence.start, sentence.end):
            yield offset, STRANGER, "mf".index(gender)

    def _read_name(self, mention: Mention, sentence: Sentence) -> int | None:
        character = -1 if mention.character is None else mention.character
        if mention.in_quote:
            self._raise(character, VOCATIVE if mention.vocative else QUOTED)
            return None
        leads = mention.start - sentence.start <= SUBJECT_REACH
        weight = POSSESSIVE if mention.possessive else SUBJECT if leads else OBJECT
        self._raise(character, weight)
        self._meet(character, sentence.id)
        self._remember(character, sentence.id)
        return None if mention.possessive else character

    def _meet(self, character: int, sentence: int) -> None:
        """A first mention may give a stranger of that gender a name."""
        gender = self.characters[character].gender
        if character in self.met or character == self.narrator:
            return
        self.met.add(character)
        stranger = self.strangers.named(gender, sentence) if gender else None
        if stranger:
            self.links.append((character, stranger))
            self.memory[gender] = [
                (seen, character if other == stranger.id else other) for seen, other in self.memory[gender]
            ]

    def _read_speech(self, segment: Segment, sentence: Sentence) -> None:
        unit = self.units[segment.unit]
        if unit.speaker is None or self.characters[unit.speaker].kind not in ABOUT_PEOPLE:
            return
        start, end = max(segment.start, sentence.start), min(segment.end, sentence.end)
        own = start < end and self.own_words.search(self.text, start, end)
        self._raise(unit.speaker, (OWN_WORDS if own else OTHER_WORDS) * (0.4 + 0.6 * unit.confidence))
        self._remember(unit.speaker, sentence.id)

    def _read_pronoun(self, start: int, end: int, sentence: Sentence, subject: int | None) -> int | None:
        word = self.text[start:end].lower()
        gender = self.genders[word]
        if gender == "i":
            if self.narrator is not None:
                self._raise(self.narrator, NARRATOR)
            return None
        nominative = word in self.pack.pronouns_male or word in self.pack.pronouns_female
        is_object = word in self.pack.objects_male
        found = self._recall(gender, sentence.id, subject if is_object else None)
        if found is None:
            return None
        doubt = self._doubt(gender, found, sentence.id)
        if not nominative:
            self._raise(found, (PRONOUN if is_object else PRONOUN_POSSESSIVE) * doubt)
            return None
        leads = start - sentence.start <= SUBJECT_REACH
        self._raise(found, (PRONOUN_SUBJECT if leads else PRONOUN) * doubt)
        self._remember(found, sentence.id)
        return found

    def _recall(self, gender: str, sentence: int, but: int | None) -> int | None:
        for seen, character in self.memory[gender]:
            if sentence - seen > MEMORY_SENTENCES:
                return None
            if character != but:
                return character
        return None

    def _doubt(self, gender: str, character: int, sentence: int) -> float:
        rivals = sum(
            other != character and sentence - seen <= RIVAL_SENTENCES for seen, other in self.memory[gender]
        )
        return (1.0, ONE_RIVAL, MORE_RIVALS)[min(rivals, 2)]

    def _remember(self, character: int, sentence: int) -> None:
        if character == self.narrator:
            return
        stranger = self.strangers.get(character)
        gender = stranger.gender if stranger else self.characters[character].gender
        for each in gender or "mf":
            kept = [entry for entry in self.memory[each] if entry[1] != character]
            self.memory[each] = [(sentence, character), *kept][:MEMORY]

    def _raise(self, character: int, weight: float) -> None:
        if weight > self.weights.get(character, 0.0):
            self.weights[character] = weight

    def _inherited(self, sentence: Sentence, paragraph_of: dict[int, int]) -> Iterator[tuple[int, float]]:
        """People a descriptive sentence may be about though it does not name them."""
        words = self.text[sentence.start : sentence.end].lower()
        if self.core.isdisjoint(re.findall(r"[^\W\d_]+", words)):
            return
        taken = set(self.weights)
        for seen, character in sorted(self.memory["m"] + self.memory["f"], reverse=True):
            away = sentence.id - seen
            near = sentence.paragraph - paragraph_of[seen] <= WIDE_PARAGRAPHS
            if character >= 0 and character not in taken and away <= WIDE_SENTENCES and near:
                taken.add(character)
                yield character, WIDE_NEAR if away <= WIDE_CLOSE else WIDE_FAR


def read_focus(
    text: str,
    paragraphs: Sequence[Paragraph],
    sentences: Sequence[Sentence],
    segments: Sequence[Segment],
    units: Sequence[Unit],
    mentions: Sequence[Mention],
    characters: Sequence[Character],
    narrator: int | None,
    pack: LanguagePack,
    on_share: Callable[[float], None] | None = None,
) -> FocusTables:
    """The focus tables of a text; `on_share` hears the finished share now and then."""
    reader = FocusReader(text, segments, units, mentions, characters, narrator, pack)
    return reader.read(sentences, on_share)
