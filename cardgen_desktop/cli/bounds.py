"""What an option may be, in words: made of the same limits that refuse a value."""

from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_WHOLE = "a whole number"
_NUMBER = "a number"


def refusal(model: "type[BaseModel]", error: "ValidationError") -> str:
    """A sentence about the first value that a model refused: what it is called, and what it may be.

    A mistake of the whole, or one with words of our own, is told in those.
    """
    first = error.errors()[0]
    where = [part for part in first["loc"] if isinstance(part, str)]
    if first["type"] == "value_error" or not where:
        words = str(first["msg"]).removeprefix("Value error, ")
        return f"{words[:1].upper()}{words[1:]}."
    each = "each of " if isinstance(first["loc"][-1], int) else ""
    return f"{each}{where[-1]} is {_told(first, _limits(model, where))}."


def _told(first: Any, limits: dict[str, Any]) -> str:
    """What would have been taken in place of a value. `first` is what pydantic says of that."""
    kind, context = str(first["type"]), first.get("ctx", {})
    if kind == "literal_error":
        return f"one of {_choices(context['expected'])}"
    if kind == "string_too_long":
        return f"at most {context['max_length']:,} characters long"
    if kind == "string_too_short":
        return "not empty"
    if kind == "too_long":
        return f"a list of at most {context['max_length']}"
    if kind.startswith("bool"):
        return "true or false"
    if kind.startswith(("tuple", "list")):
        return 'a list such as ["one", "two"]'
    if kind.startswith("string"):
        return "a text"
    return f"{_WHOLE if limits.get('whole') else _NUMBER}{_range(limits)}"


def _choices(expected: str) -> str:
    """Pydantic's "'a', 'b' or 'c'" without its quotation marks; "nothing" for the empty choice."""
    return ", ".join(word.strip("' ") or "nothing" for word in expected.replace(" or ", ", ").split(", "))


def _range(limits: dict[str, Any]) -> str:
    """The bounds of a number, in words that follow it."""
    low, high = limits.get("ge"), limits.get("le")
    if limits.get("whole") and high is None and "lt" in limits:
        high = limits["lt"] - 1
    if low is not None and high is not None:
        return f" from {low:,} to {high:,}"
    above = (
        f" above {limits['gt']:,}" if "gt" in limits else f" of at least {low:,}" if low is not None else ""
    )
    below = f" at most {high:,}" if high is not None else ""
    return f"{above}{' and' if above and below else ''}{below}"


def _limits(model: "type[BaseModel]", where: list[str]) -> dict[str, Any]:
    """The bounds of a field, which may be a field of a field: `ge`, `gt`, `le`, `lt`, and `whole`."""
    field = model.model_fields.get(where[0])
    if field is None:
        return {}
    kinds = get_args(field.annotation) or (field.annotation,)
    if len(where) > 1:
        inner = next((kind for kind in kinds if hasattr(kind, "model_fields")), None)
        return _limits(inner, where[1:]) if inner else {}
    found: dict[str, Any] = {"whole": int in kinds}
    for limit in field.metadata:
        found |= {name: getattr(limit, name) for name in ("ge", "gt", "le", "lt") if hasattr(limit, name)}
    return found
