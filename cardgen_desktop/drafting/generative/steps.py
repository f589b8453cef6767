"""The plan of a draft that a language model writes: its steps, and which of them build on which.

facts -> description -> personality -> scenario -> first message -> alternate greetings -> example dialogue ->
topics of the lorebook -> its entries in batches -> tags and notes. Every step is one request.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...domain.card import CardData
from ...domain.dependents import WRITTEN_FROM
from ...domain.draft import DRAFT_FIELDS, DraftOptions, StepOutput
from ...domain.errors import UsageError
from ...domain.profile import Task
from ...domain.prompt_style import PromptStyle
from ...domain.value import Value
from .lengths import tokens_of, words_of

FACTS, TOPICS, NOTES, WHOLE_CARD = "facts", "lorebook_topics", "notes", "card"
NOTE_FIELDS = ("tags", "creator_notes", "system_prompt", "post_history_instructions")
BATCH = 4
"""Lorebook entries of one request: more of them are cut off or repeat themselves with small models."""

MOST_IN_ONE_CALL = 4
"""Lorebook entries, and alternate greetings, when the whole card is one request."""

PROMPTS_VERSION = 1
"""Part of every step's input; raised when the same input would be asked for in another way."""

_BESIDES = {"description": (FACTS,), "personality": (FACTS,), "lorebook": (TOPICS,)}
NEEDS: dict[str, tuple[str, ...]] = {FACTS: (), TOPICS: (FACTS,)} | {
    field: (*_BESIDES.get(field, ()), *WRITTEN_FROM[field]) for field in DRAFT_FIELDS
}
"""What each part of a card is written from, besides the source. No more than that: small models copy it."""

FACT_READERS = frozenset({"description", "personality", "lorebook"})
TASKS: dict[str, Task] = {
    FACTS: "analysis", TOPICS: "analysis", NOTES: "analysis", "first_mes": "dialogue",
    "alternate_greetings": "dialogue", "mes_example": "dialogue", "lorebook": "lorebook",
}  # fmt: skip
NAMES = {
    "description": "description", "personality": "personality", "scenario": "scenario",
    "first_mes": "first message", "alternate_greetings": "alternate greetings",
    "mes_example": "example dialogue", "lorebook": "lorebook", "tags": "tags",
    "creator_notes": "creator notes", "system_prompt": "system prompt",
    "post_history_instructions": "post-history instructions",
}  # fmt: skip
"""The fields in words."""

_GREETING = re.compile(r"alternate_greetings\[(\d{1,4})\]")
_ENTRY = re.compile(r"character_book\.entries\[(\d{1,5})\](?:\.content)?")


class PlannedTopic(Value):
    """A lorebook entry to be written: its name, first keys, and ids of passages that tell of it."""

    name: str
    keys: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()


class GenerationStep(Value):
    """One request of a draft.

    `fields` are the parts of the card it writes, as templates name them; `paths` their places in the card.
    `needs` are keys of earlier steps of the plan. `number` is the index of the greeting, or of the first
    lorebook entry. `weight` is its share of the work, `max_output` the tokens its answer may take. `topics`
    are the lorebook entries, known once their step is done.
    """

    key: str
    title: str
    task: Task = "prose"
    fields: tuple[str, ...]
    paths: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    weight: float = 1.0
    max_output: int
    number: int = 0
    topics: tuple[PlannedTopic, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether its answer is one text, so that it can be gone on with where it was cut."""
        return len(self.fields) == 1 and self.fields[0] not in (FACTS, TOPICS, "lorebook", "tags")

    @property
    def is_open_list(self) -> bool:
        """Whether a cut answer does not show what is missing of it, so that it has to be asked for again."""
        return self.fields[0] in (FACTS, TOPICS)

    def with_topics(self, topics: Sequence[PlannedTopic]) -> "GenerationStep":
        """This step of a lorebook with the entries that are to be written."""
        wanted = tuple(topics)
        places = tuple(f"character_book.entries[{self.number + at}].content" for at in range(len(wanted)))
        kept = tuple(path for path in self.paths if not path.startswith("character_book"))
        return self.model_copy(update={"topics": wanted, "paths": (*kept, *places)})

    def narrowed(self, missing: Collection[str]) -> "GenerationStep":
        """The same step asked again for the missing places only; as it is when nothing can be left out."""
        if self.fields == ("lorebook",):
            return self._narrowed_entries(missing)
        starts = {"lorebook": "character_book"}
        fields = tuple(
            field
            for field in self.fields
            if any(path.startswith(starts.get(field, field)) for path in missing)
        )
        if not fields or fields == self.fields:
            return self
        paths = tuple(path for path in self.paths if path in missing)
        return self.model_copy(update={"fields": fields, "paths": paths})

    def _narrowed_entries(self, missing: Collection[str]) -> "GenerationStep":
        kept = [at for at, path in enumerate(self.paths) if path in missing]
        if not kept or len(kept) == len(self.paths):
            return self
        topics = tuple(self.topics[at] for at in kept if at < len(self.topics))
        return self.model_copy(update={"paths": tuple(self.paths[at] for at in kept), "topics": topics})


def plan_steps(
    fields: Collection[str], options: DraftOptions, *, one_call: bool = False
) -> tuple[GenerationStep, ...]:
    """The steps that write some fields of a card, in order; no fields means all of them.

    Steps need only what is planned too. Raises `UsageError` for a field that no draft has.
    """
    unknown = sorted(set(fields) - set(DRAFT_FIELDS))
    if unknown:
        raise UsageError(f'There is no field "{unknown[0]}" to draft. Fields are {", ".join(DRAFT_FIELDS)}.')
    wanted = [field for field in DRAFT_FIELDS if not fields or field in fields]
    wanted = [field for field in wanted if not _is_none(field, options)]
    steps = [_whole_card(wanted, options)] if one_call else _steps(wanted, options)
    planned = {step.key for step in steps}
    return tuple(
        step.model_copy(update={"needs": tuple(key for key in step.needs if key in planned)})
        for step in steps
    )


def _is_none(field: str, options: DraftOptions) -> bool:
    return (field == "alternate_greetings" and not options.greetings) or (
        field == "lorebook" and not options.entries
    )


def _steps(wanted: Sequence[str], options: DraftOptions) -> list[GenerationStep]:
    steps = [_step(FACTS, options)] if FACT_READERS & set(wanted) else []
    for field in wanted:
        if field == "alternate_greetings":
            steps += [greeting_step(number, options) for number in range(options.greetings)]
        elif field == "lorebook":
            steps += [_step(TOPICS, options), *_batches(options)]
        elif field not in NOTE_FIELDS:
            steps.append(_step(field, options))
    notes = tuple(field for field in NOTE_FIELDS if field in wanted)
    return [*steps, _notes(notes, options)] if notes else steps


def _step(field: str, options: DraftOptions) -> GenerationStep:
    """A step that writes one field, or collects what others need."""
    titles = {FACTS: "Collecting facts", TOPICS: "Choosing topics of the lorebook"}
    words = words_of(field, options)
    return GenerationStep(
        key=field,
        title=titles.get(field) or f"Writing {NAMES[field]}",
        task=TASKS.get(field, "prose"),
        fields=(field,),
        paths=(field,) if field in NAMES else (),
        needs=NEEDS[field],
        weight=words,
        max_output=tokens_of(words),
    )


def greeting_step(number: int, options: DraftOptions) -> GenerationStep:
    """The step that writes one alternate greeting; it sees those before it, so as to differ."""
    path = f"alternate_greetings[{number}]"
    before = tuple(f"alternate_greetings[{earlier}]" for earlier in range(number))
    of = f" of {options.greetings}" if number < options.greetings else ""
    step = _step("alternate_greetings", options)
    return step.model_copy(
        update={
            "key": path,
            "title": f"Writing greeting {number + 1}{of}",
            "paths": (path,),
            "needs": (*step.needs, *before),
            "number": number,
        }
    )


def _batches(options: DraftOptions) -> list[GenerationStep]:
    return [_batch(first, min(BATCH, options.entries - first), options)
            for first in range(0, options.entries, BATCH)]  # fmt: skip


def _batch(first: int, size: int, options: DraftOptions) -> GenerationStep:
    step, words = _step("lorebook", options), size * (words_of("lorebook", options) + 15)
    span = f"{first + 1} to {first + size}" if size > 1 else f"{first + 1}"
    return step.model_copy(
        update={
            "key": f"lorebook[{first // BATCH}]",
            "title": f"Writing lorebook {'entries' if size > 1 else 'entry'} {span}",
            "paths": tuple(f"character_book.entries[{first + at}].content" for at in range(size)),
            "weight": words,
            "max_output": tokens_of(words),
            "number": first,
        }
    )


def _notes(fields: tuple[str, ...], options: DraftOptions) -> GenerationStep:
    words = sum(words_of(field, options) for field in fields)
    needs = dict.fromkeys(need for field in fields for need in NEEDS[field])
    names = [NAMES[field] for field in fields]
    return GenerationStep(
        key=NOTES,
        title="Writing " + (" and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]),
        task=TASKS[NOTES],
        fields=fields,
        paths=fields,
        needs=tuple(needs),
        weight=words,
        max_output=tokens_of(words),
    )


def _whole_card(wanted: Sequence[str], options: DraftOptions) -> GenerationStep:
    greetings = min(options.greetings, MOST_IN_ONE_CALL) if "alternate_greetings" in wanted else 0
    entries = min(options.entries, MOST_IN_ONE_CALL) if "lorebook" in wanted else 0
    times = {"alternate_greetings": greetings, "lorebook": entries}
    words = sum(words_of(field, options) * times.get(field, 1) for field in wanted)
    paths = [field for field in wanted if field not in times]
    paths += [f"alternate_greetings[{at}]" for at in range(greetings)]
    paths += [f"character_book.entries[{at}].content" for at in range(entries)]
    return GenerationStep(
        key=WHOLE_CARD,
        title="Writing the whole card",
        fields=tuple(wanted),
        paths=tuple(paths),
        weight=words,
        max_output=tokens_of(words),
    )


def place_step(path: str, options: DraftOptions, *, card: CardData | None = None) -> GenerationStep:
    """The step that writes one place of a card anew: a field, one greeting, or one lorebook entry.

    Raises `UsageError` for a place that no step writes.
    """
    if found := _GREETING.fullmatch(path):
        step = greeting_step(int(found[1]), options)
    elif found := _ENTRY.fullmatch(path):
        step = _entry_step(int(found[1]), options, card)
    elif path in NOTE_FIELDS:
        step = _notes((path,), options).model_copy(update={"key": path})
    elif path in DRAFT_FIELDS and path not in ("alternate_greetings", "lorebook"):
        step = _step(path, options)
    else:
        raise UsageError(
            f'"{path}" cannot be written anew. Name a field, one greeting or one lorebook entry.'
        )
    return step.model_copy(update={"needs": ()})


def _entry_step(number: int, options: DraftOptions, card: CardData | None) -> GenerationStep:
    book = card.character_book if card else None
    entry = book.entries[number] if book and number < len(book.entries) else None
    step = _batch(number, 1, options).model_copy(update={"key": f"character_book.entries[{number}]"})
    if entry is None:
        wanted = [PlannedTopic(name=name, keys=(name,)) for name in options.topics[:1]]
        return step.with_topics(wanted) if wanted else step
    name = entry.name or entry.comment or next(iter(entry.keys), "")
    return step.with_topics([PlannedTopic(name=name, keys=entry.keys)] if name else [])


def stale_after(changed: str) -> tuple[str, ...]:
    """The parts of a card that build on one that has changed, directly or not, in order of writing."""
    name = changed.split("[")[0]
    key = "lorebook" if name == "character_book.entries" else name
    stale = {key}
    for field, needs in NEEDS.items():
        if stale & set(needs):
            stale.add(field)
    return tuple(field for field in DRAFT_FIELDS if field in stale - {key})


def step_input(
    step: GenerationStep,
    pack_hash: str,
    options: DraftOptions,
    style: PromptStyle,
    done: Mapping[str, StepOutput],
) -> str:
    """Everything a step's answer depends on as stable JSON, to be hashed.

    The model is not in it: a finished step is kept when another model goes on. Neither is `max_output`, so
    that one field can be redone with more room.
    """
    templates = {key: style.templates.get(key, "") for key in ("system", *step.fields)}
    needed = {key: [done[key].values, done[key].notes] for key in step.needs if key in done}
    parts = [PROMPTS_VERSION, step.key, step.fields, step.topics and [t.name for t in step.topics],
             pack_hash, _relevant(step, options), templates, needed]  # fmt: skip
    return json.dumps(parts, sort_keys=True, ensure_ascii=False)


def _relevant(step: GenerationStep, options: DraftOptions) -> dict[str, Any]:
    """The options that change what a step asks for."""
    left_out = {"style", "greetings", "moods", "entries", "topics", "calls", "repair", "max_output"}
    relevant = options.model_dump(mode="json", exclude=left_out)
    if "alternate_greetings" in step.fields:
        relevant["moods"] = options.moods if step.key == WHOLE_CARD else mood_of(step.number, options)
    if step.key in (TOPICS, WHOLE_CARD):
        relevant["entries"] = options.entries
    if step.key == WHOLE_CARD:
        relevant["greetings"] = options.greetings
    return relevant


def mood_of(number: int, options: DraftOptions) -> str:
    """The mood that a greeting is to have; "" leaves it to the model."""
    return options.moods[number].strip() if number < len(options.moods) else ""
