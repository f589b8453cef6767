"""Many cards at once as their rows hold them, for the plain files that the library is rebuilt from."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.card import Card, CardData, CardFile
from .card_files import StoredPicture, crop_or_none
from .tables import card, card_file

_IDS_AT_ONCE = 500


class PlainCard(NamedTuple):
    """One card; `content` and `original` are JSON."""

    id: int
    name: str
    content: str
    original: str | None
    picture: StoredPicture
    files: tuple[CardFile, ...]


async def plain_cards(connection: AsyncConnection, card_ids: Sequence[int]) -> tuple[PlainCard, ...]:
    """Those of a few cards that are in the library."""
    names = ("id", "name", "card", "original", "picture_sha256", "whole_sha256", "crop")
    which = (card.c.id.in_(card_ids), card.c.trashed_at.is_(None))
    rows = (await connection.execute(select(*(card.c[name] for name in names)).where(*which))).all()
    files = await _files(connection, [row.id for row in rows])
    return tuple(
        PlainCard(row.id, row.name, row.card, row.original, _picture(row), tuple(files.get(row.id, ())))
        for row in rows
    )


async def name_parts(connection: AsyncConnection, card_ids: Sequence[int]) -> dict[int, Card]:
    """Of those cards that are in the library, no more than names of files are made of."""
    parts = [
        func.iif(func.json_valid(card.c.card), func.json_extract(card.c.card, f"$.data.{name}"), "")
        for name in ("creator", "character_version")
    ]
    found: dict[int, Card] = {}
    for start in range(0, len(card_ids), _IDS_AT_ONCE):
        which = (card.c.id.in_(card_ids[start : start + _IDS_AT_ONCE]), card.c.trashed_at.is_(None))
        for row in await connection.execute(select(card.c.id, card.c.name, *parts).where(*which)):
            data = CardData(name=row[1], creator=str(row[2] or ""), character_version=str(row[3] or ""))
            found[row[0]] = Card(data=data)
    return found


async def ages(connection: AsyncConnection) -> dict[int, float]:
    """When each card of the library was changed last."""
    columns = (card.c.id, card.c.updated_at)
    rows = await connection.execute(select(*columns).where(card.c.trashed_at.is_(None)))
    return {int(card_id): float(updated_at) for card_id, updated_at in rows}


async def _files(connection: AsyncConnection, card_ids: Sequence[int]) -> dict[int, list[CardFile]]:
    found: dict[int, list[CardFile]] = {}
    which = (card_file.c.card_id.in_(card_ids), card_file.c.in_use == 1)
    statement = select(card_file).where(*which).order_by(card_file.c.card_id, card_file.c.position)
    for row in await connection.execute(statement):
        file = CardFile(path=row.path, bytes=row.bytes, sha256=row.sha256)
        found.setdefault(row.card_id, []).append(file)
    return found


def _picture(row: Any) -> StoredPicture:
    return StoredPicture(
        sha256=row.picture_sha256 or "", whole_sha256=row.whole_sha256 or "", crop=crop_or_none(row.crop)
    )
