"""What was found and repaired while a card was read, merged so that 500 equal repairs read as one."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from ..domain.card import CardProblem
from . import limits

Level = Literal["info", "warning", "error"]
_INDEX = re.compile(r"\[[^\[\]]*\]")  # stops at the next bracket: a place may be a key of a million


class UnreadableError(Exception):
    """This text or container holds no readable card.

    `reason` is a sentence without the file's name; `advice` says what to do, where the usual advice is wrong.
    """

    def __init__(self, reason: str, advice: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


@dataclass(slots=True)
class _Merged:
    level: Level
    where: str
    message: str
    count: int = 1

    def problem(self) -> CardProblem:
        more = self.count - 1
        rest = f" The same in {more:,} more {'place' if more == 1 else 'places'}." if more else ""
        return CardProblem(level=self.level, where=self.where, message=self.message + rest)


@dataclass(slots=True)
class Findings:
    """Collects problems in the order they are met; equal ones at sibling places are counted, not repeated."""

    _merged: dict[tuple[Level, str, str], _Merged] = field(default_factory=dict)
    _unlisted: int = 0

    def info(self, where: str, message: str) -> None:
        """Note a repair that changes nothing the person would miss."""
        self._add("info", where, message)

    def warning(self, where: str, message: str) -> None:
        """Note something the person should look at."""
        self._add("warning", where, message)

    def error(self, where: str, message: str) -> None:
        """Note something that could not be kept."""
        self._add("error", where, message)

    def extend(self, other: "Findings") -> None:
        """Take over what another collection has."""
        for key, merged in other._merged.items():
            if key in self._merged:
                self._merged[key].count += merged.count
            else:
                self._put(key, merged)
        self._unlisted += other._unlisted

    def problems(self) -> tuple[CardProblem, ...]:
        """Everything found, at most `limits.LISTED_PROBLEMS` and one that counts the rest."""
        listed = tuple(merged.problem() for merged in self._merged.values())
        if not self._unlisted:
            return listed
        message = f"{self._unlisted:,} more repairs are not listed."
        last = CardProblem(level="warning", where="", message=message)
        return (*listed, last)

    def _add(self, level: Level, where: str, message: str) -> None:
        key = (level, _INDEX.sub("[]", where), message)
        if key in self._merged:
            self._merged[key].count += 1
        else:
            self._put(key, _Merged(level, where, message))

    def _put(self, key: tuple[Level, str, str], merged: _Merged) -> None:
        """A hostile file may have millions of different repairs: those beyond the limit are only counted."""
        if len(self._merged) < limits.LISTED_PROBLEMS:
            self._merged[key] = merged
        else:
            self._unlisted += merged.count


def shown(value: Any) -> str:
    """A found value for a message: as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
