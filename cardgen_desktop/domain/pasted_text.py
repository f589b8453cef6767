"""Text from the clipboard: whether it means to be a character card or a lorebook, told cheaply."""

import re

MOST_LOOKED_AT = 200_000
"""Characters at the beginning that are looked at; keys of a card or a lorebook stand there."""

_JSON_KEYS = re.compile(
    r'"(?:spec|char_name|char_persona|first_mes|character_book|alternate_greetings|mes_example|lorebookVersion'
    r'|char_greeting|entries|folders|first_message|persona)"\s*:'
)
_YAML_NAME = re.compile(r"^(?:name|char_name|spec)\s*:", re.MULTILINE)
_YAML_PART = re.compile(
    r"^(?:context|greeting|char_persona|char_greeting|first_mes|mes_example|example_dialogue|data)\s*:",
    re.MULTILINE,
)


def means_to_be_card(text: str) -> bool:
    """Whether a text is meant as a card or a lorebook in JSON or YAML; reading it decides.

    Prose is none: JSON begins with a brace and has a key that cards have, YAML has two of their keys at the
    beginning of lines, the name among the first.
    """
    head = text[:MOST_LOOKED_AT].lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        return _JSON_KEYS.search(head) is not None
    name = _YAML_NAME.search(head, 0, 2_000)
    return name is not None and _YAML_PART.search(head) is not None
