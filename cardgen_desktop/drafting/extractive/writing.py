"""Putting passages on paper: bullets, and a mark where a sentence leaves its person unnamed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..composition import Composition
from ..packs import ASPECTS
from ..verify import NAME_MACRO
from .excerpt import Excerpt, cut, cut_tail, is_whole
from .passages import Passage
from .stretches import WORD
from .subject import Subject

BULLET = "- "
ELLIPSIS = "…"
MOST_WORDS = 60
ENDS = (".", "!", "?", "…", ":", ";", "。", "！", "？")
CLOSING = "\"'”’»«“)]_* "


@dataclass(frozen=True, slots=True)
class Bullet:
    """One point of a list: neighbouring sentences of the source that are read together."""

    excerpt: Excerpt
    passages: tuple[Passage, ...]


class Pen:
    """Writes passages about one person on the card of the same or another."""

    def __init__(self, card: Subject, about: Subject | None = None) -> None:
        self.card = card
        self.about = about or card

    @property
    def label(self) -> str:
        """How the person is called in connecting phrases."""
        return NAME_MACRO if self.about.id == self.card.id else self.about.name

    def heading(self, key: str) -> str:
        """A small heading; when the person tells the story, it says whose words follow."""
        heading = self.about.pack.say(key)
        if self.about.narrates:
            heading += ", " + self.about.pack.say("own_words", name=self.label)
        return heading + ":"

    def points(self, passages: Sequence[Passage], aspect: str = "") -> list[Bullet]:
        """The passages as points in order of the text; neighbours in one paragraph become one point."""
        found: list[Bullet] = []
        for passage in passages:
            excerpt = self.excerpt(passage, aspect)
            before = found[-1] if found else None
            if before and self._adjoin(before, passage, excerpt):
                joined = Excerpt(before.excerpt.start, excerpt.end, before.excerpt.head, excerpt.tail)
                found[-1] = Bullet(joined, (*before.passages, passage))
            else:
                found.append(Bullet(excerpt, (passage,)))
        return [point for point in found if self._whole(point.excerpt)]

    def _adjoin(self, before: Bullet, passage: Passage, excerpt: Excerpt) -> bool:
        last, text = before.passages[-1], self.card.index.text
        return (
            len(text[before.excerpt.start : excerpt.end].split()) <= MOST_WORDS
            and last.voice == passage.voice == "narration"
            and last.paragraph == passage.paragraph
            and not text[before.excerpt.end : excerpt.start].strip()
        )

    def _whole(self, excerpt: Excerpt) -> bool:
        return is_whole(self.card.index.text[excerpt.start : excerpt.end])

    def excerpt(self, passage: Passage, aspect: str = "") -> Excerpt:
        """The part of a sentence that tells of the aspect."""
        pack = self.card.pack

        def weight(piece: str) -> float:
            if aspect not in ASPECTS:
                return float(len(piece) ** 0.5)
            return pack.tells(WORD.findall(piece.lower()), aspect)

        return cut(self.card.index.text, passage.start, passage.end, weight)

    def head(self, passage: Passage) -> Excerpt:
        """The whole sentence, or its first clauses when it is long."""
        return cut_tail(self.card.index.text, passage.start, passage.end)

    def list(self, page: Composition, points: Iterable[Bullet]) -> None:
        """Add each point as a bullet on its own line."""
        for point in points:
            page.connect("\n" + BULLET if page else BULLET)
            self.write(page, point)

    def write(self, page: Composition, point: Bullet) -> None:
        """Add one point: who is meant when the words do not name them, then the words."""
        excerpt, voice = point.excerpt, point.passages[0].voice
        spoken = voice in ("own", "other", "unknown")
        if spoken:
            said = "says" if voice == "own" else "said_of"
            page.connect(
                self.about.pack.say(said, name=self.label) + " " + self.about.pack.glue["open_quote"]
            )
        elif not self._named(excerpt):
            page.connect(f"[{self.label}] ")
        cut = excerpt.head or (spoken and self.card.index.text[excerpt.start].islower())
        page.connect(ELLIPSIS + " " if cut else "")
        words = self.card.render(excerpt.start, excerpt.end)
        page.quote(words, self.card.place(excerpt.start, excerpt.end))
        ended = spoken or words.rstrip(CLOSING).endswith(ENDS)
        page.connect(ELLIPSIS if excerpt.tail or not ended else "")
        page.connect(self.about.pack.glue["close_quote"] if spoken else "")

    def speak(self, page: Composition, start: int, end: int) -> None:
        """Add a line the person says."""
        pack = self.about.pack
        end -= self.card.index.text[end - 1] in ",;"
        page.connect(pack.say("says", name=self.label) + " " + pack.glue["open_quote"])
        page.quote(self.card.render(start, end), self.card.place(start, end))
        page.connect(pack.glue["close_quote"])

    def names(self, point: Bullet) -> bool:
        """Whether the words of a point name the person."""
        return self._named(point.excerpt)

    def _named(self, excerpt: Excerpt) -> bool:
        if self.about.narrates and self.about.id == self.card.id:
            return True
        return any(True for _ in self.about.named_between(excerpt.start, excerpt.end))
