"""The base of every value that crosses a layer, a process or the database."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value: equal when its fields are equal, safe to hand to any task or thread."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OpenValue(BaseModel):
    """An immutable value read from somebody else's file: keys we do not know are kept, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow")
