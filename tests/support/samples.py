"""A desk, a queue and a library as they look after an evening with Treasure Island."""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_library import CardRecord, CardSummary
from cardgen_desktop.domain.evidence import Evidence, FieldEvidence
from cardgen_desktop.domain.job import JobSnapshot, JobState, JobWant
from cardgen_desktop.domain.job_views import JobStepView
from cardgen_desktop.domain.people import PRESENCE_BARS, Alias, Person
from cardgen_desktop.domain.source import Aside, Heading, SourceSummary, SourceText, SourceWarning, Span

DATA = Path(__file__).parent.parent / "data"
NOW = 1_760_000_000.0
"""Thursday, 9 October 2025, 08:53:20 UTC."""

LICENCE = (
    "This edition is in the public domain. You may copy it, give it away or use it again, "
    "whole or in part, at no cost and with no restrictions."
)
NOTES = (
    "# The map\n\nBought of Mr. Trelawney's agent. Long John Silver keeps the Spy-glass in Bristol.\n\n"
    "# The crew\n\nIsrael Hands, coxswain. Ben Gunn was marooned three years before.\n"
)
FAILED_PATH = "/home/jim/Books/benbow-ledger-scan.pdf"
FAILED_SENTENCE = (
    "“benbow-ledger-scan.pdf” has no text. Its pages are pictures. Nothing was added. "
    "A version with text recognition can be read."
)


@cache
def opening() -> str:
    """The opening chapters of the novel."""
    return (DATA / "treasure_island_opening.txt").read_text(encoding="utf-8")


def _headings(text: str) -> tuple[Heading, ...]:
    found = re.finditer(r"^(?:\d+\n\n(?P<chapter>[^\n]+)|(?P<part>PART [^\n]+))$", text, re.MULTILINE)
    return tuple(
        Heading(
            title=match["chapter"] or match["part"],
            level=2 if match["chapter"] else 1,
            start=match.start("chapter") if match["chapter"] else match.start(),
            end=match.end(),
        )
        for match in found
    )


def source_text(text: str, name: str, kind: str = "text", title: str = "", licence: str = "") -> SourceText:
    """A source around any text; a licence is added at its end and set aside."""
    whole = text + ("\n" + licence if licence else "")
    asides = (Aside(kind="licence", start=len(text) + 1, end=len(whole)),) if licence else ()
    return SourceText(
        path=f"/home/jim/Books/{name}",
        name=name,
        kind=kind,  # type: ignore[arg-type]
        title=title or name,
        language="en",
        encoding="utf-8",
        sha256=sha256(whole.encode()).hexdigest(),
        size=len(whole.encode()),
        words=len(whole.split()),
        text=whole,
        headings=_headings(whole),
        asides=asides,
    )


def summary_of(source_id: int, text: SourceText, added_at: float = NOW) -> SourceSummary:
    """The list's view of a source."""
    return SourceSummary(
        id=source_id, chars=text.chars, added_at=added_at, **text.model_dump(exclude={"text"})
    )


def sample_texts() -> tuple[SourceText, ...]:
    """A novel and a page of notes."""
    novel = source_text(opening(), "treasure_island.epub", "epub", "Treasure Island", LICENCE)
    notes = source_text(NOTES, "squire-trelawney-notes.md", "markdown", "The map")
    doubt = SourceWarning(code="decoding", message="Read as Windows-1252; a few letters may be wrong.")
    return novel, notes.model_copy(update={"warnings": (doubt,)})


def _presence(seed: int, weight: int) -> tuple[int, ...]:
    return tuple((seed * (bar + 3) * 7919 + bar * bar * 31) % (weight + 1) for bar in range(PRESENCE_BARS))


def person(
    person_id: int,
    name: str,
    mentions: int,
    quotes: int,
    *,
    aliases: Sequence[str] = (),
    said: str = "",
    main: bool = False,
) -> Person:
    """A character; the name itself is counted as the first alias."""
    share = mentions // (len(aliases) + 1)
    return Person(
        id=person_id,
        name=name,
        aliases=tuple(Alias(name=alias, mentions=share) for alias in (name, *aliases)),
        mentions=mentions,
        quotes=quotes,
        first=Span(source=0, start=700 + person_id * 61, end=700 + person_id * 61 + len(name)),
        main=main,
        presence=_presence(person_id + 1, mentions // 20),
        sample_quotes=(said,) if said else (),
    )


def sample_people() -> tuple[Person, ...]:
    """The people of the novel, ranked."""
    return (
        person(
            1,
            "Long John Silver",
            412,
            188,
            aliases=("Silver", "Long John", "Barbecue", "John Silver"),
            said="Them that die’ll be the lucky ones.",
            main=True,
        ),
        person(
            2,
            "Jim Hawkins",
            326,
            141,
            aliases=("Jim", "Hawkins"),
            said="I was going to the sea myself.",
            main=True,
        ),
        person(
            3,
            "Dr. Livesey",
            204,
            96,
            aliases=("the doctor", "Livesey"),
            said="I have only one thing to say to you, sir: if you keep on drinking rum, the world "
            "will soon be quit of a very dirty scoundrel!",
            main=True,
        ),
        person(
            4,
            "Squire Trelawney",
            171,
            64,
            aliases=("the squire", "Trelawney"),
            said="Livesey, you will give up this wretched practice at once.",
            main=True,
        ),
        person(
            5,
            "Captain Smollett",
            149,
            71,
            aliases=("the captain", "Smollett"),
            said="I’ll have no favourites on my ship.",
            main=True,
        ),
        person(
            6,
            "Billy Bones",
            118,
            39,
            aliases=("the captain", "Bill", "Billy"),
            said="This is a handy cove, and a pleasant sittyated grog-shop.",
            main=True,
        ),
        person(
            7,
            "Ben Gunn",
            88,
            33,
            aliases=("Gunn",),
            said="Many’s the long night I’ve dreamed of cheese.",
            main=True,
        ),
        person(
            8,
            "Israel Hands",
            76,
            27,
            aliases=("Hands", "the coxswain"),
            said="I never seen good come o’ goodness yet.",
        ),
        person(9, "Black Dog", 41, 9, said="Come, now, you know me, Bill; you know an old shipmate."),
        person(
            10,
            "Pew",
            33,
            11,
            aliases=("the blind man",),
            said="Business is business. Hold out your left hand.",
        ),
        person(11, "Captain Flint", 52, 0, aliases=("Flint",)),
        person(
            12,
            "Mrs. Hawkins",
            17,
            4,
            aliases=("my mother",),
            said="I’ll show these rogues that I’m an honest woman.",
        ),
    )


def _job(
    job_id: int, state: JobState, character: str, phase: str, progress: float, **more: object
) -> JobSnapshot:
    age = job_id * 137.0
    finished = state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)
    fields: dict[str, object] = {
        "id": job_id,
        "kind": "draft",
        "state": state,
        "phase": phase,
        "progress": progress,
        "character": character,
        "engine": "offline",
        "title": "Treasure Island",
        "attempts": 1,
        "request": {"source_ids": (1,), "character": character, "engine": "offline"},
        "created_at": NOW - 3600 + age,
        "updated_at": NOW - 60,
        "started_at": NOW - 3590 + age,
        "finished_at": NOW - 3581 + age if finished else None,
        "active_seconds": 4.0 + job_id % 7,
        "version": 1,
    }
    return JobSnapshot.model_validate(fields | more)


def _drafted(card_id: int, character: str, lorebook_entries: int) -> dict[str, object]:
    return {
        "card_id": card_id,
        "character": character,
        "fields": 9,
        "lorebook_entries": lorebook_entries,
        "outputs": [],
    }


def sample_jobs() -> tuple[JobSnapshot, ...]:
    """Jobs in every state, oldest first."""
    return (
        _job(1, JobState.SUCCEEDED, "Jim Hawkins", "", 100, result=_drafted(1, "Jim Hawkins", 14)),
        _job(2, JobState.CANCELLED, "Mrs. Hawkins", "Cancelled by you", 40, want=JobWant.CANCEL),
        _job(3, JobState.SUCCEEDED, "Billy Bones", "", 100, result=_drafted(2, "Billy Bones", 9)),
        _job(4, JobState.PAUSED, "Ben Gunn", "Paused at scenario · 4 of 9", 33),
        _job(
            5,
            JobState.SUCCEEDED,
            "Squire Trelawney",
            "",
            100,
            needs_review=True,
            result=_drafted(3, "Squire Trelawney", 11),
        ),
        _job(
            6,
            JobState.FAILED,
            "Dr. Livesey",
            "Writing examples · 6 of 9",
            71,
            attempts=3,
            error="The disk is full. Free 200 MB, then try again.",
            error_code="storage",
            error_details="OSError: [Errno 28] No space left on device",
        ),
        _job(
            7,
            JobState.HELD,
            "Captain Flint, the old buccaneer",
            "The disk is almost full",
            0,
            hold_reason="disk",
        ),
        _job(8, JobState.WAITING, "Israel Hands", "Busy", 44, attempts=2, run_at=NOW + 38, delay=60.0),
        _job(9, JobState.QUEUED, "Captain Smollett", "", 0, started_at=None, attempts=0, active_seconds=0.0),
        _job(
            10,
            JobState.RUNNING,
            "Pew",
            "Reading · chapter 11 of 34",
            18,
            started_at=NOW - 2,
            updated_at=NOW - 2,
            active_seconds=2.0,
        ),
        _job(
            11,
            JobState.RUNNING,
            "Long John Silver",
            "Writing personality · 3 of 9",
            62,
            started_at=NOW - 4,
            updated_at=NOW - 4,
            active_seconds=4.0,
        ),
    )


PHASES = (
    ("read", "Read the sources", "2 sources"),
    ("passages", "Find passages", "148 passages"),
    ("description", "Description", "9 sentences"),
    ("personality", "Personality", "7 sentences"),
    ("scenario", "Scenario", ""),
    ("first_mes", "First message", ""),
    ("mes_example", "Example dialogue", ""),
    ("lorebook", "Lorebook", ""),
)


def sample_steps(job: JobSnapshot) -> tuple[JobStepView, ...]:
    """The steps of a job, done as far as its progress says."""
    done = round(job.progress / 100 * len(PHASES) - 0.5) if job.progress < 100 else len(PHASES)
    return tuple(
        JobStepView(
            key=key,
            phase=phase,
            done=index < done,
            seconds=0.4 + index * 0.3 if index < done else None,
            summary=summary if index < done else "",
        )
        for index, (key, phase, summary) in enumerate(PHASES)
    )


def verbatim(text: str, fragment: str) -> Evidence:
    """The record of a fragment taken from a text, wherever its lines break there."""
    match = re.search(r"\s+".join(re.escape(word) for word in fragment.split()), text)
    assert match is not None, fragment
    return Evidence(text=fragment, kind="verbatim", source=0, start=match.start(), end=match.end())


def template(text: str) -> Evidence:
    """A separator or a connecting phrase."""
    return Evidence(text=text, kind="template")


_APPEARANCE = (
    "a tall, strong, heavy, nut-brown man, his tarry pigtail falling over the shoulder of his "
    "soiled blue coat",
    "All day he hung round the cove or upon the cliffs with a brass telescope; all evening he sat in a "
    "corner of the parlour next the fire and drank rum and water very strong.",
    "He was a very silent man by custom.",
    "Mostly he would not speak when spoken to, only look up sudden and fierce and blow through his nose "
    "like a fog-horn",
    "His stories were what frightened people worst of all.",
)
_GREETING = (
    "“This is a handy cove,” says he at length; “and a pleasant sittyated grog-shop. Much company, mate?”"
)
_PLACE = "my father kept the Admiral Benbow inn"


def _bones_evidence(text: str) -> FieldEvidence:
    described: list[Evidence] = [template("Appearance: ")]
    for fragment in _APPEARANCE:
        described += [verbatim(text, fragment), template("\n")]
    counted = Evidence(
        text="{{char}} is named 118 times.", kind="computed", spans=(Span(source=0, start=560, end=570),)
    )
    examples = [template("<START>\n{{user}}: Good evening.\n{{char}}: "), verbatim(text, "I'm a plain man;")]
    return {
        "name": (template("Billy Bones"),),
        "description": (*described, counted),
        "personality": (verbatim(text, "he would fly up in a passion of anger at a question"),),
        "scenario": (verbatim(text, _PLACE),),
        "first_mes": (verbatim(text, _GREETING),),
        "mes_example": tuple(examples),
        "alternate_greetings[0]": (
            verbatim(text, "That's a summons, mate. I'll tell you if they get that."),
        ),
        "character_book.entries[0].content": (verbatim(text, _PLACE),),
        "character_book.entries[1].content": (
            verbatim(text, "He was a pale, tallowy creature, wanting two fingers of the left hand"),
        ),
    }


def _joined(evidence: FieldEvidence, path: str) -> str:
    return "".join(record.text for record in evidence.get(path, ()))


def _bones_data(evidence: FieldEvidence) -> CardData:
    entries = (
        LorebookEntry(
            name="Admiral Benbow",
            keys=("Admiral Benbow", "the inn"),
            content=_joined(evidence, "character_book.entries[0].content"),
        ),
        LorebookEntry(
            name="Black Dog",
            keys=("Black Dog",),
            content=_joined(evidence, "character_book.entries[1].content"),
        ),
        LorebookEntry(name="Rum", keys=("rum", "grog"), content="Rum and bacon and eggs is what he wants."),
    )
    return CardData(
        name=_joined(evidence, "name"),
        description=_joined(evidence, "description"),
        personality=_joined(evidence, "personality"),
        scenario=_joined(evidence, "scenario"),
        first_mes=_joined(evidence, "first_mes"),
        mes_example=_joined(evidence, "mes_example"),
        alternate_greetings=(_joined(evidence, "alternate_greetings[0]"), "“Rum!” he cried."),
        tags=("Treasure Island", "pirate", "novel"),
        creator_notes="Drafted offline from Treasure Island.",
        character_book=Lorebook(name="Treasure Island", entries=entries),
    )


def sample_cards() -> tuple[CardRecord, ...]:
    """A drafted card with evidence, a plain drafted one and an imported one."""
    novel = sample_texts()[0]
    evidence = _bones_evidence(novel.text)
    sources = (summary_of(1, novel),)

    def record(card_id: int, data: CardData, found: FieldEvidence, origin: str = "draft") -> CardRecord:
        entries = len(data.character_book.entries) if data.character_book else 0
        summary = CardSummary(
            id=card_id,
            name=data.name,
            source_title="Treasure Island" if origin == "draft" else "",
            origin=origin,  # type: ignore[arg-type]
            tags=data.tags,
            lorebook_entries=entries,
            created_at=NOW - 900 * card_id,
            updated_at=NOW - 600 * card_id,
            version=1,
        )
        return CardRecord(
            summary=summary, card=Card(data=data), evidence=found, sources=sources if found else ()
        )

    jim = CardData(
        name="Jim Hawkins", description="The innkeeper's son, who tells the story.", tags=("Treasure Island",)
    )
    squire = CardData(name="Squire Trelawney", description="Open-handed, and unable to keep a secret.")
    crusoe = CardData(
        name="Robinson Crusoe",
        description="Cast away, twenty-eight years.",
        first_mes="“Poor Robin!”",
        tags=("imported",),
    )
    return (
        record(1, jim, {}),
        record(2, _bones_data(evidence), evidence),
        record(3, squire, {}),
        record(4, crusoe, {}, origin="import"),
    )
