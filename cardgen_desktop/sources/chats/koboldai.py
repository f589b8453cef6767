"""KoboldAI Lite keeps one long text; marks or, where chats are written out, labels say whose it is."""

import re
from collections.abc import Iterator

from .messages import NARRATOR, Chat, Message
from .values import Row, row_of, text_of

INPUT, OUTPUT, SYSTEM = "{{[INPUT]}}", "{{[OUTPUT]}}", "{{[SYSTEM]}}"
MOST_OPPONENTS = 50
STORY_MODES = (1, 2)
"""`opmode` of stories and adventures; 3 is a chat and 4 are instructions."""

UNNAMED = "KoboldGPT"
"""The name that the program gives to whoever answers, until somebody gives another."""

MOST_TAG = 200

_MARK = re.compile(r"(\{\{\[(?:INPUT|OUTPUT|SYSTEM)(?:_END)?\]\}\})")


def is_kobold(whole: Row) -> bool:
    """Whether this is a saved story or chat of KoboldAI or KoboldAI Lite."""
    return "savedsettings" in whole or "gamestarted" in whole


def read_kobold(whole: Row) -> Chat:
    """The messages of a saved chat, or its text as a story where nobody is named."""
    settings = row_of(whole.get("savedsettings"))
    opponents = _opponents(settings)
    chat = Chat(opponents[0] if len(opponents) == 1 else "", text_of(settings.get("chatname")).strip())
    actions = whole.get("actions")
    pieces = [whole.get("prompt"), *(actions if isinstance(actions, list) else [])]
    text = _with_marks("".join(map(text_of, pieces)), settings)
    if INPUT in text or OUTPUT in text:
        chat.messages = list(_marked(text, chat))
    elif settings.get("opmode") in STORY_MODES or not (opponents or chat.user):
        chat.story = _MARK.sub("", text).strip()
    else:
        chat.messages = list(_written_out(text, opponents, chat.user))
    return chat


def _opponents(settings: Row) -> list[str]:
    named = text_of(settings.get("chatopponent")).split("||$||")
    return [name.strip() for name in named[:MOST_OPPONENTS] if name.strip() not in ("", UNNAMED)]


def _with_marks(text: str, settings: Row) -> str:
    """Older saves have the tags of a model's instructions in the place of the marks."""
    for key, mark in (("instruct_starttag", INPUT), ("instruct_endtag", OUTPUT)):
        tag = text_of(settings.get(key)).replace("\\n", "\n").strip()
        if tag and len(tag) <= MOST_TAG and settings.get("opmode") not in STORY_MODES:
            text = text.replace(tag, mark)
    return text


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
    pieces = re.split(rf"(?m)^[ \t]*({'|'.join(map(re.escape, names))}):", text)
    if len(pieces) == 1:
        yield Message("", text)
        return
    yield Message(NARRATOR, pieces[0])
    for name, words in zip(pieces[1::2], pieces[2::2], strict=True):
        yield Message(name, words, name == user)
