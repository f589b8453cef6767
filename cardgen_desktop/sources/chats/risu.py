"""RisuAI's exports of one chat and of all chats of a character, and the same as text and as a page.

The JSON names nobody: `role` is `char` or `user`, in groups `saying` is the number of a character. The text
and the page have the names, and the character speaks first in them.
"""

import re

from .messages import Chat, Message, joined
from .values import Row, row_of, rows_of, text_of

MOST_NAME = 60
LEAST_TURNS = 2

_TURN = re.compile(rf"(?:\A|(?<=\n)\n)--(?=\S)([^\n]{{1,{MOST_NAME}}})\n")
_MEDIA = re.compile(
    r"\{\{(?:inlay\w{0,9}|image|img|emotion|asset|audio|bgm?|video|raw|path)::[^{}\n]{0,300}\}\}", re.I
)


def is_risu(whole: Row) -> bool:
    """Whether this is an export of one chat, or of all chats with a character."""
    return whole.get("type") in ("risuChat", "risuAllChats")


def read_risu(whole: Row) -> Chat:
    """The messages without comments and without those that were switched off."""
    data = whole.get("data")
    return joined([_chat(row) for row in (rows_of(data) if isinstance(data, list) else [row_of(data)])])


def is_risu_text(head: str) -> bool:
    """Whether a text is such an export: `--Name`, the message below it, and a blank line."""
    return head.startswith("--") and len(_TURN.findall(head)) >= LEAST_TURNS


def read_risu_text(text: str) -> Chat:
    """The messages of a text; of two people the first is the character, of more any may be."""
    pieces = _TURN.split(text)
    return of_turns(list(zip(pieces[1::2], pieces[2::2], strict=True)))


def of_turns(turns: list[tuple[str, str]]) -> Chat:
    """The chat of names and messages; only of two people it is clear who is the person and who is not."""
    turns = [(name.strip(), _MEDIA.sub("", text)) for name, text in turns]
    names = list(dict.fromkeys(name for name, _ in turns))
    character, user = names if len(names) == 2 else ("", "")
    messages = [Message(name, text, bool(user) and name == user) for name, text in turns]
    return Chat(character, user, messages)


def _chat(data: Row) -> Chat:
    rows = [row for row in rows_of(data.get("message")) if not _is_off(row)]
    speakers = list(dict.fromkeys(text_of(row.get("saying")) for row in rows if row.get("role") == "char"))
    chat = Chat()
    for row in rows:
        by_user = row.get("role") == "user"
        name = text_of(row.get("name"))
        if not name and not by_user and len(speakers) > 1:
            name = f"Character {speakers.index(text_of(row.get('saying'))) + 1}"
        chat.messages.append(Message(name, _MEDIA.sub("", text_of(row.get("data"))), by_user))
    return chat


def _is_off(row: Row) -> bool:
    return row.get("disabled") is True or row.get("isComment") is True
