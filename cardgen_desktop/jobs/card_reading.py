"""How a child takes a card file apart: the card, its picture and its files, each stored on the way.

Files of a container are read one at a time, so that an archive of any size costs the memory of its largest.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..domain.asset_addresses import CHUNK_SCHEME
from ..domain.card import Card, CardData, CardFile, CardProblem
from ..domain.chat_marks import is_chat_file
from ..domain.errors import InputError
from ..store.asset_files import AssetFiles
from .opened import OpenedCard, Picture

if TYPE_CHECKING:
    from ..formats.read_card import ContainedFile, ReadBook, ReadCard


def opened_card(path: Path, assets: AssetFiles | None) -> OpenedCard:
    """A card file as it goes into the library; a lorebook that stands alone becomes a card of its name.

    Without `assets` its picture and files are left out. Raises `CardError`, and `StorageError` when they
    cannot be stored.
    """
    from ..formats.registry import read_content_file

    return _opened(read_content_file(path), path.stem, assets)


def opened_text(text: str, name: str, assets: AssetFiles | None) -> OpenedCard:
    """The same for text that was pasted; `name` is used in sentences, and for a lorebook that has none."""
    from ..formats.registry import read_content

    return _opened(read_content(text.encode("utf-8", "replace"), name), name, assets)


def _opened(read: "ReadCard | ReadBook", stem: str, assets: AssetFiles | None) -> OpenedCard:
    from ..formats.read_card import ReadCard

    if not isinstance(read, ReadCard):
        return _card_of_book(read, stem)
    if assets is None:
        return OpenedCard(card=read.card, original=read.original, problems=read.problems)
    picture, picture_problems = _stored_picture(read, assets)
    files, file_problems = _stored_files(read.files, assets)
    return OpenedCard(
        card=read.card,
        original=read.original,
        problems=(*read.problems, *picture_problems, *file_problems),
        picture=picture,
        files=files,
    )


def means_to_be_card(path: Path) -> bool:
    """Whether a file's content is a card or a lorebook, also a broken one; False when it cannot be read.

    A chat is neither, though some programs write a scenario or a lorebook beside the messages.
    """
    from ..formats.registry import looks_like_card_file

    return not is_chat_file(path) and looks_like_card_file(path)


def is_plain_picture(path: Path) -> bool:
    """Whether this is a picture that does not even mean to be a card."""
    from ..formats.pictures.picture_signs import is_picture

    try:
        with path.open("rb") as stream:
            head = stream.read(16)
    except OSError:
        return False
    return is_picture(head) and not means_to_be_card(path)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file's bytes; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def _card_of_book(read: "ReadBook", stem: str) -> OpenedCard:
    name = (read.book.name or "").strip() or stem
    message = (
        "It is a lorebook without a character. It became a card that has its name and the lorebook alone."
    )
    told = CardProblem(level="info", where="", message=message)
    card = Card(data=CardData(name=name, character_book=read.book))
    return OpenedCard(card=card, problems=(told, *read.problems))


def _stored_picture(read: "ReadCard", assets: AssetFiles) -> tuple[Picture | None, tuple[CardProblem, ...]]:
    """The picture as the library keeps it: without the assets that were taken out of a PNG."""
    from ..formats.pictures.picture_parts import as_avatar

    if read.picture is None:
        return None, ()
    try:
        kept = assets.keep(as_avatar(_hollow(read, read.picture), thorough=False))
    except InputError:
        sentence = "The picture is damaged and was left out."
        return None, (CardProblem(level="warning", where="picture", message=sentence),)
    return Picture(sha256=kept.sha256, bytes=kept.bytes), ()


def _hollow(read: "ReadCard", picture: bytes) -> bytes:
    """The picture without the assets in it: those of a PNG that is the card, not of an icon in an archive."""
    from ..formats.pictures.png_assets import take_out

    has_chunks = any(file.path.startswith(CHUNK_SCHEME) for file in read.files)
    return take_out(picture)[0] if read.container == "png" and has_chunks else picture


def _stored_files(
    files: "Sequence[ContainedFile]", assets: AssetFiles
) -> tuple[tuple[CardFile, ...], tuple[CardProblem, ...]]:
    from ..formats.findings import UnreadableError

    stored: list[CardFile] = []
    problems: list[CardProblem] = []
    for file in files:
        try:
            kept = assets.keep(file.read())
        except UnreadableError as error:
            message = f"This file of the card cannot be read and was left out. {error.reason}"
            problems.append(CardProblem(level="warning", where=file.path, message=message))
            continue
        stored.append(CardFile(path=file.path, bytes=kept.bytes, sha256=kept.sha256))
    return tuple(stored), tuple(problems)
