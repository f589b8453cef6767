"""The stages of reading a set, each building tables from those before it (offline-drafter.md 3)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .capitals import read_capitals
from .cast import build_cast
from .chats import ChatLine, chat_segments, label_mentions, read_chat
from .focus import FocusTables, read_focus
from .languages import FirstNames, LanguagePack
from .manuscript import Manuscript
from .model import Character, Mention, Paragraph, Section, Segment, Sentence, SourceShape, Unit
from .names import find_mentions
from .narrators import find_narrator
from .paragraphs import split_paragraphs
from .quotes import find_segments, quotation_styles
from .sections import (
    focus_on_subjects,
    name_mentions,
    own_paragraphs,
    read_sections,
    speak_as_subjects,
    stated_names,
    subjects,
)
from .sentences import split_sentences
from .shapes import shape_of
from .speakers import attribute
from .unspaced import find_unspaced_names

Progress = Callable[[float, str], None]
NAMES, PEOPLE, SPEECH, PASSAGES = (
    "Finding names",
    "Telling people apart",
    "Listening to who speaks",
    "Noting what is about whom",
)


@dataclass(slots=True)
class Reader:
    """Holds the tables while they are built; `read` runs all stages."""

    manuscript: Manuscript
    pack: LanguagePack
    names: FirstNames
    report: Progress
    shapes: tuple[SourceShape, ...] = ()
    paragraphs: list[Paragraph] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    characters: list[Character] = field(default_factory=list)
    narrator: Character | None = None
    focus: FocusTables = field(default_factory=FocusTables)
    chat_lines: list[ChatLine] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    about: dict[int, int] = field(default_factory=dict)

    def read(self) -> None:
        """Run every stage in order."""
        self._split()
        self._find_quotations()
        self._find_names()
        self._find_people()
        self._attribute()
        self._find_focus()
        self.report(1.0, PASSAGES)

    def _split(self) -> None:
        self.report(0.0, NAMES)
        self.shapes = tuple(
            shape_of(self.manuscript.text[slice(*self.manuscript.bounds(number))], source.kind)
            for number, source in enumerate(self.manuscript.sources)
        )
        by_line = [number for number, shape in enumerate(self.shapes) if shape in ("chat", "sheet", "card")]
        pages = [number for number, shape in enumerate(self.shapes) if shape == "wiki"]
        self.paragraphs = split_paragraphs(self.manuscript, by_line, pages)
        self.sections = read_sections(self.manuscript, self.paragraphs, self.shapes)
        self.report(0.05, NAMES)
        self.sentences = split_sentences(self.manuscript.text, self.paragraphs, self.pack)
        self.report(0.1, NAMES)

    def _find_quotations(self) -> None:
        for number, shape in enumerate(self.shapes):
            if shape in ("chat", "card"):
                self.chat_lines += read_chat(self.manuscript, self.paragraphs, number)
        spoken = {line.paragraph for line in self.chat_lines}
        styles = {
            number: quotation_styles(
                source.text, self.pack, has_lists=self.shapes[number] in ("sheet", "wiki")
            )
            for number, source in enumerate(self.manuscript.sources)
            if source.text
        }
        free = [paragraph for paragraph in self.paragraphs if paragraph.id not in spoken]
        segments = find_segments(self.manuscript.text, free, styles, self.pack)
        segments += [segment for _, segment in chat_segments(self.manuscript.text, self.chat_lines)]
        self.segments = sorted(segments, key=lambda segment: segment.start)
        for number, segment in enumerate(self.segments):
            segment.id = number
        self.report(0.15, NAMES)

    def _find_names(self) -> None:
        text = self.manuscript.text
        labels = [
            *label_mentions(text, self.chat_lines),
            *name_mentions(text, self.sections, self.paragraphs),
        ]
        taken = {position for each in labels for position in range(each.start, each.end)}
        found = [mention for mention in self._names_in(text, taken) if mention.start not in taken]
        self.mentions = sorted(found + labels, key=lambda mention: mention.start)
        for number, mention in enumerate(self.mentions):
            mention.id = number
        self.report(0.35, NAMES)

    def _names_in(self, text: str, taken: set[int]) -> list[Mention]:
        if self.pack.unspaced:
            return find_unspaced_names(text, self.paragraphs, self.segments, self.pack)
        tokens, counts = read_capitals(text, self.paragraphs, self.pack)
        self.report(0.25, NAMES)
        free = [token for token in tokens if token.start not in taken]
        return find_mentions(text, free, counts, self.segments, self.paragraphs, self.pack, self.names)

    def _find_people(self) -> None:
        self.report(0.35, PEOPLE)
        tables = (self.manuscript.text, self.paragraphs, self.segments, self.mentions)
        labels = [mention for mention in self.mentions if mention.label]
        stated = stated_names(self.manuscript.text, self.sections, labels)
        self.characters = build_cast(*tables, self.pack, self.names, stated)
        if not set(self.shapes) <= {"chat", "card"}:
            titles = [source.title for source in self.manuscript.sources]
            self.narrator = find_narrator(*tables, self.characters, self.pack, titles)
        self.about = subjects(self.manuscript, self.shapes, self.mentions, self.characters)
        self.report(0.4, PEOPLE)

    def _attribute(self) -> None:
        self.report(0.4, SPEECH)
        self.units = attribute(
            self.manuscript.text,
            self.paragraphs,
            self.segments,
            self.mentions,
            self.characters,
            self.narrator_id,
            self.pack,
            self.chat_lines,
            lambda share: self.report(0.4 + 0.4 * share, SPEECH),
        )
        speak_as_subjects(self._own_pages(), self.segments, self.units)

    def _find_focus(self) -> None:
        self.report(0.8, PASSAGES)
        self.focus = read_focus(
            self.manuscript.text,
            self.paragraphs,
            self.sentences,
            self.segments,
            self.units,
            self.mentions,
            self.characters,
            self.narrator_id,
            self.pack,
            lambda share: self.report(0.8 + 0.2 * share, PASSAGES),
        )
        focus_on_subjects(self.focus, self.about, self.sentences, self._own_pages())

    def _own_pages(self) -> dict[int, int]:
        """Of each paragraph that is about somebody by where it stands, whom."""
        return own_paragraphs(self.manuscript, self.about, self.shapes, self.paragraphs)

    @property
    def narrator_id(self) -> int | None:
        """The id of the first-person narrator, if there is one."""
        return self.narrator.id if self.narrator else None


def read_tables(manuscript: Manuscript, pack: LanguagePack, names: FirstNames, report: Progress) -> Reader:
    """Read a joined set of sources."""
    reader = Reader(manuscript, pack, names, report)
    reader.read()
    return reader
