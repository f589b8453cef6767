"""Evidence of a card after it was drafted: accepted proposals, checks that were kept, findings of its job."""

from pathlib import Path

import pytest

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.checking import CheckedSentence, CheckReport, Proposal
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.job_kinds import DraftResult
from cardgen_desktop.jobs.accepted_evidence import merged, of_proposal
from cardgen_desktop.jobs.workspace import open_workspace
from cardgen_desktop.store import cards as stored_cards
from cardgen_desktop.store import proposals as stored_proposals
from tests.support.databases import place_empty_database
from tests.support.llm_server import FakeModelServer

from .conftest import added
from .generation import BOOK, SHORT, model_workspace, started_draft, telling

OLD = "She keeps the lamp. She is quick to laugh."
NEW = "She keeps the lamp. She never forgets a debt. She is quick to anger."


def told(text: str, verdict: str = "supported", start: int = 0) -> Evidence:
    place = {} if verdict == "unsupported" else {"source": 0, "start": start, "end": start + len(text)}
    return Evidence.model_validate({"text": text, "kind": "adapted", "verdict": verdict, **place})


def sentences(text: str, verdict: str = "supported") -> tuple[CheckedSentence, ...]:
    found, at = [], 0
    for part in text.split(". "):
        part = part.rstrip(".") + "."
        found.append(CheckedSentence(text=part, verdict=verdict, at=at, source=0, start=at, end=at + 5))
        at += len(part) + 1
    return tuple(found)


def proposed(text: str = NEW, engine: str = "model", **more: object) -> Proposal:
    body = {"id": 1, "card_id": 1, "path": "personality", "text": text, "engine": engine}
    return Proposal.model_validate({**body, "sentences": sentences(text), **more})


def test_a_wholly_accepted_text_has_the_records_of_the_proposal_and_keeps_the_old_ones_behind() -> None:
    before = (told("She keeps the lamp."), told("She is quick to laugh."))
    records = merged(NEW, of_proposal(proposed()), before)
    assert [record.text for record in records] == [
        "She keeps the lamp.",
        "She never forgets a debt.",
        "She is quick to anger.",
        "She is quick to laugh.",
    ]


def test_a_partly_accepted_text_has_records_of_both_in_its_own_order() -> None:
    text = "She keeps the lamp. She never forgets a debt. She is quick to laugh."
    before = (told("She keeps the lamp.", "inferred"), told("She is quick to laugh.", "inferred"))
    records = merged(text, of_proposal(proposed()), before)[:3]
    assert [record.text for record in records] == [part.text for part in sentences(text)]
    assert [record.verdict for record in records] == ["supported", "supported", "inferred"]


def test_the_words_of_the_source_are_firmer_than_a_check() -> None:
    word_for_word = Evidence(text="She keeps the lamp.", kind="verbatim", source=0, start=4, end=23)
    assert merged(NEW, of_proposal(proposed()), [word_for_word])[0] == word_for_word


def test_records_do_not_stand_inside_other_words_or_on_each_other() -> None:
    records = merged("kindly Ann. Ann", (), [told("kind"), told("Ann"), told("Ann."), told("Ann")])
    assert [record.text for record in records[-2:]] == ["kind", "Ann."]


def test_what_the_embedded_drafter_proposes_needs_no_verdict() -> None:
    counted = CheckedSentence(text="Named 12 times.", verdict="supported", at=0)
    records = of_proposal(proposed(engine="offline", sentences=(counted, *sentences(NEW))))
    assert [record.kind for record in records] == ["computed", "adapted", "adapted", "adapted"]
    assert all(record.verdict is None for record in records)


async def test_evidence_of_an_accepted_proposal_is_stored_with_the_card(tmp_path: Path) -> None:
    place_empty_database(tmp_path / "cardgen.db")
    async with open_workspace(tmp_path, start_workers=False) as workspace:
        source = await added(workspace, BOOK)
        async with workspace.service.core.database.write() as connection:
            data = CardData(name="Maren Toll", personality=OLD)
            card = await stored_cards.add(
                connection, Card(data=data), 1.0, origin="draft", source_ids=[source]
            )
            for accepted in (proposed(card_id=card.id), proposed("She sings.", card_id=card.id)):
                await stored_proposals.add(connection, accepted)
        first, second = await workspace.commands.proposals(card.id)
        edited = data.model_copy(update={"personality": NEW})
        await workspace.commands.save_card(card.id, edited, version=card.version)
        await workspace.commands.close_proposal(first.id, accepted=True)
        await workspace.commands.close_proposal(second.id, accepted=False)
        record = await workspace.commands.card(card.id)
    assert "".join(item.text for item in record.evidence["personality"]) == NEW.replace(". ", ".")
    assert record.summary.version == card.version + 1, "saving goes on from the version it knows"


async def test_a_check_of_an_imported_card_is_kept_with_its_sources(tmp_path: Path) -> None:
    place_empty_database(tmp_path / "cardgen.db")
    async with open_workspace(tmp_path, start_workers=False) as workspace:
        source = await added(workspace, BOOK)
        async with workspace.service.core.database.write() as connection:
            data = CardData(name="Maren Toll", personality=OLD)
            card = await stored_cards.add(connection, Card(data=data), 1.0, origin="import")
        report = CheckReport(fields={"personality": sentences(OLD, "inferred")})
        kept = await workspace.commands.keep_check(card.id, report, [source])
        assert kept == await workspace.commands.card(card.id)
        assert [each.id for each in kept.sources] == [source]
        assert [item.verdict for item in kept.evidence["personality"]] == ["inferred", "inferred"]
        with pytest.raises(UsageError, match="not kept"):
            await workspace.commands.keep_check(99, report, [source])


async def test_findings_of_a_draft_are_told_for_its_card(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, personality="Maren owns seven ships in Lisbon harbour.")
        job = await workspace.service.wait((await started_draft(workspace, fields=("personality",))).id)
        result = DraftResult.model_validate(job.result)
        findings = await workspace.commands.card_findings(result.card_id)
        assert result.findings == len(findings) > 0
        assert {finding.path for finding in findings} == {"personality"}
        assert await workspace.commands.card_findings(99) == ()


async def test_a_new_entry_about_a_topic_comes_with_its_name_and_keys(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        first = await workspace.service.wait((await started_draft(workspace, fields=("personality",))).id)
        card_id = DraftResult.model_validate(first.result).card_id
        place = "character_book.entries[0].content"
        options = SHORT.model_copy(update={"topics": ("Corran Rock",)})
        job = await started_draft(
            workspace, card_id=card_id, fields=("lorebook",), paths=(place,), options=options
        )
        await workspace.service.wait(job.id)
        (proposal,) = await workspace.commands.proposals(card_id)
        asked = str(server.chats[-1].body["messages"])
    assert (proposal.path, proposal.base, proposal.title) == (place, "", "Corran Rock")
    assert "Corran Rock" in proposal.keys
    assert "1. Corran Rock" in asked
