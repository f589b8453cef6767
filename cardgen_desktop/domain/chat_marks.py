"""Whether JSON is a chat of one of the programs that export them, told cheaply by its first keys."""

import re
from pathlib import Path

JSON_SUFFIX = ".json"
MOST_LOOKED_AT = 16_384
"""How much of a file's beginning is worth looking at: some programs write a scenario before the messages."""

_CARD = re.compile(
    r'"(?:spec|first_mes|char_persona|char_greeting|character_book|mes_example|first_message|firstMessage'
    r'|aiPersona)"\s*:'
)
_CHAT = re.compile(
    r'"(?:mes|chat_metadata|character_name|data_visible|histories|savedsettings|gamestarted|is_name'
    r'|chat_messages|treeLeafId|raw_content|isHuman)"\s*:'
    r'|"type"\s*:\s*"risu(?:Chat|AllChats)"'
    r'|"messages"\s*:\s*\['
    r'|"(?:internal|visible)"\s*:\s*\[\s*(?:\[|\])'
    r'|"name"\s*:\s*"Exported"'
)
_PAIRS = tuple(
    (re.compile(first), re.compile(second))
    for first, second in (
        (r'"role"\s*:', r'"content"\s*:'),
        (r'"mapping"\s*:\s*\{', r'"(?:title|create_time|current_node|conversation_id)"\s*:'),
        (r'"turns"\s*:\s*\[', r'"(?:author|turn_key)"\s*:'),
        (r'"conversations"\s*:\s*\[', r'"from"\s*:'),
    )
)
"""Keys that are common in JSON of any kind, and say something only together."""


def is_chat_file(path: Path) -> bool:
    """Whether a file is such a chat; False for one that cannot be read. Looks at the disk."""
    try:
        with path.open("rb") as file:
            head = file.read(MOST_LOOKED_AT)
    except (OSError, ValueError):
        return False
    return means_to_be_chat(head.replace(b"\0", b"").decode("utf-8", "replace"))


def is_chat_json(path: Path) -> bool:
    """Whether a file found in a folder is a chat, though its suffix is the one of cards."""
    return path.suffix.casefold() == JSON_SUFFIX and is_chat_file(path)


def means_to_be_chat(head: str) -> bool:
    """Whether the beginning of a file (some thousand characters) is that of a chat in JSON or JSON lines.

    A card has its own keys and is none, whatever else it holds.
    """
    head = head.lstrip("\ufeff \t\r\n")
    if not head.startswith(("{", "[")) or _CARD.search(head):
        return False
    return _CHAT.search(head) is not None or any(
        first.search(head) and second.search(head) for first, second in _PAIRS
    )
