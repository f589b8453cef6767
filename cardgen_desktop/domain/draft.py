"""What the drafter is asked for, and what it gives back."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from .card import CardData
from .checking import Finding
from .costs import Usage
from .evidence import FieldEvidence
from .value import Value

OFFLINE_ENGINE = "offline"

DraftField = Literal[
    "description", "personality", "scenario", "first_mes", "alternate_greetings", "mes_example", "lorebook",
    "tags", "creator_notes", "system_prompt", "post_history_instructions",
]  # fmt: skip
DRAFT_FIELDS: tuple[DraftField, ...] = get_args(DraftField)
"""What a draft can be asked for, in the order in which it is written."""


class DraftOptions(Value):
    """How a language model is to write a card; the embedded drafter reads `greetings` alone.

    `style` names a prompt style. `language` is a code such as "de", "" for the language of the source.
    `greetings` is how many alternate ones, `moods` what each is to feel like, in order; `topics` names what a
    lorebook entry that is added to a card is about. `avoid` is what must
    not occur, `instruction` a wish in the person's own words. `temperature`, `top_p`, `max_output` and `seed`
    go before those of the profile. `calls` is "steps" for one request after the other, "one" for the whole
    card in one request, "auto" for the second where the context is small.
    """

    style: str = Field(default="prose", max_length=60)
    language: str = Field(default="", max_length=35)
    greetings: int = Field(default=3, ge=0, le=20)
    moods: tuple[str, ...] = Field(default=(), max_length=20)
    entries: int = Field(default=12, ge=0, le=200)
    topics: tuple[Annotated[str, Field(max_length=120)], ...] = Field(default=(), max_length=20)
    tone: str = Field(default="", max_length=200)
    length: Literal["short", "medium", "long"] = "medium"
    point_of_view: Literal["", "first", "second", "third"] = ""
    tense: Literal["", "past", "present"] = ""
    rating: Literal["", "everyone", "teen", "mature"] = ""
    avoid: str = Field(default="", max_length=2000)
    instruction: str = Field(default="", max_length=4000)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_output: int | None = Field(default=None, ge=16, le=1_000_000)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    calls: Literal["auto", "steps", "one"] = "auto"
    repair: bool = True


class DraftStep(Value):
    """One step of a drafting plan; `weight` is its share of the whole work, any unit."""

    key: str
    phase: str
    weight: float


class StepOutput(Value):
    """What one step produced: values for fields of `CardData` as JSON, and their evidence by field path.

    `findings` are what rules still had to say about it, `notes` what later steps build on (facts), `usage`
    what it took of a language model.
    """

    values: dict[str, Any] = Field(default_factory=dict)
    evidence: FieldEvidence = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    notes: dict[str, Any] = Field(default_factory=dict)
    usage: Usage | None = None


class DraftedCard(Value):
    """A finished draft: the card and, for every field path, the records whose texts make the field."""

    card: CardData
    evidence: FieldEvidence
    findings: tuple[Finding, ...] = ()
