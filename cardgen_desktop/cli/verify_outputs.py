"""The shape of what `verify --json` prints."""

from typing import TYPE_CHECKING, Any

from ..domain.checking import CheckedSentence, CheckReport, FindingKind, Verdict
from ..domain.value import Value

if TYPE_CHECKING:
    from .sets import SourceSet


class VerifiedSentence(Value):
    """A sentence and its verdict. `source` is the 0-based place of the argument with the best passage.

    `score` runs 0 to 1; `why` says what is wrong with a sentence that is not supported.
    """

    text: str
    verdict: Verdict
    source: int | None
    start: int | None
    end: int | None
    score: float
    why: str


class VerifiedFinding(Value):
    """Something a rule has found in a field."""

    kind: FindingKind
    path: str
    message: str
    text: str


class Verified(Value):
    """The output of `verify`: sentences by field, and how many got each verdict."""

    fields: dict[str, tuple[VerifiedSentence, ...]]
    supported: int
    inferred: int
    unsupported: int
    findings: tuple[VerifiedFinding, ...]


def verified(report: CheckReport, sources: "SourceSet") -> Verified:
    """The report as it is printed."""
    return Verified(
        fields={
            path: tuple(_sentence(sentence, sources) for sentence in sentences)
            for path, sentences in report.fields.items()
        },
        supported=report.supported,
        inferred=report.inferred,
        unsupported=report.unsupported,
        findings=tuple(
            VerifiedFinding(kind=each.kind, path=each.path, message=each.message, text=each.text)
            for each in report.findings
        ),
    )


def _sentence(sentence: CheckedSentence, sources: "SourceSet") -> VerifiedSentence:
    return VerifiedSentence(
        text=sentence.text,
        verdict=sentence.verdict,
        source=None if sentence.source is None else sources.argument(sentence.source),
        start=sentence.start,
        end=sentence.end,
        score=sentence.score,
        why=sentence.why,
    )


SCHEMAS: dict[str, tuple[Any, str]] = {"verify": (Verified, "what `verify --json` prints")}
"""Names for `cardgen schema`, with the others of `outputs`."""
