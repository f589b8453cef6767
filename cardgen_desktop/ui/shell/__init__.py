"""The frame around the pages: sidebar, messages, window."""
