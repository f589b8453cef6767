"""How the outputs of steps become one card: lists in order, without gaps, and evidence with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ...domain.card import CardData, Lorebook, LorebookEntry
from ...domain.checking import CheckedSentence, Finding
from ...domain.draft import DraftedCard, StepOutput
from ...domain.evidence import Evidence, FieldEvidence
from ...domain.evidence_pack import EvidencePack
from ...domain.list_places import ENTRIES, GREETINGS, PLACE
from .steps import GenerationStep

INSERTION_ORDER = 100
MOST_PLACES = 100_000
_Item = TypeVar("_Item")


def assemble(
    steps: Sequence[GenerationStep], outputs: Mapping[str, StepOutput], pack: EvidencePack
) -> DraftedCard:
    """One card of all outputs there are, in the order of the steps.

    Greetings and entries that are missing leave no gap: what stands behind them moves up, with its evidence.
    """
    values: dict[str, Any] = {"name": pack.character}
    evidence: FieldEvidence = {"name": (Evidence(text=pack.character, kind="template"),)}
    findings: list[Finding] = []
    greetings: list[str] = []
    entries: list[Mapping[str, Any]] = []
    for step in steps:
        output = outputs.get(step.key, StepOutput())
        moved = _moves(output, len(greetings), len(entries))
        greetings += _in_order(output, GREETINGS, output.values.get(GREETINGS, ()), str)
        told = output.values.get("character_book", {}).get("entries", ())
        entries += _in_order(output, ENTRIES, told, lambda entry: str(entry["content"]))
        values |= {
            key: value for key, value in output.values.items() if key not in (GREETINGS, "character_book")
        }
        evidence |= {moved.get(path, path): records for path, records in output.evidence.items()}
        findings += [
            finding.model_copy(update={"path": moved.get(finding.path, finding.path)})
            for finding in output.findings
        ]
    book = {"character_book": lorebook(entries, pack)} if entries else {}
    card = CardData.model_validate({**values, GREETINGS: greetings, **book})
    return DraftedCard(card=card, evidence=evidence, findings=tuple(findings))


def _in_order(
    output: StepOutput, name: str, items: Sequence[_Item], text_of: Callable[[_Item], str]
) -> list[_Item]:
    """Items in the order of their places, which their evidence knows: some may have been asked for again."""
    texts = {
        "".join(record.text for record in records): int(found["number"])
        for path, records in output.evidence.items()
        if (found := PLACE.fullmatch(path)) and found["list"] == name
    }
    return sorted(items, key=lambda item: texts.get(text_of(item), len(texts) + MOST_PLACES))


def _moves(output: StepOutput, greetings: int, entries: int) -> dict[str, str]:
    """Where the places of one output come to stand in the card, after so many greetings and entries."""
    places = [found for path in output.evidence if (found := PLACE.fullmatch(path))]
    moved = {}
    for name, first in ((GREETINGS, greetings), (ENTRIES, entries)):
        numbers = sorted({int(found["number"]) for found in places if found["list"] == name})
        now = {number: first + at for at, number in enumerate(numbers)}
        for found in places:
            if found["list"] == name:
                moved[found[0]] = f"{name}[{now[int(found['number'])]}]{found['rest']}"
    return moved


def lorebook(entries: Iterable[Mapping[str, Any]], pack: EvidencePack) -> Lorebook:
    """Entries as a V3 lorebook with the keys that SillyTavern needs (card-formats.md section 7)."""
    return Lorebook(
        name=", ".join(pack.titles) or pack.character,
        extensions={},
        entries=tuple(lorebook_entry(number, entry) for number, entry in enumerate(entries)),
    )


def lorebook_entry(number: int, entry: Mapping[str, Any]) -> LorebookEntry:
    """One entry out of {name, keys, content}."""
    return LorebookEntry(
        id=number,
        keys=tuple(entry.get("keys", ())),
        content=str(entry.get("content", "")),
        extensions={},
        enabled=True,
        insertion_order=INSERTION_ORDER + number,
        use_regex=False,
        constant=False,
        selective=False,
        secondary_keys=(),
        position="before_char",
        name=str(entry.get("name", "")),
        comment=str(entry.get("name", "")),
    )


def evidence_of(text: str, sentences: Iterable[CheckedSentence]) -> tuple[Evidence, ...]:
    """The records of a field that a model wrote: its checked sentences, with what stands between them.

    The texts of the records joined give the field exactly (decisions.md, "Fields and evidence").
    """
    records, at = list[Evidence](), 0
    for sentence in sorted(sentences, key=lambda sentence: sentence.at):
        end = sentence.at + len(sentence.text)
        if sentence.at < at or text[sentence.at : end] != sentence.text or not sentence.text:
            continue
        if sentence.at > at:
            records.append(Evidence(text=text[at : sentence.at], kind="template"))
        records.append(_record(sentence))
        at = end
    return (*records, Evidence(text=text[at:], kind="template")) if at < len(text) else tuple(records)


def _record(sentence: CheckedSentence) -> Evidence:
    placed = sentence.source is not None and sentence.start is not None and sentence.end is not None
    verdict = sentence.verdict if placed else "unsupported"
    return Evidence(
        text=sentence.text,
        kind="adapted",
        source=sentence.source if placed else None,
        start=sentence.start if placed else None,
        end=sentence.end if placed else None,
        verdict=verdict,
        score=sentence.score,
    )
