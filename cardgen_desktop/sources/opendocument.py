"""The text of an OpenDocument body (ODF 1.3 part 3): paragraphs, headings, tables, notes; what is hidden."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .archive import local_name
from .builder import TextBuilder

MAX_CELL_CHARACTERS = 400
STYLE_CHAIN = 10
NO_HEADING = 99
"""The level of a style that must not inherit its parent's: a subtitle builds on the title."""


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


HIDDEN = _words(
    "tracked-changes sequence-decls variable-decls user-field-decls dde-connection-decls forms annotation "
    "annotation-end note-citation ruby-text script event-listeners object object-ole image binary-data "
    "title desc table-of-content-source illustration-index-source table-index-source "
    "alphabetical-index-source bibliography-source user-index-source object-index-source "
)
SHAPES = _words("frame custom-shape rect ellipse circle polygon path g line connector caption ")
CHARACTERS = {"s": " ", "tab": "\t", "line-break": "\n"}

_SPACES = re.compile(r"[ \t\r\n]+")
_HEADING_NAME = re.compile(r"heading(?: |_20_)?(\d{1,2})$")


def attribute(element: Any, name: str) -> str:
    """An attribute whatever namespace it stands in."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


class Styles:
    """What the styles say of headings and of hidden text; a style has what it builds on."""

    def __init__(self, parts: Iterable[Any]) -> None:
        self._parents: dict[str, str] = {}
        self._levels: dict[str, int] = {}
        self._hidden: dict[str, bool] = {}
        for part in parts:
            for style in part.iter("{*}style"):
                self._add(style)

    def level(self, name: str) -> int | None:
        """The heading level of a paragraph style, 0 for the title, None for ordinary text."""
        level: int | None = self._inherited(name, self._levels)
        return level

    def is_hidden(self, name: str) -> bool:
        """Whether text in this style is not shown."""
        return bool(self._inherited(name, self._hidden))

    def _add(self, style: Any) -> None:
        key = attribute(style, "name")
        self._parents[key] = attribute(style, "parent-style-name")
        level = _style_level(style)
        if level is not None:
            self._levels[key] = level
        for properties in style.iter("{*}text-properties"):
            if display := attribute(properties, "display"):
                self._hidden[key] = display == "none"

    def _inherited(self, key: str, own: dict[str, Any]) -> Any:
        for _ in range(STYLE_CHAIN):
            if key in own:
                return own[key]
            key = self._parents.get(key, "")
        return None


def _style_level(style: Any) -> int | None:
    if attribute(style, "family") != "paragraph":
        return None
    names = {attribute(style, "name").lower(), attribute(style, "display-name").lower()}
    if "title" in names:
        return 0
    outline = attribute(style, "default-outline-level")
    if outline.isdecimal() and len(outline) < 3:
        return int(outline)
    numbered = [match for name in names if (match := _HEADING_NAME.match(name))]
    if numbered:
        return int(numbered[0][1])
    return NO_HEADING if "subtitle" in names else None


class DocumentWriter:
    """Writes blocks into a builder; `title` is the first paragraph in the title style."""

    def __init__(self, builder: TextBuilder, styles: Styles) -> None:
        self.builder = builder
        self.title = ""
        self._styles = styles
        self._notes: dict[Any, None] = {}

    def write_blocks(self, parent: Any) -> None:
        """Paragraphs and tables in document order, also those inside lists, sections and frames."""
        pending = list(reversed(parent))
        while pending:
            element = pending.pop()
            tag = local_name(element)
            if tag in ("p", "h"):
                self._paragraph(element)
            elif tag == "table":
                self._table(element)
            elif tag == "table-of-content":
                self.builder.add_lines("\n".join(self._text(p)[0] for p in _paragraphs(element)))
                self.builder.end_aside("contents")
            elif _is_shown(element, tag):
                pending += reversed(element)

    def write_notes(self) -> None:
        """Footnotes and endnotes, set aside after the text; a note may hold further notes."""
        while self._notes:
            notes, self._notes = self._notes, {}
            for note in notes:
                self.builder.add_lines("\n".join(self._text(p)[0] for p in _paragraphs(note)))
                self.builder.end_aside("notes")

    def _paragraph(self, paragraph: Any) -> None:
        text, shapes = self._text(paragraph)
        self.builder.add_lines(text)
        level = self._level(paragraph)
        if level == 0:
            self.title = self.title or " ".join(text.split())
        self.builder.end_block(level)
        for shape in shapes:
            self.write_blocks(shape)

    def _level(self, paragraph: Any) -> int | None:
        """The outline level of a heading, else the level of a paragraph's style."""
        if local_name(paragraph) == "p":
            return self._styles.level(attribute(paragraph, "style-name"))
        outline = attribute(paragraph, "outline-level")
        return int(outline) if outline.isdecimal() and len(outline) < 3 else 1

    def _table(self, table: Any) -> None:
        """Rows as lines with tabs; a table that lays out whole paragraphs is written as paragraphs."""
        self.builder.end_paragraph()
        rows = [row for row in table.iter("{*}table-row") if next(row.iterancestors("{*}table")) is table]
        for row in rows:
            cells = [cell for cell in row if local_name(cell) == "table-cell"]
            texts = [[self._text(p) for p in _paragraphs(cell)] for cell in cells]
            if any(_is_layout(cell) for cell in texts):
                for cell in cells:
                    self.write_blocks(cell)
            else:
                lines = (" ".join("".join(text for text, _ in cell).split()) for cell in texts)
                self.builder.add_lines("\t".join(lines))
                self.builder.end_line()
        self.builder.end_paragraph()

    def _text(self, paragraph: Any) -> tuple[str, list[Any]]:
        """The visible text of one paragraph, and the frames anchored in it; notes are kept for the end."""
        pieces: list[str] = []
        shapes: list[Any] = []
        pending: list[Any] = [paragraph]
        while pending:
            item = pending.pop()
            if isinstance(item, str):
                pieces.append(_SPACES.sub(" ", item))
                continue
            tag = local_name(item)
            if tag in CHARACTERS:
                pieces.append(CHARACTERS[tag])
            elif tag == "note":
                self._notes[item] = None
            elif tag in SHAPES:
                shapes.append(item)
            elif tag == "hidden-paragraph" and attribute(item, "is-hidden") == "true":
                return "", []
            elif _is_shown(item, tag) and not self._styles.is_hidden(attribute(item, "style-name")):
                pending += [part for child in reversed(item) for part in (child.tail or "", child)]
                pending.append(item.text or "")
        return "".join(pieces), shapes


def _is_layout(cell: list[tuple[str, list[Any]]]) -> bool:
    long = sum(len(text) for text, _ in cell) > MAX_CELL_CHARACTERS
    return len(cell) > 1 or long or any(shapes for _, shapes in cell)


def _is_shown(element: Any, tag: str) -> bool:
    """Whether what is inside an element belongs to the text, by its kind and by its own word."""
    if not tag or tag in HIDDEN:
        return False
    return attribute(element, "display") != "none" and attribute(element, "is-hidden") != "true"


def _paragraphs(parent: Any) -> Iterator[Any]:
    """The paragraphs inside an element, in order, without those that are hidden."""
    pending = list(reversed(parent))
    while pending:
        element = pending.pop()
        tag = local_name(element)
        if tag in ("p", "h"):
            yield element
        elif _is_shown(element, tag):
            pending += reversed(element)
