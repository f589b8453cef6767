"""From a chat to what a reader hands back: the text, who is who, and what had to be guessed."""

from pathlib import PurePath

from ...domain.people import CHAT_HEADING
from ...domain.source import Aside
from ..reader import Extract
from ..titles import readable_name
from .file_names import name_in, title_in
from .messages import Chat
from .values import refuse_many
from .writing import CHARACTER, characters, heading, write


def extract_of(chat: Chat, name: str, path: str = "") -> Extract | None:
    """The labelled lines below who is who; None without messages. `path` is "" for what is no file.

    Raises `SourceError` for more messages than a chat may have.
    """
    refuse_many(len(chat.messages), name)
    is_told = not _is_unnamed(chat)
    if not is_told:
        folder = PurePath(path).parent.name if chat.in_own_folder and path else ""
        chat.character = name_in(name, folder)
    text = write(chat)
    if not text:
        return None
    extract = Extract(text, _title(chat, name), kind="chat")
    if people := heading(chat):
        extract.text = f"{people}\n\n{text}"
        extract.asides.append(Aside(kind=CHAT_HEADING, start=0, end=len(people)))
    if not is_told:
        _warn_of_name(extract, chat, name)
    if chat.conversations > 1:
        extract.warn(
            "several_chats",
            f'"{name}" holds {chat.conversations:,} chats. They were read one after another.',
        )
    return extract


def _title(chat: Chat, name: str) -> str:
    """What the file is called, else whose chat it is: a chat has no title, and a time alone says little."""
    return readable_name(
        title_in(name) or chat.character or ", ".join(characters(chat)[:3]) or PurePath(name).stem
    )


def _is_unnamed(chat: Chat) -> bool:
    """Whether it is known who wrote what, but nobody says what the character is called."""
    others = [message for message in chat.messages if not message.by_user]
    return not chat.character and bool(others) and not any(message.name.strip() for message in others)


def _warn_of_name(extract: Extract, chat: Chat, name: str) -> None:
    if chat.character:
        sentence = (
            f'"{name}" does not name the character; "{chat.character}" was taken from the name of the file. '
            "If that is wrong, rename the file and add it again."
        )
    else:
        sentence = (
            f'"{name}" does not name the character, so it is called "{CHARACTER}". '
            "Rename the file to the character's name and add it again."
        )
    extract.warn("character_unnamed", sentence)
