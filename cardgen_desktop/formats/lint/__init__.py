"""Lint: what a writer should look at in a card, in a writer's words, each with a place and a reason."""

from collections.abc import Iterator, Sequence
from itertools import islice

from ...domain.card import Card, CardFile
from ...domain.lint import LintFinding
from .assets import asset_findings
from .entries import book_findings
from .examples import example_findings
from .macros import macro_findings
from .parts import part_findings
from .privacy import private_findings
from .sizes import size_findings

__all__ = ["MOST_FINDINGS", "lint"]

MOST_FINDINGS = 500
"""A hostile card has a million faults; nobody reads more than these."""

_LEVELS = ("error", "warning", "info")
_MOST_LOOKED_AT = 20_000


def lint(card: Card, files: Sequence[CardFile] = ()) -> tuple[LintFinding, ...]:
    """Everything found in a card, the gravest first, in the order of the fields within a level.

    `files` are those that travel with the card: what its assets may name. Unknown macros are never a finding:
    every program has its own.
    """
    found = list(islice(_findings(card, files), _MOST_LOOKED_AT))
    found.sort(key=lambda finding: _LEVELS.index(finding.level))
    return tuple(found[:MOST_FINDINGS])


def _findings(card: Card, files: Sequence[CardFile]) -> Iterator[LintFinding]:
    yield from part_findings(card.data)
    yield from macro_findings(card.data)
    yield from example_findings(card.data)
    yield from book_findings(card.data)
    yield from size_findings(card.data)
    yield from asset_findings(card.data, files)
    yield from private_findings(card)
