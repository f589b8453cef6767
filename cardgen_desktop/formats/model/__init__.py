"""The one shape of a card: what is read into it, how it is written again, and where two differ."""
