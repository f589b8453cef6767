"""Lorebooks that stand alone, each program's way."""
