"""Chat logs in JSON or JSON lines: SillyTavern, RisuAI, Agnai, KoboldAI Lite, Character.AI, Discord."""

import re
from pathlib import PurePath

from ...domain.errors import SourceError
from ...domain.people import CHAT_HEADING
from ...domain.source import Aside
from ..chats.programs import chat_of
from ..chats.values import parse_rows, refuse_many
from ..chats.writing import heading, write
from ..encoding import decode
from ..reader import Extract, Reader, Sample
from ..titles import readable_name

SURE = 0.9

_CARD = re.compile(r'"(?:spec|first_mes|char_persona|char_greeting|character_book|mes_example)"\s*:')
_CHAT = re.compile(
    r'"(?:mes|chat_metadata|character_name|data_visible|histories|savedsettings|gamestarted|is_name)"\s*:'
    r'|"type"\s*:\s*"risuChat"|"messages"\s*:\s*\['
)
_TIME = re.compile(r"\s*-\s*\d{4}-\d{1,2}-\d{1,2}\s?@.*", re.S)
_ROLE = re.compile(r'"role"\s*:')
_CONTENT = re.compile(r'"content"\s*:')


def read_chat(data: bytes, name: str) -> Extract:
    """Write the messages as labelled lines, below who is who; raises `SourceError` when there are none."""
    decoded = decode(data, name)
    values, damaged = parse_rows(decoded.text, name)
    chat = chat_of(values)
    refuse_many(len(chat.messages), name)
    text = write(chat)
    if not text:
        raise SourceError(f'"{name}" holds no messages that can be read. Export the chat again and use that.')
    extract = Extract(text, _title(name), encoding=decoded.encoding, warnings=list(decoded.warnings))
    if people := heading(chat):
        extract.text = f"{people}\n\n{text}"
        extract.asides.append(Aside(kind=CHAT_HEADING, start=0, end=len(people)))
    if damaged:
        extract.warn(
            "truncated",
            f'"{name}" has damaged lines ({damaged:,}), perhaps because its end is missing. '
            "The messages that are whole were read.",
        )
    return extract


def _title(name: str) -> str:
    """The name of the file: a chat has no title. The time that SillyTavern adds to it is left out."""
    stem = PurePath(name).stem
    return readable_name(_TIME.sub("", stem) or stem)


def _sniff(sample: Sample) -> float:
    head = sample.head.replace(b"\0", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe \t\r\n")
    if not head.startswith(("{", "[")) or _CARD.search(head):
        return 0.0
    if _CHAT.search(head) or (_ROLE.search(head) and _CONTENT.search(head)):
        return SURE
    return 0.0


READER = Reader(
    kind="chat",
    what="a chat",
    suffixes=(".jsonl",),
    sniff=_sniff,
    read=read_chat,
    textual=True,
)
