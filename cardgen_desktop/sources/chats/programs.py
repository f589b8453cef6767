"""The forms in which programs write chats, told by their keys, each as a `Chat`."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .messages import Chat, Message
from .values import Row, row_of, rows_of, text_of

HIDDEN_ROLES = frozenset({"system", "developer", "tool", "function"})
INPUT, OUTPUT, SYSTEM = "{{[INPUT]}}", "{{[OUTPUT]}}", "{{[SYSTEM]}}"
NARRATOR = "Narrator"
MOST_OPPONENTS = 50
SPOKEN_TYPES = frozenset({"", "Default", "Reply"})

_MARK = re.compile(r"(\{\{\[(?:INPUT|OUTPUT|SYSTEM)(?:_END)?\]\}\})")


def chat_of(values: list[Any]) -> Chat:
    """The chat of a file's JSON values; one without messages when they are no chat."""
    if len(values) == 1 and isinstance(values[0], dict):
        whole = values[0]
        for is_form, read in _FORMS:
            if is_form(whole):
                return read(whole)
    rows = rows_of(values[0]) if len(values) == 1 and isinstance(values[0], list) else rows_of(values)
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
    chat.messages.append(Message(text_of(row.get("name")), text, row.get("is_user") is True))


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
            by_user = bool(row.get("userId"))
            chat.messages.append(Message(text_of(row.get("handle")), text_of(row["msg"]), by_user))
        elif author and text_of(row.get("type")) in SPOKEN_TYPES:
            name = text_of(author.get("nickname")) or text_of(author.get("name"))
            chat.messages.append(Message(name, text_of(row.get("content"))))
        elif "role" in row:
            _add_role(chat, row)
        elif "mes" in row:
            _add_tavern(chat, row)
    return chat


def _risu(whole: Row) -> Chat:
    chat = Chat()
    for row in rows_of(row_of(whole.get("data")).get("message")):
        _add_role(chat, row)
    return chat


def _ooba(whole: Row) -> Chat:
    pairs = [pair for pair in whole["data_visible"] if isinstance(pair, list)]
    said = [(place == 0, text_of(text)) for pair in pairs for place, text in enumerate(pair[:2])]
    return Chat(messages=[Message("", text, by_user) for by_user, text in said])


def _character_ai(whole: Row) -> Chat:
    chat = Chat()
    for history in rows_of(row_of(whole["histories"]).get("histories")):
        for row in rows_of(history.get("msgs")):
            source = row_of(row.get("src"))
            by_user = source.get("is_human") is True
            chat.messages.append(Message(text_of(source.get("name")), text_of(row.get("text")), by_user))
    return chat


def _kobold(whole: Row) -> Chat:
    """KoboldAI Lite keeps one long text; marks or, where chats are written out, labels say whose it is."""
    settings = row_of(whole.get("savedsettings"))
    named = text_of(settings.get("chatopponent")).split("||$||")
    opponents = [name.strip() for name in named[:MOST_OPPONENTS] if name.strip()]
    chat = Chat(opponents[0] if len(opponents) == 1 else "", text_of(settings.get("chatname")).strip())
    actions = whole.get("actions")
    pieces = [whole.get("prompt"), *(actions if isinstance(actions, list) else [])]
    text = "".join(map(text_of, pieces))
    if INPUT in text or OUTPUT in text:
        chat.messages = list(_marked(text, chat))
    else:
        chat.messages = list(_written_out(text, opponents, chat.user))
    return chat


def _marked(text: str, chat: Chat) -> Iterator[Message]:
    """What stands before the first mark is the character's greeting; a hidden instruction is nobody's."""
    mark = OUTPUT
    for piece in _MARK.split(text):
        if _MARK.fullmatch(piece):
            mark = piece if piece in (INPUT, SYSTEM) else OUTPUT
        elif mark != SYSTEM:
            name = chat.user if mark == INPUT else chat.character
            yield Message("", piece.strip().removeprefix(f"{name}:" if name else ""), mark == INPUT)


def _written_out(text: str, opponents: list[str], user: str) -> Iterator[Message]:
    """A text whose lines begin with the names of the settings; what precedes the first is told by nobody."""
    names = [name for name in (user, *opponents) if name]
    if not names:
        yield Message("", text)
        return
    pieces = re.split(rf"(?m)^[ \t]*({'|'.join(map(re.escape, names))}):", text)
    if len(pieces) == 1:
        yield Message("", text)
        return
    yield Message(NARRATOR, pieces[0])
    for name, words in zip(pieces[1::2], pieces[2::2], strict=True):
        yield Message(name, words, name == user)


_FORMS: tuple[tuple[Callable[[Row], bool], Callable[[Row], Chat]], ...] = (
    (lambda whole: "savedsettings" in whole or "gamestarted" in whole, _kobold),
    (lambda whole: "histories" in whole, _character_ai),
    (lambda whole: isinstance(whole.get("data_visible"), list), _ooba),
    (lambda whole: whole.get("type") == "risuChat", _risu),
    (lambda whole: isinstance(whole.get("messages"), list), _messages),
)
