"""Who says what: candidates, their scores and the best sequence (offline-drafter.md 3.11 and 3.13)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import exp, log

from .bearers import bearers
from .chats import ChatLine, labels_of
from .languages import LanguagePack
from .model import Character, Mention, Paragraph, Segment, Unit
from .ranker import LOCAL_AHEAD, LOCAL_BACK, Ranker, Speech, log_shares, shipped_weights, surnames_of
from .scenes import SceneReader, Trace
from .tags import TagReader
from .units import build_units, nominal_speakers

BEAM, BRANCHES = 6, 4
REMEMBERED, MERGED = 8, 4
NAMES_BACK, REACH = 10, 25
NEAR_UNITS, NEAR_PARAGRAPHS = 3, 6
TAG_CONFIDENCE = 0.99
NO_ONE = -1


@dataclass(slots=True)
class State:
    """One way to read the text so far; `choices` links back to the first unit."""

    score: float = 0.0
    history: tuple[Speech, ...] = ()
    choices: "Choice | None" = None


@dataclass(slots=True)
class Choice:
    """The speaker taken for one unit, with the probability at that moment."""

    earlier: "Choice | None"
    speaker: int
    confidence: float


@dataclass(slots=True)
class Speakers:
    """Decodes the speakers of all units, left to right."""

    ranker: Ranker
    units: Sequence[Unit]
    narrator: int | None
    weights: dict[str, float] = field(default_factory=shipped_weights)
    on_share: Callable[[float], None] | None = None

    def decode(self) -> None:
        """Give every unit its speaker and confidence."""
        states = [State()]
        for number in range(len(self.units)):
            states = self._step(number, states)
            if self.on_share and number % 200 == 0:
                self.on_share(number / len(self.units))
        choice = max(states, key=lambda state: state.score).choices
        for unit in reversed(self.units):
            if choice is None:
                break
            unit.speaker = None if choice.speaker == NO_ONE else choice.speaker
            unit.confidence = round(choice.confidence, 4)
            choice = choice.earlier

    def _step(self, number: int, states: list[State]) -> list[State]:
        unit, scene = self.units[number], self.ranker.scenes[number]
        if unit.continues is not None and number and unit.continues == number - 1:
            return [self._copy(state, number) for state in states]
        if unit.tag_kind == "name" and scene.tagged is None:
            return _merge([self._extend(state, number, NO_ONE, 0.0, 0.0) for state in states])
        if scene.tagged is not None:
            sure = 1.0 if scene.labelled else TAG_CONFIDENCE
            return _merge([self._extend(state, number, scene.tagged, sure, 0.0) for state in states])
        named = self.ranker.trace.back_from(scene.start, unit.paragraph, REACH, NAMES_BACK)
        fixed = self.candidates(number, named)
        local = self.ranker.trace.counts(unit.paragraph, LOCAL_BACK, LOCAL_AHEAD)
        known: dict[int, float] = {}
        grown: list[State] = []
        for state in states:
            grown += self._branch(number, state, named, fixed, local, known)
        return _merge(grown)

    def candidates(self, number: int, named: Sequence[tuple[int, int]]) -> set[int]:
        """Everybody who may speak here, but for those who spoke lately (3.11)."""
        scenes = self.ranker.scenes
        scene = scenes[number]
        found = {who for _, who in named} | set(scene.before) | set(scene.after) | set(scene.below)
        for near in range(max(0, number - NEAR_UNITS), min(len(scenes), number + NEAR_UNITS + 1)):
            other = scenes[near]
            if abs(other.unit.paragraph - scene.unit.paragraph) <= NEAR_PARAGRAPHS:
                found |= other.addressed
                if other.tagged is not None:
                    found.add(other.tagged)
        if self.narrator is not None:
            found.add(self.narrator)
        if scene.nominal is not None:
            found.add(scene.nominal)
        if scene.introduced is not None:
            found.add(scene.introduced)
        return found | set(self.ranker.meant(scene)) if scene.noun else found

    def _branch(
        self,
        number: int,
        state: State,
        named: Sequence[tuple[int, int]],
        fixed: set[int],
        local: dict[int, int],
        known: dict[int, float],
    ) -> list[State]:
        latest = self.ranker.recency(named, state.history)
        recent, owner = self.ranker.fitting(number, latest), self.ranker.owner(number, latest)
        options = fixed | {who for _, _, who in state.history if who != NO_ONE}
        options |= self.ranker.relatives(number, owner)
        if not options:
            return [self._extend(state, number, NO_ONE, 0.0, 0.0)]
        scores = []
        for candidate in options:
            if candidate not in known:
                features = self.ranker.static(number, candidate, local)
                known[candidate] = sum(self.weights.get(name, 0.0) * value for name, value in features)
            changing = self.ranker.dynamic(number, candidate, state.history, recent, owner)
            scores.append(
                (known[candidate] + sum(self.weights.get(name, 0.0) for name in changing), candidate)
            )
        scores.sort(reverse=True)
        top = scores[0][0]
        total = sum(exp(score - top) for score, _ in scores)
        return [
            self._extend(state, number, who, exp(score - top) / total, score - top - log(total))
            for score, who in scores[:BRANCHES]
        ]

    def _extend(self, state: State, number: int, speaker: int, confidence: float, gain: float) -> State:
        scene = self.ranker.scenes[number]
        speech = (scene.start, scene.unit.paragraph, speaker)
        history = (*state.history, speech)[-REMEMBERED:]
        return State(state.score + gain, history, Choice(state.choices, speaker, confidence))

    def _copy(self, state: State, number: int) -> State:
        """A quotation that goes on keeps its speaker and does not count as a turn."""
        choice = state.choices
        speaker = choice.speaker if choice else NO_ONE
        confidence = choice.confidence if choice else 0.0
        scene = self.ranker.scenes[number]
        history = (*state.history[:-1], (scene.start, scene.unit.paragraph, speaker))
        return State(state.score, history, Choice(choice, speaker, confidence))


def _merge(states: list[State]) -> list[State]:
    """The best states, one for each sequence of latest speakers."""
    best: dict[tuple[int, ...], State] = {}
    for state in states:
        key = tuple(who for _, _, who in state.history[-MERGED:])
        if key not in best or state.score > best[key].score:
            best[key] = state
    return sorted(best.values(), key=lambda state: -state.score)[:BEAM]


def attribute(
    text: str,
    paragraphs: Sequence[Paragraph],
    segments: Sequence[Segment],
    mentions: Sequence[Mention],
    characters: list[Character],
    narrator: int | None,
    pack: LanguagePack,
    chat_lines: Sequence[ChatLine] = (),
    on_share: Callable[[float], None] | None = None,
) -> list[Unit]:
    """All utterances with their speakers; speakers known by a noun only are added to `characters`."""
    speakers = prepare(text, paragraphs, segments, mentions, characters, narrator, pack, chat_lines)
    speakers.on_share = on_share
    speakers.decode()
    return list(speakers.units)


def prepare(
    text: str,
    paragraphs: Sequence[Paragraph],
    segments: Sequence[Segment],
    mentions: Sequence[Mention],
    characters: list[Character],
    narrator: int | None,
    pack: LanguagePack,
    chat_lines: Sequence[ChatLine] = (),
) -> Speakers:
    """Tag the segments, build units and scenes, and make everything ready to decode."""
    labels = labels_of(chat_lines, mentions)
    references = TagReader(text, paragraphs, segments, mentions, pack, labels).read()
    units = build_units(segments, mentions, pack)
    nominals = nominal_speakers(references, units, characters, pack)
    reader = SceneReader(text, paragraphs, segments, mentions, characters, pack)
    scenes = reader.read(units, references, nominals)
    tags = [0] * len(characters)
    for scene in scenes:
        if scene.tagged is not None:
            tags[scene.tagged] += 1
    shares = log_shares([len(character.mentions) for character in characters])
    trace = Trace(mentions, characters, paragraphs)
    surnames = [surnames_of(character) for character in characters]
    called = bearers(text, mentions, characters, pack)
    first = [mentions[each.mentions[0]].paragraph if each.mentions else 0 for each in characters]
    ranker = Ranker(pack, characters, scenes, trace, shares, log_shares(tags), surnames, called, first)
    return Speakers(ranker, units, narrator)
