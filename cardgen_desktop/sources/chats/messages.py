"""A chat log as every program's form becomes it: who says what, and who is the card's character."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Message:
    """One message; `name` is "" where the file does not say it, `by_user` whether the person wrote it."""

    name: str
    text: str
    by_user: bool = False


@dataclass(slots=True)
class Chat:
    """The messages of a file in order. `character` and `user` are "" when the file does not name them."""

    character: str = ""
    user: str = ""
    messages: list[Message] = field(default_factory=list)
