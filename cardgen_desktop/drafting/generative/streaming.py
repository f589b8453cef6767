"""What of a growing answer can be shown: the texts of its fields, without JSON and citation marks.

pydantic-core reads every prefix of a JSON document in microseconds (dependencies.md section 3). It cuts a
text at a quotation mark that was not escaped, so it serves the view alone, never the result.
"""

import re
from collections.abc import Mapping
from typing import Any

from .citations import MARK as CITATION
from .slots import Slot, slots_of
from .steps import GenerationStep

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"\A\s*```[\w-]*[ \t]*\n?|\n?```\s*\Z")
_OPEN_MARK = re.compile(r"[ \t]{0,4}\[(?:\s*S?[\dS,;\s–-]{0,40})?\Z", re.IGNORECASE)
_MACRO_BEGUN = re.compile(r"\{\{?\w*\}?\Z")


def without_thoughts(raw: str) -> str:
    """An answer without what a model thought aloud and without the code fence around it."""
    text = _THOUGHT.sub("", raw)
    return _FENCE.sub("", text) if "```" in text else text


def without_marks(text: str) -> str:
    """A text without the numbers of passages, also without one that has just begun."""
    return _OPEN_MARK.sub("", CITATION.sub("", text)) if "[" in text else text


def streamed_fields(step: GenerationStep, raw: str) -> Mapping[str, str]:
    """The texts of a step as far as they have come, by path; costs one pass over the answer.

    An answer that is not JSON is taken as the text itself when the step writes one text.
    """
    text = without_thoughts(raw)
    start = text.find("{")
    slots = [slot for slot in slots_of(step) if slot.path and slot.kind == "text"]
    if start < 0 or not _begins_object(text, start):
        plain = text.strip()
        is_json = plain.startswith("{") and not plain.startswith("{{")
        return {slots[0].path: _shown(plain)} if step.is_text and slots and plain and not is_json else {}
    return _fields_of(partial_object(text[start:]), slots)


def _begins_object(text: str, start: int) -> bool:
    """Whether a brace begins JSON rather than a macro of the card such as {{char}}."""
    return re.match(r"\{\s*(?:\"|\Z|\})", text[start:]) is not None


def partial_object(text: str) -> dict[str, Any]:
    """As much of a JSON object as has come; empty when it is none."""
    from pydantic_core import from_json

    try:
        found = from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _fields_of(found: Mapping[str, Any], slots: list[Slot]) -> dict[str, str]:
    shown = {}
    for slot in slots:
        value = found.get(slot.key, found.get(slot.field))
        if isinstance(value, str) and value:
            shown[slot.path] = _shown(value)
    return shown


def _shown(text: str) -> str:
    return _MACRO_BEGUN.sub("", without_marks(text)).rstrip()
