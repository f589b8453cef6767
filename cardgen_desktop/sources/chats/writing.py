"""A chat as text: `Name: message`, a blank line between messages, one line end inside of them."""

import re
from collections import Counter

from .messages import Chat, Message

NAME_CHARACTERS, NAME_WORDS = 40, 4
USER, CHARACTER = "User", "Character"
MOST_NAMES = 50
"""How many names of each kind the heading has; the most frequent are kept."""

_THINKING = re.compile(r"<(think|thinking|reasoning)>(?:(?!<\1>).)*?(?:</\1>|\Z)", re.S | re.I)
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
    """Who is the character and who the user, a line each (`domain.people.CHAT_HEADING`); "" when not known.

    A character that the file itself names is the only one: whoever else speaks may be a narrator or a guest.
    """
    if not (chat.character or chat.user or any(each.by_user for each in chat.messages)):
        return ""
    user, character = _names(chat)
    said: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for each in chat.messages:
        said[each.by_user][label(each.name, user if each.by_user else character)] += 1
    characters = [character] if chat.character else _commonest(said[False])
    users = [name for name in _commonest(said[True]) or [user] if name not in characters]
    lines = [*(f"{CHARACTER}: {name}" for name in characters), *(f"{USER}: {name}" for name in users)]
    return "\n".join(lines)


def _commonest(names: Counter[str]) -> list[str]:
    return [name for name, _ in names.most_common(MOST_NAMES)]


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
    return next((each.name for each in messages if each.by_user == by_user and each.name.strip()), "")


def _words(text: str, user: str, character: str) -> str:
    text = _THINKING.sub("", text)
    text = _MACRO.sub(lambda found: user if (found[1] or found[2]).lower() == "user" else character, text)
    text = _ASIDE.sub("", _TAG.sub("", _PICTURE.sub("", text)))
    lines = [line for line in _LINES.split(text.strip()) if line]
    joined: list[str] = []
    for line in lines:
        joined.append((" " if _LABEL.match(line) else "\n") + line if joined else line)
    return "".join(joined)
