"""Texts so long that they crowd the chat out of a model's memory."""

from collections.abc import Iterator

from ...domain.card import CardData
from ...domain.lint import LintFinding
from .texts import finding, greetings

BYTES_PER_TOKEN = 4
ALWAYS_SENT = ("description", "personality", "scenario", "system_prompt", "post_history_instructions")
MOST_ALWAYS = 3_000
"""Tokens sent with every message; a small local model holds 4,096 or 8,192 in all."""

MOST_GREETING = 1_500
MOST_EXAMPLES = 2_500
MOST_ENTRY = 1_000
LONGEST_NAME = 60


def size_findings(data: CardData) -> Iterator[LintFinding]:
    """Findings about sizes, in tokens as they are commonly estimated: four bytes each."""
    always = {field: _tokens(getattr(data, field)) for field in ALWAYS_SENT}
    if (total := sum(always.values())) > MOST_ALWAYS:
        longest = max(always, key=lambda field: always[field])
        reason = (
            f"About {total:,} tokens go with every message; from {MOST_ALWAYS:,} on a small model forgets."
        )
        yield finding("size.always", "warning", f"data.{longest}", reason)
    for where, text, most in _texts(data):
        if (found := _tokens(text)) > most:
            yield finding("size.text", "info", where, f"About {found:,} tokens; {most:,} are a lot for this.")
    if len(data.name) > LONGEST_NAME:
        reason = f"The name has {len(data.name):,} letters. It stands before every message."
        yield finding("size.name", "warning", "data.name", reason)


def _texts(data: CardData) -> Iterator[tuple[str, str, int]]:
    yield "data.first_mes", data.first_mes, MOST_GREETING
    yield "data.mes_example", data.mes_example, MOST_EXAMPLES
    for where, text in greetings(data):
        yield where, text, MOST_GREETING
    for index, entry in enumerate(data.character_book.entries if data.character_book else ()):
        yield f"data.character_book.entries[{index}].content", entry.content, MOST_ENTRY


def _tokens(text: str) -> int:
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_PER_TOKEN)
