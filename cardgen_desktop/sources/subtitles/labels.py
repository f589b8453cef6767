"""Who says a line of a subtitle by what stands before it: `MARA:`, `Mara (whispering):`, `[Mara]`."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .cues import plain
from .names import first_names

MAX_NAME_CHARACTERS, MAX_NAME_WORDS = 38, 4
FEWEST, FEWEST_CAPITALS, LABELLED_SHARE = 2, 2, 0.3
SHOUTED_SHARE = 0.6

_PART = r"[^:：\[\](){}<>\"“”«»*=|;♪♫.!?,\n]"
_NAME = rf"(?P<name>[^\W\d_]{_PART}{{0,37}}(?:\.{_PART}{{1,30}})?)"
_MANNER = r"[(\[](?P<manner>[^()\[\]\n]{1,38})[)\]]"
_COLON = re.compile(rf"{_NAME}[ ]?(?:{_MANNER})?[ ]?[:：](?=\s|$|[^\x00-\x7f])[ ]?(?P<rest>.*)", re.S)
_BRACKETS = re.compile(
    rf"[\[(（【]{_NAME}(?:,[ ]?(?P<manner>[^()\[\]\n]{{1,38}}))?[\])）】](?P<colon>[:：]?)[ ]?(?P<rest>.*)",
    re.S,
)
_REFUSED = re.compile(r"[:：*\"“”«»<>=|;\n()\[\]{}]")
_VOWEL = re.compile(r"[aeiouyà-öø-ÿа-яёα-ω]", re.I)
_TECHNICAL = re.compile(r"v\.?\s?o\.?|o\.?\s?[sc]\.?|o\.?\s?o\.?\s?v\.?|cont(?:['’.]?d\.?|inued)", re.I)
_GENERIC = re.compile(
    r"(?:(?:OLD |YOUNG )?(?:MAN|WOMAN|BOY|GIRL)|MEN|WOMEN|VOICE|NARRATOR|ANNOUNCER|REPORTER|ALL|BOTH)"
    r"(?: #?\d+)?"
)
_TITLED = re.compile(r"(?:MR|MRS|MS|DR|MISS|CAPTAIN|DOCTOR|PROFESSOR|LADY|LORD)\b\.? \w")
_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_ROMAN = re.compile(r"[IVX]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A speaker's name as it is to be written, how the line is said, and the line without the label."""

    name: str
    manner: str
    rest: str


@dataclass(slots=True)
class LabelReader:
    """Tells labels from words before a colon by what the whole file does."""

    spoken: int = 0
    shouted: bool = False
    before_colon: Counter[str] = field(default_factory=Counter)
    in_brackets: Counter[str] = field(default_factory=Counter)
    alone: Counter[bool] = field(default_factory=Counter)
    spoken_of: set[str] = field(default_factory=set)

    def count(self, lines: Iterable[str]) -> None:
        """Look at every line of the file once, before any is read."""
        upper = letters = 0
        for line in lines:
            self.spoken += 1
            words = line
            if (":" in line or "：" in line) and (found := _COLON.match(line)):
                self.before_colon[found["name"].strip()] += 1
                words = found["rest"]
            if line[0] in "[(（【" and (found := _BRACKETS.match(line)):
                self._count_brackets(found)
            self.spoken_of.update(_INSIDE.findall(line))
            upper += sum(map(str.isupper, words[:80]))
            letters += sum(map(str.isalpha, words[:80]))
        self.shouted = upper > SHOUTED_SHARE * max(1, letters)

    def read(self, line: str) -> Label | None:
        """The label at the beginning of a line, None when the line only looks like having one."""
        if found := _COLON.match(line) if ":" in line or "：" in line else None:
            return _label(found) if self._is_before_colon(found) else None
        found = _BRACKETS.match(line) if line[0] in "[(（【" else None
        return _label(found) if found and self._is_in_brackets(found) else None

    def _count_brackets(self, found: re.Match[str]) -> None:
        name = found["name"].strip()
        if found["rest"]:
            self.in_brackets[name] += 1
        self.alone[name[0].isupper() and not found["rest"]] += name[0].islower() or not found["rest"]

    def _is_before_colon(self, found: re.Match[str]) -> bool:
        name = found["name"].strip()
        if len(name.split()) > MAX_NAME_WORDS:
            return False
        often = self.before_colon[name] >= FEWEST
        if name.isupper():
            return often or not self.shouted
        if not _is_titled(name):
            return False
        if sum(count for each, count in self.before_colon.items() if each.isupper()) >= FEWEST_CAPITALS:
            return self.before_colon[name.upper()] > 0 or bool(found["manner"])
        return often or sum(self.before_colon.values()) > LABELLED_SHARE * self.spoken

    def _is_in_brackets(self, found: re.Match[str]) -> bool:
        name = found["name"].strip()
        if len(name.split()) > MAX_NAME_WORDS or not found["rest"]:
            return False
        if found["colon"] or name in self.before_colon:
            return name[0].isupper()
        if name.isupper():
            return self._is_called(name)
        if not _is_titled(name) or name.endswith("ing"):
            return False
        return self.in_brackets[name] >= FEWEST and self.alone[False] >= self.alone[True]

    def _is_called(self, name: str) -> bool:
        """Whether capitals in brackets are a name and no sound: a first name, one spoken of, a title."""
        first = name.split()[0].capitalize()
        known = first.lower() in first_names() or first in self.spoken_of
        return known or bool(_GENERIC.fullmatch(name) or _TITLED.match(name))


def _is_titled(name: str) -> bool:
    """Whether the first word begins with a capital, and the last too; a script without capitals is fine."""
    words = name.split()
    return not any(word[0].islower() for word in (words[0], words[-1]))


def _label(found: re.Match[str]) -> Label:
    manner = plain(found["manner"] or "")
    manner = "" if _TECHNICAL.fullmatch(manner) else manner
    return Label(written_name(found["name"]), manner, found["rest"].strip())


def written_name(name: str) -> str:
    """A name as a chat's label has it: capitals throughout become a name, marks that end labels go."""
    name = plain(_REFUSED.sub(" ", name))[:MAX_NAME_CHARACTERS].strip()
    while name and not name[0].isalpha():
        name = name[1:].lstrip()
    return " ".join(map(_in_small, name.split())) if name.isupper() and len(name) > 1 else name


def _in_small(word: str) -> str:
    if _ROMAN.fullmatch(word) or (len(word) < 4 and not _VOWEL.search(word) and "." not in word):
        return word
    word = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)
    return re.sub(r"(?<=\w)(['’])(S)\b", lambda part: part[1] + "s", word)
