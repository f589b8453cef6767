"""The pictures in README, made from the real window and a real book."""
