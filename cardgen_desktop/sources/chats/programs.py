"""The forms in which programs write chats, told by their keys, each as a `Chat`."""

import html
from collections.abc import Callable
from typing import Any

from .assistants import is_conversation, read_conversations
from .character_ai import (
    is_histories,
    is_simple,
    is_turns,
    read_histories,
    read_turns,
    simple_chat,
    turns_of,
)
from .koboldai import is_kobold, read_kobold
from .messages import NARRATOR, Chat, Message
from .risu import is_risu, read_risu
from .values import Row, row_of, rows_of, text_of

HIDDEN_ROLES = frozenset({"system", "developer", "tool", "function"})
SPOKEN_TYPES = frozenset({"", "Default", "Reply"})
BEGIN = "<|BEGIN-VISIBLE-CHAT|>"
"""What text-generation-webui notes for the message before the greeting, which nobody wrote."""

MAIN_CHARACTER = "imported"
"""What Agnai writes for the number of the character whose chat it is; others are guests."""


def chat_of(values: list[Any]) -> Chat:
    """The chat of a file's JSON values; one without messages when they are no chat."""
    whole = values[0] if len(values) == 1 else values
    if isinstance(whole, dict):
        for is_form, read in _FORMS:
            if is_form(whole):
                return read(whole)
    if len(values) == 1 and isinstance(whole, list) and any(isinstance(each, list) for each in whole):
        return simple_chat(whole)
    rows = rows_of(whole if isinstance(whole, list) else values)
    for is_row, read_rows in _LISTS:
        if rows and is_row(rows[0]):
            return read_rows(rows)
    return _lines(rows)


def _lines(rows: list[Row]) -> Chat:
    """SillyTavern and TavernAI lines, or lines with a role and content."""
    chat = Chat()
    for row in rows:
        if "mes" in row:
            _add_tavern(chat, row)
        elif "role" in row:
            _add_role(chat, row)
        elif isinstance(row.get("messages"), list):
            chat.messages += _messages(row).messages
        else:
            chat.user = chat.user or _known(row.get("user_name"))
            chat.character = chat.character or _known(row.get("character_name"))
    return chat


def _known(name: Any) -> str:
    """A name of a heading line; SillyTavern writes *unused* where it does not use it."""
    return "" if text_of(name) == "unused" else text_of(name)


def _add_tavern(chat: Chat, row: Row) -> None:
    if row.get("is_system") is True:
        return
    swipes, chosen = row.get("swipes"), row.get("swipe_id")
    text = _message_text(row["mes"])
    if not text and isinstance(swipes, list) and isinstance(chosen, int) and 0 <= chosen < len(swipes):
        text = _message_text(swipes[chosen])
    told = row_of(row.get("extra")).get("type") == "narrator"
    name = NARRATOR if told else text_of(row.get("name"))
    chat.messages.append(Message(name, text, row.get("is_user") is True and not told))


def _message_text(value: Any) -> str:
    """The words of a message; Chub keeps them one level deeper."""
    return text_of(row_of(value).get("message")) if isinstance(value, dict) else text_of(value)


def _add_role(chat: Chat, row: Row) -> None:
    role = text_of(row.get("role"))
    if role in HIDDEN_ROLES:
        return
    content = row.get("content", row.get("data"))
    parts = [text_of(part.get("text")) for part in rows_of(content)]
    text = text_of(content) or "\n".join(part for part in parts if part)
    chat.messages.append(Message(text_of(row.get("name")), text, role in ("user", "human")))


def _messages(whole: Row) -> Chat:
    """Agnai (`msg`), DiscordChatExporter (`author`), and lists with roles."""
    chat = Chat(character=text_of(row_of(whole.get("character")).get("name")))
    for row in rows_of(whole.get("messages")):
        author = row_of(row.get("author"))
        if "msg" in row:
            _add_agnai(chat, row)
        elif author and text_of(row.get("type")) in SPOKEN_TYPES:
            name = text_of(author.get("nickname")) or text_of(author.get("name"))
            chat.messages.append(Message(name, text_of(row.get("content"))))
        elif "role" in row:
            _add_role(chat, row)
        elif "mes" in row:
            _add_tavern(chat, row)
    return chat


def _add_agnai(chat: Chat, row: Row) -> None:
    """A message with its further parts; one out of character is none."""
    if row.get("ooc") is True:
        return
    name = text_of(row.get("handle")) or text_of(row.get("name"))
    further = row.get("extras")
    parts = [row["msg"], *(further if isinstance(further, list) else [])]
    if row.get("characterId") == MAIN_CHARACTER and not chat.character:
        chat.character = name
    text = "\n".join(text_of(part) for part in parts if text_of(part))
    chat.messages.append(Message(name, text, bool(row.get("userId"))))


def _has_pairs(whole: Row) -> bool:
    return any(isinstance(whole.get(key), list) for key in ("data_visible", "visible", "internal"))


def _pairs(whole: Row) -> Chat:
    """text-generation-webui: pairs of what was asked and answered, escaped where it is what was shown."""
    shown = next((whole[key] for key in ("data_visible", "visible") if whole.get(key)), None)
    held = shown if isinstance(shown, list) else whole.get("internal")
    pairs = [pair for pair in held if isinstance(pair, list)] if isinstance(held, list) else []
    said = [(place == 0, text_of(text)) for pair in pairs for place, text in enumerate(pair[:2])]
    messages = [
        Message("", html.unescape(text) if held is shown else text, by_user)
        for by_user, text in said
        if text.strip() != BEGIN
    ]
    return Chat(messages=messages, in_own_folder=True)


_FORMS: tuple[tuple[Callable[[Row], bool], Callable[[Row], Chat]], ...] = (
    (is_kobold, read_kobold),
    (is_histories, read_histories),
    (is_turns, read_turns),
    (_has_pairs, _pairs),
    (is_risu, read_risu),
    (is_conversation, lambda whole: read_conversations([whole])),
    (lambda whole: isinstance(whole.get("history"), list), lambda whole: simple_chat(whole["history"])),
    (lambda whole: isinstance(whole.get("messages"), list), _messages),
)
_LISTS: tuple[tuple[Callable[[Row], bool], Callable[[list[Row]], Chat]], ...] = (
    (is_conversation, read_conversations),
    (is_simple, simple_chat),
    (lambda row: "candidates" in row, turns_of),
)
