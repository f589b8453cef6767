"""Cards leave the trash for good: their rows in one transaction, and with them a note of what is to follow.

The note names the files that no card has any more. It is kept until they are gone, so that a program that was
killed after the rows goes on with the files when it runs again.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, delete, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.job_kinds import DRAFT, IMPORT
from ..domain.value import Value
from .provider_tables import ledger, proposal
from .tables import IS_UNFINISHED, card, card_file, job, picture, setting

T = TypeVar("T")

_KEY = "removals"
_AT_ONCE = 500


class Note(Value):
    """What is to follow the rows of some cards: their plain files, and stored files by their SHA-256."""

    at: float
    cards: tuple[int, ...]
    files: tuple[str, ...]


_NOTES = TypeAdapter(tuple[Note, ...])


class JobPictures(NamedTuple):
    """The pictures that jobs name, which may make their cards again, and the last job that was looked at."""

    sha256: frozenset[str] = frozenset()
    last_job: int = 0


async def pictures_of_jobs(connection: AsyncConnection, known: JobPictures | None = None) -> JobPictures:
    """Look at all jobs, or at those that came after the `known` ones: beside the writer, then within it."""
    known = known or JobPictures()
    named = func.iif(
        func.json_valid(job.c.metadata), func.json_extract(job.c.metadata, "$.picture_sha256"), None
    )
    after = job.c.id > known.last_job
    found = await connection.execute(select(named).where(after, job.c.kind == DRAFT, named.is_not(None)))
    last = (await connection.execute(select(func.max(job.c.id)))).scalar_one_or_none() or 0
    return JobPictures(known.sha256 | {str(sha256) for sha256 in found.scalars()}, last)


async def job_at_work(connection: AsyncConnection, card_ids: Sequence[int]) -> tuple[int, str] | None:
    """A job that has not ended and made, or writes for, one of some cards; its number and the card's name."""
    unfinished = text(f"job.{IS_UNFINISHED}")
    asked = func.iif(func.json_valid(job.c.request), func.json_extract(job.c.request, "$.card_id"), None)
    for some in _parts(card_ids):
        for joined in (card.c.job_id == job.c.id, card.c.id == asked):
            statement = select(job.c.id, card.c.name).join_from(job, card, joined)
            which = statement.where(unfinished, job.c.kind == DRAFT, card.c.id.in_(some))
            if row := (await connection.execute(which.limit(1))).one_or_none():
                return row.id, row.name
    return None


async def import_since(connection: AsyncConnection) -> float | None:
    """Since when files may be stored whose card has no row yet: the oldest import that has not ended."""
    statement = select(func.min(job.c.created_at)).where(text(IS_UNFINISHED), job.c.kind == IMPORT)
    since: float | None = (await connection.execute(statement)).scalar_one_or_none()
    return since


async def files_of_only(
    connection: AsyncConnection, card_ids: Collection[int], by_jobs: JobPictures
) -> tuple[str, ...]:
    """The SHA-256 of files that these cards have and no other card or job."""
    having = await _files_of(connection, card_ids)
    return tuple(sorted(having - await _used(connection, having, set(card_ids)) - by_jobs.sha256))


async def remove(
    connection: AsyncConnection, card_ids: Sequence[int], by_jobs: JobPictures, now: float
) -> tuple[str, ...]:
    """Remove the rows of cards and all that belongs to them; the files that nothing names any more.

    What was paid stays in the ledger, under the card's number and name. Jobs stay as they are.
    """
    files = await files_of_only(connection, card_ids, await pictures_of_jobs(connection, by_jobs))
    for some in _parts(card_ids):
        await _name_in_ledger(connection, some)
        await connection.execute(delete(proposal).where(proposal.c.card_id.in_(some)))
        await connection.execute(delete(card_file).where(card_file.c.card_id.in_(some)))
        await connection.execute(delete(card).where(card.c.id.in_(some)))
    for names in _parts(files):
        await connection.execute(delete(picture).where(picture.c.sha256.in_(names)))
    notes = (*await notes_left(connection), Note(at=now, cards=tuple(card_ids), files=files))
    await keep_notes(connection, notes)
    return files


async def notes_left(connection: AsyncConnection) -> tuple[Note, ...]:
    """What is still to follow the rows; nothing when it cannot be read."""
    stored = await connection.execute(select(setting.c.value).where(setting.c.key == _KEY))
    try:
        return _NOTES.validate_json(stored.scalar_one_or_none() or "[]")
    except ValidationError:
        return ()


async def keep_notes(connection: AsyncConnection, notes: Sequence[Note]) -> None:
    """Remember what is still to follow in place of what was."""
    if not notes:
        await connection.execute(delete(setting).where(setting.c.key == _KEY))
        return
    value = json.dumps([note.model_dump(mode="json") for note in notes])
    statement = insert(setting).values(key=_KEY, value=value)
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


async def _files_of(connection: AsyncConnection, card_ids: Collection[int]) -> set[str]:
    found: set[str] = set()
    for some in _parts(card_ids):
        files = select(card_file.c.sha256).where(card_file.c.card_id.in_(some))
        found.update((await connection.execute(files)).scalars())
        pictures = select(card.c.picture_sha256, card.c.whole_sha256).where(card.c.id.in_(some))
        found.update(sha256 for row in await connection.execute(pictures) for sha256 in row if sha256)
    return found


async def _used(connection: AsyncConnection, files: Collection[str], without: Collection[int]) -> set[str]:
    """Those of some files that a card has that is not one of `without`."""
    found: set[str] = set()
    for some in _parts(files):
        of_files = select(card_file.c.card_id, card_file.c.sha256).where(card_file.c.sha256.in_(some))
        rows = await connection.execute(of_files)
        found.update(sha256 for card_id, sha256 in rows if card_id not in without)
        columns = (card.c.picture_sha256, card.c.whole_sha256)
        of_cards = select(card.c.id, *columns).where(or_(*(column.in_(some) for column in columns)))
        for card_id, *both in await connection.execute(of_cards):
            found.update(both if card_id not in without else ())
    return found


async def _name_in_ledger(connection: AsyncConnection, card_ids: Sequence[int]) -> None:
    """What was paid for cards keeps their numbers and names; a draft's rows know them by the job alone."""
    made = select(card.c.id).where(card.c.job_id == ledger.c.job_id).scalar_subquery()
    jobs = select(card.c.job_id).where(card.c.id.in_(card_ids), card.c.job_id.is_not(None))
    by_job: ColumnElement[bool] = ledger.c.job_id.in_(jobs)
    numbered = update(ledger).where(ledger.c.card_id.is_(None), by_job).values(card_id=made)
    await connection.execute(numbered)
    name = select(func.nullif(card.c.name, "")).where(card.c.id == ledger.c.card_id).scalar_subquery()
    named = update(ledger).where(ledger.c.card_id.in_(card_ids))
    await connection.execute(named.values(character=func.coalesce(name, ledger.c.character)))


def _parts(values: Collection[T]) -> Iterator[list[T]]:
    every = list(values)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
