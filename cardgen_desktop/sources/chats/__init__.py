"""Chat logs of many programs as one list of messages, and as the text that the chat reader reads."""
