"""FictionBook 2 (FB2.1 schema): nested sections with titles; also packed alone into a zip archive."""

from collections.abc import Iterator
from typing import Any

from ...domain.errors import SourceError
from ..archive import ZIP_MAGICS, Archive, local_name
from ..builder import HEADING_LEVELS, TextBuilder
from ..reader import Extract, Reader, Sample
from ..xml_document import parse_document, plain_head, root_pattern

SUFFIX = ".fb2"
NOTE_BODIES = frozenset({"notes", "footnotes", "comments"})
PARAGRAPHS = frozenset({"p", "subtitle", "text-author", "date"})

_ROOT = root_pattern("FictionBook")


def read_fictionbook(data: bytes, name: str) -> Extract:
    """Read a book: its bodies in order; those that hold notes are set aside after the others."""
    if data.startswith(ZIP_MAGICS):
        archive = Archive(data, name)
        data = archive.read(_books(archive.names)[0])
    root, decoded = parse_document(data, name)
    writer = BookWriter(TextBuilder(name))
    bodies = [element for element in root if local_name(element) == "body"]
    if not bodies:
        raise SourceError(f'"{name}" is damaged: it has no body text. Save it again in its own program.')
    for body in sorted(bodies, key=_holds_notes):
        writer.write(body, notes=_holds_notes(body))
    extract = writer.builder.extract()
    extract.encoding, extract.warnings = decoded.encoding, list(decoded.warnings)
    extract.title, extract.language = _property(root, "book-title"), _property(root, "lang")
    return extract


def _books(names: frozenset[str]) -> list[str]:
    return [name for name in names if name.lower().endswith(SUFFIX)]


def _holds_notes(body: Any) -> bool:
    return str(body.get("name", "")).lower() in NOTE_BODIES


def _property(root: Any, tag: str) -> str:
    """A value of `title-info`: the other descriptions are of the file and the printed book."""
    found = root.find(f"{{*}}description/{{*}}title-info/{{*}}{tag}")
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


class BookWriter:
    """Writes the sections of a body into a builder; the parser bounds how deep they nest."""

    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder

    def write(self, body: Any, *, notes: bool = False) -> None:
        """A whole body; `notes` are set aside, one aside for each section."""
        if notes:
            for note in body:
                self.builder.add_lines("\n".join(_text(line) for line in _lines(note)))
                self.builder.end_aside("notes")
        else:
            self._blocks(body, 0)

    def _blocks(self, parent: Any, level: int) -> None:
        """The blocks of a section `level` deep, 0 for the body itself."""
        for element in parent:
            tag = local_name(element)
            if tag == "section":
                self._blocks(element, level + 1)
            elif tag == "title":
                self._title(element, parent, level)
            elif tag == "stanza":
                self._stanza(element)
            elif tag == "table":
                self._table(element)
            elif tag in PARAGRAPHS:
                self.builder.add_lines(_text(element))
                self.builder.end_paragraph()
            elif tag != "image":
                self._blocks(element, level)

    def _title(self, title: Any, parent: Any, level: int) -> None:
        self.builder.add_lines("\n".join(_text(line) for line in _lines(title)))
        if local_name(parent) in ("section", "body") and level <= HEADING_LEVELS:
            self.builder.end_heading(max(1, level))
        else:
            self.builder.end_paragraph()

    def _stanza(self, stanza: Any) -> None:
        for line in _lines(stanza):
            self.builder.add_lines(_text(line))
            self.builder.end_line()
        self.builder.end_paragraph()

    def _table(self, table: Any) -> None:
        self.builder.end_paragraph()
        for row in table.iter("{*}tr"):
            cells = [_text(cell) for cell in row if local_name(cell) in ("td", "th")]
            self.builder.add_lines("\t".join(cells))
            self.builder.end_line()
        self.builder.end_paragraph()


def _lines(parent: Any) -> Iterator[Any]:
    """The lines of verse and prose inside an element."""
    for element in parent.iter():
        if local_name(element) in PARAGRAPHS or local_name(element) == "v":
            yield element


def _text(paragraph: Any) -> str:
    """The text of one paragraph without the marks that lead to notes."""
    pieces: list[str] = []
    pending: list[Any] = [paragraph]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if local_name(item) and not (local_name(item) == "a" and item.get("type") == "note"):
            pieces.append(item.text or "")
            pending += [part for child in reversed(item) for part in (child.tail or "", child)]
    return " ".join("".join(pieces).replace("\xa0", "\x01").split()).replace("\x01", "\xa0")


def _sniff(sample: Sample) -> float:
    if sample.names:
        return 0.9 if len(_books(sample.names)) == 1 else 0.0
    return 1.0 if _ROOT.match(plain_head(sample.head)) else 0.0


READER = Reader(
    kind="fictionbook", what="a FictionBook", suffixes=(SUFFIX,), sniff=_sniff, read=read_fictionbook
)
