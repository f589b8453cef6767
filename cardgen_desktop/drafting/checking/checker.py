"""Checks the fields of a card against a set of sources (offline-drafter.md section 7).

Every claim is looked for in the whole of the sources, cited passages first. *Supported* needs a passage of up
to three sentences (or two such places) that says it of the same person, with the same names and numbers, and
does not say the contrary. *Inferred* has a passage that says something of it; *unsupported* has none, or one
that speaks against it. An inferred claim always has a place.

A greeting or a line of dialogue plays a scene that no source has: what is invented there is *inferred*, and
no finding. Lines that are somebody else's words, and near quotations, are findings everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...domain.checking import CheckedSentence, CheckReport, Finding, FindingKind
from ...domain.source import Span
from ...reading.index import Index
from .claims import Claim, split_claims
from .corpus import Corpus
from .judging import INFERRED, ClaimJudge, Judgement
from .naming import Named, Names, same_person
from .quotations import quotes_in
from .spoken import SpokenJudge
from .terms import ClaimReader

SCENES = ("first_mes", "alternate_greetings", "group_only_greetings", "mes_example")
LOOSE = (*SCENES, "creator_notes", "system_prompt", "post_history_instructions")
DIALOGUE = "mes_example"
ALWAYS_FOUND: tuple[FindingKind, ...] = ("wrong_speaker", "near_quote")
INVENTED = "Invented: these are not the character's own words."
LIGHT = 1.0

Cited = Mapping[str, Sequence[tuple[str, Sequence[Span]]]]


class Checker:
    """Checks cards of one character against one reading of the sources.

    `character_id` is the card's character in the index; without one, claims are tied to nobody unless they
    name whom they speak of. Building it reads the whole text once; checking a claim takes milliseconds.
    """

    def __init__(self, index: Index, character_id: int | None) -> None:
        self.index = index
        corpus = Corpus(index)
        self.card = frozenset[int]() if character_id is None else same_person(corpus, character_id)
        self.reader = ClaimReader(corpus, Names(corpus, self.card))
        self.judge = ClaimJudge(corpus)
        self.spoken = SpokenJudge(corpus)
        self._corpus = corpus

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
            judged = self._judged(claim, earlier, self._cited_sentences(claim, cited), loose)
            if judged is None:
                continue
            sentence = self._sentence(claim, judged)
            sentences.append(sentence)
            if judged.kind and (not loose or judged.kind in ALWAYS_FOUND):
                findings.append(_finding(path, sentence, judged.kind))
        return sentences

    def _judged(
        self, claim: Claim, earlier: list[Named], cited: frozenset[int], loose: bool
    ) -> Judgement | None:
        if claim.kind == "line":
            return self._line(claim)
        judged = self.prose(claim, earlier, cited)
        softened = loose and judged is not None and judged.verdict == "unsupported"
        if softened and judged is not None and judged.start is not None and judged.kind not in ALWAYS_FOUND:
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
                    found.update(self._around(span))
        return frozenset(found)

    def _around(self, span: Span) -> range:
        if not 0 <= span.source < len(self.index.sources):
            return range(0)
        first = self.index.manuscript.starts[span.source]
        run = self._corpus.sentences_between(first + span.start, first + span.end)
        return range(max(0, run.start - 1), min(len(self.index.sentences), run.stop + 1))

    def _sentence(self, claim: Claim, judged: Judgement) -> CheckedSentence:
        placed = judged.start is not None and judged.end is not None
        span = self.index.place(judged.start or 0, judged.end or 0) if placed else None
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

    def prose(self, claim: Claim, earlier: list[Named], cited: frozenset[int]) -> Judgement | None:
        """The verdict on a claim that is no line of dialogue; None when it claims nothing.

        `earlier` are the people named before it in the field; those it names are added.
        """
        quotes = quotes_in(claim.text)
        quoted = self.spoken.quoted(quotes)
        if quoted is not None and quoted.verdict != "supported":
            return quoted
        reading = self.reader.read(claim, earlier, [(quote.start, quote.end) for quote in quotes])
        earlier += [each for each in reading.named if each.is_person]
        if quoted is not None:
            quoted = self.spoken.said_by(quoted, reading)
            rest = any(term.required or term.weight >= LIGHT for term in reading.terms)
            if quoted.verdict != "supported" or not (rest or reading.unknown):
                return quoted
        if not reading.terms and not reading.unknown:
            return None
        judged = self.judge.judge(claim, reading, cited)
        if not reading.unknown:
            return judged
        names = " and ".join(dict.fromkeys(each.surface for each in reading.unknown))
        why = f"{names} is not in the sources."
        score = min(judged.score, INFERRED)
        return replace(judged, verdict="unsupported", score=score, kind="wrong_name", why=why)

    def _line(self, claim: Claim) -> Judgement | None:
        """A line of dialogue is the character's own words, somebody else's, or invented."""
        if self.spoken.is_short(claim):
            return None
        judged = self.spoken.line(claim, self.card) or self.spoken.nearly(claim.text)
        if judged is not None:
            return judged
        likely = self.prose(replace(claim, kind="prose"), [], frozenset())
        if likely is None or likely.start is None:
            return Judgement("unsupported", 0.0, why=INVENTED)
        return Judgement("inferred", min(likely.score, INFERRED), likely.start, likely.end, INVENTED)


def _finding(path: str, sentence: CheckedSentence, kind: FindingKind) -> Finding:
    return Finding(
        kind=kind, path=path, message=sentence.why, text=sentence.text, at=sentence.at, repairable=True
    )
