"""Chats that programs saved as pages: RisuAI's, whose names are headings, and those of CAI Tools.

CAI Tools' page is empty until its script runs; the messages stand in it, percent-encoded.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .character_ai import simple_chat
from .messages import Chat
from .risu import of_turns
from .values import parse_rows, row_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_RISU = re.compile(r"\.idat\s{0,20}\{")
_CAI = re.compile(r"JSON\.parse\(`(\{[^`]*\})`\)")
_BREAK = re.compile(r"<br[^>]{0,20}>|</p>", re.I)


def chat_on(page: "LexborHTMLParser", text: str, name: str) -> Chat | None:
    """The chat of such a page, or None for any other; raises `SourceError` when it is nested too deeply."""
    if _RISU.search(text[:8_000]):
        return _risu(page)
    if "<title>CAI Library</title>" in text[:2_000] and (found := _CAI.search(text)):
        values, _ = parse_rows(found[1], name)
        chat = simple_chat(row_of(values[0] if values else None).get("history"))
        for message in chat.messages:
            message.text = unquote(message.text)
        return chat
    return None


def _risu(page: "LexborHTMLParser") -> Chat | None:
    turns = []
    for block in page.css("div.chat"):
        name, said = block.css_first("h2"), block.css_first("div:not(.chat)")
        if name is not None and said is not None:
            turns.append((name.text(), said.text(separator="\n")))
    return of_turns(turns) if turns else None
