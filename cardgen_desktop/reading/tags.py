"""Speech tags: whom the narration beside a quotation names as its speaker (offline-drafter.md 3.9)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .languages import LanguagePack
from .model import Mention, Paragraph, Segment
from .phrases import PhraseReader, Reference, Word, read_words, word_pattern

AFTER_WORDS = 24
CLAUSE_WORDS = 14
STOPS = frozenset(".!?…")
INTRODUCES = (",", ":", "—", "-", "–")
UNFINISHED = (".", "!", "?", "”", ")", '"', "’", "…", "»", "。")
NEAR_WORDS = 6
UNSPACED_REACH = 16


class TagReader:
    """Finds the tag of every segment, looking only between its neighbours."""

    def __init__(
        self,
        text: str,
        paragraphs: Sequence[Paragraph],
        segments: Sequence[Segment],
        mentions: Sequence[Mention],
        pack: LanguagePack,
        labels: Mapping[int, Mention | None] = MappingProxyType({}),
    ) -> None:
        self.text = text
        self.paragraphs = paragraphs
        self.segments = segments
        self.pack = pack
        self.labels = labels
        self.pattern = word_pattern(pack)
        self.phrases = PhraseReader(pack)
        self.names = {mention.start: mention for mention in mentions if not mention.in_quote}
        self.references: dict[int, Reference] = {}

    def read(self) -> dict[int, Reference]:
        """Tag every segment; the references by segment id."""
        for number, segment in enumerate(self.segments):
            found = self._tag(number, segment)
            if found:
                segment.tag_kind, segment.tag_value = found.kind, found.value
                segment.tag_mention = found.mention.id if found.mention else None
                self.references[segment.id] = found
        return self.references

    def _tag(self, number: int, segment: Segment) -> Reference | None:
        if segment.paragraph in self.labels:
            label = self.labels[segment.paragraph]
            return Reference("name", label.surface.lower() if label else "", mention=label)
        if self.pack.unspaced:
            return self._unspaced(segment)
        after = self._words_after(number, segment)
        before = self._words_before(number, segment)
        introduced = self._introduced(before, segment)
        return (
            self._verb_first(after)
            or (introduced if introduced and introduced.kind == "name" else None)
            or self._subject_first(after, segment)
            or introduced
            or self._from_previous_paragraph(number, segment)
        )

    def _unspaced(self, segment: Segment) -> Reference | None:
        """Without spaces: the name before the mark with a speech verb between, else one right behind it."""
        paragraph = self.paragraphs[segment.paragraph]
        first = max(paragraph.start, segment.outer_start - UNSPACED_REACH)
        for start in range(segment.outer_start - 1, first - 1, -1):
            mention = self.names.get(start)
            if mention and self._has_verb(mention.end, segment.outer_start):
                return Reference("name", mention.surface, mention=mention)
        for start in range(segment.outer_end, min(paragraph.end, segment.outer_end + 2)):
            mention = self.names.get(start)
            if mention and self._has_verb(mention.end, mention.end + UNSPACED_REACH):
                return Reference("name", mention.surface, mention=mention)
        return None

    def _has_verb(self, start: int, end: int) -> bool:
        between = self.text[start:end]
        return any(verb in between for verb in self.pack.speech_strong)

    def _words_after(self, number: int, segment: Segment) -> list[Word]:
        stop = self.paragraphs[segment.paragraph].end
        if number + 1 < len(self.segments):
            stop = min(stop, self.segments[number + 1].outer_start)
        return self._read(segment.outer_end, stop, AFTER_WORDS)

    def _words_before(self, number: int, segment: Segment) -> list[Word]:
        start = self.paragraphs[segment.paragraph].start
        if number:
            start = max(start, self.segments[number - 1].outer_end)
        return self._last_sentence(self._read(start, segment.outer_start))

    def _read(self, start: int, stop: int, limit: int = 10_000) -> list[Word]:
        return read_words(self.text, start, stop, self.names, limit, self.pattern)

    def _last_sentence(self, words: list[Word]) -> list[Word]:
        for place in range(len(words) - 1, 0, -1):
            gap = words[place].gap
            if STOPS & set(gap) and words[place - 1].lower not in self.pack.abbreviations:
                return words[place:]
        return words

    def _verb_first(self, words: Sequence[Word]) -> Reference | None:
        """Rule A: *said Mr. Darcy*, *and then cried out the old man*."""
        if not words or STOPS & set(words[0].gap):
            return None
        place = self._skip(words, 0, self.pack.tag_leads)
        place = self._skip_adverbs(words, place)
        if place >= len(words) or not self._is_speech(words, place):
            return None
        place = self._skip(words, place + 1, self.pack.tag_particles)
        place = self._skip_adverbs(words, place)
        if place >= len(words) or STOPS & set(words[place].gap):
            return None
        found = self.phrases.at(words, place)
        return found[0] if found else None

    def _subject_first(self, words: Sequence[Word], segment: Segment) -> Reference | None:
        """Rule B: *she said*, *Joe, who was tired, had quietly answered*."""
        if not words:
            return None
        found = self.phrases.at(words, self._skip(words, 0, self.pack.tag_leads))
        if not found:
            return None
        reference, place = found
        place = self._skip_clause(words, place)
        place = self._skip_adverbs(words, place, extra=self.pack.auxiliaries)
        if place >= len(words) or STOPS & set(words[place].gap) or not self._is_speech(words, place):
            return None
        full_stop = self.text[segment.end - 1] == "." and self.text[segment.end - 3 : segment.end] != "..."
        if words[place].lower in self.pack.speech_weak and full_stop:
            return None
        silent = place + 1 < len(words) and words[place + 1].lower in self.pack.silent_objects
        return None if silent else reference

    def _introduced(self, words: Sequence[Word], segment: Segment) -> Reference | None:
        """Rules C and D: the sentence before the quotation leads up to it."""
        if not words:
            return None
        lead = self.text[words[-1].end : segment.outer_start].strip()
        last_is_verb = words[-1].lower in self.pack.speech_strong and not lead
        if not (lead.endswith(INTRODUCES) or last_is_verb):
            return None
        verb = next((place for place in range(len(words) - 1, -1, -1) if self._is_speech(words, place)), None)
        if verb is None:
            return self.phrases.first_in(words, NEAR_WORDS) if lead.endswith(":") else None
        return self._subject_of(words, verb) or self.phrases.first_in(words)

    def _subject_of(self, words: Sequence[Word], verb: int) -> Reference | None:
        place = verb - 1
        skipped = self.pack.auxiliaries
        while place >= 0 and (words[place].lower in skipped or self._is_adverb(words[place])):
            place -= 1
        if place < 0:
            following = self.phrases.at(words, self._skip(words, verb + 1, self.pack.tag_particles))
            return following[0] if following else None
        if "," in words[place + 1].gap:
            place = next((each for each in range(place, 0, -1) if "," in words[each].gap), 0) - 1
        return self.phrases.ending_at(words, place) if place >= 0 else None

    def _from_previous_paragraph(self, number: int, segment: Segment) -> Reference | None:
        """Rule C′: the paragraph above ends without a full stop and leads up to this one."""
        paragraph = self.paragraphs[segment.paragraph]
        if segment.outer_start != paragraph.start or not paragraph.id:
            return None
        above = self.paragraphs[paragraph.id - 1]
        ending = self.text[above.start : above.end].rstrip("_* ")
        if above.heading or above.source != paragraph.source or ending.endswith(UNFINISHED):
            return None
        start = above.start
        if number and self.segments[number - 1].paragraph == above.id:
            start = self.segments[number - 1].outer_end
        words = self._last_sentence(self._read(start, above.end))
        return self._introduced(words, segment)

    def _is_speech(self, words: Sequence[Word], place: int) -> bool:
        """A speech verb; *went* and the like only with their particle (*went on*)."""
        verb = words[place].lower
        if words[place].mention or verb not in self.pack.speech_verbs:
            return False
        particles = self.pack.phrasal.get(verb)
        if not particles:
            return True
        return place + 1 < len(words) and words[place + 1].lower in particles

    def _skip(self, words: Sequence[Word], place: int, skipped: frozenset[str]) -> int:
        while place < len(words) and words[place].lower in skipped and not words[place].mention:
            place += 1
        return place

    def _skip_adverbs(self, words: Sequence[Word], place: int, extra: frozenset[str] = frozenset()) -> int:
        for _ in range(3):
            if place < len(words) and (words[place].lower in extra or self._is_adverb(words[place])):
                place += 1
        return place

    def _is_adverb(self, word: Word) -> bool:
        if word.mention:
            return False
        return word.lower in self.pack.tag_adverbs or (
            len(word.lower) > 4 and word.lower.endswith(self.pack.adverb_endings)
        )

    def _skip_clause(self, words: Sequence[Word], place: int) -> int:
        """Step over *, who was tired,* behind a subject."""
        if place >= len(words) or not words[place].gap.startswith(","):
            return place
        for step in range(place + 1, min(len(words), place + CLAUSE_WORDS)):
            if STOPS & set(words[step].gap):
                return place
            if "," in words[step].gap:
                return step
        return place
