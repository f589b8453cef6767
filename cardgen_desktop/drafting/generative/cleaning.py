"""Making a model's text fit for a card: macros, labels of speakers, <START> blocks, lists, length."""

import re
from collections.abc import Iterable

from ...domain.evidence_pack import EvidencePack
from .citations import sentences_of
from .fence import name_inside

START = "<START>"
CHAR, USER = "{{char}}", "{{user}}"
MOST_KEYS, MOST_TAGS = 6, 8
MOST_TAG_WORDS = 4
_MACRO = re.compile(r"(?:\{\{?|<|\[)\s*(char(?:acter)?|user|bot)\s*(?:\}\}?|>|\])", re.IGNORECASE)
_START = re.compile(
    r"[ \t*]{0,4}[<\[{(]{1,2}\s?/?START\s?[>\]})]{1,2}[ \t*]{0,4}|^[ \t*]{0,4}START\b:?[ \t*]{0,4}$",
    re.IGNORECASE | re.MULTILINE,
)
_LABEL = re.compile(
    r"^[ \t]*+[*_]{0,2}(?P<name>[^\n:*\"“]{1,60}?)[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*", re.MULTILINE
)
_USERS = frozenset({"you", "user", "{{user}}", "the user", "human", "player", "me", "interviewer"})
_BLANKS = re.compile(r"\n{3,}")
_BULLET = re.compile(r"^\s*(?:[-*•#]+|\d{1,2}[.)])\s*")
_KEY_SPLIT = re.compile(r"\s*[,;\n/|]\s*")
_QUOTES = "\"'“”‘’`*_.,;: \t\n"


def plain_text(text: str) -> str:
    """White space in order and macros as SillyTavern writes them; the words stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = _MACRO.sub(lambda found: USER if found[1].lower() == "user" else CHAR, text)
    lines = (line.rstrip() for line in text.split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def with_macros(text: str, pack: EvidencePack) -> str:
    """The character's whole name as {{char}}; other names of theirs stay."""
    name = name_inside(pack.character)
    if len(name) < 2:
        return text
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", CHAR, text)


def with_users(text: str, pack: EvidencePack) -> str:
    """Names of whoever chats with the character as {{user}}; labels such as You are words as well."""
    given = (name for name in pack.users if len(name) > 1 and name.casefold() not in _USERS)
    names = sorted(given, key=len, reverse=True)
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", USER, text) if names else text


def _own_names(pack: EvidencePack) -> tuple[str, ...]:
    return (pack.character, *pack.aliases, CHAR, "char", "character")


def labelled(text: str, pack: EvidencePack) -> str:
    """Labels of speakers at the beginning of lines as {{char}}: and {{user}}:."""
    own = {name.casefold() for name in _own_names(pack)}

    def label(found: re.Match[str]) -> str:
        name = found["name"].strip().casefold()
        if name in _USERS:
            return f"{USER}: "
        return f"{CHAR}: " if name in own else found[0]

    return _LABEL.sub(label, text)


def example_dialogue(text: str, pack: EvidencePack) -> str:
    """Example dialogue as blocks that each begin with a <START> line; none without a line of {{char}}."""
    text = _START.sub(f"\n{START}\n", text)
    names = (*_own_names(pack), *_USERS)
    inline = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    text = re.sub(rf"(?<=[.!?…*\"”»])[ \t]+(?=(?:{inline}):)", "\n", text, flags=re.IGNORECASE)
    text = labelled(text, pack)
    blocks = []
    for block in text.split(START):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if any(line.startswith(f"{CHAR}:") and line != f"{CHAR}:" for line in lines):
            blocks.append("\n".join([START, *lines]))
    return "\n".join(blocks)


def greeting(text: str, pack: EvidencePack) -> str:
    """A greeting without a label of the character before it or a <START>."""
    text = labelled(_START.sub("", text).strip(), pack)
    return text.removeprefix(f"{CHAR}: ").strip()


def unquoted(text: str) -> str:
    """A text without quotation marks around the whole of it, where there are none inside."""
    for opening, closing in ('""', "“”", "''"):
        inner = text[1:-1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing:
            return text if opening in inner or closing in inner else inner.strip()
    return text


def trimmed(text: str, most: int, language: str) -> str:
    """A text that is too long, cut behind its last whole sentence; at a space where there is none."""
    if len(text) <= most:
        return text
    text = text[:most]
    sentences = sentences_of(text, language)
    whole = [end for _, end in sentences[:-1]]
    if whole and whole[-1] > most // 3:
        return text[: whole[-1]]
    return text.rsplit(None, 1)[0] if " " in text else text


def tags_of(values: Iterable[str]) -> list[str]:
    """Tags in lower case, each once, without signs in front; phrases too long for a tag are left out."""
    found: dict[str, None] = {}
    for value in values:
        for part in _KEY_SPLIT.split(value):
            tag = " ".join(_BULLET.sub("", part).strip(_QUOTES).casefold().split())
            if tag and len(tag) <= 40 and len(tag.split()) <= MOST_TAG_WORDS:
                found.setdefault(tag)
    return list(found)[:MOST_TAGS]


def keys_of(
    values: Iterable[str], name: str, known: Iterable[str], pack: EvidencePack, others: Iterable[str] = ()
) -> list[str]:
    """Keys of a lorebook entry: what the source has and what the model names, the topic's name first.

    The character's own names and those of `others` (other topics) would call it at every turn: left out.
    """
    own = {alias.casefold() for alias in (pack.character, *pack.aliases, *others, CHAR, USER)}
    found: dict[str, str] = {}
    named = (part for value in values for part in _KEY_SPLIT.split(value))
    for part in (name, *known, *named):
        key = " ".join(_BULLET.sub("", part).strip(_QUOTES).split())
        if len(key) > 1 and len(key) <= 60 and key.casefold() not in own and len(key.split()) <= 6:
            found.setdefault(key.casefold(), key)
    return list(found.values())[:MOST_KEYS]
