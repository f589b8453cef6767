"""Plain text: the decoded file is the canonical text, unchanged."""

from ..encoding import decode
from ..reader import Extract, Reader, Sample

TEXT_SCORE = 0.1
"""Below every format that leaves a trace of itself: anything readable is text when nothing else claims it."""


def read_text(data: bytes, name: str) -> Extract:
    """Decode a text file; doubts about the encoding become warnings, binary data a `SourceError`."""
    decoded = decode(data, name)
    return Extract(decoded.text, encoding=decoded.encoding, warnings=list(decoded.warnings))


def _sniff(sample: Sample) -> float:
    return TEXT_SCORE


READER = Reader(
    kind="text",
    what="plain text",
    suffixes=(".txt", ".text", ".log"),
    sniff=_sniff,
    read=read_text,
    textual=True,
)
