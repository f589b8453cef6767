"""Checks the fields of a card against a set of sources (offline-drafter.md section 7).

Every claim is looked for in the whole of the sources, cited passages first. *Supported* needs a passage of up
to three sentences (or two such places) that says most of it of the same person, with the same names and
numbers, and does not say the contrary. *Inferred* has a passage that says something of it; *unsupported* has
none, or one that speaks against it. An inferred claim always has a place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...domain.checking import CheckedSentence, CheckReport, Finding, FindingKind, Verdict
from ...domain.source import Span
from ...reading.index import Index
from .claims import Claim, split_claims
from .corpus import Corpus
from .matching import SECOND_PLACE, Hit, Matcher, Term, Window, covered
from .naming import Named, Names, same_person
from .polarity import agrees, is_negative, opposite
from .quotations import SURE, Quote, QuoteFinder, quotes_in
from .references import References
from .terms import ClaimReader, Reading

SUPPORTED, INFERRED, CITED = 0.62, 0.3, 0.5
TIED_WINDOWS = 24
SECOND_NEEDS = 0.3
THIN, TELLING = 0.55, 1.0
DENIES, CONTRAST, TIED, RIVAL_OWNS = 0.97, 0.78, 0.6, 0.6
SCENES = ("first_mes", "alternate_greetings", "group_only_greetings", "mes_example")
LOOSE = (*SCENES, "creator_notes", "system_prompt", "post_history_instructions")
DIALOGUE = "mes_example"

Cited = Mapping[str, Sequence[tuple[str, Sequence[Span]]]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found out about one claim."""

    verdict: Verdict
    score: float
    start: int | None = None
    end: int | None = None
    why: str = ""
    kind: FindingKind | None = None


class Checker:
    """Checks cards of one character against one reading of the sources.

    `character_id` is the card's character in the index; without one, claims are tied to nobody unless they
    name whom they speak of. Building it reads the whole text once; checking a claim takes milliseconds.
    """

    def __init__(self, index: Index, character_id: int | None) -> None:
        self.index = index
        self.corpus = Corpus(index)
        self.references = References(self.corpus)
        card = frozenset[int]() if character_id is None else same_person(self.corpus, character_id)
        self.names = Names(self.corpus, card)
        self.card = card
        self.reader = ClaimReader(self.corpus, self.names)
        self.matcher = Matcher(self.corpus, self.references)
        self.quotes = QuoteFinder(self.corpus)

    def check(self, fields: Mapping[str, str], cited: Cited | None = None) -> CheckReport:
        """A verdict for every claim of every field, by path, and what is to be said about those that fail.

        `cited` are, by path, sentences with the passages that their writer rests them on.
        """
        checked: dict[str, tuple[CheckedSentence, ...]] = {}
        findings: list[Finding] = []
        for path, text in fields.items():
            checked[path] = tuple(self._field(path, text, (cited or {}).get(path, ()), findings))
        verdicts = [sentence.verdict for sentences in checked.values() for sentence in sentences]
        return CheckReport(
            fields=checked,
            findings=tuple(findings),
            supported=verdicts.count("supported"),
            inferred=verdicts.count("inferred"),
            unsupported=verdicts.count("unsupported"),
        )

    def _field(
        self, path: str, text: str, cited: Sequence[tuple[str, Sequence[Span]]], findings: list[Finding]
    ) -> list[CheckedSentence]:
        loose = path.split("[")[0] in LOOSE
        sentences: list[CheckedSentence] = []
        earlier: list[Named] = []
        for claim in split_claims(text, self.index.pack, is_dialogue=path == DIALOGUE):
            judged = self._judge(claim, earlier, self._cited_sentences(claim, cited), loose)
            if judged is None:
                continue
            sentence = self._sentence(claim, judged)
            sentences.append(sentence)
            if judged.kind and not (loose and judged.kind in ("unsupported", "wrong_name", "negation")):
                findings.append(_finding(path, sentence, judged.kind))
        return sentences

    def _judge(
        self, claim: Claim, earlier: list[Named], cited: frozenset[int], loose: bool
    ) -> Judgement | None:
        if claim.kind == "line":
            return self._line(claim)
        judged = self._prose(claim, earlier, cited)
        if loose and judged is not None and judged.verdict == "unsupported" and judged.start is not None:
            return replace(judged, verdict="inferred")
        return judged

    def _cited_sentences(self, claim: Claim, cited: Sequence[tuple[str, Sequence[Span]]]) -> frozenset[int]:
        """The sentences of the passages that a claim's writer cites for it, with their neighbours."""
        said = " ".join(claim.text.split())
        found: set[int] = set()
        for text, spans in cited:
            there = " ".join(text.split())
            if said in there or there in said:
                for span in spans:
                    first = (
                        self.index.manuscript.starts[span.source]
                        if span.source < len(self.index.sources)
                        else 0
                    )
                    run = self.corpus.sentences_between(first + span.start, first + span.end)
                    found.update(range(max(0, run.start - 1), min(len(self.index.sentences), run.stop + 1)))
        return frozenset(found)

    def _sentence(self, claim: Claim, judged: Judgement) -> CheckedSentence:
        span = (
            None if judged.start is None or judged.end is None else self.index.place(judged.start, judged.end)
        )
        return CheckedSentence(
            text=claim.text,
            verdict=judged.verdict,
            at=claim.at,
            source=span.source if span else None,
            start=span.start if span else None,
            end=span.end if span else None,
            score=round(min(1.0, judged.score), 3),
            why=judged.why,
        )

    # Prose

    def _prose(self, claim: Claim, earlier: list[Named], cited: frozenset[int]) -> Judgement | None:
        quotes = quotes_in(claim.text)
        quoted = self._quoted(quotes)
        if quoted is not None and quoted.verdict != "supported":
            return quoted
        reading = self.reader.read(claim, earlier, [(quote.start, quote.end) for quote in quotes])
        earlier += [each for each in reading.named if each.is_person]
        if quoted is not None:
            quoted = self._said_by(quoted, reading)
            light = all(not term.required and term.weight < 1.0 for term in reading.terms)
            if quoted.verdict != "supported" or (light and not reading.unknown):
                return quoted
        if not reading.terms and not reading.unknown:
            return None
        judged = self._matched(claim, reading, cited)
        if not reading.unknown:
            return judged
        why = f"{_listed([each.surface for each in reading.unknown])} is not in the sources."
        score = min(judged.score, INFERRED)
        return replace(judged, verdict="unsupported", score=score, kind="wrong_name", why=why)

    def _quoted(self, quotes: Sequence[Quote]) -> Judgement | None:
        """What the quoted words of a claim are worth; None when it quotes nothing."""
        best: Judgement | None = None
        for quote in quotes:
            place = next(self.quotes.places(quote.text), None)
            if place is not None:
                best = best or Judgement("supported", 1.0, *place)
                continue
            near = self.quotes.near(quote.text)
            if near is None:
                why = "The quoted words are not in the sources."
                return Judgement("unsupported", 0.0, why=why, kind="unsupported")
            return self._nearly(near)
        return best

    def _nearly(self, near: tuple[int, int, float]) -> Judgement:
        """Words that are almost those of the sources, with what these have."""
        start, end, likeness = near
        true = " ".join(self.index.text[start:end].split())
        why = f"The sources have it so: “{true}”"
        return Judgement("inferred", likeness * SUPPORTED, start, end, why, "near_quote")

    def _said_by(self, quoted: Judgement, reading: Reading) -> Judgement:
        """A quotation is somebody's: not the subject's when the sources have another say it."""
        assert quoted.start is not None and quoted.end is not None
        unit = self.quotes.speaker(quoted.start, quoted.end)
        if unit is None or unit.speaker is None or not reading.subject or unit.speaker in reading.subject:
            return quoted
        if unit.confidence < SURE or self.index.characters[unit.speaker].kind == "nominal":
            return quoted
        why = f"The sources have {self.index.characters[unit.speaker].name} say this."
        return replace(quoted, verdict="unsupported", score=0.3, why=why, kind="wrong_speaker")

    def _matched(self, claim: Claim, reading: Reading, cited: frozenset[int]) -> Judgement:
        windows = self.matcher.windows(reading.terms, cited)
        for window in windows[:TIED_WINDOWS]:
            if reading.subject:
                self.matcher.tie(window, reading.terms, reading.subject)
        looked = windows[:TIED_WINDOWS]
        if not looked:
            return Judgement(
                "unsupported", 0.0, why="Nothing in the sources tells of this.", kind="unsupported"
            )
        negative = is_negative(claim.text, self.corpus.words)
        agreeing = [agrees(negative, window, reading.terms, self.corpus) for window in looked]
        judged = [
            self._window(claim, reading, window, agree, cited, looked)
            for window, agree in zip(looked, agreeing, strict=True)
        ]
        best = max(judged, key=lambda each: (RANKS[each.verdict], each.score))
        if best.verdict != "supported":
            return best
        return self._against(best, reading, looked, agreeing, negative) or best

    def _against(
        self,
        best: Judgement,
        reading: Reading,
        looked: Sequence[Window],
        agreeing: Sequence[bool],
        negative: bool,
    ) -> Judgement | None:
        """A passage that speaks against a claim more strongly than the best one speaks for it."""
        contrary = [window for window, agree in zip(looked, agreeing, strict=True) if not agree]
        denying = max(contrary, key=lambda window: window.score, default=None)
        if negative and denying and denying.score >= DENIES * best.score:
            return self._spoken_against(denying, "The sources say that it is so.", "negation")
        strangers = [window for window in looked if window.tie < TIED and window.rival >= RIVAL_OWNS]
        other = max(strangers, key=lambda window: window.coverage, default=None)
        if reading.subject and other and best.score < CONTRAST * other.coverage:
            why = f"The sources say this of {self._owner(other, reading.subject)}."
            return self._spoken_against(other, why, "wrong_name")
        return None

    def _spoken_against(self, window: Window, why: str, kind: FindingKind) -> Judgement:
        start = self.index.sentences[window.sentences[0]].start
        end = self.index.sentences[window.sentences[-1]].end
        return Judgement("unsupported", window.score * 0.5, start, end, why, kind)

    def _window(
        self,
        claim: Claim,
        reading: Reading,
        window: Window,
        agree: bool,
        cited: frozenset[int],
        others: Sequence[Window],
    ) -> Judgement:
        terms = reading.terms
        score, hits = window.score, window.hits
        if score < SUPPORTED and len(terms) >= 3 and window.score >= SECOND_NEEDS:
            score, hits = self._two_places(window, others, terms)
        start = self.index.sentences[window.sentences[0]].start
        end = self.index.sentences[window.sentences[-1]].end
        if score >= SUPPORTED and _is_thin(hits, terms) and window.tie < 1.0 and reading.subject:
            score = min(score, THIN)
        needed = CITED if cited & set(window.sentences) else SUPPORTED
        missing = [term for number, term in enumerate(terms) if term.required and number not in hits]
        if missing:
            return self._missing(claim, missing[0], score, start, end)
        if score >= INFERRED and not agree:
            why = "The sources say it the other way round: one of the two denies it."
            return Judgement("unsupported", score * 0.5, start, end, why, "negation")
        contrary = opposite(terms, window, self.corpus) if score >= INFERRED else ""
        if contrary:
            why = "The sources say the opposite."
            return Judgement("unsupported", score * 0.5, start, end, why, "negation")
        if score >= needed:
            return Judgement("supported", score, start, end)
        if window.coverage >= SUPPORTED:
            who = self._owner(window, reading.subject)
            why = (
                f"The sources say this of {who}."
                if who
                else "The sources do not say this of the same person."
            )
            return Judgement("unsupported", score * 0.5, start, end, why, "wrong_name")
        if score >= INFERRED:
            return Judgement("inferred", score, start, end, "The sources say only part of this.")
        return Judgement(
            "unsupported", score, start, end, "Nothing in the sources tells of this.", "unsupported"
        )

    def _two_places(
        self, window: Window, others: Sequence[Window], terms: Sequence[Term]
    ) -> tuple[float, dict[int, Hit]]:
        """The best that a second place adds."""
        best, hits = window.score, window.hits
        for other in others:
            if other.tie < 0.8 or window.tie < 0.8 or set(other.sentences) & set(window.sentences):
                continue
            joined = {**other.hits, **window.hits}
            added = set(other.hits) - set(window.hits)
            if len(other.hits) < 2 or not added:
                continue
            score = covered(joined, terms) * SECOND_PLACE * min(window.tie, other.tie)
            if score > best:
                best, hits = score, joined
        return best, hits

    def _missing(self, claim: Claim, term: Term, score: float, start: int, end: int) -> Judgement:
        what = claim.text[term.start : term.end] or term.stem
        if term.value is not None:
            why, kind = f"The number {what} is not in the passage that fits best.", "wrong_number"
        else:
            why, kind = f"The passage that fits best does not name {what}.", "wrong_name"
        verdict: Verdict = "inferred" if score >= INFERRED and term.value is None else "unsupported"
        return Judgement(verdict, score * 0.7, start, end, why, kind)  # type: ignore[arg-type]

    def _owner(self, window: Window, subject: frozenset[int]) -> str:
        rivals = [
            (strength, number)
            for number, strength in window.owners.items()
            if number >= 0 and number not in subject
        ]
        return self.index.characters[max(rivals)[1]].name if rivals else ""

    # Dialogue

    def _line(self, claim: Claim) -> Judgement | None:
        """A line of dialogue is the character's own words, somebody else's, or invented."""
        words = self.corpus.words.tokens(claim.text)
        if len(words) < 3:
            return None
        places = list(self.quotes.places(claim.text))
        if not places:
            return self._invented(claim)
        foreign = ""
        for start, end in places:
            unit = self.quotes.speaker(start, end)
            if unit is None or not self.card:
                continue
            if unit.speaker in self.card and unit.confidence >= SURE:
                return Judgement("supported", 1.0, start, end)
            if unit.speaker is not None and unit.speaker not in self.card and unit.confidence >= SURE:
                foreign = self.index.characters[unit.speaker].name
        start, end = places[0]
        if foreign:
            why = f"The sources have {foreign} say this."
            return Judgement("unsupported", 0.3, start, end, why, "wrong_speaker")
        if not self.card:
            return Judgement("supported", 0.8, start, end)
        return Judgement(
            "inferred", 0.5, start, end, "These words are in the sources, but not surely this character's."
        )

    def _invented(self, claim: Claim) -> Judgement:
        near = self.quotes.near(claim.text)
        if near is not None:
            return self._nearly(near)
        judged = self._prose(replace(claim, kind="prose"), [], frozenset())
        why = "Invented: these are not the character's own words."
        if judged is None or judged.start is None:
            return Judgement("unsupported", 0.0, why=why)
        return Judgement("inferred", min(judged.score, INFERRED), judged.start, judged.end, why)


RANKS: dict[str, int] = {"supported": 2, "inferred": 1, "unsupported": 0}


def _is_thin(hits: Mapping[int, Hit], terms: Sequence[Term]) -> bool:
    """Whether a passage shares a single telling word with a claim."""
    return sum(terms[number].weight >= TELLING for number in hits) < 2


def _finding(path: str, sentence: CheckedSentence, kind: FindingKind) -> Finding:
    return Finding(
        kind=kind, path=path, message=sentence.why, text=sentence.text, at=sentence.at, repairable=True
    )


def _listed(names: Sequence[str]) -> str:
    return " and ".join(dict.fromkeys(names))
