"""Prompt profiles: how a card is to be written, as templates that the person can copy and change."""

from pydantic import Field

from .value import Value


class PromptStyle(Value):
    """A card style. `templates` maps a step's key (or "system", "repair", "continue") to its text.

    Placeholders are `{{name}}` words of a fixed list; nothing in a template is run. `based_on` names the
    shipped style that a copy was made from, "" for a shipped one, which cannot be changed.
    """

    name: str = Field(min_length=1, max_length=60)
    title: str = Field(max_length=80)
    description: str = Field(default="", max_length=500)
    templates: dict[str, str] = Field(default_factory=dict, max_length=40)
    based_on: str = ""

    @property
    def is_shipped(self) -> bool:
        """Whether it came with the program."""
        return not self.based_on


class PromptVariable(Value):
    """A placeholder of templates, documented."""

    name: str
    meaning: str
    example: str = ""


class PromptMessage(Value):
    """One message of a prompt; `role` is system, user or assistant."""

    role: str
    text: str


class PromptPreview(Value):
    """The exact prompt of one step. `tokens` counts all messages, `is_exact` when the server counted."""

    step: str
    title: str
    model: str = ""
    messages: tuple[PromptMessage, ...] = ()
    tokens: int = 0
    is_exact: bool = False
    max_output: int = 0
    note: str = ""
