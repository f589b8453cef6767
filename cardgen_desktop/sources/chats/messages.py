"""A chat log as every program's form becomes it: who says what, and who is the card's character."""

from dataclasses import dataclass, field

NARRATOR = "Narrator"
"""Who tells what is nobody's message."""


@dataclass(slots=True)
class Message:
    """One message; `name` is "" where the file does not say it, `by_user` whether the person wrote it."""

    name: str
    text: str
    by_user: bool = False


@dataclass(slots=True)
class Chat:
    """The messages of a file in order. `character` and `user` are "" when the file does not name them.

    `conversations` counts the chats that stand one after another in `messages`. `story` is set instead of
    messages where a program kept prose that nobody says. `in_own_folder`: the program keeps the chats of each
    character in a folder that has the character's name.
    """

    character: str = ""
    user: str = ""
    messages: list[Message] = field(default_factory=list)
    conversations: int = 1
    story: str = ""
    in_own_folder: bool = False


def joined(chats: list[Chat]) -> Chat:
    """Several chats of one file as one: the first names count, the messages follow one another."""
    whole = Chat(conversations=max(1, sum(bool(chat.messages) for chat in chats)))
    for chat in chats:
        whole.character = whole.character or chat.character
        whole.user = whole.user or chat.user
        whole.messages += chat.messages
    return whole
