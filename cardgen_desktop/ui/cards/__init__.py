"""The card library and the card editor."""
