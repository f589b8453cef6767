"""Engines: which language models may draft, where they are, what they may cost, and whether they answer."""
