"""A person's files as canonical text with stable offsets."""
