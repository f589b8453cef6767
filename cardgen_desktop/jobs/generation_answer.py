"""An answer on its way to a step's output: what was read, what the check says, which of two is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..domain.checking import CheckReport, Finding
from ..domain.costs import Usage
from ..domain.draft import StepOutput

if TYPE_CHECKING:
    from ..drafting.generative.answers import StepAnswer

_GRAVE = {"empty": 8, "malformed": 8, "truncated": 4, "loop": 4, "leak": 4, "instruction": 3, "url": 3}
"""How much a kind of finding counts when two tries are compared; others count 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A read answer with what rules and the check against the sources found in it. `raw` is as it came."""

    answer: "StepAnswer"
    raw: str
    report: CheckReport = field(default_factory=CheckReport)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, rules first."""
        return (*self.answer.findings, *self.report.findings)

    @property
    def repairable(self) -> tuple[Finding, ...]:
        """What asking again may mend; for what is missing it was asked again already."""
        return tuple(item for item in self.findings if item.repairable and item.kind != "empty")

    @property
    def weight(self) -> int:
        """How bad the findings are together."""
        return sum(_GRAVE.get(finding.kind, 1) for finding in self.findings)

    def better(self, other: "Judged") -> "Judged":
        """The one with less to say against it; this one when they are alike, or the other lacks something."""
        lost = set(self.answer.texts) - set(other.answer.texts)
        return other if not lost and other.weight < self.weight else self

    def output(self, usage: Usage | None) -> StepOutput:
        """What the step made: values, the evidence of every text, what is still to be said, and its cost."""
        from ..drafting.generative.assembly import evidence_of

        evidence = {
            path: evidence_of(text, self.report.fields.get(path, ()))
            for path, text in self.answer.texts.items()
        }
        return StepOutput(
            values=self.answer.values,
            evidence=evidence,
            findings=self.findings,
            notes=self.answer.notes,
            usage=usage,
        )


def merged(first: "StepAnswer", second: "StepAnswer") -> "StepAnswer":
    """An answer with what a second one, asked for the missing places, adds to it."""
    missing = tuple(path for path in first.missing if path not in second.texts)
    missing = tuple(path for path in missing if path not in second.values)
    findings = [finding for finding in first.findings if finding.path not in first.missing]
    findings += [item for item in second.findings if item.path in missing or item.path in second.texts]
    return replace(
        first,
        values=_values(first.values, second.values),
        texts={**first.texts, **second.texts},
        cited={**first.cited, **second.cited},
        notes=first.notes or second.notes,
        findings=tuple(findings),
        missing=missing,
        refused=first.refused and second.refused,
    )


def _values(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of both; lists of greetings and entries one after the other."""
    values = {**second, **first}
    if "alternate_greetings" in first and "alternate_greetings" in second:
        values["alternate_greetings"] = [*first["alternate_greetings"], *second["alternate_greetings"]]
    if "character_book" in first and "character_book" in second:
        entries = [*first["character_book"]["entries"], *second["character_book"]["entries"]]
        values["character_book"] = {"entries": entries}
    return values


def summed(usages: Sequence[Usage | None]) -> Usage | None:
    """What several requests came to; None when none of them said anything."""
    told = [usage for usage in usages if usage is not None]
    if not told:
        return None
    names = ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")
    costs = [usage.cost for usage in told]
    known = [cost for cost in costs if cost is not None]
    return Usage(
        **{name: sum(getattr(usage, name) for usage in told) for name in names},
        cost=sum(known, Decimal(0)) if len(known) == len(costs) else None,
        cost_source=told[0].cost_source,
    )
