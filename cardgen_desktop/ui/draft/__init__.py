"""The draft page: sources on the desk, the people in them, and the start of a draft."""
