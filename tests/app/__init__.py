"""Tests of the whole window, from its start to its exit code."""
