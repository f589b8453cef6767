"""Cards in text: JSON and YAML, and what single programs make of them."""
