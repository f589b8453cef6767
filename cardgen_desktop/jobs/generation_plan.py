"""Which steps a request takes: those of a new card, one request for all of it, or places written anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..domain.card import CardData
from ..domain.draft import DraftOptions, StepOutput
from ..domain.errors import UsageError
from ..domain.field_locks import locked_fields
from ..domain.job_kinds import DraftRequest
from ..domain.profile import Task

if TYPE_CHECKING:
    from ..drafting.generative.steps import GenerationStep

SMALL_CONTEXT = 4_096
"""Tokens up to which "auto" writes the whole card in one request: steps would leave no room for evidence."""

WHOLE_CARD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a draft in order. `paths` are the places that steps write anew, by key."""

    steps: "tuple[GenerationStep, ...]"
    paths: Mapping[str, str]

    def path_of(self, step: "GenerationStep") -> str:
        """The place of a card that a step writes anew, "" when it writes for a new card."""
        return self.paths.get(step.key, "")

    def of_task(self, task: Task) -> "Sequence[GenerationStep]":
        """The steps that ask a task of a model."""
        return [step for step in self.steps if step.task == task]

    def has_work(self, step: "GenerationStep", done: Mapping[str, StepOutput]) -> bool:
        """Whether there is anything for a step to write, after those before it."""
        from ..drafting.generative.topics import has_work

        return has_work(step, done)

    def stretch(self, number: int) -> tuple[float, float]:
        """Where a step begins and ends in the whole work, as fractions."""
        whole = sum(step.weight for step in self.steps) or 1.0
        before = sum(step.weight for step in self.steps[:number])
        return before / whole, (before + self.steps[number].weight) / whole

    def title(self, step: "GenerationStep") -> str:
        """A step as the phase of a job tells it: "Writing personality 3 of 9"."""
        number = next((n for n, other in enumerate(self.steps, 1) if other.key == step.key), 1)
        if len(self.steps) == 1:
            return step.title
        comma = "," if step.title[-1:].isdigit() else ""
        return f"{step.title}{comma} {number} of {len(self.steps)}"


def plan_of(request: DraftRequest, card: CardData | None, context: int) -> Plan:
    """The plan of a request for models with so many tokens of context. Raises `UsageError`."""
    from ..drafting.generative.steps import place_step, plan_steps

    options = request.options
    if card is not None:
        steps = [(path, place_step(path, options, card=card)) for path in _unlocked(request, card)]
        return Plan(tuple(step for _, step in steps), {step.key: path for path, step in steps})
    one_call = options.calls == "one" or (options.calls == "auto" and context <= SMALL_CONTEXT)
    planned = plan_steps(request.fields, options, one_call=one_call)
    if options.calls == "auto" and one_call and _is_too_long(planned, context):
        planned = plan_steps(request.fields, options)
    return Plan(planned, {})


def _is_too_long(steps: "Sequence[GenerationStep]", context: int) -> bool:
    return any(step.max_output > WHOLE_CARD_SHARE * context for step in steps)


def _unlocked(request: DraftRequest, card: CardData) -> list[str]:
    """The places that are asked for and not locked. Raises `UsageError` when there are none."""
    locked = locked_fields(card)
    asked = asked_paths(request, card)
    free = [path for path in asked if path not in locked]
    if asked and not free:
        raise UsageError(
            "Everything that was to be written is locked in the card. Nothing was written. "
            "Unlock a field, then try again."
        )
    return free


def asked_paths(request: DraftRequest, card: CardData) -> tuple[str, ...]:
    """The places of a card that a request names, or those of the fields it names; by default every text."""
    if request.paths:
        return tuple(dict.fromkeys(request.paths))
    from ..domain.draft import DRAFT_FIELDS

    found: list[str] = []
    for field in request.fields or DRAFT_FIELDS:
        found += _places(field, card, request.options)
    return tuple(found)


def _places(field: str, card: CardData, options: DraftOptions) -> list[str]:
    if field == "alternate_greetings":
        count = max(len(card.alternate_greetings), options.greetings)
        return [f"alternate_greetings[{number}]" for number in range(count)]
    if field == "lorebook":
        entries = card.character_book.entries if card.character_book else ()
        return [f"character_book.entries[{number}].content" for number in range(len(entries))]
    return [field]
