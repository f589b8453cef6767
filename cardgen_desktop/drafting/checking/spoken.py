"""Quotations and lines of dialogue: whose words they are, and whether they are anybody's."""

from collections.abc import Sequence

from ...reading.index import Index
from .claims import Claim
from .corpus import Corpus
from .judging import SUPPORTED, Judgement
from .quotations import SURE, Quote, QuoteFinder
from .terms import Reading

SHORTEST_LINE = 3
FOREIGN, UNSURE, ANYBODYS = 0.3, 0.4, 0.8
NOT_QUOTED = "The quoted words are not in the sources."
NOT_SURELY = "These words are in the sources, but not surely this character's."


class SpokenJudge:
    """Judges quoted words by the utterances of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.index: Index = corpus.index
        self.words = corpus.words
        self.finder = QuoteFinder(corpus)

    def quoted(self, quotes: Sequence[Quote]) -> Judgement | None:
        """What the quoted words of a claim are worth; None when it quotes nothing."""
        best: Judgement | None = None
        for quote in quotes:
            place = next(self.finder.places(quote.text), None)
            if place is None:
                return self.nearly(quote.text) or Judgement(
                    "unsupported", 0.0, why=NOT_QUOTED, kind="unsupported"
                )
            best = best or Judgement("supported", 1.0, *place)
        return best

    def nearly(self, text: str) -> Judgement | None:
        """Words that are almost those of the sources, with what these have."""
        near = self.finder.near(text)
        if near is None:
            return None
        start, end, likeness = near
        true = " ".join(self.index.text[start:end].split())
        why = f"The sources have it so: “{true}”"
        return Judgement("inferred", likeness * SUPPORTED, start, end, why, "near_quote")

    def said_by(self, quoted: Judgement, reading: Reading) -> Judgement:
        """A quotation is somebody's: not the subject's when the sources have another say it."""
        assert quoted.start is not None and quoted.end is not None
        unit = self.finder.speaker(quoted.start, quoted.end)
        if unit is None or unit.speaker is None or not reading.subject or unit.speaker in reading.subject:
            return quoted
        if unit.confidence < SURE or self.index.characters[unit.speaker].kind == "nominal":
            return quoted
        return self._foreign(unit.speaker, quoted.start, quoted.end)

    def _foreign(self, speaker: int, start: int, end: int) -> Judgement:
        why = f"The sources have {self.index.characters[speaker].name} say this."
        return Judgement("unsupported", FOREIGN, start, end, why, "wrong_speaker")

    def is_short(self, claim: Claim) -> bool:
        """Whether a line is too short to be told from anybody's: *Oh, yes.*"""
        return len(self.words.tokens(claim.text)) < SHORTEST_LINE

    def line(self, claim: Claim, card: frozenset[int]) -> Judgement | None:
        """A line that stands in the sources, by whose words it is; None when it does not."""
        places = list(self.finder.places(claim.text))
        if not places:
            return None
        if not card:
            return Judgement("supported", ANYBODYS, *places[0])
        foreign = None
        for start, end in places:
            unit = self.finder.speaker(start, end)
            if unit is None or unit.speaker is None or unit.confidence < SURE:
                continue
            if unit.speaker in card:
                return Judgement("supported", 1.0, start, end)
            foreign = unit.speaker
        if foreign is not None:
            return self._foreign(foreign, *places[0])
        return Judgement("inferred", UNSURE, *places[0], NOT_SURELY)
