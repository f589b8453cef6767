"""One card being edited: its fields as one value, and one history of named steps across all of them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from ...domain.card import CardData, Lorebook, LorebookEntry
from ...domain.card_library import CardRecord
from .fields import label_of, text_at

MERGE_SECONDS = 1.5
"""A pause longer than this while typing begins a new step."""
HISTORY_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of `CardData` have new values; no keys means all of them.

    `path` is where the edit was made, `by_history` tells undo and redo from the person's own edits.
    """

    keys: tuple[str, ...]
    path: str
    by_history: bool

    def touches(self, *keys: str) -> bool:
        """Whether one of these fields changed."""
        return not self.keys or any(key in self.keys for key in keys)


class CardDocument(QObject):
    """The card of the moment. Keys it does not know, in the card or its entries, stay as they are.

    Signals: `changed(Change)` after every edit, undo and redo.
    """

    changed = Signal(object)

    def __init__(
        self,
        record: CardRecord,
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.record = record
        self.data: CardData = record.card.data
        self.history = QUndoStack(self)
        self.history.setUndoLimit(HISTORY_STEPS)
        self._clock = clock
        self._burst = 0
        self._from_history = True

    def text(self, path: str) -> str:
        """The text of a field, greeting or entry."""
        return text_at(self.data, path)

    @property
    def entries(self) -> tuple[LorebookEntry, ...]:
        """The lorebook's entries; none when the card has no lorebook."""
        return self.data.character_book.entries if self.data.character_book else ()

    def edit(self, key: str, value: Any, *, name: str, path: str = "", merge: bool = False) -> None:
        """Give a field of `CardData` a new value as one step called `name`; steps that merge become one."""
        self.edit_fields({key: value}, name=name, path=path or key, merge=merge)

    def edit_fields(self, values: Mapping[str, Any], *, name: str, path: str, merge: bool = False) -> None:
        """Give several fields new values as one step."""
        if all(getattr(self.data, key) == value for key, value in values.items()):
            return
        step = _Step(self, Change(tuple(values), path, by_history=False), dict(values), name)
        step.merge_key = f"{self._burst}:{path}" if merge else ""
        step.time = self._clock()
        self._from_history = False
        self.history.push(step)
        self._from_history = True

    def type_text(self, path: str, text: str) -> None:
        """Note typing in a text field, greeting or entry."""
        name = f"typing in {label_of(path)}"
        if path.startswith(("alternate_greetings[", "group_only_greetings[")):
            self._edit_item(path, name, path.partition("[")[0], text)
        elif path.startswith("character_book."):
            index = _number(path)
            entry = self.entries[index].model_copy(update={"content": text})
            self.edit_entries(_replaced(self.entries, index, entry), name=name, path=path, merge=True)
        else:
            absent = not text and getattr(self.record.card.data, path, "") is None
            self.edit(path, None if absent else text, name=name, path=path, merge=True)

    def edit_entries(
        self, entries: tuple[LorebookEntry, ...], *, name: str, path: str = "", merge: bool = False
    ) -> None:
        """Give the lorebook other entries; a card without one gets one."""
        book = (self.data.character_book or Lorebook()).model_copy(update={"entries": entries})
        self.edit("character_book", book, name=name, path=path, merge=merge)

    def edit_entry(self, index: int, fields: Mapping[str, Any], *, name: str, merge: bool = False) -> None:
        """Change single fields of one lorebook entry."""
        entry = self.entries[index].model_copy(update=dict(fields))
        where = f"character_book.entries[{index}].{next(iter(fields))}"
        self.edit_entries(_replaced(self.entries, index, entry), name=name, path=where, merge=merge)

    def end_burst(self) -> None:
        """Let the next typing begin a new step, such as after the focus moved."""
        self._burst += 1

    def adopt(self, record: CardRecord) -> None:
        """Show another stored version; the steps before it make no sense any more and are dropped."""
        self.record = record
        self.data = record.card.data
        self.history.clear()
        self.changed.emit(Change((), "", by_history=False))

    def _edit_item(self, path: str, name: str, key: str, text: str) -> None:
        items = getattr(self.data, key)
        self.edit(key, _replaced(items, _number(path), text), name=name, path=path, merge=True)

    def _apply(self, change: Change, values: Mapping[str, Any]) -> None:
        self.data = self.data.model_copy(update=dict(values))
        self.changed.emit(replace(change, by_history=self._from_history))


class _Step(QUndoCommand):
    """One named change; typing in the same place soon after becomes part of it."""

    merge_key = ""
    time = 0.0

    def __init__(self, document: CardDocument, change: Change, values: dict[str, Any], name: str) -> None:
        super().__init__(name)
        self._document, self._change = document, change
        self._old = {key: getattr(document.data, key) for key in values}
        self._new = values

    def redo(self) -> None:
        self._document._apply(self._change, self._new)

    def undo(self) -> None:
        self._document._apply(self._change, self._old)

    def id(self) -> int:
        return crc32(self.merge_key.encode()) & 0x7FFF_FFFF if self.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Step) or other.merge_key != self.merge_key:
            return False
        if other.time - self.time > MERGE_SECONDS:
            return False
        self._new, self.time = other._new, other.time
        self.setObsolete(self._new == self._old)
        return True


def _replaced(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])


def _number(path: str) -> int:
    return int(path[path.index("[") + 1 : path.index("]")])
