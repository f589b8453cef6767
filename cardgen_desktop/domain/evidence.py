"""Where each piece of a drafted field comes from."""

from typing import Literal

from pydantic import model_validator

from .checking import Verdict
from .source import Span
from .value import Value

EvidenceKind = Literal["verbatim", "adapted", "computed", "template"]


class Evidence(Value):
    """One piece of a field. The texts of a field's records joined as they are give the field exactly.

    `verbatim`: the source's own contiguous words (white space folded, the name may be `{{char}}`).
    `adapted`: words changed, `source/start/end` says from where. `computed`: a statistic, with the `spans` it
    was counted from. `template`: a separator or connecting phrase that claims nothing, without a source.
    A sentence that a language model wrote is `adapted` with the `verdict` of its check and the `score` (0 to
    1) of the passage it rests on; an unsupported one may have no place at all.
    """

    text: str
    kind: EvidenceKind
    source: int | None = None
    start: int | None = None
    end: int | None = None
    spans: tuple[Span, ...] = ()
    verdict: Verdict | None = None
    score: float | None = None

    @model_validator(mode="after")
    def _has_its_place(self) -> "Evidence":
        placed = self.source is not None and self.start is not None and self.end is not None
        needs_place = self.kind == "verbatim" or (self.kind == "adapted" and self.verdict != "unsupported")
        if needs_place and not placed:
            raise ValueError(f"{self.kind} evidence needs source, start and end")
        if self.kind == "template" and (placed or self.spans):
            raise ValueError("template evidence has no source")
        return self


FieldEvidence = dict[str, tuple[Evidence, ...]]


class EvidenceSource(Value):
    """A source that evidence points into."""

    path: str
    sha256: str


class EvidenceFile(Value):
    """What `--evidence` writes; `fields` is keyed by path, such as `character_book.entries[0].content`."""

    sources: tuple[EvidenceSource, ...]
    fields: FieldEvidence
