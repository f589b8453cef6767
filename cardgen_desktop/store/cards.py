"""The library: cards with their evidence, their pictures, and a trash that gives everything back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Row, Select, Update, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.avatar import Crop
from ..domain.card import Card, CardData, CardFile, CardProblem
from ..domain.card_library import CardRecord, CardSummary
from ..domain.errors import StorageError
from ..domain.evidence import FieldEvidence
from . import card_files, sources
from .card_files import picture_data as picture_data
from .rows import AT_ONCE, folded, json_or_none, like, storable, to_json
from .tables import card

_EVIDENCE: TypeAdapter[FieldEvidence] = TypeAdapter(FieldEvidence)
_PROBLEMS = TypeAdapter(tuple[CardProblem, ...])
_LISTED = [
    card.c[name]
    for name in (
        "id", "name", "source_title", "origin", "tags", "lorebook_entries", "picture_sha256", "created_at",
        "updated_at", "version", "trashed_at",
    )
]  # fmt: skip
_LISTED_NAMES = [column.name for column in _LISTED]
_NOT_IN_TRASH = card.c.trashed_at.is_(None)
_IDS_AT_ONCE = 500


async def add(
    connection: AsyncConnection,
    content: Card,
    now: float,
    *,
    origin: str,
    source_title: str = "",
    source_ids: Sequence[int] = (),
    evidence: FieldEvidence | None = None,
    problems: Sequence[CardProblem] = (),
    original: dict[str, Any] | None = None,
    picture_sha256: str | None = None,
    files: Sequence[CardFile] = (),
    job_id: int | None = None,
    card_id: int | None = None,
) -> CardSummary:
    """Store a new card; `card_id` gives a card that is put back its old number.

    Its files and its picture are stored already, under their SHA-256.
    """
    if picture_sha256 is not None:
        await card_files.name_picture(connection, picture_sha256)
    statement = insert(card).values(
        **_content(content),
        **({} if card_id is None else {"id": card_id}),
        origin=origin,
        source_title=storable(source_title),
        source_ids=to_json(list(source_ids)),
        evidence=_evidence_json(evidence or {}),
        problems=to_json(_PROBLEMS.dump_python(tuple(problems))),
        original=None if original is None else to_json(original),
        picture_sha256=picture_sha256,
        job_id=job_id,
        created_at=now,
        updated_at=now,
    )
    summary = _summary((await connection.execute(statement.returning(*_LISTED))).one())
    await card_files.put(connection, summary.id, files)
    return summary


async def of_job(connection: AsyncConnection, job_id: int) -> CardSummary | None:
    """The card that a job has made, also when it is in the trash."""
    row = (await connection.execute(select(*_LISTED).where(card.c.job_id == job_id))).one_or_none()
    return None if row is None else _summary(row)


async def replace_draft(
    connection: AsyncConnection,
    card_id: int,
    content: Card,
    evidence: FieldEvidence,
    picture_sha256: str | None,
    now: float,
) -> CardSummary:
    """A job that ran again renews its card when nobody has edited it; an edited card stays as it is."""
    fresh = _content(content) | {"evidence": _evidence_json(evidence), "picture_sha256": picture_sha256}
    untouched = update(card).where(card.c.id == card_id, card.c.version == 1)
    await connection.execute(untouched.values(updated_at=now, **fresh))
    statement = update(card).where(card.c.id == card_id).values(trashed_at=None)
    return _summary((await connection.execute(statement.returning(*_LISTED))).one())


async def listed(connection: AsyncConnection, text: str = "") -> tuple[CardSummary, ...]:
    """The library, newest change first, filtered by name or tag."""
    statement = select(*_LISTED).where(_NOT_IN_TRASH).order_by(card.c.updated_at.desc(), card.c.id.desc())
    if text:
        statement = statement.where(card.c.search_text.like(like(text), escape="\\"))
    return tuple([card async for card in _summaries(connection, statement)])


async def numbers(connection: AsyncConnection) -> set[int]:
    """The numbers of all cards, also of those in the trash."""
    return set((await connection.execute(select(card.c.id))).scalars())


async def record(
    connection: AsyncConnection, card_id: int, *, in_trash: bool = False, avatar: bool = True
) -> CardRecord | None:
    """One card with everything; None when there is none, or it is in the trash and that does not count.

    Without `avatar` the bytes of its picture are left out.
    """
    columns = [*_LISTED, card.c.card, card.c.evidence, card.c.problems, card.c.source_ids, card.c.crop]
    which = [card.c.id == card_id] if in_trash else [card.c.id == card_id, _NOT_IN_TRASH]
    row = (await connection.execute(select(*columns).where(*which))).one_or_none()
    if row is None:
        return None
    known = await sources.summaries(connection, json_or_none(row.source_ids) or [])
    files = await card_files.of_card(connection, card_id)
    data = await picture_data(connection, row.picture_sha256) if avatar else None
    try:
        return CardRecord(
            summary=_summary(row),
            card=Card.model_validate_json(row.card),
            evidence=_EVIDENCE.validate_json(row.evidence),
            problems=_PROBLEMS.validate_json(row.problems),
            sources=known,
            avatar=data,
            files=files,
            crop=card_files.crop_or_none(row.crop),
        )
    except ValidationError as error:
        sentence = f'What the database holds of the card "{row.name}" is damaged. Everything else is kept.'
        raise StorageError(
            f"{sentence} Import the card from a file you exported.", details=str(error)
        ) from error


async def save(
    connection: AsyncConnection, card_id: int, content: Card, version: int, now: float
) -> CardSummary | None:
    """Store edited fields; None when the card is gone or has another version."""
    which = (card.c.id == card_id, card.c.version == version, _NOT_IN_TRASH)
    return await _changed(connection, _touched(now).where(*which).values(_content(content)))


async def set_evidence(
    connection: AsyncConnection,
    card_id: int,
    evidence: FieldEvidence,
    source_ids: Sequence[int] | None = None,
) -> None:
    """Store what is known about the texts of a card, which stay as they are, and with it their sources.

    The version stays too: nothing that a person has written is touched.
    """
    sources_too = {} if source_ids is None else {"source_ids": to_json(list(source_ids))}
    statement = update(card).where(card.c.id == card_id)
    await connection.execute(statement.values(evidence=_evidence_json(evidence), **sources_too))


async def job_of(connection: AsyncConnection, card_id: int) -> int | None:
    """The job that made a card; None for an imported one."""
    statement = select(card.c.job_id).where(card.c.id == card_id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def set_picture(
    connection: AsyncConnection,
    card_id: int,
    sha256: str | None,
    now: float,
    *,
    whole: str | None = None,
    crop: Crop | None = None,
) -> CardSummary | None:
    """Give a card another picture, or none; None when the card is gone.

    Where it is a part, `crop`, of a larger picture, `whole` is the SHA-256 of that.
    """
    for known in filter(None, (sha256, whole)):
        await card_files.name_picture(connection, known)
    statement = _touched(now).where(card.c.id == card_id, _NOT_IN_TRASH)
    part = None if crop is None else to_json(crop.model_dump())
    values = {"picture_sha256": sha256, "whole_sha256": whole, "crop": part}
    return await _changed(connection, statement.values(values))


async def trash(connection: AsyncConnection, card_id: int, now: float) -> CardSummary | None:
    """Move a card to the trash; None when it is not in the library."""
    return await _changed(connection, _placed(card_id, _NOT_IN_TRASH, now))


async def restore(connection: AsyncConnection, card_id: int) -> CardSummary | None:
    """Take a card out of the trash; None when it is not there."""
    return await _changed(connection, _placed(card_id, ~_NOT_IN_TRASH, None))


async def trashed(connection: AsyncConnection) -> tuple[CardSummary, ...]:
    """The cards in the trash, the latest first."""
    order = (card.c.trashed_at.desc(), card.c.id.desc())
    statement = select(*_LISTED).where(~_NOT_IN_TRASH).order_by(*order)
    return tuple([card async for card in _summaries(connection, statement)])


async def in_trash(connection: AsyncConnection, card_ids: Sequence[int]) -> dict[int, bool]:
    """Whether each card is in the trash; cards that are not there at all are left out."""
    found: dict[int, bool] = {}
    for start in range(0, len(card_ids), _IDS_AT_ONCE):
        which = card.c.id.in_(card_ids[start : start + _IDS_AT_ONCE])
        rows = await connection.execute(select(card.c.id, card.c.trashed_at).where(which))
        found.update((row.id, row.trashed_at is not None) for row in rows)
    return found


async def names(connection: AsyncConnection, card_ids: Sequence[int]) -> dict[int, str]:
    """The names of those cards that are in the library."""
    found: dict[int, str] = {}
    for start in range(0, len(card_ids), _IDS_AT_ONCE):
        which = card.c.id.in_(card_ids[start : start + _IDS_AT_ONCE])
        rows = await connection.execute(select(card.c.id, card.c.name).where(which, _NOT_IN_TRASH))
        found.update((row.id, row.name) for row in rows)
    return found


async def problems(
    connection: AsyncConnection, card_ids: Sequence[int]
) -> dict[int, tuple[CardProblem, ...]]:
    """What was wrong with the files of some cards, of at most a few hundred."""
    rows = await connection.execute(select(card.c.id, card.c.problems).where(card.c.id.in_(card_ids)))
    found: dict[int, tuple[CardProblem, ...]] = {}
    for row in rows:
        with suppress(ValidationError):
            found[row.id] = _PROBLEMS.validate_json(row.problems)
    return found


async def picture_of(connection: AsyncConnection, card_id: int) -> str | None:
    """The SHA-256 of a card's picture; None for the generated portrait."""
    statement = select(card.c.picture_sha256).where(card.c.id == card_id)
    return (await connection.execute(statement)).scalar_one_or_none()


async def original(connection: AsyncConnection, card_id: int) -> dict[str, Any] | None:
    """The card object as the imported file had it; None for a drafted card."""
    statement = select(card.c.original).where(card.c.id == card_id)
    value = json_or_none((await connection.execute(statement)).scalar_one_or_none())
    return value if isinstance(value, dict) else None


def _evidence_json(evidence: FieldEvidence) -> str:
    return to_json(_EVIDENCE.dump_python(evidence, exclude_defaults=True))


def _content(content: Card) -> dict[str, Any]:
    data: CardData = content.data
    entries = data.character_book.entries if data.character_book else ()
    return {
        "name": storable(data.name),
        "tags": to_json(list(data.tags)),
        "lorebook_entries": len(entries),
        "search_text": folded(data.name, data.nickname or "", *data.tags),
        "card": to_json(content.model_dump(mode="json")),
    }


async def _summaries(connection: AsyncConnection, statement: Select[Any]) -> AsyncIterator[CardSummary]:
    """Very many cards, some at a time: ten thousand in one go would hold up everything else."""
    rows = await connection.stream(statement)
    async for some in rows.partitions(AT_ONCE):
        for row in some:
            yield _summary(row)
        await asyncio.sleep(0)


def _summary(row: Row[Any]) -> CardSummary:
    fields: dict[str, Any] = dict(zip(_LISTED_NAMES, row, strict=False))  # more columns may follow
    tags = json_or_none(fields["tags"])
    fields["tags"] = tuple(map(str, tags)) if isinstance(tags, list) else ()
    fields["has_avatar"] = fields.pop("picture_sha256") is not None
    return CardSummary.model_validate(fields)


def _touched(now: float) -> Update:
    return update(card).values(updated_at=now, version=card.c.version + 1)


def _placed(card_id: int, which: ColumnElement[bool], trashed_at: float | None) -> Update:
    return update(card).where(card.c.id == card_id, which).values(trashed_at=trashed_at)


async def _changed(connection: AsyncConnection, statement: Update) -> CardSummary | None:
    row = (await connection.execute(statement.returning(*_LISTED))).one_or_none()
    return None if row is None else _summary(row)
