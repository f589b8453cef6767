"""What each kind of job is asked, and what it answers."""

from typing import Literal

from pydantic import Field

from .card import ExportTarget
from .value import Value

DRAFT, IMPORT, EXPORT, READ = "draft", "import", "export", "read"
"""The kinds of jobs as `JobSnapshot.kind` names them."""


class DraftRequest(Value):
    """Request of a `draft` job. `source_ids` are stored sources, in the order of the set.

    `character` is a name as the sources have it; empty means the main one. `outputs` are paths to export to.
    """

    source_ids: tuple[int, ...] = Field(min_length=1)
    character: str = ""
    engine: Literal["offline"] = "offline"
    outputs: tuple[str, ...] = ()
    avatar: str | None = None
    evidence_path: str | None = None


class DraftResult(Value):
    """Result of a `draft` job."""

    card_id: int
    character: str
    fields: int
    lorebook_entries: int
    outputs: tuple[str, ...] = ()


class Refusal(Value):
    """One file or card of a batch that could not be used, with the sentence that says why."""

    subject: str
    reason: str


class ImportRequest(Value):
    """Request of an `import` job: card files into the library, also those in folders."""

    paths: tuple[str, ...] = Field(min_length=1)


class ImportResult(Value):
    """Result of an `import` job; `repaired` counts cards whose file had problems that were mended."""

    card_ids: tuple[int, ...]
    repaired: int = 0
    refused: tuple[Refusal, ...] = ()


class ExportRequest(Value):
    """Request of an `export` job: cards of the library into one folder, one file each.

    A name that is taken gets a number unless `overwrite` is set.
    """

    card_ids: tuple[int, ...] = Field(min_length=1)
    folder: str
    target: ExportTarget
    overwrite: bool = False


class ExportResult(Value):
    """Result of an `export` job."""

    files: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()


class ReadRequest(Value):
    """Request of a `read` job: documents onto the desk, also those in folders."""

    paths: tuple[str, ...] = Field(min_length=1)


class ReadResult(Value):
    """Result of a `read` job."""

    source_ids: tuple[int, ...]
    refused: tuple[Refusal, ...] = ()
