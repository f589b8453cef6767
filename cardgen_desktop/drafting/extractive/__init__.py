"""The embedded drafter: every sentence comes from the source."""
