"""How long each part of a card is meant to be, and how much room an answer gets for it."""

from ...domain.draft import DraftOptions

WORDS: dict[str, tuple[int, int, int]] = {
    "description": (90, 170, 300),
    "personality": (40, 80, 140),
    "scenario": (30, 60, 110),
    "first_mes": (80, 150, 260),
    "alternate_greetings": (70, 130, 230),
    "mes_example": (90, 160, 280),
    "lorebook": (35, 60, 110),
    "creator_notes": (40, 60, 90),
    "system_prompt": (40, 70, 110),
    "post_history_instructions": (20, 35, 60),
    "tags": (20, 20, 20),
    "facts": (160, 260, 420),
    "lorebook_topics": (60, 80, 120),
}
"""Words of a field for short, medium and long cards; of a lorebook, of one entry."""

LENGTHS = ("short", "medium", "long")
TOKENS_PER_WORD = 3.5
"""Room for one word wanted: twice the words, and languages that take more tokens than English."""

LETTERS_PER_WORD = 18
"""A limit that no honest answer reaches: it only ends a model that loops (llm-wire.md 5.4)."""

FRAME_TOKENS = 60
MOST_LETTERS = 60_000
LIST_ITEMS = {"tags": 8, "facts": 6, "keys": 6}
ITEM_LETTERS = {"tags": 40, "facts": 400, "keys": 60, "lorebook_topics": 80}


def words_of(field: str, options: DraftOptions) -> int:
    """How many words a field is asked for."""
    return WORDS[field][LENGTHS.index(options.length)]


def letters_of(words: int) -> int:
    """The most characters that a text of about so many words may have."""
    return min(MOST_LETTERS, max(400, words * LETTERS_PER_WORD))


def tokens_of(words: int) -> int:
    """The most tokens that an answer of about so many words may take."""
    return FRAME_TOKENS + int(words * TOKENS_PER_WORD)
