"""Drafting with a language model: evidence packed for it, prompts, answers and rules over them."""
