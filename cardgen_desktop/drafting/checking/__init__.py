"""Checking any card against its sources, sentence by sentence (offline-drafter.md section 7)."""
