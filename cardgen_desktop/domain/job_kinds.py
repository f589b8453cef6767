"""What each kind of job is asked, and what it answers."""

from pydantic import Field

from .card import CardProblem, ExportTarget
from .card_export import ExportOptions
from .draft import OFFLINE_ENGINE, DraftField, DraftOptions
from .value import Value

DRAFT, IMPORT, EXPORT, READ = "draft", "import", "export", "read"
"""The kinds of jobs as `JobSnapshot.kind` names them."""


class DraftRequest(Value):
    """Request of a `draft` job. `source_ids` are stored sources, in the order of the set.

    `character` is a name as the sources have it; empty means the main one. `engine` is "offline" or the name
    of a profile. `fields` limits the draft to some, empty for all. With a `card_id` nothing but proposals for
    that card is made; `paths` then name single places such as "alternate_greetings[1]". `outputs` are paths
    to export to.
    """

    source_ids: tuple[int, ...] = Field(min_length=1)
    character: str = ""
    engine: str = Field(default=OFFLINE_ENGINE, min_length=1, max_length=80)
    options: DraftOptions = Field(default_factory=DraftOptions)
    fields: tuple[DraftField, ...] = ()
    card_id: int | None = None
    paths: tuple[str, ...] = Field(default=(), max_length=500)
    outputs: tuple[str, ...] = ()
    avatar: str | None = None
    evidence_path: str | None = None


class DraftResult(Value):
    """Result of a `draft` job. `findings` counts what the check has to say, `proposals` new texts to look at.

    With either of them the result asks for a review. `failure` is the class of the failure that is behind it
    ("out.malformed", "out.truncated"), "" for none, and `failed` the sentence that says where.
    """

    card_id: int
    character: str
    fields: int
    lorebook_entries: int
    outputs: tuple[str, ...] = ()
    findings: int = 0
    proposals: int = 0
    supported: int = 0
    inferred: int = 0
    unsupported: int = 0
    failure: str = ""
    failed: str = ""


class Refusal(Value):
    """One file or card of a batch that could not be used, with the sentence that says why."""

    subject: str
    reason: str


class ImportRequest(Value):
    """Request of an `import` job: card files into the library, also those in folders."""

    paths: tuple[str, ...] = Field(min_length=1)


class Repair(Value):
    """One file of a batch that was imported although something in it was wrong, and what was made of it."""

    subject: str
    problems: tuple[CardProblem, ...]
    card_id: int | None = None


class ImportResult(Value):
    """Result of an `import` job; `repaired` counts cards whose file had problems that were mended.

    `repairs` says which, for the first of them. `skipped` counts pictures in folders that hold no card, and
    `already` cards that an earlier run brought in and that were still in the library.
    """

    card_ids: tuple[int, ...]
    repaired: int = 0
    refused: tuple[Refusal, ...] = ()
    repairs: tuple[Repair, ...] = ()
    skipped: int = 0
    already: int = 0


class ExportRequest(Value):
    """Request of an `export` job: cards of the library into one folder, one file each.

    A name that is taken gets a number unless `overwrite` is set.
    """

    card_ids: tuple[int, ...] = Field(min_length=1)
    folder: str
    target: ExportTarget
    overwrite: bool = False
    options: ExportOptions = Field(default_factory=ExportOptions)


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
