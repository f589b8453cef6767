"""Which texts of a card are checked, by their evidence paths."""

from ...domain.card import CardData

TEXTS = (
    "description", "personality", "scenario", "first_mes", "mes_example",
    "system_prompt", "post_history_instructions",
)  # fmt: skip
LISTS = ("alternate_greetings", "group_only_greetings")


def fields_of(data: CardData) -> dict[str, str]:
    """The texts of a card that may claim something, such as `character_book.entries[0].content`.

    What its author notes about the card is none of them.
    """
    fields = {name: getattr(data, name) for name in TEXTS}
    for name in LISTS:
        fields |= {f"{name}[{place}]": text for place, text in enumerate(getattr(data, name))}
    entries = data.character_book.entries if data.character_book else ()
    fields |= {
        f"character_book.entries[{place}].content": entry.content for place, entry in enumerate(entries)
    }
    return {path: text for path, text in fields.items() if isinstance(text, str) and text.strip()}
