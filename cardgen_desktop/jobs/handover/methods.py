"""What a guest may call at the owner, and the types of what travels; built from the protocols' own hints."""

import inspect
import os
import typing
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Protocol, Union
from urllib.parse import quote_from_bytes, unquote_to_bytes

from pydantic import ConfigDict, PlainSerializer, PlainValidator, TypeAdapter, create_model

from ...domain import events
from ...domain.job import JobSnapshot
from ..interface import Commands

CALLBACKS = ("on_progress", "on_added", "on_check")
"""Parameters that do not travel: the owner sends what they would hear."""

READING = frozenset({
    "sources", "source_text", "people", "passage", "jobs", "job_order", "jobs_by_id", "job", "job_details",
    "export_job", "job_counts", "needs_you_count", "batches", "undo_history", "queue_status", "figures",
    "diagnostics", "backups", "cards", "card",
    "profiles", "keyring_status", "test_profile", "models", "find_local_servers", "estimate", "dry_run",
    "nearest_models", "weigh_model", "verify_card", "card_findings", "proposals", "prompt_styles",
    "prompt_variables", "costs", "ledger",
    "avatar_source", "card_file_preview", "lint_card", "read_lorebook", "export_plan", "round_trip",
    "trashed_cards", "weigh_removal",
})  # fmt: skip
"""Commands that only look."""

ASKING = frozenset({
    "add_files", "add_text", "add_card_as_source", "remove_source", "start_drafts", "start_import",
    "start_export", "start_read",
    "cancel_jobs", "mark_reviewed", "pause_jobs", "resume_jobs", "run_jobs_now", "set_priority",
    "remove_jobs", "pause_queue", "resume_queue", "set_lane_limit", "try_gates", "set_online", "back_up",
    "set_avatar", "remove_card", "restore_card", "write_diagnostics", "save_job_report",
    "save_profile", "export_profiles", "close_proposal", "keep_check", "save_prompt_style",
    "remove_prompt_style", "export_costs", "crop_avatar", "save_card_file",
})  # fmt: skip
"""Commands that do no more when they are given twice, so that a new owner can be asked again."""

ONCE = frozenset({
    "retry_jobs", "retry_copy", "move_jobs", "undo", "redo", "save_card", "export_card",
    "remove_profile", "import_profiles", "settle_partial", "add_card_file", "import_text",
    "remove_cards", "empty_trash",
})  # fmt: skip
"""Commands that are not repeated when an owner ends before it has answered."""

_BASE64 = ConfigDict(extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class Desk(Protocol):
    """What a guest may ask of the owner beside the commands."""

    async def wait(self, job_id: int) -> JobSnapshot:
        """Work on a job and wait until it has ended."""
        ...

    async def run_jobs(self, job_ids: Sequence[int] | None) -> None:
        """Work on these jobs too, or on everything that is queued."""
        ...

    async def hand_over(self, paths: Sequence[Path]) -> None:
        """Open files in the window, and show it."""
        ...

    async def give_way(self) -> None:
        """Leave the folder to the asking window. Raises `UsageError` when this owner stays."""
        ...


DESK = frozenset({"wait", "run_jobs", "hand_over", "give_way"})
REPEATABLE = READING | ASKING | DESK
ALLOWED = READING | ASKING | ONCE | DESK


@dataclass(frozen=True, slots=True)
class Method:
    """One callable: its signature without callbacks, and the types of its arguments and its result."""

    name: str
    signature: inspect.Signature
    arguments: TypeAdapter[Any]
    result: TypeAdapter[Any]
    callbacks: tuple[str, ...]

    def bind(self, *given: Any, **named: Any) -> dict[str, Any]:
        """Arguments by name, as the signature has them; TypeError for what does not fit."""
        arguments = dict(self.signature.bind(None, *given, **named).arguments)
        del arguments["self"]
        return arguments

    def values(self, model: Any) -> dict[str, Any]:
        """The arguments of a call from the model that was read from the wire: those that were given."""
        return {name: getattr(model, name) for name in model.model_fields_set}


@cache
def method(name: str) -> Method:
    """The types of one allowed name; KeyError for any other."""
    if name not in ALLOWED:
        raise KeyError(name)
    function = getattr(Desk if name in DESK else Commands, name)
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function, localns={"array": list})
    result = on_wire(hints.pop("return"))
    callbacks = tuple(key for key in CALLBACKS if hints.pop(key, None) is not None)
    fields: dict[str, Any] = {
        key: (on_wire(hint), _default(signature.parameters[key])) for key, hint in hints.items()
    }
    arguments = create_model(f"{name}_arguments", __config__=_BASE64, **fields)
    adapter: TypeAdapter[Any] = TypeAdapter(result, config=None if _is_model(result) else _BASE64)
    return Method(name, signature, TypeAdapter(arguments), adapter, callbacks)


def _default(parameter: inspect.Parameter) -> Any:
    return ... if parameter.default is parameter.empty else parameter.default


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and hasattr(hint, "model_fields")


def _path_out(path: Path) -> str:
    """A whole path, as percent-encoded bytes: names need not be Unicode, and the owner works elsewhere."""
    return quote_from_bytes(os.fsencode(Path(path).absolute()))


def _path_in(text: object) -> Path:
    if isinstance(text, Path):
        return text
    if not isinstance(text, str) or "\0" in (path := os.fsdecode(unquote_to_bytes(text))):
        raise ValueError("not a path")
    return Path(path)


WirePath = Annotated[Path, PlainSerializer(_path_out, return_type=str), PlainValidator(_path_in)]


def on_wire(hint: Any) -> Any:
    """A type hint with paths as they travel."""
    if hint is Path:
        return WirePath
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        return reduce(or_, map(on_wire, parts))
    if origin is None or origin is Annotated or not parts or Path not in parts:
        return hint
    return origin[tuple(map(on_wire, parts))]


def to_wire(value: Any) -> Any:
    """A result as JSON can hold it: an array of ids is a list."""
    return value.tolist() if isinstance(value, array) else value


def from_wire(name: str, value: Any) -> Any:
    """A result as the protocol promises it."""
    return array("q", value) if name == "job_order" else value


@cache
def adapter_of(kind: Any) -> TypeAdapter[Any]:
    """The adapter of a model, made once."""
    return TypeAdapter(kind)


EVENTS: dict[str, type[Any]] = {kind.__name__: kind for kind in typing.get_args(events.Event)}


@cache
def event_adapter(name: str) -> TypeAdapter[Any]:
    """The type of one kind of event; KeyError for an unknown name."""
    return TypeAdapter(EVENTS[name])


Announce = Callable[[events.Event], None]
