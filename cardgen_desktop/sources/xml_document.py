"""A document that is one XML file: its encoding by its own word or by its bytes, its pictures left out."""

import re
from typing import Any

from .archive import parse_xml
from .encoding import Decoded, decode

PROBE_BYTES = 1_024

_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([\w.:-]+)")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>")
_PICTURES = re.compile(r"<((?:\w+:)?binary(?:-data)?)\b[^<>]*>[^<]*</\1\s*>")
_BEFORE_ROOT = rb"(?>\s+|<!--(?>(?:[^-]|-(?!->))*)-->|<\?[^>]*>|<![^>]*>|\]\s*>)*+"
"""White space, comments and declarations; possessive, so that no head of a file makes it try twice."""


def parse_document(data: bytes, name: str) -> tuple[Any, Decoded]:
    """The root element, and how the file was decoded; raises `SourceError` for what is no sound XML."""
    declared = _DECLARED.search(data[:PROBE_BYTES])
    decoded = decode(data, name, declared[1].decode("ascii") if declared else "")
    text = _PICTURES.sub("", _DECLARATION.sub("", decoded.text, count=1))
    return parse_xml(text.encode("utf-8", "replace"), name, name), decoded


def root_pattern(tag: str) -> re.Pattern[bytes]:
    """Matches the head of an XML file whose root element is `tag`."""
    return re.compile(_BEFORE_ROOT + rb"<(?:\w+:)?" + tag.encode() + rb"[\s>]")


def plain_head(head: bytes) -> bytes:
    """The first bytes of a file without byte order mark; of UTF-16, the half that ASCII uses."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:1] == b"\0" or head[1:2] == b"\0":
        return head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")
