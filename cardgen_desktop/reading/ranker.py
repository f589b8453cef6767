"""Features and weights of candidate speakers (offline-drafter.md 3.12)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log

from ..paths import resource
from .aliases import alias_key
from .bearers import own
from .languages import LanguagePack, Words
from .model import Character
from .scenes import Scene, Trace

Feature = tuple[str, float]
Speech = tuple[int, int, int]
"""A past utterance: where it began, its paragraph, its speaker."""
LOCAL_BACK, LOCAL_AHEAD = 6, 2
RECENT_RANKS = 5
MOST_TITLED = 3
NAMED_AHEAD = 12
VOICES = frozenset({"voice", "stimme", "voix", "voz", "voce"})


@cache
def shipped_weights() -> dict[str, float]:
    """The trained weights by feature (resources/reading/NOTICE.txt)."""
    weights: dict[str, float] = json.loads(resource("reading", "speaker_weights.json").read_text("utf-8"))
    return weights


@dataclass(slots=True)
class Ranker:
    """Describes candidates by features; the part that does not depend on past speakers is `static`."""

    pack: LanguagePack
    characters: Sequence[Character]
    scenes: Sequence[Scene]
    trace: Trace
    shares: Sequence[float]
    tag_shares: Sequence[float]
    surnames: Sequence[Words]
    bearers: dict[str, dict[int, float]]
    first_named: Sequence[int]
    _titled: dict[str, dict[int, float]] = field(default_factory=dict)

    def static(self, number: int, candidate: int, local: dict[int, int]) -> list[Feature]:
        """Features of a candidate for one unit whatever was said before."""
        scene = self.scenes[number]
        character = self.characters[candidate]
        features: list[Feature] = []
        features += self._tag_features(scene, character)
        features += self._own_paragraph(scene, candidate)
        features += self._addressed(number, candidate)
        features += self._following(number, character)
        features += self._above(scene, candidate)
        if character.kind == "narrator":
            features.append((f"{scene.prefix}:narr", 1.0))
            if scene.lone:
                features.append((f"{scene.prefix}:narrL", 1.0))
        features.append((f"{scene.prefix}loc", log(1 + local.get(candidate, 0))))
        features.append(("freq", self.shares[candidate]))
        features.append(("expl", self.tag_shares[candidate]))
        return features

    def _tag_features(self, scene: Scene, character: Character) -> Iterable[Feature]:
        narrator = character.kind == "narrator"
        if scene.prefix == "I":
            yield ("tag=I:narr" if narrator else "tag=I:no"), 1.0
        elif scene.prefix == "N":
            if scene.pronoun == "i":
                yield ("N:I=narr" if narrator else "N:I=no"), 1.0
            elif scene.pronoun:
                yield f"Npron:{_fit(scene.pronoun, character)}", 1.0
        elif scene.noun:
            yield from self._nominal(scene, character)
        elif scene.gender:
            yield f"pron:{'nar' if narrator else _fit(scene.gender, character)}", 1.0

    def _nominal(self, scene: Scene, character: Character) -> Iterable[Feature]:
        if character.id == scene.nominal:
            yield self._as_itself(scene), 1.0
        elif character.kind == "nominal":
            yield "nom:othernom", 1.0
        elif character.kind == "narrator":
            yield "nom:nar", 1.0
        else:
            yield f"nom:{_fit(scene.gender, character) if scene.gender else 'na'}", 1.0
            titled = self.meant(scene)
            if character.id in titled:
                yield "nom:title", titled[character.id]
            elif any(scene.noun in name.lower().split() for name in character.aliases):
                yield "nom:word", 1.0
            elif scene.noun not in self.pack.generic_persons:
                yield "nom:not", 1.0

    def _as_itself(self, scene: Scene) -> str:
        """How surely a tag's noun is somebody of its own; a voice is likely that of who was just named."""
        if scene.noun in VOICES:
            return "nom:voicenamed" if scene.before else "nom:voice"
        if scene.owner_id is not None or scene.owner not in self.pack.articles:
            return "nom:selfowned"
        return "nom:selfany" if scene.noun in self.pack.generic_persons else "nom:self"

    def meant(self, scene: Scene) -> dict[int, float]:
        """Whom the noun of a tag means: who bears it as a title or is called so, named by then."""
        found = self.titled(scene.noun) | self.bearers.get(own(scene.phrase), {})
        latest = scene.unit.paragraph + NAMED_AHEAD
        return {who: share for who, share in found.items() if self.first_named[who] <= latest}

    def titled(self, noun: str) -> dict[int, float]:
        """Whom a noun such as *captain* may mean, near or not: how often each has the title, to the most."""
        if noun not in self._titled:
            titles = self.pack.title_nouns.get(noun, frozenset({noun} & self.pack.noun_titles))
            counts = {
                each.id: _titled_count(each, titles) for each in self.characters if each.kind == "named"
            }
            most = max(counts.values(), default=0)
            best = sorted((who for who in counts if counts[who]), key=lambda who: -counts[who])[:MOST_TITLED]
            self._titled[noun] = {who: counts[who] / most for who in best}
        return self._titled[noun]

    def _family(self, scene: Scene, candidate: int, owner: int) -> Iterable[str]:
        """*her mother* is not she herself, and is rather the *Mrs.* of her surname."""
        if candidate == owner:
            yield "nom:owner"
        character = self.characters[candidate]
        kin = self.pack.kin.get(scene.noun, frozenset())
        if character.gender not in kin or not self.surnames[candidate] & self.surnames[owner]:
            return
        pack = self.pack
        titles = pack.titles_married if "married" in kin else pack.titles_mister | pack.titles_noble
        if not {"married", "mister"} & kin or self._carries(character, titles):
            yield "nom:kin"

    def _carries(self, character: Character, titles: Words) -> bool:
        return any(titles & set(alias_key(name).split()) for name in character.aliases)

    def owner(self, number: int, recent: Sequence[int]) -> int | None:
        """Whose mother, friend or servant the tag speaks of."""
        scene = self.scenes[number]
        if scene.owner_id is not None or not scene.noun:
            return scene.owner_id
        pack = self.pack
        gender = (
            "m"
            if scene.owner in pack.possessives_male
            else "f"
            if scene.owner in pack.possessives_female
            else ""
        )
        if not gender:
            return None
        near = [*sorted(scene.addressed), *recent]
        return next((who for who in near if self.characters[who].gender == gender), None)

    def relatives(self, number: int, owner: int | None) -> set[int]:
        """Who may be *his lady* or *her father*, wherever they were named last."""
        kin = self.pack.kin.get(self.scenes[number].noun)
        if owner is None or not kin or not self.surnames[owner]:
            return set()
        return {
            character.id
            for character in self.characters
            if character.kind == "named"
            and "nom:kin" in self._family(self.scenes[number], character.id, owner)
        }

    def _own_paragraph(self, scene: Scene, candidate: int) -> Iterable[Feature]:
        named = scene.before + scene.after
        if candidate not in named:
            return
        if candidate in scene.objects:
            yield f"{scene.prefix}:obj", 1.0
        if scene.prefix != "N":
            yield f"{scene.prefix}:{'pre' if candidate in scene.before else 'ownafter'}", 1.0
            return
        place = "1" if named[0] == candidate else "2"
        yield f"N:own{place}", 1.0
        if len(set(named)) == 1:
            yield "N:ownonly", 1.0
        if scene.first_is_subject:
            yield f"N:ownsubj{place}", 1.0

    def _addressed(self, number: int, candidate: int) -> Iterable[Feature]:
        scene = self.scenes[number]
        if candidate == scene.introduced:
            yield "self", 1.0
        elif candidate in scene.addressed:
            yield "voc", 1.0
        elif candidate in scene.quoted:
            yield "qn", 1.0
        if number and candidate in self.scenes[number - 1].addressed:
            yield f"{scene.prefix}:pvoc{'A' if scene.adjacent else ''}", 1.0
        following = self._near(number, 1)
        if following and candidate in following.addressed:
            yield f"{scene.prefix}:nvoc", 1.0

    def _near(self, number: int, step: int) -> Scene | None:
        """The scene `step` units ahead, if only a few paragraphs lie between."""
        if number + step >= len(self.scenes):
            return None
        ahead = self.scenes[number + step]
        return ahead if ahead.unit.paragraph - self.scenes[number].unit.paragraph <= 2 * step else None

    def _following(self, number: int, character: Character) -> Iterable[Feature]:
        prefix = self.scenes[number].prefix
        for step in (1, 2):
            ahead = self._near(number, step)
            if ahead is None:
                return
            if ahead.tagged == character.id:
                yield f"{prefix}:nx{step}", 1.0
            elif ahead.prefix == "P" and ahead.gender and ahead.gender == character.gender:
                yield f"{prefix}:nx{'' if step == 1 else 2}g", 1.0
            elif ahead.prefix == "I" and character.kind == "narrator" and step == 1:
                yield f"{prefix}:nx1I", 1.0

    def _above(self, scene: Scene, candidate: int) -> Iterable[Feature]:
        if candidate == scene.above_last:
            yield f"{scene.prefix}:lastpar_last", 1.0
        if candidate == scene.above_subject:
            kind = "subjcolon" if scene.above_introduces else "subj"
            yield f"{scene.prefix}:lastpar_{kind}", 1.0

    def recency(self, named: Sequence[tuple[int, int]], history: Sequence[Speech]) -> list[int]:
        """Everybody named or heard lately, the latest first."""
        latest: dict[int, int] = {}
        for position, who in named:
            latest[who] = position
        for position, _, who in history:
            if position > latest.get(who, -1) and who >= 0:
                latest[who] = position
        return sorted(latest, key=lambda who: -latest[who])

    def fitting(self, number: int, recent: Sequence[int]) -> list[int]:
        """The first few of them whose gender fits the tag."""
        scene = self.scenes[number]
        gender = scene.gender if scene.prefix == "P" else ""
        if gender:
            recent = [who for who in recent if self.characters[who].gender in ("", gender)]
        return list(recent[:RECENT_RANKS])

    def dynamic(
        self, number: int, candidate: int, history: Sequence[Speech], recent: Sequence[int], owner: int | None
    ) -> list[str]:
        """Names of the features that depend on who spoke before; each counts 1."""
        scene = self.scenes[number]
        prefix = scene.prefix
        features = [f"{prefix}:rec{recent.index(candidate)}" if candidate in recent else f"{prefix}:norec"]
        if owner is not None:
            features += self._family(scene, candidate, owner)
        if not history:
            return features
        gap = f"{'adj' if scene.adjacent else 'gap'}{'L' if scene.lone else ''}"
        last = history[-1][2]
        earlier = next((who for _, _, who in reversed(history[:-1]) if who != last), None)
        before_last = history[-2][2] if len(history) > 1 else None
        if candidate == last:
            features.append(f"{prefix}:h1{gap}")
        elif candidate == before_last:
            features.append(f"{prefix}:h2{gap}")
        elif any(candidate == who for _, _, who in history[-6:]):
            features.append(f"{prefix}:h3+")
        exchange = earlier is not None and scene.unit.paragraph - history[-2][1] <= 3
        if exchange and candidate not in (last, earlier):
            features.append(f"{prefix}:outsider")
        return features


def _fit(gender: str, character: Character) -> str:
    if not character.gender:
        return "unk"
    return "ok" if character.gender == gender else "bad"


def _titled_count(character: Character, titles: Words) -> int:
    return sum(count for name, count in character.aliases.items() if titles & set(alias_key(name).split()))


def surnames_of(character: Character) -> Words:
    """The last words of a character's names of several words."""
    return frozenset(name.lower().split()[-1] for name in character.aliases if " " in name)


def log_shares(counts: Sequence[int]) -> list[float]:
    """Logarithm of one plus each count, less the largest: zero for the commonest."""
    most = log(1 + max(counts, default=0))
    return [log(1 + count) - most for count in counts]
