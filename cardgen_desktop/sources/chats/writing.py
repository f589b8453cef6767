"""A chat as text: `Name: message`, a blank line between messages, one line end inside of them."""

import re
from collections import Counter

from .messages import NARRATOR, Chat, Message

NAME_CHARACTERS, NAME_WORDS = 40, 4
USER, CHARACTER = "User", "Character"
MOST_NAMES = 50
"""How many names of each kind the heading has; the most frequent are kept."""

_THINKING = re.compile(r"<(think|thinking|thoughts|reasoning)>(?:(?!<\1>).)*?(?:</\1>|\Z)", re.S | re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>|<!--[^<>]{0,500}-->")
_PICTURE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)")
_ASIDE = re.compile(r"[(\[]{1,2}\s?OOC\b[^()\[\]\n]{0,2000}[)\]]{1,2}", re.I)
_MACRO = re.compile(r"\{\{(user|char)\}\}|<(user|char|bot)>", re.I)
_LINES = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_LABEL = re.compile(r"[^\n:：]{1,60}[:：]")
_NOT_IN_NAMES = re.compile(r"[\s:：*\"“”«»<>=|;()]+")
_LEADING = re.compile(r"^[\W\d_]+")


def write(chat: Chat) -> str:
    """The text of a chat; messages that hold nothing but markup are left out."""
    user, character = _names(chat)
    written = []
    for message in chat.messages:
        words = _words(message.text, user, character)
        if words:
            written.append(f"{label(message.name, user if message.by_user else character)}: {words}")
    return "\n\n".join(written) + "\n" if written else ""


def heading(chat: Chat) -> str:
    """Who is character and who user, a line each (`domain.people.CHAT_HEADING`); "" when not known."""
    if not (chat.character or chat.user or any(each.by_user for each in chat.messages)):
        return ""
    known = characters(chat)
    users = [name for name in _commonest(chat, by_user=True) or [_names(chat)[0]] if name not in known]
    return "\n".join([*(f"{CHARACTER}: {name}" for name in known), *(f"{USER}: {name}" for name in users)])


def characters(chat: Chat) -> list[str]:
    """The labels of those whom the person writes with, who speaks most often first.

    A character that the file itself names is the only one: whoever else speaks may be a narrator or a guest.
    """
    return [_names(chat)[1]] if chat.character else _commonest(chat, by_user=False)


def _commonest(chat: Chat, *, by_user: bool) -> list[str]:
    otherwise = _names(chat)[not by_user]
    said = Counter(label(each.name, otherwise) for each in chat.messages if each.by_user == by_user)
    said.pop(NARRATOR, None)
    return [name for name, _ in said.most_common(MOST_NAMES)]


def label(name: str, otherwise: str) -> str:
    """A name as a label can have it: few words, no signs that end a label, a letter first."""
    words = _LEADING.sub("", _NOT_IN_NAMES.sub(" ", name[:400])).split()
    return " ".join(words[:NAME_WORDS])[:NAME_CHARACTERS].strip() or otherwise


def _names(chat: Chat) -> tuple[str, str]:
    return (
        label(chat.user or _first(chat.messages, by_user=True), USER),
        label(chat.character or _first(chat.messages, by_user=False), CHARACTER),
    )


def _first(messages: list[Message], *, by_user: bool) -> str:
    said = (each.name for each in messages if each.by_user == by_user and each.name != NARRATOR)
    return next((name for name in said if name.strip()), "")


def _words(text: str, user: str, character: str) -> str:
    text = _THINKING.sub("", text)
    text = _MACRO.sub(lambda found: user if (found[1] or found[2]).lower() == "user" else character, text)
    text = _ASIDE.sub("", _TAG.sub("", _PICTURE.sub("", text)))
    lines = [line for line in _LINES.split(text.strip()) if line]
    joined: list[str] = []
    for line in lines:
        joined.append((" " if _LABEL.match(line) else "\n") + line if joined else line)
    return "".join(joined)
