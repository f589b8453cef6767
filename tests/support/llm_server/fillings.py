"""JSON that fits a schema, for tests that need an answer of the right shape and do not care what it says."""

from collections.abc import Mapping
from typing import Any

SENTENCE = "Ada keeps the lamp."


def filled(schema: Any, name: str = "") -> Any:
    """The smallest plausible value of a schema."""
    if not isinstance(schema, Mapping):
        return SENTENCE
    if choices := schema.get("enum"):
        return choices[0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return {key: filled(item, key) for key, item in schema.get("properties", {}).items()}
    if kind == "array":
        return [filled(schema.get("items"), name) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": True, "null": None}.get(str(kind), "Ada" if name in ("name", "tag") else SENTENCE)
