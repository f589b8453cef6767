"""Our own small texts, read into indexes, and cards drafted from them."""

import hashlib
from functools import cache
from pathlib import Path

from cardgen_desktop.domain.draft import DraftedCard, StepOutput
from cardgen_desktop.domain.source import SourceText
from cardgen_desktop.drafting.extractive.drafter import OfflineDrafter
from cardgen_desktop.drafting.extractive.subject import Subject
from cardgen_desktop.drafting.plan import assemble, plan
from cardgen_desktop.reading.index import Index, read_index

DATA = Path(__file__).parent.parent / "data" / "drafting"
LAMP = "lamp_on_corran_rock.txt"
NELL = "first_person_nell.txt"
SHEET = "sheet_ilse_brandt.txt"
WIKI = "wiki_orla_venn.txt"
CHAT = "chat_mira_jonas.txt"
MILL = "muehle_am_see.txt"


def source_of(text: str, title: str = "A Story", language: str = "en") -> SourceText:
    """A source made of a text."""
    return SourceText(
        path="story.txt", name="story.txt", kind="text", title=title, language=language,
        sha256=hashlib.sha256(text.encode()).hexdigest(), size=len(text), words=len(text.split()), text=text,
    )  # fmt: skip


@cache
def index_of(name: str, language: str = "en") -> Index:
    """The index of one of our files."""
    title = name.removesuffix(".txt").replace("_", " ").title()
    return read_index([source_of((DATA / name).read_text("utf-8"), title, language)])


def subject_of(name: str, person: str) -> Subject:
    """A character of one of our files."""
    index = index_of(name)
    return Subject(index, index.find_people(person)[0].id)


def draft(index: Index, character: int) -> DraftedCard:
    """A whole card, step by step as a job does it."""
    drafter, done = OfflineDrafter(index, character), dict[str, StepOutput]()
    for step in plan("offline"):
        done[step.key] = drafter.run_step(step.key, done)
    return assemble(done.values())


@cache
def card_of(name: str, person: str, language: str = "en") -> DraftedCard:
    """The card of a character of one of our files."""
    index = index_of(name, language)
    return draft(index, index.find_people(person)[0].id)


def names_of(index: Index, person: str) -> tuple[str, ...]:
    """Every way the sources call somebody."""
    return tuple(alias.name for alias in index.find_people(person)[0].aliases)
