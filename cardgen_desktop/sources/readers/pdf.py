"""PDF documents through PDFium: printed lines with their places, joined to paragraphs as far as is safe."""

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from ...domain.errors import SourceError
from ...domain.source import Heading
from ..builder import TextBuilder, too_long
from ..limits import MAX_HEADINGS, MAX_PAGES, MAX_TEXT_CHARACTERS
from ..lines import fold
from ..page_layout import PageLine, write_pages
from ..reader import Extract, Reader, Sample

WRONG_PASSWORD = 4
HEADING_SIZE = 1.15
MAX_HEADING_CHARACTERS = 90
MARK = b"%PDF-"
NEWLINE = "\r\n"

_END = re.compile(rb"%%EOF")
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")


def read_pdf(data: bytes, name: str) -> Extract:
    """Read a document's text; raises `SourceError` for a locked, damaged, cut off or scanned one."""
    import pypdfium2

    _refuse_cut_off(data, name)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _not_opened(name, error) from error
    with closing(document):
        pages, pictures, broken = _read_pages(document, name)
        if not any(pages):
            raise _no_text(name, pictures)
        builder = TextBuilder(name)
        write_pages(pages, builder)
        extract = builder.extract()
        extract.title = document.get_metadata_dict(skip_empty=True).get("Title", "")
        extract.headings = _outline(document, pages, extract.text)
        extract.likely_headings = _large_lines(pages, extract.text)
    _warn(extract, name, len(pages), pictures, broken)
    return extract


def _refuse_cut_off(data: bytes, name: str) -> None:
    """A whole document has its end mark after its last object; PDFium would show half a one as a whole."""
    ends = [match.end() for match in _END.finditer(data)]
    if not ends or _OBJECT.search(data, ends[-1]):
        raise SourceError(
            f'"{name}" is damaged or cut off, so nothing was read from it. Copy or download it again.',
            details="no end-of-file mark after the last object",
        )


def _not_opened(name: str, error: Any) -> SourceError:
    if error.err_code == WRONG_PASSWORD:
        sentence = f'"{name}" is locked with a password. Save an unlocked copy and use that.'
    else:
        sentence = f'"{name}" is damaged and could not be opened. Copy or download it again.'
    return SourceError(sentence, details=str(error))


def _no_text(name: str, pictures: int) -> SourceError:
    if pictures:
        return SourceError(
            f'"{name}" has no text. Its pages are pictures. Nothing was added. '
            "Run text recognition (OCR) on it and use the result."
        )
    return SourceError(f'"{name}" has no text. Its pages are blank. Nothing was added. Choose another file.')


def _read_pages(document: Any, name: str) -> tuple[list[list[PageLine]], int, int]:
    """The lines of every page, how many pages are only pictures, and how many could not be read."""
    import pypdfium2

    pages: list[list[PageLine]] = []
    pictures = broken = characters = 0
    for index in range(min(len(document), MAX_PAGES)):
        try:
            with closing(document[index]) as page, closing(page.get_textpage()) as text:
                lines = list(_lines(text, index))
                pictures += not lines and _has_picture(page)
        except pypdfium2.PdfiumError:
            lines, broken = [], broken + 1
        pages.append(lines)
        characters += sum(len(line.text) for line in lines)
        if characters > MAX_TEXT_CHARACTERS:
            raise too_long(name, characters)
    return pages, pictures, broken


def _lines(text: Any, page: int) -> Iterator[PageLine]:
    """The printed lines of a page with their places; blank ones are left out."""
    from pypdfium2 import raw

    position, count = 0, text.count_chars()
    x, y = ctypes.c_double(), ctypes.c_double()
    for row in text.get_text_range().split(NEWLINE):
        content = row.strip()
        if content:
            first = min(position + row.index(content[0]), count - 1)
            last = min(first + len(content) - 1, count - 1)
            raw.FPDFText_GetCharOrigin(text.raw, first, x, y)
            right = text.get_charbox(last)[2]
            size = raw.FPDFText_GetFontSize(text.raw, first)
            yield PageLine(content, page, x.value, right, y.value, size)
        position += len(row) + len(NEWLINE)


def _has_picture(page: Any) -> bool:
    from pypdfium2 import raw

    return next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None


def _outline(document: Any, pages: list[list[PageLine]], text: str) -> list[Heading]:
    """The document's bookmarks, where their titles stand as lines on the pages that they point to."""
    headings: list[Heading] = []
    position = 0
    for mark in document.get_toc():
        title = " ".join((mark.get_title() or "").split())
        target = mark.get_dest()
        page = target.get_index() if target else None
        lines = pages[page] if page is not None and 0 <= page < len(pages) else []
        line = next((row for row in lines if _says(row.text, title)), None)
        start = text.find(line.text, position) if line else -1
        if line and start >= 0 and len(headings) < MAX_HEADINGS:
            end = start + len(line.text)
            headings.append(Heading(title=title, level=mark.level + 1, start=start, end=end))
            position = end
    return headings


def _says(line: str, title: str) -> bool:
    """Whether a line is a title or the greater first part of it."""
    wanted, found = fold(title), fold(line)
    return bool(found) and wanted.startswith(found) and len(found) > 0.4 * len(wanted)


def _large_lines(pages: list[list[PageLine]], text: str) -> list[Heading]:
    """Short lines in clearly larger letters, when a document has some; the largest is the outermost."""
    lines = [line for page in pages for line in page]
    sizes = sorted(line.size for line in lines for _ in range(0, len(line.text), 20))
    usual = sizes[len(sizes) // 2]
    large = [
        row for row in lines if row.size > HEADING_SIZE * usual and len(row.text) <= MAX_HEADING_CHARACTERS
    ]
    levels = {
        size: level for level, size in enumerate(sorted({round(row.size) for row in large}, reverse=True))
    }
    headings, position = [], 0
    for row in large[:MAX_HEADINGS]:
        start = text.find(row.text, position)
        if start >= 0 and any(map(str.isalpha, row.text)):
            position = start + len(row.text)
            level = levels[round(row.size)] + 1
            headings.append(Heading(title=row.text, level=level, start=start, end=position))
    return headings if len(headings) > 1 else []


def _warn(extract: Extract, name: str, pages: int, pictures: int, broken: int) -> None:
    if pictures:
        extract.warn(
            "scanned_pages",
            f'"{name}": {pictures} of {pages} pages are pictures without text and were left out.',
        )
    if broken:
        extract.warn("truncated", f'"{name}": {broken} of {pages} pages are damaged and were left out.')
    if pages >= MAX_PAGES:
        extract.warn("truncated", f'"{name}": only the first {MAX_PAGES} pages were read.')


def _sniff(sample: Sample) -> float:
    return 1.0 if MARK in sample.head[:1024] else 0.0


READER = Reader(kind="pdf", what="a PDF document", suffixes=(".pdf",), sniff=_sniff, read=read_pdf)
