"""Where two cards say different things."""

from typing import Any

from .value import Value


class Difference(Value):
    """One place of a card, such as `data.tags[2]`, before and after; None stands for what is not there."""

    where: str
    before: Any = None
    after: Any = None


class DifferenceReport(Value):
    """All differences of two cards, in the order of the fields; empty when they say the same."""

    differences: tuple[Difference, ...] = ()
