"""What rules find in a text that a model wrote, without looking at what it claims.

Nothing is taken out: a finding says what stands where, and the person decides. `repairable` ones go back to
the model once.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ...domain.checking import Finding, FindingKind
from ...domain.evidence_pack import EvidencePack
from ...reading.languages import language_pack
from .cleaning import CHAR, USER
from .injection import addresses_in, orders_in, orders_of_source, sentences_in, taken_from
from .loops import loop_at
from .patterns import data, pattern
from .steps import NAMES

SYSTEM_FIELDS = frozenset({"system_prompt", "post_history_instructions", "creator_notes"})
NARRATED = frozenset({"description", "scenario"})
GREETINGS = ("first_mes", "alternate_greetings", "group_only_greetings")
PROSE = frozenset({"description", "personality", "scenario", "mes_example", *GREETINGS})
LEAST_LETTERS = 8
SHOWN = 160
ECHO_WORDS = 9
COPIED_WORDS = 8
LEAST_COPIED = 30
_DATA = data("rules")
_TEMPLATE = pattern("rules", "templates")
_PASSAGE_MARK = re.compile(r"\[S\d+[^\]\n]{0,40}\]")
_REFUSAL = re.compile(rf"\b(?:{pattern('rules', 'refusals').pattern})", re.IGNORECASE)
_END = re.compile(r"[.!?…。！？][\"'”’»)\]*_}~」』]*\Z|[*\"”»」』)\]}]\Z")
_SPEECH = re.compile(r"\"[^\"\n]*\"?|“[^”\n]*”?|«[^»\n]*»?|„[^“”\n]*[“”]?|「[^」]*」?|‘[^’\n]{8,}’")
_USER_LABEL = re.compile(r"^[ \t*_]*(?:\{\{user\}\}|you|user)[*_]*[ \t]*:", re.IGNORECASE | re.MULTILINE)
_STATES = _DATA["states"].replace(" ", "|")
_USER_ACTS = re.compile(
    rf"(?:^|[.!?…*\"”»]\s*|[;,—–-]\s+|\b(?:and|then|as|while|when|until|before|after|because|so|und|et|y|e)\s+)"
    rf"\*?\{{\{{user\}}\}}\*?,?\s+(?!(?:{_STATES})\b)(?P<verb>[^\W\d_]{{2,}})",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_VERBS = _DATA["acts"].replace(" ", "|")
_YOU_ACT = re.compile(
    rf"(?:^|[.!?…*]\s+|,\s+|\b(?:and|then|as|while|when|before)\s+)you\s+(?:\w+ly\s+)?(?P<verb>{_VERBS})\b(?!\s*\?)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class RuleContext:
    """What the rules of one draft have to know. One context serves all texts of a draft.

    `instructions` is all that was ours in the prompt, `marker` what stood on its marker lines, `earlier` the
    texts of other fields in it. `is_cut` when the server ended the answer at a limit. `addresses_reader` when
    the person wants the text in the second person.
    """

    pack: EvidencePack
    instructions: str = ""
    marker: str = ""
    earlier: tuple[str, ...] = ()
    is_cut: bool = False
    addresses_reader: bool = False

    @cached_property
    def orders(self) -> tuple[frozenset[str], ...]:
        """The words of sentences of the sources that give orders to a model."""
        return orders_of_source(passage.text for passage in self.pack.passages)

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Every run of eight words of the sources, to know what was copied."""
        return frozenset(run for passage in self.pack.passages for run in _runs(passage.text, COPIED_WORDS))

    @cached_property
    def echoes(self) -> frozenset[tuple[str, ...]]:
        """Every run of nine words of our own prompt that the sources do not have."""
        own = frozenset(_runs(self.instructions, ECHO_WORDS))
        source = {run for passage in self.pack.passages for run in _runs(passage.text, ECHO_WORDS)}
        return own - source


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _runs(text: str, size: int) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    return (tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def find(path: str, text: str, context: RuleContext) -> tuple[Finding, ...]:
    """Everything the rules find in the text of one place of a card, in the order of the text."""
    field = _field_of(path)
    if not text.strip():
        return ()
    found = [finding for rule in _RULES for finding in rule(field, path, text, context)]
    return tuple(sorted(found, key=lambda finding: finding.at))


def is_refusal(text: str) -> bool:
    """Whether a whole answer says that the model will not write."""
    return _REFUSAL.search(text[:600]) is not None


def _field_of(path: str) -> str:
    name = path.split("[")[0]
    return "lorebook" if name.startswith("character_book") else name


def _named(field: str) -> str:
    return NAMES.get(field, field.replace("_", " "))


def _finding(
    kind: FindingKind, path: str, message: str, text: str = "", at: int = 0, *, repairable: bool = True
) -> Finding:
    return Finding(
        kind=kind, path=path, message=message, text=text.strip()[:SHOWN], at=at, repairable=repairable
    )


def _leaks(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    name = _named(field)
    for found in _TEMPLATE.finditer(text):
        yield _finding(
            "leak", path, f"There is a piece of a chat template in the {name}.", found[0], found.start()
        )
    for found in _PASSAGE_MARK.finditer(text):
        yield _finding(
            "leak", path, f"There is the number of a passage in the {name}.", found[0], found.start()
        )
    if context.marker and context.marker in text:
        at = text.index(context.marker)
        yield _finding("leak", path, f"There is a marker of the prompt in the {name}.", context.marker, at)
    for found in _REFUSAL.finditer(_without_speech(text)):
        message = f"In the {name} the model speaks of itself, or declines."
        yield _finding("leak", path, message, found[0], found.start())


def _without_speech(text: str) -> str:
    """The text with blanks for what somebody says, so that offsets stay."""
    return _SPEECH.sub(lambda found: " " * len(found[0]), text)


def _echo(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    for at, sentence in sentences_in(text):
        if any(run in context.echoes for run in _runs(sentence, ECHO_WORDS)):
            yield _finding(
                "leak", path, f"There are words of the prompt in the {_named(field)}.", sentence, at
            )


def _loops(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    at = loop_at(text)
    if at is not None:
        yield _finding("loop", path, f"The text of the {_named(field)} repeats itself.", text[at:], at)


def _repeats(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    """A field that says again what another one says: small models copy what they are shown."""
    sentences = [(at, sentence) for at, sentence in sentences_in(text) if len(sentence) >= LEAST_COPIED]
    known = {_folded(sentence) for other in context.earlier for _, sentence in sentences_in(other)}
    copied = [(at, sentence) for at, sentence in sentences if _folded(sentence) in known]
    if copied and 2 * len(copied) >= len(sentences):
        message = f"The text of the {_named(field)} repeats what another field says."
        yield _finding("loop", path, message, copied[0][1], copied[0][0])


def _folded(sentence: str) -> str:
    return " ".join(_words(sentence))


def _truncated(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    """Prose that ends without an end. Lists and attributes end as they like, unless they were cut."""
    last = text.rstrip().rsplit("\n", 1)[-1]
    is_list = len(last.split()) < 8 or last.lstrip().startswith(("-", "*", "•", "[")) or ":" in last[:24]
    if not _END.search(text.rstrip()) and (context.is_cut or not is_list):
        at = text.rstrip().rfind(last)
        message = f"The text of the {_named(field)} breaks off before its end."
        finding = _finding("truncated", path, message, last, at)
        yield finding.model_copy(update={"failure": "out.truncated"}) if context.is_cut else finding


def _left_open(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    """A greeting whose last action is not closed: a quotation mark that stands bare in JSON ends the text."""
    last = text.rstrip().rsplit("\n", 1)[-1]
    if field in GREETINGS and not context.is_cut and last.replace("**", "").count("*") % 2:
        at = text.rfind(last)
        message = f"The text of the {_named(field)} breaks off inside an action, where speech should follow."
        yield _finding("truncated", path, message, last, at)


def _nothing_said(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    """A name alone, or digits: small models fill a field with as little. A Chinese character is a word."""
    letters = sum(3 if ord(letter) > 0x2E80 else 1 for letter in text if letter.isalpha())
    if field in PROSE and letters < LEAST_LETTERS:
        yield _finding("truncated", path, f"The {_named(field)} says next to nothing.", text)


def _second_person(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    if field not in NARRATED or context.addresses_reader:
        return
    told = _without_speech(text)
    told = re.sub(r"^[^\n:]{1,30}:.*$", lambda found: _if_interview(found[0]), told, flags=re.MULTILINE)
    forms = _second_forms(context.pack.language)
    places = [found.start() for found in re.finditer(r"[^\W_]+", told) if found[0].casefold() in forms]
    if places:
        message = f"The text of the {_named(field)} says you instead of telling of {{{{char}}}}."
        yield _finding("second_person", path, message, text[places[0] :].split("\n")[0], places[0])


def _if_interview(line: str) -> str:
    """Lines of an interview may say you."""
    label = line.split(":")[0].strip().casefold()
    return " " * len(line) if label in ("question", CHAR, USER, "frage", "q", "a") else line


def _second_forms(language: str) -> frozenset[str]:
    """Words that can mean nothing but the person spoken to."""
    known: str = _DATA["second_person"].get(language, "")
    return frozenset(known.split()) or language_pack(language).second_person


def _speaks_for_user(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    if field not in GREETINGS:
        return
    told = _SPEECH.sub(lambda found: '"' * min(1, len(found[0])) + " " * (len(found[0]) - 1), text)
    places = [found.start() for found in _USER_LABEL.finditer(text)]
    places += [found.start("verb") for found in _USER_ACTS.finditer(told)]
    places += [found.start("verb") for found in _YOU_ACT.finditer(told)]
    for at in sorted(set(places))[:1]:
        message = f"The text of the {_named(field)} says what {USER} does or says."
        yield _finding("speaks_for_user", path, message, _sentence_at(text, at), at)


def _sentence_at(text: str, at: int) -> str:
    return next(
        (sentence for start, sentence in sentences_in(text) if start <= at < start + len(sentence)), text[at:]
    )


def _orders(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    """Orders to a model, anywhere; in system fields also sentences that were copied from the source."""
    name, seen = _named(field), set[str]()
    for at, found in orders_in(text, for_models=field in SYSTEM_FIELDS):
        seen.add(_sentence_at(text, at))
        yield _finding("instruction", path, f"There is an order to a model in the {name}.", found, at)
    for at, sentence in sentences_in(text):
        if sentence not in seen and _comes_from_orders(field, sentence, context):
            message = f"An order that stands in the source was taken over into the {name}."
            yield _finding("instruction", path, message, sentence, at)


def _comes_from_orders(field: str, sentence: str, context: RuleContext) -> bool:
    if taken_from(sentence, context.orders):
        return True
    if field not in SYSTEM_FIELDS or field == "creator_notes":
        return False
    return any(run in context.runs for run in _runs(sentence, COPIED_WORDS))


def _addresses(field: str, path: str, text: str, context: RuleContext) -> Iterator[Finding]:
    for at, found in addresses_in(text):
        message = f"There is a link or code in the {_named(field)}. Nothing is opened by itself."
        yield _finding("url", path, message, found, at)


Rule = Callable[[str, str, str, RuleContext], Iterable[Finding]]
_RULES: tuple[Rule, ...] = (
    _leaks, _echo, _loops, _repeats, _truncated, _left_open, _nothing_said, _second_person, _speaks_for_user,
    _orders, _addresses,
)  # fmt: skip
