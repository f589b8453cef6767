"""Character cards as bytes: reading, repairing, writing and checking them."""
