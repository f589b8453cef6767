"""Failures a person can act on: what happened, what was kept, what to do next."""

from typing import ClassVar


class CardgenError(Exception):
    """Base of every expected failure.

    `message` is one or two plain sentences for the person. `details` is for the log and the details view.
    `exit_code` is what the command line returns; `code` names the class of the failure in the database.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = details


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
    """A language-model provider failed."""

    exit_code = 4
    code = "provider"


class StorageError(CardgenError):
    """The data folder or an output folder cannot be used."""

    exit_code = 5
    code = "storage"


class InternalError(CardgenError):
    """A mistake of ours; `details` holds the traceback."""

    code = "internal"


ERRORS_BY_CODE: dict[str, type[CardgenError]] = {
    kind.code: kind
    for kind in (UsageError, InputError, SourceError, CardError, ProviderError, StorageError, InternalError)
}


def error_from(code: str, message: str, details: str = "") -> CardgenError:
    """Rebuild an error that travelled as data, from another process or from the database."""
    return ERRORS_BY_CODE.get(code, InternalError)(message, details=details)
