"""The base of every value that crosses a layer, a process or the database."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value: equal when its fields are equal, safe to hand to any task or thread.

    Errors say which field is wrong, not what was in it: that may be a key, and errors are logged and shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class OpenValue(BaseModel):
    """An immutable value read from somebody else's file: keys we do not know are kept, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow")
