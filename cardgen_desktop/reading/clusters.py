"""Alias clusters: which names belong to one person (offline-drafter.md 3.6 and 3.7)."""

from collections import Counter, defaultdict

from .languages import FirstNames, LanguagePack
from .model import Character, Mention


def cluster_mentions(mentions: list[Mention], pack: LanguagePack, names: FirstNames) -> list[Character]:
    """Group mentions into characters, the most mentioned first, and set each mention's character."""
    counts = Counter(mention.surface for mention in mentions)
    owner: dict[str, str] = {}
    full = [surface for surface, _ in counts.most_common() if len(surface.split()) > 1]
    for surface in counts:
        words = surface.split()
        if len(words) == 1:
            match = next((name for name in full if words[0] in name.split()), surface)
            owner[surface] = match
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[owner.get(mention.surface, mention.surface)].append(mention)
    characters: list[Character] = []
    for group in sorted(groups.values(), key=len, reverse=True):
        aliases = Counter(mention.surface for mention in group)
        character = Character(len(characters), aliases.most_common(1)[0][0], dict(aliases.most_common()))
        character.mentions = [mention.id for mention in group]
        character.score = sum(_points(mention, pack) for mention in group)
        character.kind = "named" if character.score > 0 else "other"
        for mention in group:
            mention.character = character.id
        characters.append(character)
    return characters


def _points(mention: Mention, pack: LanguagePack) -> float:
    points = 2.0 * (mention.after in pack.speech_strong or mention.before in pack.speech_strong)
    points += 1.5 * mention.vocative + 0.7 * (mention.after in pack.human_verbs) + 0.3 * mention.possessive
    points -= 1.5 * (mention.before in pack.place_prepositions_strong)
    return points
