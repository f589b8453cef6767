"""The description: who it is, then looks, past and relationships (offline-drafter.md 4.3)."""

import math
from collections.abc import Collection, Sequence

from ...domain.source import Span
from ..composition import Composition
from ..verify import fold
from .aspects import of_relative, score, score_passages
from .cast import SHORT_SENTENCES
from .company import company_of
from .passages import Passage
from .readable import readable
from .sections import section_aspect
from .selection import choose, within
from .sheets import OTHER, Fact, facts_of, write_facts
from .stretches import WORD
from .subject import Subject
from .titles import first_in_world, world_of
from .writing import BULLET, Bullet, Pen

QUOTAS = {"appearance": 6, "background": 5, "relationships": 4}
ENOUGH, LONG, MOST_LETTERS = 400, 1300, 1800
LEAST_READABLE, DIMLY_READABLE = 0.3, 0.08
MOST_SPOKEN = 3
MOST_ALIASES = 6
FEW_PASSAGES = 25
LEAST_ALIAS, MANY_MENTIONS = 2, 30
OPENING_WORDS = range(6, 61)
LEAST_IDENTITY = 0.7
LEAST_TOLD = 0.04
FIRST, INTRODUCED = 1.0, 1.5
NAME_WITHIN = 3

Stretch = tuple[int, int]


def write_description(subject: Subject) -> Composition:
    """The description of a character."""
    page, pen = Composition(), Pen(subject)
    opening = opening_of(subject)
    if opening:
        pen.write(page, Bullet(pen.head(opening), (opening,)))
    else:
        _write_lead(subject, page)
    _write_aliases(subject, page)
    taken = {(opening.start, opening.end)} if opening else set()
    chosen = choose(score_passages(subject), QUOTAS, subject.index.pack.content_stop, taken)
    chosen = within(chosen, MOST_LETTERS - len(page.text))
    facts = facts_of(subject)
    for aspect, items in chosen.items():
        own = [fact for fact in facts if fact.field == aspect]
        _write_section(pen, page, aspect, [item.passage for item in items], own)
        taken |= {(item.passage.start, item.passage.end) for item in items}
    related = bool(chosen["relationships"]) or any(fact.field == "relationships" for fact in facts)
    _write_company(subject, page, related)
    _write_section(pen, page, OTHER, (), _others(subject, facts))
    wanted = _wanted(subject)
    if len(page.text) < max(ENOUGH, wanted - ENOUGH):
        taken |= _meant_for_others(subject)
        _write_section(pen, page, "story", _rest(subject, taken, wanted - len(page.text)))
    _name_narrator(subject, page)
    if len(page.text) < ENOUGH:
        page.connect(("\n\n" if page else "") + subject.pack.say("little") + " " + subject.pack.say("free"))
    return page


def _write_lead(subject: Subject, page: Composition) -> None:
    """Where no sentence says who it is: which source it belongs to."""
    title, places = world_of(subject), first_in_world(subject)
    if title:
        page.count(subject.pack.say("lead", title=title), places)


def _write_company(subject: Subject, page: Composition, begun: bool) -> None:
    """Whom the character is seen and heard with, below what the source says of it."""
    findings = company_of(subject)
    if findings and not begun:
        page.connect("\n\n" + subject.pack.say("relationships") + ":")
    for finding in findings:
        page.connect("\n" + BULLET)
        page.count(finding.text, finding.spans)


def _others(subject: Subject, facts: Sequence[Fact]) -> list[Fact]:
    """Lines of a sheet that belong to no other field; a name line only when it tells more than the name."""
    text = subject.index.text
    return [
        fact
        for fact in facts
        if fact.field == OTHER or (fact.field == "name" and fold(text[slice(*fact.value)]) != subject.name)
    ]


def _write_section(
    pen: Pen, page: Composition, aspect: str, passages: Sequence[Passage], facts: Sequence[Fact] = ()
) -> None:
    points = pen.points(passages, aspect)
    if points or facts:
        page.connect(("\n\n" if page else "") + pen.heading(aspect))
        write_facts(pen.card, page, facts)
        pen.list(page, points)


def _name_narrator(subject: Subject, page: Composition) -> None:
    """Say who "I" is when the quoted sentences of another's card say it."""
    narrator = subject.index.narrator
    if narrator is None or narrator == subject.id:
        return
    quoted = (record.text for record in page.records if record.kind == "verbatim")
    words = {word for text in quoted for word in WORD.findall(text.lower())}
    teller = Subject(subject.index, narrator, subject.strength)
    if not words.isdisjoint(subject.pack.first_person) and teller.mentions:
        page.connect("\n\n")
        page.count(subject.pack.say("narrator_is", name=teller.name), teller.first_mention())


def _wanted(subject: Subject) -> int:
    """The letters to aim at: of a short source everything that is said (offline-drafter.md 4.3)."""
    if len(subject.passages) < FEW_PASSAGES and len(subject.index.sentences) < SHORT_SENTENCES:
        return MOST_LETTERS + ENOUGH
    return LONG if len(subject.mentions) >= MANY_MENTIONS else 2 * ENOUGH


def _meant_for_others(subject: Subject) -> set[tuple[int, int]]:
    """The sentences that the personality and the scenario will want."""
    quotas = {"personality": 7, "goals": 2}
    chosen = choose(score_passages(subject), quotas, subject.index.pack.content_stop)
    return {(item.passage.start, item.passage.end) for items in chosen.values() for item in items}


def _rest(subject: Subject, taken: Collection[Stretch], room: int) -> list[Passage]:
    """For somebody the source says little about: what else it says, the clearest first, then in order."""
    free = [item for item in subject.passages if (item.start, item.end) not in taken and len(item.words) >= 5]
    clear = {item.sentence: readable(item, subject) for item in free}
    kept: list[Passage] = []
    passes = ((LEAST_READABLE, room, MOST_SPOKEN), (DIMLY_READABLE, room - ENOUGH, 2 * MOST_SPOKEN))
    for least, letters, most_spoken in passes:
        wanted = [item for item in free if clear[item.sentence] >= least and item not in kept]
        for item in sorted(wanted, key=lambda item: (-item.focus * clear[item.sentence], item.start)):
            spoken = sum(other.voice != "narration" for other in kept)
            fits = item.voice == "narration" or (item.voice != "own" and spoken < most_spoken)
            if fits and sum(other.end - other.start for other in kept) < letters:
                kept.append(item)
    return sorted(kept, key=lambda item: item.start)


def _write_aliases(subject: Subject, page: Composition) -> None:
    """The other names the source uses, each with the place where it first stands."""
    spans: dict[str, list[Span]] = {}
    own_forms = {subject.name + ending for ending in ("s", "'s", "’s")} | {subject.name.upper()}
    for mention in subject.mentions:
        name = fold(mention.surface)
        if name != subject.name and name not in own_forms:
            spans.setdefault(name, []).append(subject.place(mention.start, mention.end))
    least = LEAST_ALIAS if len(subject.mentions) >= MANY_MENTIONS else 1
    names = [name for name in spans if len(spans[name]) >= least and not name.isupper()]
    names = sorted(names, key=lambda name: -len(spans[name]))[:MOST_ALIASES]
    if names:
        page.connect("\n" if page else "")
        page.count(
            subject.pack.say("also_called", names=", ".join(names)), [spans[name][0] for name in names]
        )


def opening_of(subject: Subject) -> Passage | None:
    """The sentence that says who this is; None when no sentence does."""
    addressing = subject.pack.second_person - subject.subjects - subject.possessives
    fitting = [
        (identifies(passage, subject), passage)
        for passage in subject.passages
        if passage.voice == "narration"
        and section_aspect(subject, passage.paragraph) != "personality"
        and not of_relative(passage, subject)
        and addressing.isdisjoint(passage.words)
        and len(passage.words) in OPENING_WORDS
        and (passage.rival <= passage.focus or _is_named_here(passage, subject))
    ]
    best = max(fitting, key=lambda pair: (pair[0], -pair[1].start), default=None)
    return best[1] if best and best[0] >= LEAST_IDENTITY else None


def identifies(passage: Passage, subject: Subject) -> float:
    """How much a sentence introduces the character: as its subject, early, and with what it is."""
    quality = score(passage, subject).quality
    told = max(value for aspect, value in quality.items() if aspect != "goals")
    introduced = _said_what(passage, subject) or _is_named_here(passage, subject)
    if passage.rank and not introduced and told < LEAST_TOLD:
        return 0.0
    first = FIRST * passage.named * math.exp(-passage.rank / 5)
    value = first + min(0.8, 3 * told) + INTRODUCED * introduced
    clear = readable(passage, subject)
    value *= passage.focus * (max(clear, 1.0) if introduced and clear else clear) / (1 + passage.rank / 60)
    if introduced or _begins_with_name(passage, subject):
        return value
    return value * (0.6 if _begins_with_pronoun(passage, subject) else 0.0)


def _begins_with_pronoun(passage: Passage, subject: Subject) -> bool:
    return not passage.named and passage.words[0] in subject.person.owners


def _begins_with_name(passage: Passage, subject: Subject) -> bool:
    """Whether a name of the character is the subject: near the beginning, not after a preposition."""
    language = subject.index.pack
    prepositions = language.place_prepositions_strong | language.place_prepositions_weak | {"between", "with"}
    for mention in subject.named_between(passage.start, passage.end):
        before = WORD.findall(subject.index.text[passage.start : mention.start].lower())
        owns = mention.possessive or fold(mention.surface) == subject.name + "s"
        return len(before) <= NAME_WITHIN and prepositions.isdisjoint(before) and not owns
    return False


def _is_named_here(passage: Passage, subject: Subject) -> bool:
    """Whether a sentence gives the character its name: `a brother named Arvith`."""
    return any(
        mention.before in subject.pack.naming for mention in subject.named_between(passage.start, passage.end)
    )


def _said_what(passage: Passage, subject: Subject) -> bool:
    """Whether a word for a person stands in reach after the name: `Mr. Utterson the lawyer was a …`."""
    nouns = subject.index.pack.nouns_male | subject.index.pack.nouns_female
    kinds = subject.pack.kinds | subject.pack.persons | subject.pack.kin | nouns
    for mention in subject.named_between(passage.start, passage.end):
        after = subject.index.text[mention.end : min(passage.end, mention.end + 70)].lower()
        words = WORD.findall(after.split(";")[0])[:8]
        articles = any(word in subject.pack.articles for word in words[:2])
        linked = after.startswith((",", " the ")) or (words and words[0] in subject.pack.copulas)
        if linked and articles and not kinds.isdisjoint(words):
            return True
    return False
