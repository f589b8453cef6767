"""What a format module offers to the registry, and what it hands back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..domain.source import Aside, Heading, SourceKind, SourceWarning


@dataclass(frozen=True, slots=True)
class Sample:
    """What a format is recognised by: the first bytes, and the entry names when the file is a zip archive."""

    head: bytes
    names: frozenset[str] = frozenset()


@dataclass(slots=True)
class Extract:
    """What a reader found in one document; offsets of headings and asides point into `text`.

    Empty `title` and `language` mean that the document does not say. `encoding` is set by text formats only.
    `likely_headings` are used when neither the reader nor the words of the text know better ones. `kind` is
    set where the content is of another kind than its container, such as a chat that was saved as a page.
    """

    text: str
    title: str = ""
    language: str = ""
    encoding: str = ""
    headings: list[Heading] = field(default_factory=list)
    likely_headings: list[Heading] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    warnings: list[SourceWarning] = field(default_factory=list)
    kind: SourceKind | None = None

    def warn(self, code: str, message: str) -> None:
        """Add a warning, once for each code."""
        if all(warning.code != code for warning in self.warnings):
            self.warnings.append(SourceWarning(code=code, message=message))


@dataclass(frozen=True, slots=True)
class Reader:
    """One format; `what` names it in a sentence ("an EPUB book"), `suffixes` decide doubts.

    `sniff` says from 0 to 1 how sure the content alone makes it.

    `read` takes the file's bytes and its name, and raises `SourceError` with a sentence that names the file.
    `read_at` also takes its path, for a format to which the folder says something; "" when there is none.
    `textual` formats may be told from each other by their suffix only, so a suffix that lies is no surprise.
    """

    kind: SourceKind
    what: str
    suffixes: tuple[str, ...]
    sniff: Callable[[Sample], float]
    read: Callable[[bytes, str], Extract]
    textual: bool = False
    read_at: Callable[[bytes, str, str], Extract] | None = None
