"""Names taken apart: titles, given names and surname (offline-drafter.md 3.7)."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .languages import FirstNames, LanguagePack, Words
from .model import Mention

SHORTEST_STEM = 3
_AROUND = '"“”„‘()'
STEM_VOWELS = "аяйьоеи"


@dataclass(slots=True)
class Alias:
    """One name as the text writes it; `key` is its words in lower case without dots.

    `rest` is what follows the titles. A single word is a given name when it is a known first name, unless a
    formal title stands before it. `votes` counts masculine and feminine pronouns that follow the name.
    """

    key: str
    surface: str
    titles: tuple[str, ...]
    rest: tuple[str, ...]
    given: str
    surname: str
    mentions: list[Mention] = field(default_factory=list)
    votes: Counter[str] = field(default_factory=Counter)
    gender: str = ""
    titled_gender: bool = False

    @property
    def count(self) -> int:
        """How often the name occurs."""
        return len(self.mentions)

    @property
    def is_full(self) -> bool:
        """Whether both given name and surname are there."""
        return bool(self.given and self.surname)


def read_aliases(mentions: Sequence[Mention], pack: LanguagePack, names: FirstNames) -> list[Alias]:
    """The different names among the mentions, the most frequent first."""
    grouped: dict[str, list[Mention]] = defaultdict(list)
    base = _base_forms(mentions, pack) if pack.inflections else {}
    for mention in mentions:
        key = alias_key(mention.surface)
        if base:
            key = " ".join(base.get(word, word) for word in key.split())
        grouped[key].append(mention)
    surnames = _surname_use({key: len(group) for key, group in grouped.items()}, pack, names)
    aliases = [_alias(key, group, pack, names, surnames) for key, group in grouped.items()]
    return sorted(aliases, key=lambda alias: (-alias.count, alias.mentions[0].start))


def alias_key(surface: str) -> str:
    """What makes two spellings one name: case, dots, white space and marks around words do not count."""
    words = (word.strip(_AROUND) for word in surface.replace(".", " ").lower().split())
    return " ".join(word for word in words if word)


def _base_forms(mentions: Sequence[Mention], pack: LanguagePack) -> dict[str, str]:
    """The commonest form of every inflected name: *Наташу* is *Наташа*, *Gregors* is *Gregor*."""
    counts = Counter(word for mention in mentions for word in alias_key(mention.surface).split())
    endings = sorted(pack.inflections, key=len, reverse=True)
    stems: dict[str, str] = {}
    base: dict[str, str] = {}
    for word, _ in counts.most_common():
        cut = [word[: -len(ending)] for ending in endings if word.endswith(ending)]
        found = next((stems[stem] for stem in cut if len(stem) >= SHORTEST_STEM and stem in stems), word)
        base[word] = found
        if found == word:
            stems.setdefault(word, word)
            if word[-1] in STEM_VOWELS:
                stems.setdefault(word[:-1], word)
    return base


def _surname_use(counts: dict[str, int], pack: LanguagePack, names: FirstNames) -> Words:
    """Known first names that here are surnames: *Mr.* before a woman's name, full names that end in it."""
    as_surname: Counter[str] = Counter()
    as_given: Counter[str] = Counter()
    for key, count in counts.items():
        words = key.split()
        titles = {word for word in words if word in pack.honorifics}
        rest = words[len(titles) :]
        if len(rest) == 1 and _formal_surname(titles, names.gender(rest[0]), pack):
            as_surname[rest[0]] += count
        elif len(rest) == 2:
            as_given[rest[0]] += count
            as_surname[rest[1]] += count
    return frozenset(
        word
        for word, count in as_surname.items()
        if names.known(word) and count >= 3 and count > 2 * as_given[word]
    )


def _formal_surname(titles: set[str], told: str, pack: LanguagePack) -> bool:
    """Whether titles make a first name a surname: those of the other sex do, *Mr. Pip* may be either."""
    if titles & pack.titles_mister:
        return told != "m"
    if titles & pack.titles_unmarried:
        return told != "f"
    return bool(titles & pack.titles_rank)


def _alias(
    key: str, mentions: list[Mention], pack: LanguagePack, names: FirstNames, surnames: Words
) -> Alias:
    spellings = Counter(mention.surface for mention in mentions)
    plain = {surface: count for surface, count in spellings.items() if not surface.isupper()}
    base = [surface for surface in plain if alias_key(surface) == key]
    surface = max(base or plain or spellings, key=lambda name: (spellings[name], name))
    words = key.split()
    size = 0
    while size < len(words) and words[size] in pack.honorifics:
        size += 1
    if mentions[0].epithet and not size and len(words) > 1 and names.known(words[1]):
        size = 1
    titles, rest = tuple(words[:size]), tuple(words[size:])
    given, surname = _parts(titles, rest, pack, names)
    if given in surnames and not surname:
        given, surname = "", given
    alias = Alias(key, surface, titles, rest, given, surname, mentions)
    alias.gender, alias.titled_gender = _told_gender(alias, pack, names)
    return alias


def _parts(
    titles: Sequence[str], rest: Sequence[str], pack: LanguagePack, names: FirstNames
) -> tuple[str, str]:
    if not rest or set(rest) & pack.of_words:
        return "", ""
    if len(rest) == 1:
        formal = bool(set(titles) & pack.titles_formal)
        return (rest[0], "") if names.known(rest[0]) and not formal else ("", rest[0])
    split = next(
        (place for place, word in enumerate(rest) if place and word in pack.connectors), len(rest) - 1
    )
    return rest[0], " ".join(rest[split:])


def _told_gender(alias: Alias, pack: LanguagePack, names: FirstNames) -> tuple[str, bool]:
    """What a title or else the first name says, and whether it was a title."""
    for title in alias.titles:
        if title in pack.honorifics_male:
            return "m", True
        if title in pack.honorifics_female:
            return "f", True
    return (names.gender(alias.given) if alias.given else ""), False


@dataclass(slots=True)
class Group:
    """Aliases of one person while the clusters grow."""

    aliases: list[Alias]
    gender: str = ""

    @property
    def count(self) -> int:
        """How often any of the names occurs."""
        return sum(alias.count for alias in self.aliases)

    @property
    def keys(self) -> set[str]:
        """The keys of all names."""
        return {alias.key for alias in self.aliases}

    @property
    def givens(self) -> set[str]:
        """Given names seen."""
        return {alias.given for alias in self.aliases if alias.given}

    @property
    def surnames(self) -> set[str]:
        """Surnames seen."""
        return {alias.surname for alias in self.aliases if alias.surname}

    @property
    def titles(self) -> Counter[str]:
        """How often each title was used."""
        counts: Counter[str] = Counter()
        for alias in self.aliases:
            counts.update(dict.fromkeys(alias.titles, alias.count))
        return counts

    def add(self, alias: Alias) -> None:
        """Take one more name in; its gender becomes the group's if none was known."""
        self.aliases.append(alias)
        self.gender = self.gender or alias.gender

    def mentions(self) -> list[Mention]:
        """Every mention in text order."""
        return sorted(
            (each for alias in self.aliases for each in alias.mentions), key=lambda each: each.start
        )


def near_count(left: Iterable[Mention], right: Iterable[Mention], distance: int) -> int:
    """How many mentions of `left` have one of `right` within `distance` characters."""
    positions = sorted(mention.start for mention in right)
    return sum(
        bisect_right(positions, mention.start + distance) > bisect_left(positions, mention.start - distance)
        for mention in left
    )


def shared_paragraphs(left: Iterable[Mention], right: Iterable[Mention]) -> float:
    """Share of the rarer name's narration paragraphs that hold the other as well."""
    first = {mention.paragraph for mention in left if not mention.in_quote}
    second = {mention.paragraph for mention in right if not mention.in_quote}
    return len(first & second) / max(1, min(len(first), len(second)))
