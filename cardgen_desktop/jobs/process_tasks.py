"""What the child processes do: files in, values out. Imported by children only.

Reading libraries are imported by the task that needs them, so that a child starts fast and a parser's mistake
at import time costs one request.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..domain.checking import CheckReport, Finding
from ..domain.draft import DraftedCard, DraftStep, StepOutput
from ..domain.errors import SourceError, UsageError
from ..domain.evidence_pack import EvidencePack
from ..domain.people import Person, Quotation
from ..domain.source import SourceText
from .card_tasks import CARD_TASKS
from .process_main import GIGABYTE, Channel, Task, path_of

if TYPE_CHECKING:
    from ..drafting.checking.checker import Checker
    from ..drafting.extractive.drafter import OfflineDrafter
    from ..reading.index import Index

CANDIDATES = 8
CHECKING_AFTER = 0.9
READING_SHARE = 0.6
"""How much of a draft is the reading of the set, when it has not been read yet."""

PACKING_AFTER = 0.95

_indexes: dict[str, "Index"] = {}
_checkers: dict[int | None, "Checker"] = {}
"""Of the set that was read last, by character: making one goes through the whole text."""


def read(_: Channel, arguments: dict[str, Any]) -> SourceText:
    """Read a source document."""
    from ..sources.registry import read_source

    return read_source(path_of(arguments))


def read_text(_: Channel, arguments: dict[str, Any]) -> SourceText:
    """Read pasted text as if it were a file, so that its headings, language and set-aside parts are known."""
    from ..sources.registry import read_bytes

    name = arguments["name"]
    return read_bytes(arguments["text"].encode("utf-8", "replace"), name).model_copy(update={"path": ""})


def read_card_text(_: Channel, arguments: dict[str, Any]) -> SourceText:
    """Write a card of the library as a source."""
    from ..domain.card import Card
    from ..sources.card_text import source_of_card

    return source_of_card(Card.model_validate(arguments["card"]), arguments["name"])


def _index(channel: Channel, arguments: dict[str, Any], share: float = 1.0) -> "Index":
    """The set as read; the last one is kept, so that characters and drafts of one set read it once."""
    from ..reading.index import read_index

    key = arguments["set_key"]
    if key not in _indexes:
        _indexes.clear()
        _checkers.clear()
        sources = [SourceText.model_validate(item) for item in arguments["sources"]]
        _indexes[key] = read_index(
            sources, on_progress=lambda fraction, phase: channel.progress(fraction * share, phase)
        )
    return _indexes[key]


def characters(channel: Channel, arguments: dict[str, Any]) -> tuple[Person, ...]:
    """Rank the characters of a set."""
    return _index(channel, arguments).people()


def quotes(channel: Channel, arguments: dict[str, Any]) -> tuple[Quotation, ...]:
    """List the quotations of a set."""
    return _index(channel, arguments).quotations()


def pack(channel: Channel, arguments: dict[str, Any]) -> EvidencePack:
    """Pack the evidence for a character of a set."""
    from ..drafting.generative.packing import pack_evidence

    index = _index(channel, arguments, PACKING_AFTER)
    person = choose_person(index, arguments["character"])
    channel.progress(PACKING_AFTER, f"Choosing what to send about {person.name}")
    return pack_evidence(index, person.id, letters=arguments["letters"])


def check(channel: Channel, arguments: dict[str, Any]) -> CheckReport:
    """Check fields of a card against a set; a card of nobody in it is checked, and the report says so."""
    from ..domain.source import Span
    from ..drafting.checking.checker import Checker
    from ..drafting.checking.whom import find_character

    index = _index(channel, arguments, CHECKING_AFTER)
    channel.progress(CHECKING_AFTER, "Checking the card sentence by sentence")
    wanted = arguments["character"]
    character = find_character(index, wanted)
    if character is None and arguments["must_be_known"]:
        character = choose_person(index, wanted).id
    cited = {
        path: [(text, [Span.model_validate(span) for span in spans]) for text, spans in sentences]
        for path, sentences in arguments["cited"].items()
    }
    if character not in _checkers:
        _checkers[character] = Checker(index, character)
    report = _checkers[character].check(arguments["fields"], cited)
    if character is not None or not wanted.strip():
        return report
    sentence = f'Nobody in the sources is called "{wanted}", so nothing can be tied to the character.'
    stranger = Finding(kind="wrong_name", path="name", message=sentence, text=wanted)
    return report.model_copy(update={"findings": (stranger, *report.findings)})


def draft(channel: Channel, arguments: dict[str, Any]) -> DraftedCard:
    """Run the steps that are not done, hand each over as it is finished, and put the card together."""
    from ..drafting.extractive.drafter import OfflineDrafter
    from ..drafting.plan import assemble, plan

    steps = plan(arguments["engine"])
    outputs = {key: StepOutput.model_validate(value) for key, value in arguments["done"].items()}
    if any(step.key not in outputs for step in steps):
        index = _index(channel, arguments, READING_SHARE)
        person = choose_person(index, arguments["character"])
        channel.found(person.name)
        drafter = OfflineDrafter(index, person.id, alternates=arguments["greetings"])
        _run_steps(channel, drafter, steps, outputs)
    channel.progress(1.0, "Putting the card together")
    return assemble(outputs[step.key] for step in steps)


def _run_steps(
    channel: Channel,
    drafter: "OfflineDrafter",
    steps: Sequence[DraftStep],
    outputs: dict[str, StepOutput],
) -> None:
    whole, passed = sum(step.weight for step in steps), 0.0
    for step in steps:
        channel.progress(READING_SHARE + (1 - READING_SHARE) * passed / whole, step.phase)
        passed += step.weight
        if step.key not in outputs:
            started = time.monotonic()
            outputs[step.key] = drafter.run_step(step.key, _before(step, steps, outputs))
            channel.step(step.key, time.monotonic() - started, outputs[step.key])


def _before(
    step: DraftStep, steps: Sequence[DraftStep], outputs: Mapping[str, StepOutput]
) -> dict[str, StepOutput]:
    """The outputs of the steps before this one, the same whether they were made now or in an earlier run."""
    return {earlier.key: outputs[earlier.key] for earlier in steps[: steps.index(step)]}


def choose_person(index: "Index", wanted: str) -> Person:
    """The character that a name means in a set; raises as `resolve`, naming the files of the set."""
    people = index.people()
    if not people:
        files = ", ".join(f'"{source.name}"' for source in index.sources)
        raise SourceError(
            f"No character was found in {files}, so there is nobody to draft. The text is kept. "
            "Add a text in which somebody is named."
        )
    return resolve(people, index.find_people(wanted), wanted)


def resolve(people: Sequence[Person], matches: Sequence[Person], wanted: str) -> Person:
    """The one character that a name means; an empty name means the main one.

    Raises `UsageError` with the candidates for an unknown or ambiguous name.
    """
    if not wanted.strip():
        return people[0]
    folded = " ".join(wanted.split()).casefold()
    named = [person for person in matches if person.name.casefold() == folded]
    fitting = named if len(named) == 1 else matches
    if len(fitting) == 1:
        return fitting[0]
    candidates = _listed(fitting or people)
    if fitting:
        raise UsageError(f'"{wanted}" could be {candidates}. Use the full name of one of them.')
    raise UsageError(f'Nobody in these sources is called "{wanted}". They tell of {candidates}.')


def _listed(people: Sequence[Person]) -> str:
    names = [person.name for person in people[:CANDIDATES]]
    more = len(people) - len(names)
    if more > 0:
        return f"{', '.join(names)} and {more} more"
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


TASKS = {
    "read": Task(read, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    **CARD_TASKS,
    "read_text": Task(read_text, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "read_card_text": Task(read_card_text, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "characters": Task(characters, memory=GIGABYTE * 4, cpu_seconds=1800),
    "quotes": Task(quotes, memory=GIGABYTE * 4, cpu_seconds=1800),
    "pack": Task(pack, memory=GIGABYTE * 4, cpu_seconds=1800),
    "check": Task(check, memory=GIGABYTE * 4, cpu_seconds=1800),
    "draft": Task(draft, memory=GIGABYTE * 4, cpu_seconds=1800),
}
