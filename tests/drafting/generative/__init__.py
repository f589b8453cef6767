"""Tests of drafting with a language model."""
