"""A card, or a lorebook alone, as a source: its parts under headings, its messages as labelled lines."""

from collections.abc import Iterator
from pathlib import PurePath

from ..domain.card import Card, CardData, CardProblem, Lorebook, LorebookEntry
from ..domain.source import CardPart, SourceText
from .builder import TextBuilder
from .card_markup import examples_of, greetings_of, prose_of
from .chats.writing import label
from .completion import complete
from .reader import Extract

INSTRUCTIONS = "instructions"
"""The kind of asides for what is said to people and models, and tells nothing of the character."""

NAMELESS = "Character"


def text_of_card(card: Card, name: str) -> Extract:
    """The text of a card; `name` stands for it in sentences. Raises `SourceError` when it is too long."""
    data = card.data
    character = label(data.name, PurePath(name).stem or NAMELESS)
    builder = TextBuilder(name)
    _heading(builder, character, 1)
    builder.add(f"Name: {character}")
    builder.end_paragraph()
    for part, text in _prose(data):
        _part(builder, part, prose_of(text, character))
    greetings = (data.first_mes, *data.alternate_greetings, *data.group_only_greetings)
    _part(builder, "Greetings", greetings_of(character, greetings))
    _part(builder, "Examples", examples_of(character, data.mes_example))
    if data.character_book is not None:
        _lorebook(builder, data.character_book, character)
    for text in (data.creator_notes, data.system_prompt, data.post_history_instructions):
        builder.add_lines(text)
        builder.end_aside(INSTRUCTIONS)
    extract = builder.extract()
    extract.title = character
    return extract


def text_of_lorebook(book: Lorebook, name: str) -> Extract:
    """The text of a lorebook that stands alone: an entry after the other, each under its name."""
    builder = TextBuilder(name)
    title = (book.name or "").strip() or PurePath(name).stem
    _heading(builder, title, 1)
    _lorebook(builder, book, "{{char}}")
    extract = builder.extract()
    extract.title = title
    return extract


def source_of_card(card: Card, name: str) -> SourceText:
    """A card of the library as a source; the same words make the same source again."""
    extract = text_of_card(card, name)
    return complete(extract, "card", extract.text.encode("utf-8", "replace"), name, "")


def warn_of_problems(extract: Extract, problems: tuple[CardProblem, ...]) -> None:
    """Say that a card was mended when it was read; its import lists what."""
    mended = sum(problem.level != "info" for problem in problems)
    if mended:
        places = "1 place" if mended == 1 else f"{mended:,} places"
        extract.warn("card_mended", f"The card was mended in {places} to be read. Import it to see where.")


def _prose(data: CardData) -> Iterator[tuple[CardPart, str]]:
    yield "Description", data.description
    yield "Personality", data.personality
    yield "Scenario", data.scenario


def _part(builder: TextBuilder, part: CardPart, text: str) -> None:
    if text.strip():
        _heading(builder, part, 2)
        builder.add_lines(text)
        builder.end_paragraph()


def _lorebook(builder: TextBuilder, book: Lorebook, character: str) -> None:
    entries = [entry for entry in book.entries if entry.content.strip()]
    if entries:
        _heading(builder, "Lorebook", 2)
    for entry in entries:
        _heading(builder, _title_of(entry), 3)
        builder.add_lines(prose_of(entry.content, character))
        builder.end_paragraph()


def _title_of(entry: LorebookEntry) -> str:
    """What an entry is about: its name, else its comment, else its first key."""
    words = (entry.name, entry.comment, *(() if entry.use_regex else entry.keys))
    return next((" ".join(word.split())[:100] for word in words if word and word.strip()), "Entry")


def _heading(builder: TextBuilder, title: str, level: int) -> None:
    builder.add(title)
    builder.end_heading(level)
