"""Alias clusters: which names belong to one person (offline-drafter.md 3.7)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from .aliases import Alias, Group, near_count, shared_paragraphs
from .languages import FirstNames, LanguagePack

CLOSE, VERY_CLOSE = 120, 100
MEET_AT_LEAST, MEET_SHARE = 3, 0.04
WIFE_MENTIONS, WIFE_SHARED, WIFE_ALTERNATES = 4, 0.15, 0.06
GIVEN_FACTOR = 5
FEMALE_FACTOR = 8
BARE_FACTOR = 20


class Clusterer:
    """Grows groups of aliases, from full names down to single words."""

    def __init__(self, pack: LanguagePack, names: FirstNames) -> None:
        self.pack = pack
        self.names = names
        self.groups: list[Group] = []
        self.by_surname: dict[str, list[Group]] = defaultdict(list)
        self.by_given: dict[str, list[Group]] = defaultdict(list)

    def run(self, aliases: Sequence[Alias]) -> list[Group]:
        """Put every alias into a group; aliases come with the most frequent first."""
        full = [alias for alias in aliases if alias.is_full]
        first = [alias for alias in aliases if alias.given and not alias.surname and not alias.titles]
        titled = [alias for alias in aliases if alias.titles and alias.rest and not alias.is_full]
        single = [alias for alias in aliases if alias.surname and not alias.given and not alias.titles]
        bare = [
            alias for alias in aliases if not alias.rest or not (alias.given or alias.surname or alias.titles)
        ]
        for kind, step in ((full, self._full_name), (first, self._first_name)):
            for alias in kind:
                self._place(alias, step(alias))
        formal = {alias.surname for alias in titled if set(alias.titles) & self.pack.titles_formal}
        given = [alias for alias in single if alias.surname not in formal and self._is_given(alias)]
        for kind, step in (
            (given, self._given_of),
            (titled, self._titled_name),
            ([alias for alias in single if alias not in given], self._single_name),
            (bare, self._bare_title),
        ):
            for alias in kind:
                self._place(alias, step(alias))
        self._join_nicknames()
        return self.groups

    def _place(self, alias: Alias, group: Group | None) -> None:
        if group is None:
            group = Group([])
            self.groups.append(group)
        group.add(alias)
        for name, table in ((alias.given, self.by_given), (alias.surname, self.by_surname)):
            if name and group not in table[name]:
                table[name].append(group)

    def _full_name(self, alias: Alias) -> Group | None:
        if self._is_wife(alias):
            return None
        for group in _frequent(self.by_surname[alias.surname]):
            if any(self._same_given(alias.given, given) for given in group.givens) and self._agree(
                alias, group
            ):
                return group
        return None

    def _is_wife(self, alias: Alias) -> bool:
        """*Mrs. John Dashwood* has her husband's first name: only the surname is hers."""
        married = bool(set(alias.titles) & self.pack.titles_married)
        return married and self.names.gender(alias.given) == "m"

    def _same_given(self, left: str, right: str) -> bool:
        if left == right or self.names.is_nickname(left, right) or self.names.is_nickname(right, left):
            return True
        return min(len(left), len(right)) == 1 and left[0] == right[0]

    def _agree(self, alias: Alias, group: Group) -> bool:
        if alias.gender and group.gender and alias.gender != group.gender:
            return False
        return not self._titles_clash(alias, group)

    def _titles_clash(self, alias: Alias, group: Group) -> bool:
        own, theirs = set(alias.titles), set(group.titles)
        pack = self.pack
        for left, right in (
            (pack.titles_mister, pack.titles_noble),
            (pack.titles_married, pack.titles_unmarried),
            (pack.titles_married, pack.titles_rank),
            (pack.titles_unmarried, pack.titles_rank),
        ):
            if (own & left and theirs & right) or (own & right and theirs & left):
                return True
        return False

    def _first_name(self, alias: Alias) -> Group | None:
        fitting = [group for group in self.by_given[alias.given] if self._agree(alias, group)]
        return _first(_frequent(fitting)) or self._anchored_nickname(alias)

    def _anchored_nickname(self, alias: Alias) -> Group | None:
        target = self._nickname_target(alias)
        return target if target is not None and target.surnames else None

    def _nickname_target(self, alias: Alias) -> Group | None:
        """The only group that a short form can belong to; formal names never merge into one another."""
        if alias.given in self.names.nicknames and not alias.given.endswith(("y", "ie", "ey")):
            return None
        fitting = [
            group
            for group in self.groups
            if any(self.names.is_nickname(given, alias.given) for given in group.givens)
            and self._agree(alias, group)
        ]
        known = [group for group in fitting if group.surnames] or fitting
        return known[0] if len(known) == 1 else None

    def _titled_name(self, alias: Alias) -> Group | None:
        """*Miss Bennet* with several given-named sisters stays apart; else the best group of that name."""
        name = alias.given or alias.surname
        titles = set(alias.titles)
        groups: list[Group] = []
        if alias.surname or titles & self.pack.titles_formal:
            family = self.by_surname[name]
            women = [group for group in family if group.givens and group.gender == "f"]
            if titles & self.pack.titles_unmarried and len(women) > 1:
                return None
            groups = [group for group in family if self._may_carry(alias, group)]
        by_first_name = self.names.known(name) and not titles & (
            self.pack.titles_rank | self.pack.titles_married
        )
        if not groups and (alias.given or by_first_name):
            groups = [group for group in self.by_given[name] if self._agree(alias, group)]
        same_title = [group for group in groups if titles & set(group.titles)]
        return _first(_frequent(same_title)) or _first(_frequent(groups))

    def _may_carry(self, alias: Alias, group: Group) -> bool:
        """Whether a title and surname may belong to a group of that surname (3.7, step 3)."""
        if not self._agree(alias, group):
            return False
        if set(alias.titles) & set(group.titles) and not group.givens:
            return True
        if set(alias.titles) & self.pack.titles_rank and not self._may_have_rank(alias, group):
            return False
        if set(alias.titles) & self.pack.titles_married:
            return (
                not group.givens
                or bool(set(group.titles) & self.pack.titles_married)
                or self._is_her(alias, group)
            )
        return not (group.givens and self._meet(alias, group))

    def _may_have_rank(self, alias: Alias, group: Group) -> bool:
        if set(alias.titles) & set(group.titles):
            return True
        mister = sum(count for title, count in group.titles.items() if title in self.pack.titles_mister)
        male = [each for each in self.by_surname[alias.surname] if each.gender == "m"]
        return mister < 2 and len(male) < 2

    def _meet(self, alias: Alias, group: Group) -> bool:
        """Two names that keep standing side by side are two people."""
        mentions = group.mentions()
        rarer = min(alias.count, len(mentions))
        return near_count(alias.mentions, mentions, CLOSE) >= max(MEET_AT_LEAST, MEET_SHARE * rarer)

    def _is_her(self, alias: Alias, group: Group) -> bool:
        """Whether *Mrs. X* is the only woman of that surname, who is never beside her own married name."""
        women = [each for each in self.by_surname[alias.surname] if each.gender == "f" and each.givens]
        if women != [group] or group.count < WIFE_MENTIONS:
            return False
        mentions = group.mentions()
        if shared_paragraphs(alias.mentions, mentions) >= WIFE_SHARED:
            return False
        return near_count(alias.mentions, mentions, VERY_CLOSE) < WIFE_ALTERNATES * alias.count

    def _single_name(self, alias: Alias) -> Group | None:
        groups = self.by_surname[alias.surname]
        married = self.pack.titles_married | self.pack.titles_unmarried
        plain = [group for group in groups if group.gender != "f" and not set(group.titles) & married]
        women = [group for group in groups if group not in plain]
        best, other = _first(_frequent(plain)), _first(_frequent(women))
        if best is None or (other is not None and other.count > FEMALE_FACTOR * best.count):
            best = other
        return best or self._given_of(alias)

    def _is_given(self, alias: Alias) -> bool:
        """A given name no list knows: a full name begins with it, and nobody known has it as surname."""
        rivals = self.by_surname[alias.surname]
        named = any(self.names.known(given) for group in rivals for given in group.givens)
        often = alias.count > GIVEN_FACTOR * sum(group.count for group in rivals)
        return bool(self.by_given[alias.surname]) and often and not named

    def _given_of(self, alias: Alias) -> Group | None:
        """A given name no list knows, such as *Dolge*, once a full name holds it."""
        fitting = [group for group in self.by_given[alias.surname] if self._agree(alias, group)]
        return _first(_frequent(fitting))

    def _bare_title(self, alias: Alias) -> Group | None:
        """*the Queen* is the *Queen of Hearts* when nobody else is a queen."""
        if alias.rest or not alias.titles:
            return None
        titles = set(alias.titles).union(*(self.pack.title_nouns.get(title, ()) for title in alias.titles))
        carriers = [
            group for group in self.groups if titles & set(group.titles) and self._agree(alias, group)
        ]
        return carriers[0] if len(carriers) == 1 and alias.count <= BARE_FACTOR * carriers[0].count else None

    def _join_nicknames(self) -> None:
        """Groups known by first names only may still be one: a short form and its only formal name."""
        for group in list(self.groups):
            if group.surnames or len(group.aliases) != 1 or not group.aliases[0].given:
                continue
            short = group.aliases[0]
            target = self._nickname_target(short)
            if target is None or target is group:
                continue
            if target.surnames or any(given[:2] == short.given[:2] for given in target.givens):
                target.add(short)
                self.groups.remove(group)


def _frequent(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: -group.count)


def _first(groups: Sequence[Group]) -> Group | None:
    return groups[0] if groups else None


def cluster_aliases(
    aliases: Sequence[Alias],
    pack: LanguagePack,
    names: FirstNames,
    on_share: Callable[[float], None] | None = None,
) -> list[Group]:
    """Group aliases into people (and places: nobody has been told apart yet)."""
    return Clusterer(pack, names).run(aliases)
