"""Name mentions: runs of accepted capitalised words with what stands around them (offline-drafter.md 3.5)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .capitals import WORD, Capitals, Token, accepted
from .languages import FirstNames, LanguagePack
from .manuscript import Stretches
from .model import Mention, Paragraph, Segment

LONGEST_RUN = 6
LEAD_REACH = 20
ENOUGH_PAIRS = 3
GAP = re.compile(r"(?:[ \t\u00a0]|\r?\n[ \t]*){1,2}$")
WORD_AFTER = re.compile(r"[\s]*([^\W\d_]+)")
VOCATIVE_END = re.compile(r"\s*(?:[,.!?;:…—–”\"»]|--|’(?!\w)|$)")


@dataclass(slots=True)
class NameFinder:
    """Everything needed to turn capitalised words into mentions."""

    text: str
    pack: LanguagePack
    names: FirstNames
    counts: Capitals
    quoted: Stretches
    segments: list[Segment]
    paragraphs: list[Paragraph]

    def find(self, tokens: list[Token]) -> list[Mention]:
        """All name mentions, in order."""
        mentions: list[Mention] = []
        for run in self._runs(tokens):
            trimmed = self._trim(run)
            if trimmed and len(trimmed) <= LONGEST_RUN:
                mentions.append(self._mention(len(mentions), trimmed))
        return mentions

    def _runs(self, tokens: list[Token]) -> Iterator[list[Token]]:
        run: list[Token] = []
        paired = self._paired(tokens)
        for token in tokens:
            if not (token.start in paired or self._fits(token, run)):
                if run:
                    yield run
                    run = []
                continue
            if run and not self._joins(run[-1], token):
                yield run
                run = []
            run.append(token)
        if run:
            yield run

    def _paired(self, tokens: list[Token]) -> set[int]:
        """Where the words of names such as *Long John* or *Black Dog* begin.

        Each word is a plain one elsewhere, but the two stand side by side with capitals again and again.
        """
        if self.pack.nouns_capitalised:
            return set()
        plain = (self.pack.not_names | self.pack.function_words | self.pack.honorifics) - self.pack.calendar
        starts: set[int] = set()
        for left, right in pairwise(tokens):
            pair = (left.lower, right.lower)
            together = right.start - left.end <= 2 and not left.possessive
            if together and self.counts.pairs[pair] >= ENOUGH_PAIRS and not plain.intersection(pair):
                starts |= {left.start, right.start}
        return starts

    def _fits(self, token: Token, run: list[Token]) -> bool:
        if token.lower in self.pack.honorifics and not token.at_start:
            return True
        if token.lower in self.pack.honorifics and self._leads_name(token):
            return True
        if len(token.word) == 1 and token.lower != "i" and self.text[token.end : token.end + 1] == ".":
            return True
        return accepted(token, self.counts, self.pack, self.names)

    def _leads_name(self, token: Token) -> bool:
        """Whether a capitalised word follows right behind, as in *Mr. Darcy* at the start of a sentence."""
        gap = re.compile(r"\.?[ \u00a0]*(?:\r?\n[ \t]*)?(?=\w)").match(self.text, token.end)
        return bool(gap) and self.text[gap.end()].isupper() if gap else False

    def _joins(self, left: Token, right: Token) -> bool:
        if left.paragraph != right.paragraph or left.possessive:
            return False
        gap = self.text[left.end : right.start]
        if GAP.fullmatch(gap):
            return True
        if gap.startswith(".") and (left.lower in self.pack.honorifics or len(left.word) == 1):
            return not gap[1:] or bool(GAP.fullmatch(gap[1:]))
        word = gap.strip()
        if not word.isalpha() or len(gap) > len(word) + 4:
            return False
        if word in self.pack.of_words or word in {"the"}:
            return left.lower in self.pack.ranks_with_of and word in self.pack.of_words
        return word in self.pack.connectors

    def _trim(self, run: list[Token]) -> list[Token]:
        start, end = 0, len(run)
        while start < end - 1 and run[start].lower in self.pack.soft_prefixes - self.pack.honorifics:
            start += 1
        while end > start and self._is_stop(run[end - 1]):
            end -= 1
        if end - start == 1 and self._is_bare(run[start]):
            return []
        if all(len(token.word) == 1 for token in run[start:end]):
            return []
        return run[start:end]

    def _is_stop(self, token: Token) -> bool:
        stop = token.lower in self.pack.not_names
        return stop and not accepted(token, self.counts, self.pack, self.names)

    def _is_bare(self, token: Token) -> bool:
        """A form of address alone, or an initial, names nobody."""
        if token.lower in self.pack.titles_bare or len(token.word) == 1:
            return True
        return not accepted(token, self.counts, self.pack, self.names)

    def _mention(self, number: int, run: list[Token]) -> Mention:
        first, last = run[0], run[-1]
        mention = Mention(number, first.start, last.end, "", first.paragraph)
        mention.surface = " ".join(self.text[first.start : last.end].split())
        mention.possessive = last.possessive
        mention.epithet = len(run) > 1 and not self._fits(first, [])
        start = self.paragraphs[first.paragraph].start
        mention.before, mention.before2 = self._words_before(start, first.start)
        after = WORD_AFTER.match(self.text, last.end)
        mention.after = after[1].lower() if after else ""
        quote = self.quoted.index_at(first.start)
        mention.in_quote = quote is not None
        if quote is not None:
            mention.vocative = self._is_vocative(mention, self.segments[quote])
        return mention

    def _words_before(self, start: int, at: int) -> tuple[str, str]:
        words = WORD.findall(self.text[max(start, at - 36) : at].lower())
        return (words[-1] if words else ""), (words[-2] if len(words) > 1 else "")

    def _is_vocative(self, mention: Mention, segment: Segment) -> bool:
        if mention.possessive or not VOCATIVE_END.match(self.text, mention.end, segment.end + 1):
            return False
        before = self.text[max(segment.outer_start, mention.start - LEAD_REACH) : mention.start].rstrip()
        if len(before) <= 1:
            answer = mention.end >= segment.end - 1 and self.text[segment.end - 1] == "."
            return not answer and self._is_known(mention)
        return before.endswith((",", "—", "-", "!", "?", "…")) or mention.before in self.pack.vocative_leads

    def _is_known(self, mention: Mention) -> bool:
        """Whether the word is a name elsewhere too; else *Eh!* at the head of a speech would be one."""
        words = mention.surface.lower().split()
        return len(words) > 1 or self.counts.inside[words[0]] > 0 or self.names.known(words[0])


def find_mentions(
    text: str,
    tokens: list[Token],
    counts: Capitals,
    segments: list[Segment],
    paragraphs: list[Paragraph],
    pack: LanguagePack,
    names: FirstNames,
    on_share: Callable[[float], None] | None = None,
) -> list[Mention]:
    """All name mentions of a text, in order."""
    quoted = Stretches([(segment.outer_start, segment.outer_end) for segment in segments])
    return NameFinder(text, pack, names, counts, quoted, segments, paragraphs).find(tokens)
