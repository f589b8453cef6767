"""Tests of checking cards against sources."""
