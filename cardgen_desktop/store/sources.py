"""Sources: what a file held (stored once for each content) and where the person had it from.

A document never changes after it was stored, so offsets in evidence stay right for ever. Taking a source off
the desk hides it; jobs and cards keep it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain.errors import StorageError
from ..domain.source import Aside, Heading, SourceSummary, SourceText, SourceWarning
from .rows import storable, to_json
from .tables import document, source

_HEADINGS = TypeAdapter(tuple[Heading, ...])
_ASIDES = TypeAdapter(tuple[Aside, ...])
_WARNINGS = TypeAdapter(tuple[SourceWarning, ...])
_IDS_AT_ONCE = 500
_TICK = 1e-6  # seconds; keeps the order, changes no displayed time
_PLAIN = ("sha256", "kind", "title", "language", "encoding", "size", "words")
_LISTED = (
    source.c.id,
    source.c.path,
    source.c.name,
    source.c.added_at,
    *(document.c[name] for name in (*_PLAIN, "chars", "headings", "asides", "warnings")),
)


def content_key(text: SourceText, encoded: bytes) -> str:
    """The identity of a document: the file's bytes, how they were understood, and the resulting text."""
    parts = f"{text.sha256} {text.kind} {text.language} {hashlib.sha256(encoded).hexdigest()}"
    return hashlib.sha256(parts.encode()).hexdigest()


async def add(connection: AsyncConnection, text: SourceText, now: float) -> SourceSummary:
    """Store a source and put it on the desk; the same file again is the same source."""
    encoded = text.text.encode("utf-8", "replace")
    document_id = await _document(connection, text, encoded)
    statement = insert(source).values(
        document_id=document_id, path=storable(text.path), name=storable(text.name), on_desk=1, added_at=now
    )
    statement = statement.on_conflict_do_update(
        index_elements=["document_id", "path"], set_={"on_desk": 1, "name": storable(text.name)}
    )
    source_id = (await connection.execute(statement.returning(source.c.id))).scalar_one()
    return (await summaries(connection, [source_id]))[0]


async def _document(connection: AsyncConnection, text: SourceText, encoded: bytes) -> int:
    """The id of a text; what was understood of it is kept as the newest reading has it."""
    key = content_key(text, encoded)
    understood: dict[str, Any] = {
        "title": storable(text.title),
        "words": text.words,
        "headings": to_json(_HEADINGS.dump_python(text.headings)),
        "asides": to_json(_ASIDES.dump_python(text.asides)),
        "warnings": to_json(_WARNINGS.dump_python(text.warnings)),
    }
    again = update(document).where(document.c.content_key == key).values(understood)
    found = (await connection.execute(again.returning(document.c.id))).scalar_one_or_none()
    if found is not None:
        return int(found)
    values = {name: getattr(text, name) for name in (*_PLAIN, "chars")} | understood
    statement = insert(document).values(content_key=key, text=encoded, **values)
    return int((await connection.execute(statement.returning(document.c.id))).scalar_one())


async def on_desk(connection: AsyncConnection) -> tuple[SourceSummary, ...]:
    """The sources on the desk, oldest first."""
    statement = _joined().where(source.c.on_desk == 1).order_by(source.c.added_at, source.c.id)
    return tuple(_summary(row) for row in await connection.execute(statement))


async def summaries(connection: AsyncConnection, source_ids: Sequence[int]) -> tuple[SourceSummary, ...]:
    """Stored sources in the order asked for, also those off the desk; unknown ids are left out."""
    rows = await connection.execute(_joined().where(source.c.id.in_(set(source_ids))))
    found = {row.id: _summary(row) for row in rows}
    return tuple(found[key] for key in source_ids if key in found)


async def texts(connection: AsyncConnection, source_ids: Iterable[int]) -> tuple[SourceText, ...]:
    """The whole canonical texts, in the order asked for; unknown ids are left out."""
    statement = _joined(document.c.text).where(source.c.id.in_(set(source_ids)))
    found = {row.id: row for row in await connection.execute(statement)}
    return tuple(_text(found[key]) for key in source_ids if key in found)


async def take_off_desk(connection: AsyncConnection, source_id: int) -> bool:
    """Take a source off the desk; False when it was not there."""
    statement = update(source).where(source.c.id == source_id, source.c.on_desk == 1).values(on_desk=0)
    return (await connection.execute(statement)).rowcount == 1


def _joined(*more: Any) -> Select[Any]:
    return select(*_LISTED, *more).join_from(source, document)


def _lists(row: Row[Any]) -> dict[str, Any]:
    return {
        "headings": _HEADINGS.validate_json(row.headings),
        "asides": _ASIDES.validate_json(row.asides),
        "warnings": _WARNINGS.validate_json(row.warnings),
    }


def _summary(row: Row[Any]) -> SourceSummary:
    try:
        return SourceSummary.model_validate({**row._mapping, **_lists(row)})
    except ValidationError as error:
        raise _damaged(row, error) from error


def _text(row: Row[Any]) -> SourceText:
    fields = {name: getattr(row, name) for name in ("path", "name", *_PLAIN)}
    try:
        return SourceText.model_validate({**fields, **_lists(row), "text": row.text.decode("utf-8")})
    except (ValidationError, UnicodeDecodeError) as error:
        raise _damaged(row, error) from error


def _damaged(row: Row[Any], error: Exception) -> StorageError:
    return StorageError(
        f'What the database holds of "{row.name}" is damaged. Everything else is kept. Add the file again.',
        details=str(error),
    )


async def put_in_order(connection: AsyncConnection, source_ids: Sequence[int]) -> None:
    """Let sources that were added together stand in this order; they share the time of the last one."""
    added_at = 0.0
    for start in range(0, len(source_ids), _IDS_AT_ONCE):
        some = source.c.id.in_(source_ids[start : start + _IDS_AT_ONCE])
        newest = (await connection.execute(select(func.max(source.c.added_at)).where(some))).scalar_one()
        added_at = max(added_at, newest or 0.0)
    for number, source_id in enumerate(source_ids):
        place = added_at + number * _TICK
        await connection.execute(update(source).where(source.c.id == source_id).values(added_at=place))
