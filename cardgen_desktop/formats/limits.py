"""How large a card may be: everything beyond is refused with a sentence that names the limit."""

MEGABYTE = 1024 * 1024

CARD_FILE_BYTES = 64 * MEGABYTE
JSON_BYTES = 32 * MEGABYTE
JSON_DEPTH = 64
LOREBOOK_ENTRIES = 10_000
PNG_CHUNKS = 4_096
TEXT_CHUNK_BYTES = 16 * MEGABYTE  # one text chunk, decompressed
TEXT_TOTAL_BYTES = 64 * MEGABYTE
ARCHIVE_BYTES = 512 * MEGABYTE
ARCHIVE_ENTRIES = 2_000
ARCHIVE_TOTAL_BYTES = 1024 * MEGABYTE  # unpacked, as the table of contents says
ARCHIVE_ENTRY_BYTES = 100 * MEGABYTE
ARCHIVE_ENTRY_RATIO = 200
ARCHIVE_RATIO = 50
ARCHIVE_FREE_ENTRY_BYTES = 1 * MEGABYTE  # what unpacks to less may be packed as tightly as it likes
ARCHIVE_FREE_BYTES = 8 * MEGABYTE  # the same for all entries together
ARCHIVE_DEPTH = 8  # folders and the file itself
ARCHIVE_NAME_LETTERS = 1_024
PICTURE_BYTES = 64 * MEGABYTE
PICTURE_PIXELS = 32_000_000
LISTED_PROBLEMS = 200


def megabytes(size: int) -> str:
    """A size in bytes for a sentence: "64 MB", "1.5 MB"."""
    value = size / MEGABYTE
    return f"{value:.0f} MB" if value == int(value) else f"{max(value, 0.1):,.1f} MB"
