"""Web pages: the text a reader sees, without scripts, styles and navigation."""

import re

from ..builder import TextBuilder
from ..chats.extracts import extract_of
from ..chats.pages import chat_on
from ..encoding import decode
from ..markup import PageWalker, parse_html
from ..reader import Extract, Reader, Sample

HTML_SCORE, LIKELY_SCORE = 0.9, 0.6

_START = re.compile(
    rb"(?>\s+|<!--(?>(?:[^-]|-(?!->))*)-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_LIKELY = re.compile(rb"\s*<(?:p|div|h[1-6]|meta|title|article|section|table)\b[^>]*>", re.I)
_XML = re.compile(r"\s*(?:<\?xml|<!DOCTYPE[^>]*XHTML)|<html[^>]+xmlns=", re.I)
_CHARSET = re.compile(
    rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*[\"']([\w-]+)", re.I
)
PROBE_BYTES = 8_192


def read_html(data: bytes, name: str) -> Extract:
    """Read a page; headings are `h1` to `h3`, the language is what the page declares.

    A chat that was saved as a page is read as the chat it is.
    """
    declared = _CHARSET.search(data[:PROBE_BYTES])
    charset = (declared[1] or declared[2]).decode("ascii") if declared else ""
    decoded = decode(data, name, charset)
    page = parse_html(decoded.text, name, xml=bool(_XML.search(decoded.text[:PROBE_BYTES])))
    if (chat := chat_on(page, decoded.text, name)) and (said := extract_of(chat, name)):
        said.encoding = decoded.encoding
        return said
    builder = TextBuilder(name)
    PageWalker(builder).walk(page)
    extract = builder.extract()
    extract.encoding, extract.warnings = decoded.encoding, list(decoded.warnings)
    title = page.css_first("title")
    extract.title = title.text().strip() if title else ""
    attributes = page.root.attributes if page.root else {}
    extract.language = attributes.get("lang") or attributes.get("xml:lang") or ""
    return extract


def _sniff(sample: Sample) -> float:
    head = sample.head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\0", b"")
    if _START.match(head):
        return HTML_SCORE
    return LIKELY_SCORE if _LIKELY.match(head) else 0.0


READER = Reader(
    kind="html",
    what="a web page",
    suffixes=(".html", ".htm", ".xhtml", ".xht"),
    sniff=_sniff,
    read=read_html,
    textual=True,
)
