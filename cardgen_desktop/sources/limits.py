"""How big a source may be (`ux-and-reliability.md` 4.2); one above a limit is refused in a sentence that names it."""

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 50 * MEGABYTE
MAX_TEXT_CHARACTERS = 20_000_000
MAX_HEADINGS = 5_000
HEAD_BYTES = 4_096
"""How much of a file is looked at to recognise its format."""
