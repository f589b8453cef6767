"""Cards of the library with all that goes out with them, and what is missing of it."""

from pathlib import Path

from ..domain.card import CardProblem
from ..domain.card_library import CardRecord
from ..store import card_files as stored_files
from ..store import cards as stored_cards
from ..store.asset_files import AssetFiles
from ..store.engine import Connection
from .card_processes import WholeCard

_LISTED = 20


async def whole_card(connection: Connection, record: CardRecord) -> WholeCard:
    """A card as the child that writes it needs it; pictures and files are named, not read."""
    card_id = record.summary.id
    picture = await stored_files.picture_of(connection, card_id)
    return WholeCard(
        card=record.card,
        original=await stored_cards.original(connection, card_id),
        picture=picture.sha256,
        picture_data=await stored_files.picture_in_row(connection, picture.sha256),
        files=record.files,
    )


def with_missing_told(record: CardRecord, assets: Path) -> CardRecord:
    """The record with a problem for each file that is no longer there. Blocking: call it in a thread."""
    there = AssetFiles(assets)
    gone = [file.path for file in record.files if not there.holds(file.sha256, file.bytes)]
    problems = [
        _missing(path, "The file is missing from the data folder. An export leaves it out; add it again.")
        for path in gone[:_LISTED]
    ]
    if len(gone) > _LISTED:
        problems.append(_missing("", f"{len(gone) - _LISTED:,} more files are missing from the data folder."))
    if record.summary.has_avatar and record.avatar is None:
        problems.append(
            _missing("picture", "The picture's file is missing or damaged. Choose the picture again.")
        )
    if not problems:
        return record
    return record.model_copy(update={"problems": (*record.problems, *problems)})


def _missing(where: str, message: str) -> CardProblem:
    return CardProblem(level="warning", where=where, message=message)
