"""Small documents built in memory: what the source readers are tried on."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
)


def zipped(entries: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of the entries, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word_paragraph(text: str, style: str = "") -> str:
    """One paragraph of WordprocessingML, in a style if one is given."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def word_document(body: str, **parts: str) -> bytes:
    """A .docx whose body is the given XML; `parts` are other parts by name, such as `footnotes`."""
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="Heading1"/></w:style>'
        '<w:style w:styleId="Title"><w:name w:val="Title"/></w:style></w:styles>'
    )
    entries = {
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": styles,
        **{f"word/{name}.xml": content for name, content in parts.items()},
    }
    return zipped(entries)


def page(body: str) -> str:
    """An XHTML page of a book."""
    return (
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head/><body>{body}</body></html>'
    )


def book(
    pages: Mapping[str, str],
    *,
    spine: Sequence[str] = (),
    contents: Iterable[tuple[str, str]] = (),
    container: str | None = CONTAINER,
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """An .epub; the spine is the order of the pages unless given, `contents` are (title, reference)."""
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(pages)
    )
    order = [list(pages).index(name) for name in spine or pages]
    references = "".join(f'<itemref idref="i{n}"/>' for n in order)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>The Lamp</dc:title><dc:language>en-GB</dc:language></metadata>"
        f'<manifest>{items}<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f'<spine toc="ncx">{references}</spine></package>'
    )
    points = "".join(
        f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{reference}"/></navPoint>'
        for title, reference in contents
    )
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
    entries: dict[str, str | bytes] = {"mimetype": "application/epub+zip"}
    if container is not None:
        entries["META-INF/container.xml"] = container
    entries |= {"OEBPS/content.opf": package, "OEBPS/toc.ncx": ncx}
    entries |= {f"OEBPS/{name}": content for name, content in pages.items()}
    return zipped(entries | dict(extra or {}))


Line = tuple[int, int, int, str]
"""x and y in points from the lower left corner, size of the letters, text."""


def printed(pages: Sequence[Sequence[Line]], *, picture: bool = False, title: str = "") -> bytes:
    """A PDF with these lines in Helvetica; with `picture` each page also shows a one-pixel image."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    image = (
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        "/Length 1 >>\nstream\n0\nendstream"
    )
    objects += [font, image]
    kids = []
    for lines in pages:
        drawing = "".join(
            f"BT /F {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET\n" for x, y, size, text in lines
        )
        drawing += "q 400 0 0 400 50 50 cm /I Do Q\n" if picture else ""
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R "
            "/Resources << /Font << /F 3 0 R >> /XObject << /I 4 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}endstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({_escaped(title)}) >>")
    return _assembled(objects)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: Sequence[str]) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = {"Size": len(objects) + 1, "Root": "1 0 R", "Info": f"{len(objects)} 0 R"}
    entries = " ".join(f"/{key} {value}" for key, value in trailer.items())
    return data + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << {entries} >>\n"
        f"startxref\n{len(data)}\n%%EOF\n"
    ).encode("latin-1")
