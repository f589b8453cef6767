"""Who a chat is with, told by its file's name: programs write the character's name into it, and a time."""

import re
from pathlib import PurePath

from .writing import NAME_CHARACTERS, NAME_WORDS, label

MOST_LOOKED_AT = 200

_TIME = re.compile(r"\s*-\s*\d{4}-\d{1,2}-\d{1,2}\s?@.*", re.S)
"""What SillyTavern writes behind the name."""

_EXACT = (
    re.compile(r"(.+)_\d{4}-\d\d-\d\dT\d{9}Z_chat"),
    re.compile(r"(.+)_all_chats_\d{4}-\d\d-\d\dT[\d-]{8,12}Z"),
    re.compile(r"(.+)_(?:oobabooga|tavern)_Chat", re.I),
    re.compile(r"(.+)_(?:Offline|Example)"),
    re.compile(r"(.+)_\d{8}-\d\d-\d\d-\d\d"),
)
"""RisuAI's exports of one chat and of all, those of CAI Tools, and text-generation-webui's."""

_COPY = re.compile(r"\s*\(\d{1,3}\)$")
_DATE = re.compile(
    r"\d{4}-?\d\d?-?\d\d?(?:[T@ _-]{0,3}\d{1,2}(?:[hms:._ -]{0,3}\d{2,9}){0,3}(?:m?s|Z)?)?(?![^\W_])"
)
_WORDS = re.compile(r"[\s_.-]+")
_HIDDEN = re.compile(r"[0-9a-f]*\d[0-9a-f]*", re.I)
GENERIC = frozenset(
    """
    a agnai ai all and assistant backup cai character characterai chat chatbot chatgpt chats chatlog claude
    conversation conversations convo copy data default dialog dialogue discord download downloads dump example
    export exported exports file files from full history instruct koboldai kobold lite log logs message
    messages my new note of offline old oobabooga openai part pasted persistent risu risuai roleplay rp save
    saved session sharegpt sillytavern story talk tavern test text the transcript untitled user with
    """.split()  # noqa: SIM905  (a list of ninety strings would be longer to read)
)
"""Words of file names that are nobody's name when nothing else stands there."""


def title_in(file_name: str) -> str:
    """A file's name without what programs write around the character's name; "" when nothing else is left."""
    stem = _COPY.sub("", _TIME.sub("", PurePath(file_name).stem[:MOST_LOOKED_AT]))
    for pattern in _EXACT:
        if found := pattern.fullmatch(stem):
            return found[1]
    title = _DATE.sub("", stem).strip(" _-.")
    return title if any(map(str.isalpha, title)) else ""


def name_in(file_name: str, folder: str = "") -> str:
    """The character's name in a file's name, else in that of its folder; "" when both say nothing."""
    return _name(PurePath(file_name).stem) or _name(folder)


def _name(stem: str) -> str:
    stem = _COPY.sub("", _TIME.sub("", stem[:MOST_LOOKED_AT]))
    for pattern in _EXACT:
        if found := pattern.fullmatch(stem):
            return label(found[1].replace("_", " "), "")
    words = [word for word in _WORDS.split(_DATE.sub(" ", stem)) if word]
    while words and _says_nothing(words[0]):
        words.pop(0)
    while words and _says_nothing(words[-1]):
        words.pop()
    name = label(" ".join(words), "")
    fits = len(words) <= NAME_WORDS and len(name) < NAME_CHARACTERS and any(map(str.isalpha, name))
    return (name.title() if name.islower() else name) if fits else ""


def _says_nothing(word: str) -> bool:
    return word.casefold() in GENERIC or _HIDDEN.fullmatch(word) is not None
