"""Where two cards say different things, whatever they are written as."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...domain.asset_addresses import PICTURE_ADDRESS, path_of
from ...domain.card import Asset, Card, CardData, Lorebook, LorebookEntry
from ...domain.card_differences import Difference
from ..data_addresses import data_of, is_data_address
from ..findings import UnreadableError
from ..json_text import sound_text
from ..read_card import ContainedFile
from ..writing.export_assets import is_main_icon
from .book_payload import normal_entry
from .card_payload import MIRRORS
from .kept import without_marks

DATES = ("creation_date", "modification_date")
_ROOT_DATES = ("create_date",)
_A_FILE = "a file of the card"

Digests = Mapping[str, str]
"""What stands for the content of each file of a card, by its path."""


def card_differences(
    before: Card,
    after: Card,
    *,
    digests: tuple[Digests, Digests] | None = None,
    dates: bool = False,
) -> tuple[Difference, ...]:
    """Every place at which two cards say different things, in the order of the fields.

    Aside, because it is the container's or a default that a specification requires:

    - the container, the version of the specification, the picture, and the asset that stands for it (the icon
      named `main`, which a card without assets has all the same);
    - `creation_date`, `modification_date` and SillyTavern's `create_date`, unless `dates` is set;
    - where files of the card lie: `embeded://`, `__asset:` and `data:` addresses are compared by the content
      of their files where `digests` has them (see `digests_of`), and else count as equal;
    - copies of fields: V1 fields, `tags` and `creatorcomment` beside `data`, an entry's `name` and `comment`
      where only one is set, its `case_sensitive`, `position`, `depth`, `role` and `probability` that stand
      in its extensions too;
    - absent against empty: no text, no list, no object, a lorebook without anything in it, `constant` and
      `use_regex` that are off, `selective` that follows from the secondary keys or has none, a `position`
      after the character, which is what programs take for none, and settings under an entry's extensions
      that say what SillyTavern takes where they are missing;
    - entry ids that are numbers, which are labels that programs give anew;
    - `use_regex` on keys that are words in any case.

    The order of keys never counts, that of lists does; null counts as absent. A text with half characters
    equals the one with U+FFFD in their place.
    """
    left, right = digests if digests is not None else (None, None)
    one, other = normal_card(before, left, dates=dates), normal_card(after, right, dates=dates)
    return _sound_differences(one, other)


def book_differences(before: Lorebook, after: Lorebook) -> tuple[Difference, ...]:
    """The same for two lorebooks; places are said from the book, such as `entries[2].keys[0]`."""
    return _sound_differences(_book(before), _book(after))


def digests_of(files: Iterable[ContainedFile]) -> dict[str, str]:
    """What stands for the content of each file, by path; one that cannot be read stands for nothing."""
    digests = {}
    for file in files:
        with contextlib.suppress(UnreadableError):
            digests[file.path] = _digest(file.read())
    return digests


def normal_card(card: Card, digests: Digests | None = None, *, dates: bool = False) -> dict[str, Any]:
    """A card as a tree in which equal cards are equal: see `card_differences` for what is aside."""
    foreign = {
        key: value
        for key, value in (card.model_extra or {}).items()
        if key not in (*MIRRORS, *(() if dates else _ROOT_DATES))
    }
    return {"data": _data(card.data, digests, dates=dates), **foreign}


def _data(data: CardData, digests: Digests | None, *, dates: bool) -> dict[str, Any]:
    dropped = () if dates else DATES
    fields = data.model_dump(exclude={"character_book", "assets", *dropped})
    known = CardData.model_fields
    tree = {key: value for key, value in fields.items() if key not in known or not _is_nothing(value)}
    tree["extensions"] = without_marks(fields["extensions"])
    tree["assets"] = _assets(data.assets or (), digests)
    if data.character_book is not None and (book := _book(data.character_book)):
        tree["character_book"] = book
    order = [key for key in (*known, *tree) if key in tree]
    return {key: tree[key] for key in dict.fromkeys(order)}


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", (), [], {})


def _book(book: Lorebook) -> dict[str, Any]:
    fields = book.model_dump(exclude={"entries"})
    known = Lorebook.model_fields
    tree = {key: value for key, value in fields.items() if key not in known or not _is_nothing(value)}
    if book.entries:
        tree["entries"] = [_entry(entry, index) for index, entry in enumerate(book.entries)]
    return tree


def _entry(entry: LorebookEntry, index: int) -> dict[str, Any]:
    tree = normal_entry(entry)
    if tree["extensions"].get("display_index") == index:
        del tree["extensions"]["display_index"]
    return tree


def _assets(assets: Sequence[Asset], digests: Digests | None) -> list[dict[str, Any]]:
    shown = (asset for asset in assets if not _is_the_picture(asset))
    return [{**asset.model_dump(), "uri": _content(asset.uri, digests)} for asset in shown]


def _is_the_picture(asset: Asset) -> bool:
    if not is_main_icon(asset):
        return False
    address = asset.uri.casefold()
    return path_of(asset.uri) is not None or address.startswith((PICTURE_ADDRESS, "data:"))


def _content(address: str, digests: Digests | None) -> str:
    """What stands for an address: the digest of the file it names, or the address where it names none."""
    path, is_data = path_of(address), is_data_address(address)
    if path is None and not is_data:
        return address
    if digests is None:
        return _A_FILE
    if path is not None:
        return digests.get(path, address)
    content = data_of(address)
    return address if content is None else _digest(content)


def _digest(content: bytes) -> str:
    return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"


def _sound_differences(one: dict[str, Any], other: dict[str, Any]) -> tuple[Difference, ...]:
    """The differences of two trees; half characters are only looked for where there are any."""
    found = tuple(_differences(one, other, ""))
    return found and tuple(_differences(sound_text(one), sound_text(other), ""))


def _list_differences(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Difference]:
    """Item by item; where the lengths differ, what is the same at both ends stays together."""
    start, end = _shared_ends(before, after) if len(before) != len(after) else (0, 0)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    for index in range(max(len(old), len(new))):
        place = f"{path}[{start + index}]"
        if index < min(len(old), len(new)):
            yield from _differences(old[index], new[index], place)
        elif index < len(old):
            yield Difference(where=place, before=old[index])
        else:
            yield Difference(where=place, after=new[index])


def _shared_ends(before: Sequence[Any], after: Sequence[Any]) -> tuple[int, int]:
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and _is_equal(before[start], after[start]):
        start += 1
    end = 0
    while end < shorter - start and _is_equal(before[-1 - end], after[-1 - end]):
        end += 1
    return start, end


def _is_equal(one: Any, other: Any) -> bool:
    """Equal in JSON: 1 and 1.0 are the same number, 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_is_equal(one.get(key), other.get(key)) for key in {**one, **other})
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _differences(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            place = f"{path}.{key}" if path else str(key)
            yield from _differences(before.get(key), after.get(key), place)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _list_differences(before, after, path)
    elif not _is_equal(before, after):
        yield Difference(where=path, before=before, after=after)
