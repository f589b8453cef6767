"""Tests of reading: who is in a text, who says what, what is about whom."""
