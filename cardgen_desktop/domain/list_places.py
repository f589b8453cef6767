"""Places of a card that are in lists, as evidence and proposals name them: "alternate_greetings[1]"."""

import re

GREETINGS, ENTRIES = "alternate_greetings", "character_book.entries"
PLACE = re.compile(rf"(?P<list>{GREETINGS}|{re.escape(ENTRIES)})\[(?P<number>\d{{1,6}})\](?P<rest>.*)")
"""A place: its list, its number from 0, and what of it is meant, such as ".content"."""
