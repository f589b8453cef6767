"""The exact messages of a step: system, source, then the task (llm-wire.md section 10, rule 14).

System and source are the same, byte for byte, for every step of a draft, so that prompt caches hit. All that
comes from a source or from a model stands between marker lines; what is outside is ours or the person's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...domain.card import CardData
from ...domain.checking import Finding
from ...domain.draft import DraftOptions, StepOutput
from ...domain.evidence_pack import EvidencePack
from ...domain.prompt_style import PromptMessage, PromptStyle
from .earlier import current_text, facts_before, written_before
from .fence import fenced, inside, marker_of, name_inside, passage_line
from .lengths import words_of
from .patterns import data
from .slots import Slot, schema_of, slots_of
from .steps import FACTS, TOPICS, WHOLE_CARD, GenerationStep, mood_of
from .streaming import streamed_fields
from .styles import render
from .topics import candidates, listed, planned
from .wishes import language_of, wishes_of

MOST_PEOPLE = 30
ENDING_LETTERS = 400
CITED = frozenset({FACTS, "description", "personality", "scenario", "lorebook"})
"""Fields whose sentences carry the numbers of the passages they rest on; they are taken out again."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request: `messages` in order, the JSON `schema` of the answer, and the tokens it may take.

    `step` is the step with its topics known: its answer is read with it. `instructions` is all that is ours
    in the messages, to find it again where it does not belong; `marker` is what stands on the marker lines,
    `earlier` are the texts of other fields that the model was shown.
    """

    step: GenerationStep
    messages: tuple[PromptMessage, ...]
    schema: dict[str, Any]
    max_output: int
    instructions: str = ""
    marker: str = ""
    earlier: tuple[str, ...] = ()


@cache
def _frame() -> dict[str, str]:
    return {key: text.strip() for key, text in data("frame").items()}


def build_prompt(
    step: GenerationStep,
    pack: EvidencePack,
    options: DraftOptions,
    style: PromptStyle,
    done: Mapping[str, StepOutput],
    *,
    card: CardData | None = None,
    path: str = "",
    fix: Sequence[Finding] = (),
    so_far: str = "",
) -> Prompt:
    """The request of a step. `done` are the outputs of earlier steps by key.

    `card` and `path` are given when one place of a card is written anew. `so_far` is a raw answer: with `fix`
    it is to be written again without those faults, without it, it was cut and is to be gone on with.
    """
    step = planned(step, pack, done, card)
    marker, values = marker_of(pack), _values(step, pack, options, card)
    system = render(style.templates["system"], values) + "\n\n" + _frame()["guard"]
    task = _task(step, pack, options, style, values, fix, so_far)
    before = _before(step, done, card, path, fix, so_far)
    messages = (
        PromptMessage(role="system", text=system),
        PromptMessage(role="user", text=_source(pack, marker)),
        PromptMessage(role="assistant", text=_frame()["read"]),
        PromptMessage(role="user", text="\n\n".join([*_fenced(before, marker), task])),
    )
    room = options.max_output or step.max_output
    earlier = tuple(written_before(step, done, card).values())
    return Prompt(step, messages, schema_of(step), room, f"{system}\n\n{task}", marker, earlier)


def _source(pack: EvidencePack, marker: str) -> str:
    """All passages and who is in them, between the marker lines."""
    people = [member.name for member in pack.cast[:MOST_PEOPLE]]
    head = {
        "Titles": pack.titles,
        "Character": (pack.character,),
        "Also called": [alias for alias in pack.aliases if alias != pack.character],
        "Other people": people,
    }
    lines = [
        f"{label}: {', '.join(name_inside(name) for name in names)}" for label, names in head.items() if names
    ]
    if pack.narrator:
        lines.append(f'{name_inside(pack.character)} tells the story and is "I" in it.')
    if pack.users:
        users = " or ".join(name_inside(name) for name in pack.users)
        lines.append(
            f"{users} is the person who talks with {name_inside(pack.character)}: {{{{user}}}} on the card."
        )
    lines += ["", *(passage_line(passage) for passage in pack.passages)]
    return _frame()["source"] + "\n" + fenced("SOURCE", marker, "\n".join(lines))


def _before(
    step: GenerationStep,
    done: Mapping[str, StepOutput],
    card: CardData | None,
    path: str,
    fix: Sequence[Finding],
    so_far: str,
) -> dict[str, str]:
    """What the model is shown of earlier texts, by the sentence that leads to each."""
    shown = {}
    if facts := facts_before(step, done):
        shown[_frame()["facts"]] = facts
    if texts := written_before(step, done, card):
        shown[_frame()["written"]] = "\n\n".join(f"{name}:\n{inside(text)}" for name, text in texts.items())
    if fix and so_far:
        shown[_frame()["current"]] = inside("\n\n".join(streamed_fields(step, so_far).values()) or so_far)
    elif current := current_text(path, card):
        shown[_frame()["current"]] = inside(current)
    return shown


def _fenced(before: Mapping[str, str], marker: str) -> list[str]:
    return [f"{lead}\n{fenced('TEXT', marker, text)}" for lead, text in before.items()]


def _task(
    step: GenerationStep,
    pack: EvidencePack,
    options: DraftOptions,
    style: PromptStyle,
    values: Mapping[str, str],
    fix: Sequence[Finding],
    so_far: str,
) -> str:
    """The task itself: what to write, the person's wishes, what to do with an earlier answer, the shape."""
    parts = [_asked(step, options, style, values), wishes_of(step.fields, pack, options)]
    if fix:
        findings = "\n".join(f"- {_one_line(finding)}" for finding in fix)
        parts.append(render(style.templates["repair"], {**values, "findings": findings}))
    elif so_far:
        ending = " ".join(streamed_fields(step, so_far).values())[-ENDING_LETTERS:]
        parts.append(render(style.templates["continue"], {**values, "ending": inside(ending)}))
    cited = CITED & set(step.fields) and step.key != WHOLE_CARD
    parts += [_frame()["cite" if cited else "no_cite"], _shape(step)]
    return "\n\n".join(part for part in parts if part)


def _one_line(finding: Finding) -> str:
    return " ".join(inside(finding.message).split())


def _asked(step: GenerationStep, options: DraftOptions, style: PromptStyle, values: Mapping[str, str]) -> str:
    """The template of each field of the step, with the words wanted for it."""
    texts = []
    for field in step.fields:
        words = str(words_of(field, options))
        texts.append(render(style.templates[field], {**values, "words": words}))
    return "\n\n".join(texts)


def _shape(step: GenerationStep) -> str:
    """The answer in words, for servers that take no schema (llm-wire.md section 10, rule 8)."""
    keys = [_key_in_words(slot) for slot in slots_of(step)]
    return render(_frame()["answer"], {"keys": ", ".join(keys)})


def _key_in_words(slot: Slot) -> str:
    about = f": {slot.about}" if slot.about else ""
    return render(_frame()[f"answer_{slot.kind}"], {"key": slot.key, "about": about})


def _values(
    step: GenerationStep, pack: EvidencePack, options: DraftOptions, card: CardData | None
) -> dict[str, str]:
    """What placeholders stand for in this step."""
    if TOPICS in step.fields:
        topics = ", ".join(topic.name for topic in candidates(pack, card)[: options.entries * 2])
    else:
        topics = listed(step.topics)
    return {
        "character": name_inside(pack.character),
        "aliases": ", ".join(name_inside(name) for name in pack.aliases),
        "titles": ", ".join(name_inside(title) for title in pack.titles),
        "language": language_of(pack, options),
        "mood": mood_of(step.number, options) or "your choice",
        "number": str(options.entries),
        "topics": topics or "none",
    }
