"""Chat logs in JSON or JSON lines, and RisuAI's as text: `chats` knows the programs and their forms."""

from ...domain.chat_marks import MOST_LOOKED_AT, means_to_be_chat
from ...domain.errors import SourceError
from ..chats.extracts import extract_of
from ..chats.messages import Chat
from ..chats.programs import chat_of
from ..chats.risu import is_risu_text, read_risu_text
from ..chats.values import parse_rows
from ..encoding import decode
from ..reader import Extract, Reader, Sample

SURE = 0.9


def read_chat(data: bytes, name: str, path: str = "") -> Extract:
    """Write the messages as labelled lines, below who is who; raises `SourceError` when there are none.

    A story that nobody says, as KoboldAI keeps it, is read as the plain text it is.
    """
    decoded = decode(data, name)
    chat, damaged = _chat(decoded.text, name)
    extract = extract_of(chat, name, path)
    if extract is None and chat.story:
        extract = Extract(chat.story, kind="text")
    if extract is None:
        raise SourceError(f'"{name}" holds no messages that can be read. Export the chat again and use that.')
    extract.encoding = decoded.encoding
    extract.warnings = [*decoded.warnings, *extract.warnings]
    if damaged:
        extract.warn(
            "truncated",
            f'"{name}" has damaged lines ({damaged:,}), perhaps because its end is missing. '
            "The messages that are whole were read.",
        )
    return extract


def _chat(text: str, name: str) -> tuple[Chat, int]:
    """The chat of a text and how many of its lines are damaged."""
    plain = text.replace("\r\n", "\n")
    if is_risu_text(plain):
        return read_risu_text(plain), 0
    values, damaged = parse_rows(text, name)
    return chat_of(values), damaged


def is_chat(data: bytes) -> bool:
    """Whether a file is a chat in JSON, also where the scenario in it would make it a card."""
    return means_to_be_chat(_plain(data[:MOST_LOOKED_AT]))


def _sniff(sample: Sample) -> float:
    head = _plain(sample.head)
    if means_to_be_chat(head) or is_risu_text(head.replace("\r\n", "\n")):
        return SURE
    return 0.0


def _plain(head: bytes) -> str:
    return head.replace(b"\0", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe")


READER = Reader(
    kind="chat",
    what="a chat",
    suffixes=(".jsonl",),
    sniff=_sniff,
    read=read_chat,
    read_at=read_chat,
    textual=True,
)
