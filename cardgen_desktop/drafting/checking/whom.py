"""Which character of the sources a card is about, by its name."""

from ...reading.index import Index


def find_character(index: Index, name: str) -> int | None:
    """The id of whom a name means best, or None when the sources have nobody of that name.

    People go before other capitalised names; of several with a name, the one who bears it most often.
    """
    wanted = " ".join(name.split()).casefold()
    if not wanted:
        return None
    people = index.find_people(name)
    if people:
        return max(
            people, key=lambda each: (each.name.casefold() == wanted, _borne(index, each.id, wanted))
        ).id
    bare = wanted.removeprefix("the ")
    borne = [(_borne(index, each.id, bare), each.id) for each in index.characters]
    count, number = max(borne, default=(0, -1))
    return number if count else None


def _borne(index: Index, character: int, wanted: str) -> int:
    aliases = index.characters[character].aliases.items()
    return sum(count for alias, count in aliases if alias.casefold() == wanted)
