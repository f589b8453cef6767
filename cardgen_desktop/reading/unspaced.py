"""Names in scripts without capitals, by speech verbs and honorific endings (offline-drafter.md 8)."""

import re
from collections import Counter
from collections.abc import Iterator

from .capitals import WORD
from .languages import LanguagePack
from .manuscript import Stretches
from .model import Mention, Paragraph, Segment

NAME = "[\u4e00-\u9fff\u30a1-\u30fa\u30fc\u30fb\uac00-\ud7af々·]"
LATIN_NAME = re.compile(r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
SHORTEST, LONGEST, TIMES = 2, 6, 3
SPEECH_REACH = 12


def find_unspaced_names(
    text: str, paragraphs: list[Paragraph], segments: list[Segment], pack: LanguagePack
) -> list[Mention]:
    """Mentions of every name that stands three times beside a speech verb or an honorific ending."""
    names = Counter(_seen(text, pack))
    known = [name for name, count in names.items() if count >= TIMES]
    kept = {name for name in known if not any(other != name and other in name for other in known)}
    kept |= {name for name, count in Counter(LATIN_NAME.findall(text)).items() if count >= TIMES}
    if not kept:
        return []
    pattern = re.compile("|".join(sorted(map(re.escape, kept), key=len, reverse=True)))
    quoted = Stretches([(segment.outer_start, segment.outer_end) for segment in segments])
    return [
        _mention(text, found, paragraph, quoted, pack)
        for paragraph in paragraphs
        if not paragraph.heading
        for found in pattern.finditer(text, paragraph.start, paragraph.end)
    ]


def _seen(text: str, pack: LanguagePack) -> Iterator[str]:
    """Every string that stands where a name would."""
    verbs = "|".join(sorted(pack.speech_strong, key=len, reverse=True))
    endings = "|".join(sorted(pack.name_suffixes, key=len, reverse=True))
    particles = "|".join(sorted(pack.name_particles))
    name = f"(?P<name>{NAME}{{{SHORTEST},{LONGEST}}})"
    patterns = [rf"{name}(?:{endings})"]
    if particles:
        patterns.append(rf"{name}(?:{particles})[^「」。\n]{{0,{SPEECH_REACH}}}?(?:{verbs})")
    else:
        short = f"(?P<name>{NAME}{{{SHORTEST},4}}?)"
        patterns.append(rf"(?:^|[\s，。！？」”；：、]){short}(?:{verbs})")
    for pattern in patterns:
        for found in re.finditer(pattern, text, re.MULTILINE):
            name_found = found["name"]
            if not set(name_found) & pack.name_breaks and name_found not in pack.name_breaks:
                yield name_found


def _mention(
    text: str, found: re.Match[str], paragraph: Paragraph, quoted: Stretches, pack: LanguagePack
) -> Mention:
    mention = Mention(-1, found.start(), found.end(), found[0], paragraph.id)
    mention.in_quote = quoted.index_at(found.start()) is not None
    window = text[found.end() : min(paragraph.end, found.end() + SPEECH_REACH)]
    spoken = next((verb for verb in pack.speech_strong if verb in window), "")
    after = WORD.match(window)
    mention.after = spoken if spoken and not mention.in_quote else (after[0] if after else "")
    return mention
