"""Prompt styles: how cards are to be written, as templates that can be copied, changed and looked at."""
