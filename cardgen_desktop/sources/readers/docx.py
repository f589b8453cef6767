"""Word documents (OOXML WordprocessingML, both the transitional and the strict namespaces)."""

import posixpath
from typing import Any

from ...domain.errors import SourceError
from ..archive import Archive, local_name, parse_xml
from ..builder import TextBuilder
from ..reader import Extract, Reader, Sample

MAIN_PART = "word/document.xml"
CORE_PART = "docProps/core.xml"
MAX_CELL_CHARACTERS = 400
STYLE_CHAIN = 10

HIDDEN = frozenset(
    {
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "Fallback",
        "rt",
        "pPr",
        "rPr",
        "sectPr",
        "tblPr",
        "tcPr",
        "trPr",
    }
)
CHARACTERS = {"tab": "\t", "noBreakHyphen": "‑"}


def read_docx(data: bytes, name: str) -> Extract:
    """Read a document: body, then notes; headings are the paragraphs in heading styles."""
    archive = Archive(data, name)
    main = _main_part(archive, name)
    root = parse_xml(archive.read(main), name, main)
    folder = posixpath.dirname(main)
    writer = DocumentWriter(TextBuilder(name), _heading_styles(archive, f"{folder}/styles.xml", name))
    body = next((element for element in root if local_name(element) == "body"), None)
    if body is None:
        raise SourceError(f'"{name}" is damaged: it has no body text. Save it again in its own program.')
    writer.write_blocks(body)
    for notes in ("footnotes.xml", "endnotes.xml"):
        if part := archive.find(f"{folder}/{notes}"):
            writer.write_notes(parse_xml(archive.read(part), name, part))
    extract = writer.builder.extract()
    extract.title, extract.language = _properties(archive, name)
    extract.title = extract.title or writer.title
    return extract


def _main_part(archive: Archive, name: str) -> str:
    """The part that holds the text; some programs do not call it `word/document.xml`."""
    if archive.find("_rels/.rels"):
        for relation in parse_xml(archive.read("_rels/.rels"), name, "_rels/.rels"):
            target = str(relation.get("Target", "")).lstrip("/")
            if relation.get("Type", "").endswith("/officeDocument") and archive.find(target):
                return target
    if archive.find(MAIN_PART):
        return MAIN_PART
    raise SourceError(f'"{name}" is damaged: its text is missing. Save it again in its own program.')


def _heading_styles(archive: Archive, part: str, name: str) -> dict[str, int]:
    """Style ids to heading levels, 0 for the title; styles that build on a heading style are headings too."""
    if not archive.find(part):
        return {}
    own: dict[str, int] = {}
    parents: dict[str, str] = {}
    for style in parse_xml(archive.read(part), name, part):
        if local_name(style) == "style":
            key = _value(style, "styleId")
            level = _style_level(style)
            if level is not None:
                own[key] = level
            parents[key] = next((_value(e, "val") for e in style if local_name(e) == "basedOn"), "")
    return {key: level for key in parents if (level := _inherited(key, own, parents)) is not None}


def _style_level(style: Any) -> int | None:
    """The level of a style by its name ("heading 2", "Title") or its outline level."""
    for element in style.iter():
        tag = local_name(element)
        if tag == "name":
            style_name = _value(element, "val").lower()
            if style_name == "title":
                return 0
            if style_name.startswith("heading ") and style_name[8:].isdigit():
                return int(style_name[8:])
        elif tag == "outlineLvl" and _value(element, "val").isdigit():
            return int(_value(element, "val")) + 1
    return None


def _inherited(key: str, own: dict[str, int], parents: dict[str, str]) -> int | None:
    for _ in range(STYLE_CHAIN):
        if key in own:
            return own[key]
        key = parents.get(key, "")
    return None


def _value(element: Any, attribute: str) -> str:
    """An attribute whatever namespace it stands in."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == attribute:
            return str(value)
    return ""


def _properties(archive: Archive, name: str) -> tuple[str, str]:
    if not archive.find(CORE_PART):
        return "", ""
    values = {
        local_name(e): (e.text or "").strip() for e in parse_xml(archive.read(CORE_PART), name, CORE_PART)
    }
    return values.get("title", ""), values.get("language", "")


class DocumentWriter:
    """Writes paragraphs and tables into a builder; `title` is the first paragraph in the title style."""

    def __init__(self, builder: TextBuilder, styles: dict[str, int]) -> None:
        self.builder = builder
        self.title = ""
        self._styles = styles

    def write_blocks(self, parent: Any) -> None:
        """Paragraphs and tables in document order, also those inside content controls and insertions."""
        pending = list(reversed(parent))
        while pending:
            element = pending.pop()
            tag = local_name(element)
            if tag == "p":
                self._paragraph(element)
            elif tag == "tbl":
                self._table(element)
            elif tag not in HIDDEN:
                pending += reversed(element)

    def write_notes(self, root: Any) -> None:
        """Footnotes or endnotes, set aside after the text; separators are typed and have no text."""
        for note in root:
            if not _value(note, "type"):
                self.builder.add_lines("\n".join(_text(p) for p in note.iter("{*}p")))
                self.builder.end_aside("notes")

    def _paragraph(self, paragraph: Any) -> None:
        text = _text(paragraph)
        self.builder.add_lines(text)
        level = self._level(paragraph)
        if level == 0:
            self.title = self.title or " ".join(text.split())
        self.builder.end_block(level)
        for box in paragraph.iter("{*}txbxContent"):
            if not any(local_name(above) == "Fallback" for above in box.iterancestors()):
                self.write_blocks(box)

    def _level(self, paragraph: Any) -> int | None:
        """The heading level of a paragraph: its style's, or its own outline level."""
        properties = next((e for e in paragraph if local_name(e) == "pPr"), None)
        for element in properties if properties is not None else ():
            tag, value = local_name(element), _value(element, "val")
            if tag == "pStyle" and value in self._styles:
                return self._styles[value]
            if tag == "outlineLvl" and value.isdigit() and int(value) < 9:
                return int(value) + 1
        return None

    def _table(self, table: Any) -> None:
        """Rows as lines with tabs; a table that lays out whole paragraphs is written as paragraphs."""
        self.builder.end_paragraph()
        rows = [row for row in table.iter("{*}tr") if next(row.iterancestors("{*}tbl")) is table]
        for row in rows:
            cells = [[_text(p) for p in cell.iter("{*}p")] for cell in row if local_name(cell) == "tc"]
            if any(len(cell) > 1 or len("".join(cell)) > MAX_CELL_CHARACTERS for cell in cells):
                self._layout_row(row)
            else:
                self.builder.add_lines("\t".join(" ".join("".join(cell).split()) for cell in cells))
                self.builder.end_line()
        self.builder.end_paragraph()

    def _layout_row(self, row: Any) -> None:
        for cell in row:
            if local_name(cell) == "tc":
                self.write_blocks(cell)


def _text(paragraph: Any) -> str:
    """The visible text of one paragraph, without the paragraphs of text boxes inside it."""
    pieces: list[str] = []
    pending = list(reversed(paragraph))
    while pending:
        element = pending.pop()
        tag = local_name(element)
        if tag == "t":
            pieces.append(element.text or "")
        elif tag in ("br", "cr"):
            pieces.append("\n" if _value(element, "type") in ("", "textWrapping") else "")
        elif tag in CHARACTERS:
            pieces.append(CHARACTERS[tag])
        elif tag not in HIDDEN and tag != "txbxContent":
            pending += reversed(element)
    return "".join(pieces)


def _sniff(sample: Sample) -> float:
    if MAIN_PART in sample.names:
        return 1.0
    return 0.8 if any(name.startswith("word/document") for name in sample.names) else 0.0


READER = Reader(
    kind="docx", what="a Word document", suffixes=(".docx", ".docm"), sniff=_sniff, read=read_docx
)
