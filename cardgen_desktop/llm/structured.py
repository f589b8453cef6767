"""How an answer is made to be JSON: a ladder of forms, from the strictest that a server takes downwards.

What a server refused once is remembered for it and its model, so that the next request begins lower.
"""

import re
from collections.abc import Mapping
from typing import Any

from .traits import ResponseForm

FACT = "response_form"
_REFUSED = re.compile(
    r"response_format|json_schema|json_object|structured|grammar|schema|guided|requested parameters"
    r"|automatic parser|\bparser for this template"
)
_MOST_FIELDS = 60


def lower(forms: tuple[ResponseForm, ...], form: ResponseForm) -> ResponseForm | None:
    """The next form down the ladder of a server, None at its end."""
    below = forms[forms.index(form) + 1 :] if form in forms else ()
    return below[0] if below else None


def is_about_form(words: str) -> bool:
    """Whether a server refused the form of the answer rather than the question."""
    return _REFUSED.search(words.lower()) is not None


def response_format(form: ResponseForm, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The `response_format` field for a form, None when there is to be none."""
    if form == "schema":
        return {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)},
        }
    if form == "any_object":
        return {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    return {"type": "json_object"} if form == "object" else None


def in_words(schema: Mapping[str, Any]) -> str:
    """The schema as an instruction, for servers that do not enforce it."""
    return "\n".join(
        (
            "Answer with one JSON object and nothing else: no code fence, no words before or after it.",
            f"Its fields: {_fields(schema, depth=0)}.",
        )
    )


def _fields(schema: Mapping[str, Any], depth: int) -> str:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or depth > 3:
        return "any"
    return ", ".join(
        f'"{name}" ({_kind(item, depth)})' for name, item in [*properties.items()][:_MOST_FIELDS]
    )


def _kind(schema: Any, depth: int) -> str:
    if not isinstance(schema, Mapping):
        return "any"
    if isinstance(choices := schema.get("enum"), list):
        return "one of " + ", ".join(f'"{choice}"' for choice in choices[:20])
    if schema.get("type") == "array":
        return f"a list, each {_kind(schema.get('items'), depth)}"
    if schema.get("type") == "object":
        return f"an object with {_fields(schema, depth + 1)}"
    return {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
    }.get(str(schema.get("type")), "any")
