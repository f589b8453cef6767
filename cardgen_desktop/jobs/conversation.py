"""One request to one child: its messages until the result, and what every ending means to the person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter

from ..domain.errors import (
    ERRORS_BY_CODE,
    CardgenError,
    ChildCrashedError,
    InternalError,
    StorageError,
    error_from,
)
from ..domain.source import SourceText
from . import frames
from .child import Child, ChildDiedError
from .patience import Patience

T = TypeVar("T")
DraftMessage = frames.Progress | frames.CharacterFound | frames.StepDone
_MESSAGES: dict[bytes, TypeAdapter[DraftMessage]] = {
    frames.PROGRESS: TypeAdapter(frames.Progress),
    frames.FOUND: TypeAdapter(frames.CharacterFound),
    frames.STEP: TypeAdapter(frames.StepDone),
}

_READING = {
    "unstarted": "{subject} was not read: the system lets CardGen start no further program. "
    "Close some programs, then try again.",
    "died": "{subject} stopped the reader: it may be damaged. Nothing was added. "
    "Open it in another program, save it again, then add it once more.",
    "late": "{subject} took longer than {seconds:.0f} seconds to read and was stopped. Nothing was added. "
    "Split it into smaller files, or save it in another format.",
    "memory": "{subject} needs more memory than one file may use (1 GB). Nothing was added. "
    "Split it into smaller files, or save it in another format.",
    "fault": "{subject} could not be read: it may be damaged. Nothing was added. "
    "Open it in another program, save it again, then add it once more.",
}
_WRITING = {
    "unstarted": "{subject} was not written: the system lets CardGen start no further program. The card is "
    "kept. Close some programs, then export it again.",
    "died": "{subject} was not written: the writing process stopped. The card is kept. Export it again.",
    "late": "{subject} was not written within {seconds:.0f} seconds. The card is kept. "
    "Export it to another folder.",
    "memory": "{subject} was not written: the card needs more memory than CardGen may use. The card is kept.",
    "fault": "{subject} was not written: CardGen made a mistake. The card is kept; "
    "the details say what to report.",
}
_WORKING = {
    "unstarted": "The system lets CardGen start no further program for {subject}. What was finished is kept; "
    "close some programs, then run it again.",
    "died": "The worker process stopped while working on {subject}. What was finished is kept; "
    "run it again to go on from there.",
    "late": "The worker process was silent for {seconds:.0f} seconds while working on {subject} and was "
    "stopped. What was finished is kept; run it again to go on from there.",
    "memory": "Working on {subject} needs more memory than CardGen may use. What was finished is kept; "
    "use fewer or smaller sources.",
    "fault": "CardGen made a mistake while working on {subject}. What was finished is kept; "
    "the details say what to report.",
}
_SENTENCES = {InternalError: _WORKING, StorageError: _WRITING}


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask of a child.

    `subject` names the file or source in sentences. `error` is the kind of failure when the child fails. With
    `patient`, `seconds` bounds the silence between messages, else the whole request.
    """

    task: str
    subject: str
    seconds: float
    arguments: dict[str, Any] = field(default_factory=dict)
    error: type[CardgenError] = InternalError
    patient: bool = False
    sources: Sequence[SourceText] = ()
    set_key: str = ""

    def died(self, details: str) -> CardgenError:
        """The failure when the child has ended by itself: a file is to blame, or the work on a set."""
        failure = self.failed("died", details)
        if isinstance(failure, InternalError):
            return ChildCrashedError(failure.message, details=details)
        return failure

    def failed(self, reason: str, details: str = "") -> CardgenError:
        """The failure for the person; `reason` is a key of the tables above."""
        sentence = _SENTENCES.get(self.error, _READING)[reason]
        return self.error(sentence.format(subject=self.subject, seconds=self.seconds), details=details)


class Conversation(Generic[T]):
    """The messages of a request, then its `result`. Iterating raises `CardgenError` when it fails."""

    def __init__(self, child: Child, order: Order, adapter: TypeAdapter[T]) -> None:
        self._child = child
        self._order = order
        self._adapter = adapter
        self._owes_leave = False
        self._patience = Patience(order.seconds)
        self._results: list[T] = []

    @property
    def result(self) -> T:
        """The result; raises IndexError before the conversation has ended."""
        return self._results[0]

    async def begin(self) -> None:
        """Send the request. A set that the child keeps read is named, not sent again."""
        self._child.busy = True
        arguments = dict(self._order.arguments)
        if self._order.set_key:
            known = self._child.loaded == self._order.set_key
            arguments["set_key"] = self._order.set_key
            arguments["sources"] = None if known else list(self._order.sources)
            self._child.loaded = self._order.set_key
        await self._guarded(
            self._child.send(frames.REQUEST, {"task": self._order.task, "arguments": arguments})
        )

    def __aiter__(self) -> "Conversation[T]":
        return self

    async def __anext__(self) -> DraftMessage:
        if self._owes_leave:
            self._owes_leave = False
            await self._guarded(self._child.send(frames.PROCEED))
        kind, message = await self._guarded(self._child.receive(self._understand))
        if kind == frames.RESULT:
            self._child.busy = False
            self._results.append(message)
            raise StopAsyncIteration
        if kind == frames.FAILURE:
            self._child.busy = message.spent
            self._child.loaded = ""  # it may have failed before the set was read
            raise self._failure(message)
        self._owes_leave = kind == frames.STEP
        if self._order.patient:
            self._patience.renew()
        return cast("DraftMessage", message)

    def _understand(self, kind: bytes, body: bytes) -> tuple[bytes, Any]:
        if kind == frames.RESULT:
            return kind, self._adapter.validate_json(body)
        if kind == frames.FAILURE:
            return kind, frames.Failure.model_validate_json(body)
        return kind, _MESSAGES[kind].validate_json(body)

    def _failure(self, failure: frames.Failure) -> CardgenError:
        if failure.code in ERRORS_BY_CODE:
            return error_from(failure.code, failure.message, failure.details)
        reason = failure.code if failure.code in _WORKING else "fault"
        return self._order.failed(reason, failure.details)

    async def _guarded(self, talking: Any) -> Any:
        try:
            async with self._patience.limit():
                return await talking
        except TimeoutError as error:
            raise self._order.failed("late") from error
        except ChildDiedError as error:
            raise self._order.died(str(error)) from error
