"""The embedded drafter: a card from an index, step by step, every word of it accounted for."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from ...domain.draft import StepOutput
from ...domain.evidence import Evidence, FieldEvidence
from ...reading.index import Index
from ..composition import Composition
from ..plan import assemble as assemble
from ..plan import written_spans
from ..verify import fold
from .deeds import deeds
from .description import write_description
from .dialogue import write_examples
from .greetings import Slice, greetings
from .lorebook import entries_of, lorebook
from .notes import write_creator_notes, write_name, write_tags
from .passages import BULLET
from .personality import write_personality
from .scenario import write_scenario
from .sheets import facts_of
from .stretches import lines_of
from .subject import Subject

ALTERNATES = 3
Done = Mapping[str, StepOutput]


class OfflineDrafter:
    """Drafts the card of one character of an index; the same index and character give the same card."""

    def __init__(self, index: Index, character_id: int, *, alternates: int = ALTERNATES) -> None:
        self._alternates = alternates
        self._index = index
        self._character_id = character_id

    @cached_property
    def subject(self) -> Subject:
        """The character as the drafter sees it."""
        return Subject(self._index, self._character_id)

    def run_step(self, key: str, done: Done) -> StepOutput:
        """The output of one step, given those before it; raises KeyError for an unknown key."""
        steps: dict[str, Callable[[Done], StepOutput]] = {
            "description": lambda done: _field("description", write_description(self.subject)),
            "personality": lambda done: _field(
                "personality", write_personality(self.subject, self._taken(done))
            ),
            "scenario": lambda done: _field("scenario", write_scenario(self.subject, self._taken(done))),
            "first_mes": lambda done: self._first_message(),
            "mes_example": lambda done: _field("mes_example", write_examples(self.subject)),
            "alternate_greetings": lambda done: self._alternate_greetings(),
            "lorebook": lambda done: self._lorebook(),
            "notes": self._notes,
        }
        return self._told_of_markup(steps[key](done))

    def _told_of_markup(self, output: StepOutput) -> StepOutput:
        """What stands in the source with markup between its words is adapted: not every letter is there."""
        evidence = {
            path: tuple(record.model_copy(update={"kind": "adapted"}) if self._is_marked(record) else record
                        for record in records)
            for path, records in output.evidence.items()
        }  # fmt: skip
        return output.model_copy(update={"evidence": evidence})

    def _is_marked(self, record: Evidence) -> bool:
        if record.kind != "verbatim" or record.start is None or record.end is None:
            return False
        manuscript, source = self._index.manuscript, record.source or 0
        start, length = manuscript.starts[source] + record.start, record.end - record.start
        there = manuscript.sources[source].text[record.start : record.end]
        return fold(manuscript.text[start : start + length]) != fold(there)

    def _taken(self, done: Done) -> set[tuple[int, int]]:
        """The stretches of the whole text that earlier steps quoted."""
        starts = self._index.manuscript.starts
        return {
            (starts[source] + start, starts[source] + end)
            for source, start, end in written_spans(done.values())
        }

    @cached_property
    def _greetings(self) -> list[Slice]:
        return greetings(self.subject, 1 + self._alternates)

    def _first_message(self) -> StepOutput:
        page = Composition()
        given = [fact for fact in facts_of(self.subject) if fact.field == "greeting"]
        if given:
            page.quote(self.subject.render(*given[0].value), self.subject.place(*given[0].value))
        elif self._greetings:
            self._write_slice(page, self._greetings[0])
        else:
            self._write_silent_greeting(page)
        return _field("first_mes", page)

    def _write_slice(self, page: Composition, chosen: Slice) -> None:
        """A slice of prose is one quotation, a message one for each of its lines."""
        subject = self.subject
        is_message = subject.shape_at(chosen.start) == "chat"
        for start, end in lines_of(subject.index.text, chosen.start, chosen.end, apart=is_message):
            page.connect("\n\n" if page else "")
            bullet = BULLET.match(subject.index.text, start, end)
            start = bullet.end() if bullet else start
            page.quote(subject.render(start, end), subject.place(start, end))

    def _write_silent_greeting(self, page: Composition) -> None:
        """For somebody who never speaks: a deed, and the word is {{user}}'s."""
        subject, done = self.subject, deeds(self.subject, 1)
        for passage in done:
            page.quote(subject.render(passage.start, passage.end), subject.place(passage.start, passage.end))
            page.connect("\n\n")
        page.connect(subject.pack.say("waits" if done else "greets"))

    def _alternate_greetings(self) -> StepOutput:
        pages = []
        for chosen in self._greetings[1:]:
            pages.append(page := Composition())
            self._write_slice(page, chosen)
        return _list("alternate_greetings", pages)

    def _lorebook(self) -> StepOutput:
        entries = entries_of(self.subject)
        if not entries:
            return StepOutput()
        book = lorebook(self.subject, entries).model_dump(mode="json", exclude_none=True)
        evidence = {
            f"character_book.entries[{number}].content": entry.content.records
            for number, entry in enumerate(entries)
        }
        return StepOutput(values={"character_book": book}, evidence=evidence)

    def _notes(self, done: Done) -> StepOutput:
        name = _field("name", write_name(self.subject))
        tags = _list("tags", write_tags(self.subject))
        notes = _field("creator_notes", write_creator_notes(self.subject, done))
        evidence: FieldEvidence = {**name.evidence, **tags.evidence, **notes.evidence}
        return StepOutput(values={**name.values, **tags.values, **notes.values}, evidence=evidence)


def _field(path: str, page: Composition) -> StepOutput:
    return StepOutput(values={path: page.text}, evidence={path: page.records})


def _list(path: str, pages: Sequence[Composition]) -> StepOutput:
    evidence = {f"{path}[{number}]": page.records for number, page in enumerate(pages)}
    return StepOutput(values={path: [page.text for page in pages]}, evidence=evidence)
