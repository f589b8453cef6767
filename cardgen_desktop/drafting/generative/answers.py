"""From the raw answer of a model to values of a card: read, cleaned, bounded, and looked over by rules."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import BeforeValidator, TypeAdapter, ValidationError

from ...domain.checking import Finding
from ...domain.draft import DraftOptions
from ...domain.evidence_pack import EvidencePack
from . import cleaning
from .citations import MARK as CITATION
from .citations import Cited, cited_sentences, ids_in, without_citations
from .continuation import joined
from .json_answers import object_in
from .lengths import ITEM_LETTERS
from .prompts import Prompt
from .rules import RuleContext, find, is_refusal
from .slots import Slot, most_letters, slots_of
from .steps import FACTS, TOPICS, GenerationStep
from .streaming import streamed_fields, without_thoughts
from .topics import chosen

__all__ = ["StepAnswer", "joined", "read_answer", "streamed_fields"]

MOST_ITEMS = 60
MOST_DEPTH = 6
_IN_SCENE = re.compile(r"\{\{(?:char|user)\}\}|\*[^*\n]+\*|[\"“„«][^\"”“»\n]+[\"”“»]")
_NO_TEXT = re.compile(r"(?:\{\s*\"|\[\s*[\]\"{]|(?:null|none|true|false)\b\W*\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """What an answer holds.

    `values` are fields of `CardData` as JSON; a step of greetings or of entries gives a list with its own
    ones. `texts` are all its texts by path, as streamed. `cited` are sentences, by path, with the spans
    the model rested them on. `notes` is for later steps. `missing` are paths to be asked for again; all of
    them when nothing could be read. `refused`: the model says that it will not write. `is_shapeless`: none
    of the names that were asked for is in it, as from a server that knows no schema.
    """

    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    cited: dict[str, tuple[Cited, ...]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    refused: bool = False
    is_shapeless: bool = False


def _as_text(value: Any, depth: int = MOST_DEPTH) -> str:
    """What models give instead of a text: a list of lines, a number, an object of labels."""
    if not depth:
        return ""
    if isinstance(value, list):
        return "\n".join(_as_text(item, depth - 1) for item in value[:MOST_ITEMS])
    if isinstance(value, dict):
        items = list(value.items())[:MOST_ITEMS]
        return "\n".join(f"{key}: {_as_text(item, depth - 1)}" for key, item in items)
    return "" if value is None or isinstance(value, bool) else str(value)


def _as_list(value: Any) -> Any:
    if isinstance(value, str):
        return [line for line in value.split("\n") if line.strip()] or []
    if isinstance(value, dict):
        return [f"{key}: {_as_text(item)}" for key, item in list(value.items())[:MOST_ITEMS]]
    return [_as_text(item) for item in value[:MOST_ITEMS]] if isinstance(value, list) else []


_SENTENCE = re.compile(r"\w.*[.!?…。！？][\"'”’»)]*\Z", re.DOTALL)
_TEXT = TypeAdapter(Annotated[str, BeforeValidator(lambda value: _as_text(value))])
_LIST = TypeAdapter(Annotated[list[str], BeforeValidator(_as_list)])


def read_answer(
    step: GenerationStep,
    text: str,
    pack: EvidencePack,
    options: DraftOptions,
    *,
    prompt: Prompt | None = None,
    is_cut: bool = False,
) -> StepAnswer:
    """Read the whole raw answer of a step; never raises, whatever it holds.

    With the `prompt` that was asked, topics are known and words of the prompt in the answer are found.
    `is_cut` when the answer ended at a limit.
    """
    step = prompt.step if prompt else step
    pack = pack.model_copy(update={"language": options.language or pack.language})
    found = _found(step, text)
    if step.fields == (FACTS,):
        return _facts(found, pack)
    if step.fields == (TOPICS,):
        names = _list_of(found.get("topics", []), TOPICS)
        return StepAnswer(
            notes={"topics": [topic.model_dump(mode="json") for topic in chosen(names, pack, options)]}
        )
    context = _context(pack, options, prompt, is_cut)
    answer = _read_slots(step, found, pack, context)
    nothing = not answer.texts and not answer.values
    if text.strip() and (not found or (nothing and any(found.values()))):
        answer = replace(answer, findings=tuple(_malformed(finding) for finding in answer.findings))
    refused = is_refusal(without_thoughts(text)) and (nothing or _is_short(answer))
    return replace(answer, refused=refused, is_shapeless=bool(text.strip()) and not found)


def _context(pack: EvidencePack, options: DraftOptions, prompt: Prompt | None, is_cut: bool) -> RuleContext:
    second = options.point_of_view == "second"
    if prompt is None:
        return RuleContext(pack, is_cut=is_cut, addresses_reader=second)
    return RuleContext(pack, prompt.instructions, prompt.marker, prompt.earlier, is_cut, second)


def _malformed(finding: Finding) -> Finding:
    """What is missing of an answer that holds something, but nothing that can be read."""
    if finding.kind != "empty":
        return finding
    message = "The answer arrived in the wrong shape, and nothing in it could be used here."
    changed = {"kind": "malformed", "message": message, "failure": "out.malformed"}
    return finding.model_copy(update=changed)


def _is_short(answer: StepAnswer) -> bool:
    """Whether little was written, and some of it declines; a character who is sorry speaks to somebody."""
    return sum(len(text) for text in answer.texts.values()) < 600 and any(
        is_refusal(text) and not _IN_SCENE.search(text) for text in answer.texts.values()
    )


def _found(step: GenerationStep, text: str) -> dict[str, Any]:
    """The values of an answer by slot key. Plain text is the text of a step that writes only one."""
    slots = slots_of(step)
    found = object_in(text)
    if found is None:
        plain = without_thoughts(text).strip()
        is_text = step.is_text and len(plain) > 1 and not _NO_TEXT.match(plain)
        return {slots[0].key: plain} if is_text else {}
    folded = {str(key).strip().casefold().replace(" ", "_"): value for key, value in found.items()}
    named = {slot.key: folded[key] for slot in slots for key in (slot.field, slot.key) if key in folded}
    if not named and step.is_text and len(found) == 1:
        return {slots[0].key: next(iter(found.values()))}
    return _from_lists(step, folded, named)


def _from_lists(step: GenerationStep, folded: Mapping[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """Entries and greetings that came as lists, though numbered keys were asked for."""
    entries = next((folded[key] for key in ("entries", "lorebook", "topics") if key in folded), None)
    if "lorebook" in step.fields and isinstance(entries, list):
        for number, entry in enumerate(entries, 1):
            if isinstance(entry, dict):
                named.setdefault(f"keys_{number}", entry.get("keys", entry.get("key", [])))
                named.setdefault(f"entry_{number}", entry.get("content", entry.get("entry", "")))
    greetings = folded.get("alternate_greetings")
    if "alternate_greetings" in step.fields and isinstance(greetings, list):
        for number, text in enumerate(greetings, 1):
            named.setdefault(f"greeting_{number}", text)
        named["greeting"] = greetings[0] if greetings else ""
    return named


def _list_of(value: Any, kind: str) -> list[str]:
    try:
        items = _LIST.validate_python(value)
    except ValidationError:
        return []
    if kind != FACTS:
        items = [without_citations(item)[0] for item in items]
    most = ITEM_LETTERS[kind]
    return [" ".join(item.split())[:most] for item in items if item.strip()]


def _facts(found: Mapping[str, Any], pack: EvidencePack) -> StepAnswer:
    """The facts with their aspects and the passages that there are; each once."""
    known, facts = {passage.id for passage in pack.passages}, dict[str, dict[str, Any]]()
    for aspect, value in found.items():
        for item in _list_of(value, FACTS):
            text, _ = without_citations(item)
            ids = [name for mark in CITATION.findall(item) for name in ids_in(mark) if name in known]
            text = cleaning.plain_text(text).strip("-•* ")
            if (ids or _SENTENCE.search(text)) and not find("facts", text, RuleContext(pack)):
                facts.setdefault(text.casefold(), {"fact": text, "ids": ids, "aspect": aspect})
    return StepAnswer(notes={"facts": list(facts.values())[:MOST_ITEMS]})


def _read_slots(
    step: GenerationStep, found: Mapping[str, Any], pack: EvidencePack, context: RuleContext
) -> StepAnswer:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    cited: dict[str, tuple[Cited, ...]] = {}
    for slot in slots_of(step):
        if slot.kind == "text":
            text, sentences = _read_text(slot, found.get(slot.key, ""), pack)
            if text:
                texts[slot.path] = text
                cited.update({slot.path: sentences} if sentences else {})
        elif slot.field == "tags" and (tags := cleaning.tags_of(_list_of(found.get("tags", []), "tags"))):
            values["tags"] = tags
    values |= _values_of(step, texts, found, pack)
    missing = tuple(path for path in step.paths if path not in texts and path not in values)
    return StepAnswer(values, texts, cited, {}, _findings(texts, values, missing, context), missing)


def _read_text(slot: Slot, value: Any, pack: EvidencePack) -> tuple[str, tuple[Cited, ...]]:
    """One text of an answer, cleaned, and its sentences with what they rest on."""
    try:
        text = _TEXT.validate_python(value)
    except ValidationError:
        return "", ()
    text = cleaning.with_users(cleaning.unquoted(cleaning.plain_text(text)), pack)
    if slot.field == "mes_example":
        text = cleaning.example_dialogue(text, pack)
    elif slot.field in ("first_mes", "alternate_greetings"):
        text = cleaning.greeting(text, pack)
    elif slot.field in ("system_prompt", "post_history_instructions"):
        text = cleaning.with_macros(text, pack)
    text, marks = without_citations(cleaning.trimmed(text, most_letters(slot), pack.language))
    return text.strip(), cited_sentences(text, marks, pack)


def _values_of(
    step: GenerationStep, texts: Mapping[str, str], found: Mapping[str, Any], pack: EvidencePack
) -> dict[str, Any]:
    """Texts as fields of a card: greetings and entries as lists, others by name."""
    values: dict[str, Any] = {path: text for path, text in texts.items() if "[" not in path}
    greetings = [text for path, text in texts.items() if path.startswith("alternate_greetings[")]
    entries = list(_entries(step, texts, found, pack))
    return (
        values
        | ({"alternate_greetings": greetings} if greetings else {})
        | ({"character_book": {"entries": entries}} if entries else {})
    )


def _entries(
    step: GenerationStep, texts: Mapping[str, str], found: Mapping[str, Any], pack: EvidencePack
) -> Iterable[dict[str, Any]]:
    paths = [path for path in step.paths if path.startswith("character_book")]
    for number, path in enumerate(paths, 1):
        if path in texts:
            topic = step.topics[number - 1] if number <= len(step.topics) else None
            named = _list_of(found.get(f"keys_{number}", []), "keys")
            name = topic.name if topic else next(iter(named), texts[path].split(".")[0][:40])
            keys = cleaning.keys_of(named, name, topic.keys if topic else (), pack, _others(step, name, pack))
            yield {"name": name, "keys": keys, "content": texts[path]}


def _others(step: GenerationStep, name: str, pack: EvidencePack) -> list[str]:
    """Names that call other topics than the one of this name."""
    known = {topic.name: topic.keys for topic in pack.topics}
    known |= {topic.name: topic.keys for topic in step.topics}
    return [key for other, keys in known.items() if other != name for key in (other, *keys)]


def _short_texts(texts: Mapping[str, str], values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Tags and keys: too short for most rules, but not for an address or an order."""
    yield from (("tags", tag) for tag in values.get("tags", ()))
    places = [path for path in texts if path.startswith("character_book")]
    entries = values.get("character_book", {}).get("entries", ())
    for path, entry in zip(places, entries, strict=True):
        yield from ((path.removesuffix("content") + "keys", key) for key in entry["keys"])


def _findings(
    texts: Mapping[str, str], values: Mapping[str, Any], missing: Iterable[str], context: RuleContext
) -> tuple[Finding, ...]:
    found = [finding for path, text in texts.items() for finding in find(path, text, context)]
    found += [
        item
        for path, word in _short_texts(texts, values)
        for item in find(path, word, context)
        if item.kind in ("leak", "instruction", "url")
    ]
    failure = "out.truncated" if context.is_cut else ""
    found += [
        Finding(
            kind="empty", path=path, message="The model wrote nothing here.", repairable=True, failure=failure
        )
        for path in missing
    ]
    return tuple(found)
