"""Files that are no documents we read, told by their first bytes: the sentence says what they are."""

from ..domain.errors import SourceError

SAVE_AS = "Save it as .docx, .epub or plain text and use that."
TAKE_OUT = "Unpack it and use the documents inside."
CHOOSE = "Choose a text, a book, a document, a chat or subtitles."

FOREIGN = (
    (0, b"\x89PNG\r\n\x1a\n", "a picture", CHOOSE),
    (0, b"\xff\xd8\xff", "a picture", CHOOSE),
    (0, b"GIF8", "a picture", CHOOSE),
    (8, b"WEBP", "a picture", CHOOSE),
    (4, b"ftyp", "a film or a recording", CHOOSE),
    (0, b"ID3", "a recording", CHOOSE),
    (0, b"OggS", "a recording", CHOOSE),
    (60, b"BOOKMOBI", "a Kindle book", "Convert it to EPUB and use that."),
    (0, b"\x1f\x8b", "a packed archive", TAKE_OUT),
    (0, b"7z\xbc\xaf\x27\x1c", "a packed archive", TAKE_OUT),
    (0, b"Rar!", "a packed archive", TAKE_OUT),
    (0, b"\xfd7zXZ", "a packed archive", TAKE_OUT),
    (0, b"BZh", "a packed archive", TAKE_OUT),
    (0, b"\x7fELF", "a program", CHOOSE),
    (0, b"SQLite format 3\0", "a database", CHOOSE),
)
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise `SourceError` for what is plainly something else: a picture, an archive, an old Word file."""
    if data.startswith(COMPOUND_FILE):
        raise _compound(data, name)
    for offset, magic, what, advice in FOREIGN:
        if data.startswith(magic, offset):
            raise SourceError(f'"{name}" is {what}, which cannot be read as a source. {advice}')


def _compound(data: bytes, name: str) -> SourceError:
    if ENCRYPTED_PACKAGE in data:
        return SourceError(f'"{name}" is locked with a password. Save an unlocked copy and use that.')
    return SourceError(f'"{name}" is an old Office document, which cannot be read as a source. {SAVE_AS}')


def refuse_archive(name: str) -> SourceError:
    """The refusal of a zip archive that holds none of the documents we read."""
    return SourceError(f'"{name}" is a packed archive, which cannot be read as a source. {TAKE_OUT}')
