"""How large a card is for a model: an estimate that needs no tokenizer, and what is sent when."""

from collections.abc import Iterable
from dataclasses import dataclass

from ...domain.card import CardData, LorebookEntry

BYTES_PER_TOKEN = 4
CONTEXTS = (4_096, 8_192, 16_384, 32_768, 131_072)
ALWAYS_SENT = (
    "name",
    "description",
    "personality",
    "scenario",
    "system_prompt",
    "post_history_instructions",
)
AT_THE_START = ("first_mes", "mes_example")
MIN_KEY_LENGTH = 2
"""A shorter key would be reported as triggered by nearly every text."""


def tokens(text: str) -> int:
    """About how many tokens a text takes: its UTF-8 bytes by four, rounded up."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Budget:
    """Estimated tokens of a card, by when they are sent. `triggered` is the most a chat can trigger."""

    always: int
    start: int
    triggered: int

    @property
    def total(self) -> int:
        """Everything that can be sent at once."""
        return self.always + self.start + self.triggered

    @property
    def context(self) -> int | None:
        """The smallest common context that holds it all with half of it left to the chat, if any."""
        return next((size for size in CONTEXTS if self.total * 2 <= size), None)


def budget_of(data: CardData) -> Budget:
    """What a card costs, split as the tokens pane shows it."""
    book = data.character_book
    entries = [entry for entry in (book.entries if book else ()) if entry.enabled]
    constant = sum(tokens(entry.content) for entry in entries if entry.constant)
    triggered = sum(tokens(entry.content) for entry in entries if not entry.constant)
    if book is not None and book.token_budget:
        triggered = min(triggered, int(book.token_budget))
    return Budget(
        always=constant + sum(tokens(getattr(data, key)) for key in ALWAYS_SENT),
        start=sum(tokens(getattr(data, key)) for key in AT_THE_START),
        triggered=triggered,
    )


def triggered_by(text: str, entries: Iterable[LorebookEntry]) -> list[str]:
    """Names of the entries whose plain keys a text says; patterns are left to the chat program."""
    folded = text.casefold()
    return [
        entry.name or entry.keys[0]
        for entry in entries
        if entry.enabled and not entry.constant and not entry.use_regex and _says(text, folded, entry)
    ]


def _says(text: str, folded: str, entry: LorebookEntry) -> bool:
    if entry.case_sensitive:
        return any(len(key) >= MIN_KEY_LENGTH and key in text for key in entry.keys)
    return any(len(key) >= MIN_KEY_LENGTH and key.casefold() in folded for key in entry.keys)
