"""One module per format; each defines `READER`, and the registry finds it here."""
