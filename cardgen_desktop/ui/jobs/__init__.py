"""The jobs page: what is being drafted, what waits, and what came of it."""
