"""From sources and a character to a card with evidence."""
