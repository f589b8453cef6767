"""What the child processes do: files in, values out. Imported by children only.

Reading libraries are imported by the task that needs them, so that a child starts fast and a parser's mistake
at import time costs one request.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain.card import Card, CardProblem, InspectedCard
from ..domain.card_library import ExportReport
from ..domain.checking import CheckReport, Finding
from ..domain.draft import DraftedCard, DraftStep, StepOutput
from ..domain.errors import InputError, SourceError, UsageError
from ..domain.evidence_pack import EvidencePack
from ..domain.people import Person, Quotation
from ..domain.source import SourceText
from .opened import OpenedCard, OpenedFile, Picture
from .process_main import GIGABYTE, Channel, Task, bytes_of, path_of

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


def open_file(channel: Channel, arguments: dict[str, Any]) -> OpenedFile:
    """Read a card or a source document, whichever the content is."""
    path = path_of(arguments)
    if path.is_dir():
        raise InputError(f'"{path.name or path}" is a folder. Add the files in it.')
    if arguments["cards_only"]:
        return OpenedFile(card=_opened_card(path))
    if _means_to_be_card(path):
        if arguments["sources_only"]:
            raise InputError(f'"{path.name}" is a finished card. Draft from the text it was made of.')
        return OpenedFile(card=_opened_card(path))
    return OpenedFile(source=read(channel, arguments))


def _means_to_be_card(path: Path) -> bool:
    from ..formats.limits import CARD_FILE_BYTES
    from ..formats.registry import looks_like_card

    try:
        small = path.is_file() and path.stat().st_size <= CARD_FILE_BYTES
        return small and looks_like_card(path.read_bytes(), path.name)
    except OSError:
        return False


def _opened_card(path: Path) -> OpenedCard:
    from ..formats.registry import read_card_file

    found = read_card_file(path)
    picture, problems = _picture_of(found.picture), found.problems
    if found.picture is not None and picture is None:
        sentence = "The picture is damaged and was left out."
        problems = (*problems, CardProblem(level="warning", where="picture", message=sentence))
    return OpenedCard(card=found.card, original=found.original, problems=problems, picture=picture)


def _picture_of(data: bytes | None) -> Picture | None:
    from ..formats.picture import check_avatar

    try:
        return None if data is None else Picture(data=check_avatar(data))
    except InputError:
        return None


def inspect(_: Channel, arguments: dict[str, Any]) -> InspectedCard:
    """Look at a card file; a bad one has no card and a problem that says why."""
    from ..formats import registry

    return registry.inspect(path_of(arguments))


def check_picture(_: Channel, arguments: dict[str, Any]) -> Picture:
    """Bound and verify a picture."""
    from ..formats.picture import check_avatar

    try:
        return Picture(data=check_avatar(bytes_of(arguments["image"])))
    except InputError as error:
        sentence = f'"{arguments["name"]}" cannot be the picture of a card. {error.message}'
        raise InputError(sentence, details=error.details) from error


def convert(_: Channel, arguments: dict[str, Any]) -> ExportReport:
    """Read a card file and write it in another format, with the picture it came with."""
    from ..formats.export import write_card
    from ..formats.registry import read_card_file

    found = read_card_file(path_of(arguments))
    return write_card(
        found.card,
        path_of(arguments, "out"),
        arguments["target"],
        picture=found.picture,
        overwrite=arguments["overwrite"],
        original=found.original,
    )


def export(_: Channel, arguments: dict[str, Any]) -> ExportReport:
    """Write a card of the library to a file."""
    from ..formats.export import write_card

    return write_card(
        Card.model_validate(arguments["card"]),
        path_of(arguments),
        arguments["target"],
        picture=bytes_of(arguments["picture"]) if arguments["picture"] else None,
        overwrite=arguments["overwrite"],
        original=arguments["original"],
    )


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
    "read_text": Task(read_text, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "open_file": Task(open_file, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "inspect": Task(inspect, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "check_picture": Task(check_picture, memory=GIGABYTE * 5 // 4, cpu_seconds=70),
    "convert": Task(convert, memory=GIGABYTE * 2, cpu_seconds=70),
    "export": Task(export, memory=GIGABYTE * 2, cpu_seconds=70),
    "characters": Task(characters, memory=GIGABYTE * 4, cpu_seconds=1800),
    "quotes": Task(quotes, memory=GIGABYTE * 4, cpu_seconds=1800),
    "pack": Task(pack, memory=GIGABYTE * 4, cpu_seconds=1800),
    "check": Task(check, memory=GIGABYTE * 4, cpu_seconds=1800),
    "draft": Task(draft, memory=GIGABYTE * 4, cpu_seconds=1800),
}
