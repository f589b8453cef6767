"""The texts of a card as prose: macros become names, attribute lists become rows, markup goes."""

import re
from collections.abc import Iterable, Iterator

from ..domain.source import CARD_USER
from .chats.messages import Chat, Message
from .chats.writing import write

USER = "{{user}}"

_USERS = frozenset({CARD_USER.casefold(), "you"})
_HELD = "\ue000"

_NAMES = re.compile(r"\{\{(user|char)\}\}|<(user|char|bot)>", re.I)
_COMMENT = re.compile(r"\{\{//[^{}]{0,10000}\}\}|<!--[^<>]{0,10000}-->")
_CHOICE = re.compile(r"\{\{(?:random|pick)\s*:{1,2}\s*([^{},:]{0,500})[^{}]{0,5000}\}\}", re.I)
_TAG = re.compile(r"</?[A-Za-z][\w :-]{0,80}(?:=[^<>\n]{0,400})?/?>")
_ATTRIBUTE = re.compile(r"\b([^\W\d_][\w '/-]{0,40}?)\s?\(((?:\s*\+?\s*\"[^\"\n]{1,500}\")+)\s*\)")
_VALUE = re.compile(r"\"([^\"\n]{1,500})\"")
_OPENING = re.compile(
    r"^\s*\[?\s*character\s*\([^()\n]{0,200}\)\s*\{?|^\s*\[?\s*\{|\}\s*\]?\s*$", re.I | re.M
)
_LABEL = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]*|(?P<bold>\*\*|__)|(?P<bracket>\[))"
    r"(?P<words>[^\W\d_](?:[^\n*_#\[\]:.!?\"“”{}]{0,48}[^\s*_#\[\]:.!?\"“”{}])?)"
    r"[ \t]*:?[ \t]*(?(bold)(?P=bold))(?(bracket)\])[ \t]*:?[ \t]*$",
    re.M,
)
"""A line that names what follows it, as people write them: `## Habits`, `**Habits**`, `[Habits]`."""

_TITLE = re.compile(r"^[ \t]*#{1,6}[ \t]*", re.M)
_START = re.compile(r"<START>", re.I)
_SPEAKER = re.compile(
    r"^[ \t]*(?:\{\{(char|user)\}\}|<(bot|char|user)>|([^\W\d_][^\n:：*\"“”<>{}]{0,39}?))[ \t]*[:：]",
    re.I | re.M,
)


def prose_of(text: str, character: str) -> str:
    """A field of a card as text about the character. W++ and the like become rows, `Hair: black, long`,
    and headings inside of it plain labels.

    `{{user}}` stays: nobody has that name, and a card that is drafted from this may say it too.
    """
    text = _NAMES.sub(lambda found: USER if _means_user(found) else character, _chosen(text))
    text = _TAG.sub("", text)
    if _ATTRIBUTE.search(text):
        text = _ATTRIBUTE.sub(_row, _OPENING.sub("", text))
    return _TITLE.sub("", _LABEL.sub(r"\n\g<words>:", text)).strip()


def greetings_of(character: str, greetings: Iterable[str]) -> str:
    """The greetings as labelled lines: the character says them one after the other."""
    return _written(Chat(character, CARD_USER, [Message(character, _held(each)) for each in greetings]))


def examples_of(character: str, text: str) -> str:
    """The example dialogue as labelled lines; what stands before the first label nobody is known to say."""
    return _written(Chat(character, CARD_USER, list(_messages(text, character))))


def _messages(text: str, character: str) -> Iterator[Message]:
    for block in _START.split(text):
        labels = [found for found in _SPEAKER.finditer(block) if _is_speaker(found, character)]
        for number, found in enumerate(labels):
            end = labels[number + 1].start() if number + 1 < len(labels) else len(block)
            by_user = (not found[3] and _means_user(found)) or _name_of(found) in _USERS
            name = CARD_USER if by_user else character
            yield Message(name, _held(block[found.end() : end]), by_user=by_user)


def _written(chat: Chat) -> str:
    return write(chat).replace(_HELD, USER)


def _held(text: str) -> str:
    """A message in which `{{user}}` outlasts the writing, which would put a name there."""
    text = _chosen(text.replace(_HELD, ""))
    return _NAMES.sub(lambda found: _HELD if _means_user(found) else found[0], text)


def _chosen(text: str) -> str:
    """Without comments, and of what a macro chooses by chance the first."""
    return _CHOICE.sub(r"\1", _COMMENT.sub("", text))


def _row(found: re.Match[str]) -> str:
    return f"\n{found[1].strip().replace('_', ' ')}: {', '.join(_VALUE.findall(found[2]))}\n"


def _means_user(found: re.Match[str]) -> bool:
    return (found[1] or found[2] or "").lower() == "user"


def _name_of(found: re.Match[str]) -> str:
    return (found[3] or "").strip().casefold()


def _is_speaker(found: re.Match[str], character: str) -> bool:
    """A macro or a name of the two: any other word before a colon may be part of a message."""
    return not found[3] or _name_of(found) in (character.casefold(), *_USERS)
