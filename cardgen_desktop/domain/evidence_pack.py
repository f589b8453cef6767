"""Evidence packed for a language model: numbered passages out of the whole source, and who is in it."""

from typing import Literal

from pydantic import Field

from .value import Value

PassageAspect = Literal["description", "lines", "relationships", "goals", "timeline", "search"]


class PackedPassage(Value):
    """A stretch of a source that the model can cite as `id` ("S12"). `rank` 0 is the last to be left out."""

    id: str
    source: int
    start: int
    end: int
    text: str
    aspect: PassageAspect
    rank: int
    speaker: str = ""


class CastMember(Value):
    """Another character, with how many paragraphs they share with the card's; for relations and lorebook."""

    name: str
    aliases: tuple[str, ...] = ()
    shared: int = 0


class Topic(Value):
    """Something a lorebook may tell of: a person, place or thing; `passages` are ids of the pack."""

    name: str
    keys: tuple[str, ...] = ()
    kind: Literal["person", "place", "thing"] = "thing"
    mentions: int = 0
    passages: tuple[str, ...] = ()


class EvidencePack(Value):
    """Everything a model gets to see of the sources, in the order of the text.

    `characters` counts the letters of all passages; `whole` when they are the entire source.
    `users` are the names of whoever chats with the character in chats: on a card they are `{{user}}`.
    `own_lines` are a few lines the character says, for the style of speech. `words` is the size of the set.
    """

    character: str
    aliases: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    gender: str = ""
    narrator: bool = False
    language: str = "en"
    titles: tuple[str, ...] = ()
    passages: tuple[PackedPassage, ...] = ()
    cast: tuple[CastMember, ...] = ()
    topics: tuple[Topic, ...] = ()
    own_lines: tuple[str, ...] = Field(default=())
    words: int = 0
    characters: int = 0
    whole: bool = False
