"""Small OpenDocument, RTF and FictionBook files, as several programs write them."""

from tests.support.document_files import zipped

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("manifest", "manifest"),
    )
)
NAMESPACES += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
META = "<office:meta><dc:title>The Lamp</dc:title><dc:language>de-DE</dc:language></office:meta>"
STYLES = (
    '<office:styles><style:style style:name="Title" style:family="paragraph"/>'
    '<style:style style:name="Subtitle" style:family="paragraph" style:parent-style-name="Title"/>'
    '<style:style style:name="Heading_20_2" style:family="paragraph" style:display-name="Heading 2"/>'
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_2"/>'
    '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/>'
    "</style:style></office:styles>"
)


def text_body(content: str) -> str:
    """The body of a text document."""
    return f"<office:body><office:text>{content}</office:text></office:body>"


def open_document(body: str, *, manifest: str = "", kind: str = "text") -> bytes:
    """An .odt archive whose parts are the body, the styles and the properties."""
    entries = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {NAMESPACES}>{body}</office:document-content>",
        "styles.xml": f"<office:document-styles {NAMESPACES}>{STYLES}</office:document-styles>",
        "meta.xml": f"<office:document-meta {NAMESPACES}>{META}</office:document-meta>",
        "META-INF/manifest.xml": f"<manifest:manifest {NAMESPACES}>{manifest}</manifest:manifest>",
    }
    return zipped(entries)


def flat_document(body: str) -> bytes:
    """The same as one .fodt file."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- flat - text --><office:document {NAMESPACES} '
    mime = 'office:mimetype="application/vnd.oasis.opendocument.text">'
    return f"{start}{mime}{META}{STYLES}{body}</office:document>".encode()


def rich_text(body: str) -> bytes:
    """An RTF document with the tables that Word writes before its text."""
    return (
        r"{\rtf1\ansi\ansicpg1252\uc1\deff0{\fonttbl{\f0\froman\fcharset0 Times;}"
        r"{\f1\fnil\fcharset204{\*\panose 02}Arial Cyr;}{\f2\fnil\fcharset128 Mincho;}}"
        r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}"
        r"{\s2 heading 2;}{\s9 Title;}{\s10\outlinelevel2 Kapitel;}{\*\cs5 Emphasis;}}"
        r"{\*\generator Riched20 10.0;}{\info{\title The Lamp \'96 a story}{\author Nobody}}"
        "\n" + body + "}"
    ).encode("latin-1")


def fiction_book(bodies: str, *, encoding: str = "utf-8", declared: str = "") -> bytes:
    """An .fb2 file with these bodies, in an encoding that it declares unless told otherwise."""
    return (
        f'<?xml version="1.0" encoding="{declared or encoding}"?>\n'
        '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" '
        'xmlns:l="http://www.w3.org/1999/xlink"><description><title-info><genre>prose</genre>'
        "<book-title>The Lamp</book-title><annotation><p>A blurb.</p></annotation><lang>ru</lang>"
        "</title-info><publish-info><book-name>Printed</book-name></publish-info></description>"
        f'{bodies}<binary id="c.jpg" content-type="image/jpeg">{"QUJD" * 40}</binary></FictionBook>'
    ).encode(encoding)
