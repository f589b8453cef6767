"""OpenDocument texts (ODF 1.0 to 1.4): .odt archives and flat .fodt files."""

from typing import Any

from ...domain.errors import SourceError
from ..archive import ZIP_MAGICS, Archive, local_name, parse_xml
from ..builder import TextBuilder
from ..opendocument import DocumentWriter, Styles
from ..reader import Extract, Reader, Sample
from ..xml_document import parse_document, plain_head, root_pattern

CONTENT, STYLES, META, MANIFEST = "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"
LOCKED_PACKAGE = "encrypted-package"
OTHER_BODIES = {
    "spreadsheet": "an OpenDocument spreadsheet",
    "presentation": "an OpenDocument presentation",
    "drawing": "an OpenDocument drawing",
    "chart": "an OpenDocument chart",
    "image": "an OpenDocument picture",
    "database": "an OpenDocument database",
}

_FLAT_ROOT = root_pattern("document")


def read_odt(data: bytes, name: str) -> Extract:
    """Read a document: body, then notes; headings are `text:h` and paragraphs in heading or title styles."""
    if not data.startswith(ZIP_MAGICS):
        root, decoded = parse_document(data, name)
        extract = _read([root], name)
        extract.warnings += decoded.warnings
        return extract
    archive = Archive(data, name)
    _refuse_locked(archive, name)
    parts = [parse_xml(archive.read(CONTENT), name, CONTENT)]
    parts += [parse_xml(archive.read(part), name, part) for part in (STYLES, META) if archive.find(part)]
    return _read(parts, name)


def _refuse_locked(archive: Archive, name: str) -> None:
    locked = archive.find(LOCKED_PACKAGE) is not None
    if not locked and archive.find(MANIFEST):
        manifest = parse_xml(archive.read(MANIFEST), name, MANIFEST)
        locked = next(manifest.iter("{*}encryption-data"), None) is not None
    if locked:
        raise SourceError(f'"{name}" is locked with a password. Save an unlocked copy and use that.')


def _read(parts: list[Any], name: str) -> Extract:
    """The extract of the parts, the first of which holds the body."""
    text = _body(parts[0], name)
    writer = DocumentWriter(TextBuilder(name), Styles(parts))
    writer.write_blocks(text)
    writer.write_notes()
    extract = writer.builder.extract()
    extract.title = _property(parts, "title") or writer.title
    extract.language = _property(parts, "language")
    return extract


def _body(root: Any, name: str) -> Any:
    body = next((element for element in root if local_name(element) == "body"), ())
    for element in body:
        if local_name(element) == "text":
            return element
        if what := OTHER_BODIES.get(local_name(element)):
            raise SourceError(
                f'"{name}" is {what}, which cannot be read as a source. '
                "Copy its text into a document and use that."
            )
    raise SourceError(f'"{name}" is damaged: it has no body text. Save it again in its own program.')


def _property(parts: list[Any], tag: str) -> str:
    """A Dublin Core value of the document's own metadata."""
    for part in parts:
        for meta in part.iter("{*}meta"):
            values = [" ".join((e.text or "").split()) for e in meta if local_name(e) == tag]
            if values:
                return values[0]
    return ""


def _sniff(sample: Sample) -> float:
    if sample.names:
        return 0.9 if CONTENT in sample.names or LOCKED_PACKAGE in sample.names else 0.0
    head = plain_head(sample.head)
    return 1.0 if _FLAT_ROOT.match(head) and b"opendocument" in head else 0.0


READER = Reader(
    kind="odt", what="an OpenDocument text", suffixes=(".odt", ".fodt"), sniff=_sniff, read=read_odt
)
