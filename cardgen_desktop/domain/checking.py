"""What a check of a card against its sources says: a verdict for each sentence, and findings of rules."""

from typing import Literal

from pydantic import Field

from .value import Value

Verdict = Literal["supported", "inferred", "unsupported"]

FindingKind = Literal[
    "unsupported", "wrong_name", "wrong_number", "negation", "wrong_speaker", "near_quote", "leak",
    "loop", "truncated", "second_person", "speaks_for_user", "instruction", "url", "empty", "malformed",
]  # fmt: skip
"""leak: a template, a chat marker, our own instructions or a refusal stands in a field. instruction, url:
text in a system field that tells a model what to do or where to go, and comes from a source."""


class CheckedSentence(Value):
    """One sentence of a field, `field[at:at + len(text)]`. `source/start/end` is the best passage, if any.

    `score` runs 0 to 1. `why` names in words what is wrong with one that is not supported.
    """

    text: str
    verdict: Verdict
    at: int = 0
    source: int | None = None
    start: int | None = None
    end: int | None = None
    score: float = 0.0
    why: str = ""


class Finding(Value):
    """Something a rule has found in a field, as a sentence. `repairable`: asking again may help.

    `failure` names the class of the failure behind it, as in "out.truncated" for a text that the server cut.
    """

    kind: FindingKind
    path: str
    message: str
    text: str = ""
    at: int = 0
    repairable: bool = False
    failure: str = ""


class CheckReport(Value):
    """A card checked against sources: sentences by field path, how many got each verdict, and findings."""

    fields: dict[str, tuple[CheckedSentence, ...]] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    supported: int = 0
    inferred: int = 0
    unsupported: int = 0


class Proposal(Value):
    """New text for a field of a card, which changes only when the person accepts it.

    `path` is an evidence path such as "personality" or "alternate_greetings[1]"; a new list item has the next
    free index. `base` is the field's text when the proposal was asked for. `is_whole` is False for text that
    a cut connection or a stopped job left unfinished. `title` and `keys` are those of a new
    lorebook entry.
    """

    id: int
    card_id: int
    path: str
    text: str
    base: str = ""
    job_id: int | None = None
    engine: str = ""
    model: str = ""
    instruction: str = ""
    created_at: float = 0.0
    is_whole: bool = True
    findings: tuple[Finding, ...] = ()
    sentences: tuple[CheckedSentence, ...] = ()
    title: str = ""
    keys: tuple[str, ...] = ()
