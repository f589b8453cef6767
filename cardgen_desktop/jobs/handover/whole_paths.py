"""Requests with whole paths: the owner works in another folder than the program that asks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from ...domain.job_kinds import DraftRequest, ExportRequest, ImportRequest, ReadRequest
from ...domain.value import Value

_PATHS: dict[type[Value], tuple[str, ...]] = {
    DraftRequest: ("outputs", "avatar", "evidence_path"),
    ImportRequest: ("paths",),
    ExportRequest: ("folder",),
    ReadRequest: ("paths",),
}
_IDENTIFIED = frozenset({"start_import", "start_export", "start_read"})


def with_whole_paths(value: Any) -> Any:
    """A request, or several of them, with whole paths; anything else as it is."""
    if isinstance(value, tuple | list):
        return tuple(map(with_whole_paths, value)) if _is_requests(value) else value
    names = _PATHS.get(type(value), ())
    return value.model_copy(update={name: _whole(getattr(value, name)) for name in names}) if names else value


def _is_requests(values: tuple[Any, ...] | list[Any]) -> bool:
    return any(type(value) in _PATHS for value in values)


def _whole(paths: Any) -> Any:
    if isinstance(paths, tuple):
        return tuple(dict.fromkeys(map(_whole, paths)))
    if not paths:
        return paths
    try:
        return str(Path(paths).expanduser().absolute())
    except RuntimeError:  # a name that begins with "~" and is nobody's home
        return str(Path(paths).absolute())


def identified(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a command that queues jobs, with ids that make it safe to ask twice."""
    found = dict(arguments)
    if name == "start_drafts" and not found.get("request_ids"):
        found["request_ids"] = tuple(uuid4().hex for _ in found["requests"])
    elif name in _IDENTIFIED and not found.get("request_id"):
        found["request_id"] = uuid4().hex
    return found
