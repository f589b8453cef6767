"""Sheets and wiki pages: which part says what, and whom the page is about (offline-drafter.md 5)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from .aliases import alias_key
from .card_parts import paragraphs_in, parts_of, prose_parts, set_user_aside
from .focus import FocusTables
from .manuscript import Manuscript
from .model import (
    Character,
    Focus,
    Mention,
    Paragraph,
    Section,
    Segment,
    Sentence,
    SourceShape,
    Unit,
)
from .shapes import WIKI_HEADINGS

ROW = re.compile(
    r"[ \t]*(?:[-*•+][ \t]+)?\**(?P<key>[^\W\d_][^\n:.!?*]{0,29}?)\**[ \t]*[:：]\**[ \t]*(?P<value>\S.*)"
)
BARE_LABEL = re.compile(r"[ \t]*\**(?P<key>[^\W\d_][^\n:.!?*]{0,39}?)\**[ \t]*[:：]\**\s*")
NAME_KEYS = frozenset(
    {
        "name", "full name", "character", "character name", "char name", "charname", "nom", "nombre", "nome",
        "имя", "nome completo", "nombre completo", "nom complet", "vollständiger name",
    }
)  # fmt: skip
OTHER_NAME_KEYS = frozenset(
    {
        "nickname", "nicknames", "nickname(s)", "alias", "aliases", "alias(es)", "aka", "also known as",
        "also called", "other names", "other name", "goes by", "called", "spitzname", "spitznamen", "surnom",
        "surnoms", "apodo", "apodos", "soprannome", "apelido", "прозвище",
    }
)  # fmt: skip
INSERTED = re.compile(r"[\"“„(]([^\"”“)]{2,30})[\"”“)]")
NAME_WORDS = 5
FIELDS = {
    "description": "age species race gender sex height weight build hair eyes eye looks appearance skin"
    " clothes clothing outfit attire features body physical face birthday pronouns",
    "personality": "likes dislikes traits trait personality temperament quirks habits fears fear strengths"
    " weaknesses flaws hobbies mannerisms mbti alignment virtues",
    "background": "history occupation job background profession family biography origin birthplace residence"
    " home backstory past education early relationships relationship abilities powers role rank affiliation",
    "scenario": "goal goals want wants motivation aim scenario setting dream ambition objective",
    "mes_example": "quote quotes catchphrase dialogue line lines sayings",
}
FIELD_OF_WORD = {word: field for field, words in FIELDS.items() for word in words.split()}
DROPPED = frozenset({"references", "external links", "see also", "notes", "gallery"})
SUBJECT_FOCUS, OTHER_SUBJECT = 0.9, 1.0


def field_of(title: str) -> str:
    """The card field that a key or heading belongs to; description when it is not known."""
    words = re.findall(r"[^\W\d_]+", title.lower())
    return next((FIELD_OF_WORD[word] for word in words if word in FIELD_OF_WORD), "description")


def read_sections(
    manuscript: Manuscript, paragraphs: Sequence[Paragraph], shapes: Sequence[SourceShape]
) -> list[Section]:
    """The rows of sheets and the sections of wiki pages; what lists references becomes no evidence."""
    sections: list[Section] = []
    for source, shape in enumerate(shapes):
        own = [paragraph for paragraph in paragraphs if paragraph.source == source]
        if shape == "sheet":
            sections += _rows(manuscript.text, own)
        elif shape == "wiki":
            sections += _parts(manuscript.text, own)
        elif shape == "card":
            sections += _rows(manuscript.text, paragraphs_in(prose_parts(manuscript, source), own))
    return sections


def _rows(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Section]:
    """The rows of a sheet; what follows a label that stands alone on its line belongs to it."""
    above = ""
    for paragraph in paragraphs:
        found = ROW.match(text, paragraph.start, paragraph.end)
        if found:
            title = found["key"].strip()
            yield Section(paragraph.source, title, field_of(title), found.start("value"), paragraph.end)
        elif alone := BARE_LABEL.fullmatch(text, paragraph.start, paragraph.end):
            above, paragraph.heading = alone["key"].strip(), True
        elif not paragraph.heading:
            yield Section(paragraph.source, above, field_of(above), paragraph.start, paragraph.end)


def _parts(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[Section]:
    title = ""
    for paragraph in paragraphs:
        line = text[paragraph.start : paragraph.end].strip("=#* \n")
        if line.lower() in WIKI_HEADINGS:
            title, paragraph.heading = line, True
        elif title.lower() in DROPPED:
            paragraph.heading = True
        elif not paragraph.heading:
            field = field_of(title) if title else "description"
            yield Section(paragraph.source, title, field, paragraph.start, paragraph.end)


def name_mentions(
    text: str, sections: Sequence[Section], paragraphs: Sequence[Paragraph]
) -> Iterator[Mention]:
    """The value of a sheet's name row, as a mention that surely names a person."""
    numbers = {paragraph.end: paragraph.id for paragraph in paragraphs}
    for section in sections:
        if section.title.lower() in NAME_KEYS and section.end in numbers:
            name = re.match(
                r"[^\n,;(\[|]{1,60}(?:\(\w{2,20}\)(?=[ \t]+\w)[^\n,;(\[|]{1,40})?",
                text[section.start : section.end],
            )
            surface = name[0].strip(' *_"“”') if name else ""
            if surface and len(surface.split()) <= 5:
                start = section.start + text[section.start : section.end].index(surface)
                yield Mention(-1, start, start + len(surface), surface, numbers[section.end], label=True)


def stated_names(text: str, sections: Sequence[Section], labels: Sequence[Mention]) -> list[tuple[str, ...]]:
    """Names that sheets say one person has, as alias keys: the name row, a nickname in it, other rows."""
    stated: list[list[str]] = []
    for section in sections:
        row = text[section.start : section.end]
        name = next((each for each in labels if section.start <= each.start < section.end), None)
        if name is not None and section.title.lower() in NAME_KEYS:
            stated.append([alias_key(name.surface), *map(alias_key, INSERTED.findall(name.surface))])
        elif stated and section.title.lower() in OTHER_NAME_KEYS:
            values = (part.partition("(")[0] for part in re.split(r"[,;/|]", row))
            stated[-1] += [
                key for value in values if (key := alias_key(value)) and len(key.split()) <= NAME_WORDS
            ]
    return [tuple(names) for names in stated if len(names) > 1]


def subjects(
    manuscript: Manuscript,
    shapes: Sequence[SourceShape],
    mentions: Sequence[Mention],
    characters: Sequence[Character],
) -> dict[int, int]:
    """Whom each sheet or wiki page is about: its name row or title, else whom it names most.

    Somebody a whole page is about is a person even if nothing else told so.
    """
    found: dict[int, int] = {}
    for source, shape in enumerate(shapes):
        if shape not in ("sheet", "wiki", "card"):
            continue
        start, end = manuscript.bounds(source)
        if shape == "card":
            set_user_aside(manuscript, source, mentions, characters)
            end = parts_of(manuscript, source)[0].end
        own = [each for each in mentions if start <= each.start < end and each.character is not None]
        title = alias_key(manuscript.sources[source].title)
        named = [each.character for each in own if each.label]
        titled = [each.character for each in own if alias_key(each.surface) in title]
        anyone = [each.character for each in own if characters[each.character or 0].kind != "place"]
        best = next(
            (Counter(choice).most_common(1)[0][0] for choice in (named, titled, anyone) if choice), None
        )
        if best is not None:
            found[source] = best
            _call_by_title(characters[best], title)
            if characters[best].kind == "other":
                characters[best].kind = "named"
    return found


def _call_by_title(character: Character, title: str) -> None:
    """Give somebody the name that the title of their page has, unless it says less."""
    words = len(character.name.split())
    titled = (alias for alias in character.aliases if alias_key(alias) == title)
    character.name = next((alias for alias in titled if len(alias.split()) >= words), character.name)


def own_paragraphs(
    manuscript: Manuscript,
    about: dict[int, int],
    shapes: Sequence[SourceShape],
    paragraphs: Sequence[Paragraph],
) -> dict[int, int]:
    """Whom the paragraphs of a page are about, by paragraph. The messages and the lorebook of a card tell
    of others too, and are read as chats and prose are."""
    cards = {source: prose_parts(manuscript, source) for source in about if shapes[source] == "card"}
    prose = {each.id for parts in cards.values() for each in paragraphs_in(parts, paragraphs)}
    return {
        each.id: about[each.source]
        for each in paragraphs
        if each.source in about and (each.source not in cards or each.id in prose)
    }


def speak_as_subjects(own: dict[int, int], segments: Sequence[Segment], units: Sequence[Unit]) -> None:
    """What a page about somebody quotes without saying whom is its subject's."""
    for unit in units:
        subject = own.get(unit.paragraph)
        if subject is not None and not any(segments[number].tag_kind for number in unit.segments):
            unit.speaker, unit.confidence = subject, SUBJECT_FOCUS


def focus_on_subjects(
    tables: FocusTables,
    about: dict[int, int],
    sentences: Sequence[Sentence],
    own: dict[int, int],
) -> None:
    """On a page about somebody every sentence without another subject is about them."""
    taken = {
        focus.sentence: who
        for who in tables
        for focus in tables.of(who, "strict")
        if focus.weight >= OTHER_SUBJECT
    }
    for character in dict.fromkeys(about.values()):
        known = {focus.sentence: focus for focus in tables.strict.get(character, [])}
        for sentence in sentences:
            if own.get(sentence.paragraph) != character:
                continue
            if taken.get(sentence.id, character) == character:
                weight = max(SUBJECT_FOCUS, known[sentence.id].weight if sentence.id in known else 0.0)
                known[sentence.id] = Focus(sentence.id, character, weight)
        tables.strict[character] = [known[number] for number in sorted(known)]
