"""How big a source may be (`ux-and-reliability.md` 4.2); one above a limit is refused, naming the limit."""

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 50 * MEGABYTE
MAX_TEXT_CHARACTERS = 20_000_000
MAX_HEADINGS = 5_000

HEAD_BYTES = 4_096
"""How much of a file is looked at to recognise its format."""

MAX_ENTRIES = 10_000
MAX_ENTRY_BYTES = 100 * MEGABYTE
MAX_ARCHIVE_BYTES = 1_000 * MEGABYTE
MAX_ENTRY_RATIO = 200
MAX_ARCHIVE_RATIO = 50
FREE_ENTRY_BYTES = 2 * MEGABYTE
"""An entry that unpacks to less may be packed as tightly as it likes: short, repetitive XML honestly is."""
FREE_ARCHIVE_BYTES = 10 * MEGABYTE
MAX_PAGES = 20_000
