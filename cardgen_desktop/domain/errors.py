"""Failures a person can act on: what happened, what was kept, what to do next."""

from typing import TYPE_CHECKING, ClassVar

from .failures import BUG, FAILURES, FailureClass

if TYPE_CHECKING:
    from .queue import Backup


class CardgenError(Exception):
    """Base of every expected failure.

    `message` is one or two plain sentences for the person. `details` is for the log and the details view.
    `exit_code` is what the command line returns; `code` names the class of the failure in the database,
    unless `kind` names one of `failures.FAILURES`, which then goes first.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, details: str = "", kind: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.kind = kind


class UsageError(CardgenError):
    """The request itself does not make sense: an unknown character, a bad option."""

    exit_code = 2
    code = "usage"


class InputError(CardgenError):
    """A file the person gave cannot be used."""

    exit_code = 3
    code = "input"


class SourceError(InputError):
    """A source document cannot be read, or holds nothing to draft from."""

    code = "source"


class CardError(InputError):
    """A card file cannot be read."""

    code = "card"


class ProviderError(CardgenError):
    """A language-model provider failed for good; `kind` names the class of the failure."""

    exit_code = 4
    code = "provider"


class StorageError(CardgenError):
    """The data folder or an output folder cannot be used."""

    exit_code = 5
    code = "storage"


class DiskFullError(StorageError):
    """The disk that holds the data folder is full; what was stored before is safe."""

    code = "disk_full"


class StorageUnavailableError(StorageError):
    """The data folder does not answer for now: an error of the disk, or another program that locks it."""

    code = "unavailable"


class ReadOnlyDataError(StorageError):
    """The data folder can be looked at, but not written."""

    code = "read_only"


class DamagedDatabaseError(StorageError):
    """The database is damaged and was left as it is; what can be done about it comes along.

    `backup` is the newest backup that was read back whole, None when there is none. `card_files` is how many
    cards are kept as files of their own. `path` is the damaged database, "" when that is not known.
    """

    code = "damaged"

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        backup: "Backup | None" = None,
        card_files: int = 0,
        details: str = "",
    ) -> None:
        super().__init__(message, details=details)
        self.path = path
        self.backup = backup
        self.card_files = card_files


class HeldError(CardgenError):
    """A gate is closed, so the job is held. `reason` is a `HoldReason`, `scope` names what is closed."""

    code = "held"
    exit_code = 4

    def __init__(
        self, reason: str, message: str, *, scope: str = "", details: str = "", kind: str = ""
    ) -> None:
        super().__init__(message, details=details, kind=kind)
        self.reason = reason
        self.scope = scope


class TransientError(CardgenError):
    """It may work in a while. `retry_after` is the least number of seconds the other side asked to wait.

    `attempts` bounds how often the job is tried in all (decisions.md, "Retry of 500"); `kind` names the class
    of the failure (ux-and-reliability.md 2.2), such as "rate.429". `then` is the failure that takes its place
    when the attempts are used up, such as a held job; None for this one itself, for good. With `counts` False
    nothing was tried, and the job has as many attempts left as before.
    """

    code = "transient"
    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        attempts: int = 6,
        kind: str = "",
        details: str = "",
        then: CardgenError | None = None,
        counts: bool = True,
    ) -> None:
        super().__init__(message, details=details, kind=kind)
        self.retry_after = retry_after
        self.attempts = attempts
        self.then = then
        self.counts = counts


class InternalError(CardgenError):
    """A mistake of ours; `details` holds the traceback."""

    code = "internal"


class ChildCrashedError(InternalError):
    """The worker process of a job died by itself; two such deaths at one step end the job for good."""

    code = "crashed"


ERRORS_BY_CODE: dict[str, type[CardgenError]] = {
    kind.code: kind
    for kind in (
        UsageError,
        InputError,
        SourceError,
        CardError,
        ProviderError,
        StorageError,
        DiskFullError,
        StorageUnavailableError,
        ReadOnlyDataError,
        DamagedDatabaseError,
        InternalError,
    )
}


def error_from(code: str, message: str, details: str = "", kind: str = "") -> CardgenError:
    """Rebuild an error that travelled as data, from another process or from the database.

    `code` may be the name of a failure class too, as `JobSnapshot.error_code` has it.
    """
    if code in FAILURES:
        code, kind = _code_of(FAILURES[code]), code
    return ERRORS_BY_CODE.get(code, InternalError)(message, details=details, kind=kind)


def _code_of(failure: FailureClass) -> str:
    if failure.name == BUG.name:
        return InternalError.code
    if failure.name.startswith("src."):
        return SourceError.code
    return DiskFullError.code if failure.name.startswith("disk.") else ProviderError.code
