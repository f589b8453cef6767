"""What a foreign way of writing says and V3 has no field for: kept on the way in, laid under the way back.

Under `extensions["cardgen_desktop"]["<format>"]` stand `values`, the keys of the foreign object that writing
would not make again, and `absent`, the keys that writing would add. What a field of the card holds in full is
not kept a second time, so that a text taken out of a card is gone from it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ...domain.card import CardData, Lorebook, LorebookEntry

KEPT = "cardgen_desktop"
"""Our namespace under every `extensions`."""

Model = TypeVar("Model", CardData, Lorebook, LorebookEntry)


@dataclass(frozen=True)
class Wording(Generic[Model]):
    """How a format words a card's data, a lorebook or an entry.

    `places` says where the model has what a foreign key says: "description", or "extensions.depth" for a key
    of the extensions. `read` makes the model of a foreign object, without a word. `normal` gives a model's
    fields in a form in which values that mean the same are equal.
    """

    format: str
    places: Mapping[str, str]
    read: Callable[[dict[str, Any]], Model]
    normal: Callable[[Model], dict[str, Any]] = lambda model: model.model_dump()

    def remembered(
        self, raw: dict[str, Any], model: Model, fresh: dict[str, Any], *, beside: Iterable[str] = ()
    ) -> Model:
        """`model` with what `fresh`, the object that would be written from it, lacks of `raw`.

        Keys in `beside` are looked after by the caller.
        """
        aside = frozenset(beside)
        values = {
            key: value
            for key, value in raw.items()
            if key not in aside and not (key in fresh and same(fresh[key], value))
        }
        absent = [key for key in fresh if key not in raw and key not in aside]
        return model.model_copy(
            update={"extensions": with_kept(model.extensions, self.format, _note(values, absent))}
        )

    def written(self, model: Model, fresh: dict[str, Any], *, absent: Iterable[str] = ()) -> dict[str, Any]:
        """`fresh` with what is kept, except where the model says something else by now."""
        note: dict[str, Any] = kept(model.extensions, self.format)
        left_out = {*_texts(note.get("absent")), *absent}
        found = note.get("values")
        # No foreign object has a `spec`: with one it would be read as a card of the specifications.
        values = (
            {key: item for key, item in found.items() if key != "spec"} if isinstance(found, dict) else {}
        )
        if not values and not left_out:
            return fresh
        candidate = {key: value for key, value in fresh.items() if key not in left_out} | values
        return self._settled(candidate, model, fresh)

    def _settled(self, candidate: dict[str, Any], model: Model, fresh: dict[str, Any]) -> dict[str, Any]:
        again, wanted = self.normal(self.read(candidate)), self.normal(model)
        for key, place in self.places.items():
            if same(self._at(again, place), self._at(wanted, place)):
                continue
            if key in fresh:
                candidate[key] = fresh[key]
            else:
                candidate.pop(key, None)
        return candidate

    def _at(self, fields: dict[str, Any], place: str) -> Any:
        """What is at a place; what is empty counts as absent, as it does in a card."""
        field, _, key = place.partition(".")
        found = fields.get(field)
        if field == "extensions" and isinstance(found, dict):
            found = found.get(key) if key else without_kept(found, self.format)
        return None if found in ("", (), [], {}) else found


def kept(extensions: dict[str, Any], name: str) -> dict[str, Any]:
    """What is kept for a format; an empty object where nothing is."""
    space = extensions.get(KEPT)
    note = space.get(name) if isinstance(space, dict) else None
    return note if isinstance(note, dict) else {}


def with_kept(extensions: dict[str, Any], name: str, note: dict[str, Any]) -> dict[str, Any]:
    """The extensions with a format's note in our namespace; an empty note takes it out."""
    if not note:
        return without_kept(extensions, name)
    space = extensions.get(KEPT)
    return {**extensions, KEPT: {**(space if isinstance(space, dict) else {}), name: note}}


def without_kept(extensions: dict[str, Any], name: str) -> dict[str, Any]:
    """The extensions without what is kept for one format."""
    space = extensions.get(KEPT)
    if not isinstance(space, dict) or name not in space:
        return extensions
    rest = {key: value for key, value in space.items() if key != name}
    others = {key: value for key, value in extensions.items() if key != KEPT}
    return {**others, KEPT: rest} if rest else others


def without_marks(extensions: dict[str, Any]) -> dict[str, Any]:
    """The extensions without what notes of formats only remember for themselves: keys that begin with `_`."""
    space = extensions.get(KEPT)
    if not isinstance(space, dict):
        return extensions
    notes = {name: _unmarked(note) if isinstance(note, dict) else note for name, note in space.items()}
    return {**extensions, KEPT: notes}


def same(one: Any, other: Any) -> bool:
    """Equal in JSON and of the same type: 1, 1.0 and true are three things, a tuple is a list."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if type(one) is not type(other):
        return False
    return bool(one == other)


def _unmarked(note: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in note.items() if not key.startswith("_")}


def _note(values: dict[str, Any], absent: list[str]) -> dict[str, Any]:
    return {**({"values": values} if values else {}), **({"absent": absent} if absent else {})}


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
