"""Which card has which files: pictures, the larger pictures they are a part of, assets and foreign parts."""

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import paths
from ..domain.avatar import Crop
from ..domain.card import CardFile
from ..domain.value import Value
from .asset_files import AssetFiles
from .rows import json_or_none, storable, to_json
from .tables import card, card_file, picture

HOME = "cardgen_home"
"""The name of the option of a connection that says in which folder the database is."""

_AT_ONCE = 500


class StoredPicture(Value):
    """A card's picture: its SHA-256, the larger one it is a part of, and which part; "" for none."""

    sha256: str = ""
    whole_sha256: str = ""
    crop: Crop | None = None

    @property
    def source(self) -> str:
        """The whole picture, "" for the generated portrait."""
        return self.whole_sha256 or self.sha256


async def put(
    connection: AsyncConnection, card_id: int, files: Sequence[CardFile], *, in_use: bool = True
) -> None:
    """Store files of a card behind those it has; one with the same path takes the place of the other."""
    if not files:
        return
    last = select(func.max(card_file.c.position)).where(card_file.c.card_id == card_id)
    start = (await connection.execute(last)).scalar_one()
    first = 0 if start is None else start + 1
    rows = [
        {
            "card_id": card_id, "path": storable(file.path), "sha256": file.sha256, "bytes": file.bytes,
            "position": first + number, "in_use": int(in_use),
        }
        for number, file in enumerate(files)
    ]  # fmt: skip
    statement = insert(card_file)
    fresh = {name: statement.excluded[name] for name in ("sha256", "bytes", "in_use")}
    which = [card_file.c.card_id, card_file.c.path]
    await connection.execute(statement.on_conflict_do_update(index_elements=which, set_=fresh), rows)


async def of_card(connection: AsyncConnection, card_id: int, *, every: bool = False) -> tuple[CardFile, ...]:
    """The files that travel with a card in their order; with `every` also those that were put away."""
    columns = (card_file.c.path, card_file.c.bytes, card_file.c.sha256)
    statement = select(*columns).where(card_file.c.card_id == card_id).order_by(card_file.c.position)
    if not every:
        statement = statement.where(card_file.c.in_use == 1)
    rows = await connection.execute(statement)
    return tuple(CardFile(path=row.path, bytes=max(0, row.bytes), sha256=row.sha256) for row in rows)


async def one(connection: AsyncConnection, card_id: int, path: str) -> CardFile | None:
    """One file of a card, also one that was put away."""
    found = await of_card(connection, card_id, every=True)
    return next((file for file in found if file.path == path), None)


async def use_only(
    connection: AsyncConnection, card_id: int, named: Collection[str], before: Collection[str]
) -> None:
    """Take files into use whose paths assets name now, put away those that assets named `before` only.

    Files that no asset has ever named, such as foreign parts of a container, stay as they are.
    """
    is_named = case((card_file.c.path.in_([storable(path) for path in named]), 1), else_=0)
    touched = card_file.c.path.in_([storable(path) for path in {*named, *before}])
    changed = update(card_file).where(card_file.c.card_id == card_id, touched)
    if named or before:
        await connection.execute(changed.values(in_use=is_named))


async def name_picture(connection: AsyncConnection, sha256: str) -> str:
    """Make a picture known whose content is a file; gives its SHA-256 back."""
    await connection.execute(insert(picture).values(sha256=sha256, data=b"").on_conflict_do_nothing())
    return sha256


async def picture_data(connection: AsyncConnection, sha256: str | None) -> bytes | None:
    """The bytes of a stored picture, wherever they are; None when they are missing or damaged."""
    if not sha256:
        return None
    in_row = await picture_in_row(connection, sha256)
    if in_row is not None:
        return in_row
    home: Path = connection.sync_connection.get_execution_options()[HOME]  # type: ignore[union-attr]
    return await asyncio.to_thread(AssetFiles(paths.assets(home)).read, sha256)


async def picture_in_row(connection: AsyncConnection, sha256: str) -> bytes | None:
    """The bytes of a picture that an older program put into the database; None for one that is a file."""
    statement = select(picture.c.data).where(picture.c.sha256 == sha256)
    return (await connection.execute(statement)).scalar_one_or_none() or None


async def picture_of(connection: AsyncConnection, card_id: int) -> StoredPicture:
    """What is stored about a card's picture."""
    columns = (card.c.picture_sha256, card.c.whole_sha256, card.c.crop)
    row = (await connection.execute(select(*columns).where(card.c.id == card_id))).one_or_none()
    if row is None:
        return StoredPicture()
    return StoredPicture(
        sha256=row.picture_sha256 or "", whole_sha256=row.whole_sha256 or "", crop=crop_or_none(row.crop)
    )


async def put_picture(connection: AsyncConnection, card_id: int, stored: StoredPicture) -> None:
    """Give a card back the picture it had; its version stays."""
    for sha256 in filter(None, (stored.sha256, stored.whole_sha256)):
        await name_picture(connection, sha256)
    part = None if stored.crop is None else to_json(stored.crop.model_dump())
    values = {"picture_sha256": stored.sha256 or None, "whole_sha256": stored.whole_sha256 or None}
    await connection.execute(update(card).where(card.c.id == card_id).values(crop=part, **values))


def crop_or_none(text: str | None) -> Crop | None:
    """The value of the column; None when it is empty or damaged."""
    value: Any = json_or_none(text)
    try:
        return None if value is None else Crop.model_validate(value)
    except ValidationError:
        return None


async def named(connection: AsyncConnection, digests: Sequence[str]) -> set[str]:
    """Those of some SHA-256 that a card's file or a picture is stored under."""
    found: set[str] = set()
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        for column in (card_file.c.sha256, picture.c.sha256):
            rows = await connection.execute(select(column).where(column.in_(some)))
            found.update(rows.scalars())
    return found
