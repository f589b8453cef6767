"""Proof that the queue loses nothing: programs with a seed, and short runs of each as tests."""
