"""What a card has beside its text, noted in its plain file in our own extension: picture and files."""

import re
from typing import Any

from pydantic import Field, ValidationError

from ..domain.card import Card, CardFile
from ..domain.value import Value
from ..store.card_files import StoredPicture

_NOTE = "library"
_DIGEST = re.compile("[0-9a-f]{64}")


class _Note(Value):
    """The note as it is written."""

    picture: StoredPicture = Field(default_factory=StoredPicture)
    files: tuple[CardFile, ...] = ()


def with_note(card: Card, picture: StoredPicture, files: tuple[CardFile, ...]) -> Card:
    """The card with a note of its picture and files, and without any when it has none.

    A plain file that was imported like any other card still says what another card had.
    """
    from ..formats.model.kept import with_kept

    made = _Note(picture=picture, files=files) if picture.sha256 or files else None
    note = {} if made is None else made.model_dump(mode="json", exclude_defaults=True)
    return _with_extensions(card, with_kept(card.data.extensions, _NOTE, note))


def without_note(card: Card) -> tuple[Card, StoredPicture, tuple[CardFile, ...]]:
    """The card without the note, and what it says; what makes no sense in it counts as not said."""
    from ..formats.model.kept import kept, without_kept

    said = kept(card.data.extensions, _NOTE)
    plain = _with_extensions(card, without_kept(card.data.extensions, _NOTE)) if said else card
    try:
        note = _Note.model_validate(said)
    except ValidationError:
        return plain, StoredPicture(), ()
    digests = (note.picture.sha256, note.picture.whole_sha256)
    sound = all(not digest or _DIGEST.fullmatch(digest) for digest in digests)
    files = tuple(file for file in note.files if _DIGEST.fullmatch(file.sha256) and file.bytes >= 0)
    return plain, note.picture if sound else StoredPicture(), files


def without_note_in(original: dict[str, Any]) -> dict[str, Any]:
    """The parsed file without the note."""
    from ..formats.model.kept import without_kept

    data = original.get("data")
    extensions = data.get("extensions") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(extensions, dict):
        return original
    return {**original, "data": {**data, "extensions": without_kept(extensions, _NOTE)}}


def digests_in(text: bytes) -> set[str]:
    """Every SHA-256 that a plain file names, wherever it stands."""
    return {found.decode() for found in re.findall(rb"\b[0-9a-f]{64}\b", text)}


def _with_extensions(card: Card, extensions: dict[str, Any]) -> Card:
    return card.model_copy(update={"data": card.data.model_copy(update={"extensions": extensions})})
