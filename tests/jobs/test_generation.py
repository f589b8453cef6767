"""Drafts that a model writes: the whole way, what is done again, what is kept, and what a card is offered."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.costs import CostQuery
from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.events import Event, JobChanged, ProposalsChanged
from cardgen_desktop.domain.evidence import EvidenceFile
from cardgen_desktop.domain.field_locks import extensions_with_lock
from cardgen_desktop.domain.job import JobState, Lane
from cardgen_desktop.domain.job_kinds import DraftRequest, DraftResult
from cardgen_desktop.drafting.verify import field_at
from cardgen_desktop.jobs.workspace import Workspace
from tests.support.llm_server import CLOSE, FakeModelServer, Received, Reply, error, stream

from .conftest import added, drafted, moved, until
from .generation import (
    BOOK,
    SHORT,
    Screen,
    asked_keys,
    chats_for,
    model_workspace,
    playing,
    prompt_of,
    started_draft,
    telling,
)

SCENARIO = (
    "Maren Toll keeps the lamp on Corran Rock through the winter. The boat comes once a month. "
    "Tonight a stranger stands at the door and asks for shelter from the storm.\n\n"
    "Maren lets nobody up the stairs to the lamp. She has kept it burning for eleven years."
)


async def ended(workspace: Workspace, job_id: int) -> DraftResult:
    """Wait for a draft that ends well."""
    async with asyncio.timeout(60):
        job = await workspace.service.wait(job_id)
    assert (job.state, job.error) == (JobState.SUCCEEDED, None), job.error_details
    return DraftResult.model_validate(job.result)


async def test_text_becomes_a_card_and_files_with_evidence(tmp_path: Path) -> None:
    out, evidence = tmp_path / "maren.json", tmp_path / "evidence.json"
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        screen = Screen(workspace)
        telling(server, scenario=SCENARIO)
        job = await started_draft(workspace, outputs=(str(out),), evidence_path=str(evidence))
        assert (job.lane, job.is_remote, job.engine) == (Lane.LOCAL, False, "model")
        result = await ended(workspace, job.id)
        data = (await workspace.commands.card(result.card_id)).card.data
    assert json.loads(out.read_text())["data"]["scenario"] == data.scenario == SCENARIO
    texts = (data.description, data.personality, data.first_mes, data.system_prompt, data.creator_notes)
    assert all(texts) and data.tags and len(data.alternate_greetings) == 1
    assert (
        data.character_book is not None and len(data.character_book.entries) == result.lorebook_entries == 2
    )
    assert all(entry.keys and entry.content for entry in data.character_book.entries)
    assert screen.texts["scenario", "scenario"] == SCENARIO
    records = EvidenceFile.model_validate_json(evidence.read_bytes()).fields
    for path in ("description", "scenario", "alternate_greetings[0]", "character_book.entries[1].content"):
        assert "".join(record.text for record in records[path]) == field_at(data, path)
        assert any(record.kind == "adapted" and record.verdict for record in records[path])


async def test_every_request_sends_the_source_first_and_the_same(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO)
        await ended(workspace, (await started_draft(workspace)).id)
        ledger = await workspace.commands.ledger(CostQuery())
    before = {json.dumps(request.body["messages"][:2]) for request in server.chats}
    assert len(before) == 1, "prompt caches hit when all requests begin alike"
    assert "Corran" in next(iter(before))
    assert {request.body["temperature"] for request in server.chats} == {0.5}
    assert len(ledger) == len(server.chats)
    (greeting,) = chats_for(server, "first_mes")
    assert SCENARIO.split(".")[0] in prompt_of(greeting), "it builds on the scenario"


async def test_only_what_is_not_done_is_asked_again(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO)
        usual = server.default

        def failing(request: Received) -> Reply:
            if asked_keys(request) == ["first_mes"]:
                return error(server.kind, 400, "This parameter is not known.")
            assert callable(usual)
            return usual(request)

        server.default = failing
        job = await started_draft(workspace)
        failed = await workspace.service.wait(job.id)
        assert (failed.state, failed.error_code) == (JobState.FAILED, "req.400")
        finished = [asked_keys(request) for request in server.chats][:-1]
        server.requests.clear()
        server.default = usual
        await moved(workspace.commands.retry_jobs([job.id]))
        result = await ended(workspace, job.id)
        again = [asked_keys(request) for request in server.chats]
        assert again[0] == ["first_mes"]
        assert not [keys for keys in again if keys in finished]
        steps = (await workspace.commands.job_details(job.id)).steps
        assert all(step.done for step in steps)
        assert (await workspace.commands.card(result.card_id)).card.data.scenario == SCENARIO


async def test_cut_stream_is_gone_on_with_and_repeats_nothing(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        whole = stream(server.kind, json.dumps({"scenario": SCENARIO}))
        cut = whole.cut_at(len(whole.body) * 6 // 10)
        rest = "Tonight a stranger stands" + SCENARIO.partition("Tonight a stranger stands")[2]
        telling(server, scenario=SCENARIO)
        playing(server, "scenario", cut, stream(server.kind, json.dumps({"scenario": rest})))
        result = await ended(workspace, (await started_draft(workspace, fields=("scenario",))).id)
        assert (await workspace.commands.card(result.card_id)).card.data.scenario == SCENARIO
    assert len(chats_for(server, "scenario")) == 2, "it was gone on with at once"


async def test_facts_that_were_cut_are_asked_for_again_whole(tmp_path: Path) -> None:
    """Nobody can see what a cut list of facts lacks."""
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        usual = server.default
        assert callable(usual)

        def cut_first(request: Received) -> Reply:
            answer = usual(request)
            return answer.cut_at(len(answer.body) // 2) if len(server.chats) == 1 else answer

        server.default = cut_first
        job = await started_draft(workspace)
        await ended(workspace, job.id)
        log = (await workspace.commands.job_details(job.id)).log
    first, second, third = (asked_keys(request) for request in server.chats[:3])
    assert first == second != third, "the facts, once more, and only then the next step"
    assert any(line.kind == "cut" and line.text.endswith("asked for again.") for line in log)


async def test_stream_cut_twice_waits_with_what_was_on_the_screen(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        screen = Screen(workspace)
        whole = stream(server.kind, json.dumps({"scenario": SCENARIO}))
        telling(server)
        rest = json.dumps({"scenario": SCENARIO[90:]})
        playing(
            server,
            "scenario",
            whole.cut_at(len(whole.body) // 2),
            stream(server.kind, rest).cut_at(len(whole.body) // 4),
            stream(server.kind, json.dumps({"scenario": SCENARIO[60:]})),
        )
        job = await started_draft(workspace, fields=("scenario",))
        waiting = await until(workspace, lambda job: job.state is JobState.WAITING)
        assert (waiting.error_code, waiting.hold_reason) == ("stream.cut", None)
        shown = screen.texts["scenario", "scenario"]
        assert len(shown) > 20
        assert (await workspace.commands.job_details(job.id)).partial == shown
        assert SCENARIO.startswith(shown)
        await workspace.commands.settle_partial(job.id, "continue")
        result = await ended(workspace, job.id)
        scenario = (await workspace.commands.card(result.card_id)).card.data.scenario
        assert scenario.split() == SCENARIO.split()


async def test_answer_at_its_limit_is_continued_twice_and_then_told(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        parts = [SCENARIO[:60], SCENARIO[60:120], SCENARIO[120:140]]
        playing(
            server,
            "scenario",
            *(stream(server.kind, json.dumps({"scenario": part}), finish="length") for part in parts),
        )
        job = await started_draft(workspace, fields=("scenario",))
        result = await ended(workspace, job.id)
        assert len(chats_for(server, "scenario")) == 3
        card = await workspace.commands.card(result.card_id)
        assert card.card.data.scenario == SCENARIO[:140].rstrip()
        assert (await workspace.commands.job(job.id)).needs_review
    assert result.findings >= 1


async def test_what_is_missing_is_asked_for_once_more_and_then_told(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        playing(server, "personality", stream(server.kind, "{}"), stream(server.kind, "{}"))
        job = await started_draft(workspace, fields=("scenario", "personality"))
        result = await ended(workspace, job.id)
        assert len(chats_for(server, "personality")) == 2
        assert result.findings >= 1
        assert (await workspace.commands.job(job.id)).needs_review


async def test_findings_are_mended_once_and_the_better_text_stays(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        leaking = "Maren Toll keeps the lamp. <|im_end|> She keeps it well."
        playing(
            server,
            "scenario",
            *(
                stream(server.kind, json.dumps({"scenario": text}))
                for text in (leaking, "Maren Toll keeps the lamp.")
            ),
        )
        options = SHORT.model_copy(update={"repair": True})
        job = await started_draft(workspace, fields=("scenario",), options=options)
        result = await ended(workspace, job.id)
        data = (await workspace.commands.card(result.card_id)).card.data
    assert data.scenario == "Maren Toll keeps the lamp."
    asked = chats_for(server, "scenario")
    assert len(asked) == 2
    assert "chat template" in prompt_of(asked[1])


async def test_model_that_declines_is_not_asked_again(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        playing(server, "personality", stream(server.kind, "I'm sorry, but I can't assist with that."))
        job = await workspace.service.wait((await started_draft(workspace, fields=("personality",))).id)
    assert (job.state, job.error_code) == (JobState.FAILED, "out.refusal")
    assert len(chats_for(server, "personality")) == 1


async def test_cancelled_job_closes_its_connection_and_keeps_the_text(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        screen = Screen(workspace)
        telling(server, scenario=SCENARIO)
        server.pace = 0.05
        job = await started_draft(workspace, fields=("scenario",))
        async with asyncio.timeout(60):
            while len(screen.texts.get(("scenario", "scenario"), "")) < 20:
                await asyncio.sleep(0.01)
        await workspace.commands.cancel_jobs([job.id])
        stopped = await workspace.service.wait(job.id)
        assert stopped.state is JobState.CANCELLED
        async with asyncio.timeout(60):
            while server.bills[-1].closed_at is None:
                await asyncio.sleep(0.01)
        assert not server.bills[-1].is_whole
        kept = (await workspace.commands.job_details(job.id)).partial
        assert kept and SCENARIO.startswith(kept.rstrip())
        chats = len(server.chats)
        await workspace.commands.settle_partial(job.id, "keep")
        result = await ended(workspace, job.id)
        card = await workspace.commands.card(result.card_id)
        assert card.card.data.scenario == kept.rstrip()
        assert card.summary.name == "Maren Toll"
        assert len(server.chats) == chats, "what is kept ends the job, and nobody is asked again"
        assert (await workspace.commands.job(job.id)).needs_review


async def test_new_texts_for_a_card_are_proposals(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO)
        first = await ended(workspace, (await started_draft(workspace)).id)
        before = await workspace.commands.card(first.card_id)
        telling(server, personality="She is slow to trust.", greeting="The door is open.")
        job = await started_draft(
            workspace, card_id=first.card_id, paths=("personality", "alternate_greetings[7]")
        )
        assert job.lane is Lane.INTERACTIVE
        result = await ended(workspace, job.id)
        assert (result.card_id, result.proposals) == (first.card_id, 2)
        assert (await workspace.commands.card(first.card_id)).card == before.card, "nothing changed by itself"
        proposals = await workspace.commands.proposals(first.card_id)
        assert [(item.path, item.base) for item in proposals] == [
            ("personality", "Maren keeps the lamp."),
            ("alternate_greetings[1]", ""),
        ]
        assert proposals[0].text == "She is slow to trust."
        assert (proposals[0].is_whole, proposals[0].model) == (True, "model-1")
        assert "Maren keeps the lamp." in prompt_of(server.chats[-2])
        told: list[int] = []
        workspace.events.subscribe(
            lambda event: told.append(event.card_id) if isinstance(event, ProposalsChanged) else None
        )
        for proposal in proposals:
            await workspace.commands.close_proposal(proposal.id, accepted=False)
        assert told == [first.card_id] * 2
        assert await workspace.commands.proposals(first.card_id) == ()
        assert not (await workspace.commands.job(job.id)).needs_review
        with pytest.raises(UsageError, match="closed already"):
            await workspace.commands.close_proposal(proposals[0].id, accepted=True)


async def test_offline_drafter_proposes_too(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        first = await ended(workspace, (await started_draft(workspace, fields=("personality",))).id)
        job = await started_draft(
            workspace, engine="offline", card_id=first.card_id, fields=("personality", "scenario")
        )
        await ended(workspace, job.id)
        proposals = await workspace.commands.proposals(first.card_id)
    assert {item.path for item in proposals} == {"personality", "scenario"}
    assert all(item.engine == "offline" and item.text for item in proposals)


async def test_a_locked_field_gets_no_proposal_from_the_offline_drafter_either(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server)
        first = await ended(workspace, (await started_draft(workspace, fields=("personality",))).id)
        record = await workspace.commands.card(first.card_id)
        locked = extensions_with_lock(record.card.data, "scenario", locked=True)
        data = record.card.data.model_copy(update={"extensions": locked})
        await workspace.commands.save_card(first.card_id, data, version=record.summary.version)
        job = await started_draft(
            workspace, engine="offline", card_id=first.card_id, fields=("personality", "scenario")
        )
        await ended(workspace, job.id)
        proposals = await workspace.commands.proposals(first.card_id)
    assert {item.path for item in proposals} == {"personality"}


@pytest.mark.parametrize(
    "request_", [{"outputs": ("a.json",), "card_id": 1}, {"card_id": 99}, {"engine": "nobody"}]
)
async def test_requests_that_cannot_be_met_start_nothing(tmp_path: Path, request_: dict[str, Any]) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        with pytest.raises(UsageError):
            await started_draft(workspace, **request_)
        assert sum((await workspace.commands.job_counts()).values()) == 0
    assert server.requests == []


async def test_other_wishes_are_another_job(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        await workspace.commands.pause_queue()
        source_id = await added(workspace, BOOK)
        wishes: list[dict[str, Any]] = [
            {}, {"engine": "offline"}, {"options": DraftOptions(tone="dark")}, {"fields": ("scenario",)},
            {"options": DraftOptions(instruction="Make her older.")},
        ]  # fmt: skip
        requests = [
            DraftRequest(**{"source_ids": (source_id,), "engine": "model", **wish}) for wish in wishes
        ]
        first = [(await drafted(workspace, request)).id for request in requests]
        again = [(await drafted(workspace, request)).id for request in requests]
    assert len(set(first)) == len(wishes)
    assert again == first


async def test_estimate_and_dry_run_ask_no_model(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server, far=True) as workspace:
        source_id = await added(workspace, BOOK)
        request = DraftRequest(source_ids=(source_id,), engine="model", options=SHORT)
        estimate = await workspace.commands.estimate(request)
        prompts = await workspace.commands.dry_run(request)
        assert server.requests == []
        assert estimate.requests == len(prompts) == 10
        assert estimate.fits and estimate.sends_to == "127.1" and "words" in estimate.sends
        assert estimate.tokens_in == sum(prompt.tokens for prompt in prompts)
        assert 0 < estimate.tokens_out_low < estimate.tokens_out_high
        assert 0 < estimate.seconds_low < estimate.seconds_high
        telling(server)
        await ended(workspace, (await drafted(workspace, request)).id)
        sent = [request.body["messages"] for request in server.chats]
        assert [message.text for message in prompts[0].messages] == [item["content"] for item in sent[0]]


async def test_estimate_names_what_would_hold_the_job(tmp_path: Path) -> None:
    home, cap = tmp_path / "home", Decimal(5)
    async with (
        FakeModelServer("openrouter") as server,
        model_workspace(home, server, far=True, monthly_cap=cap) as workspace,
    ):
        source_id = await added(workspace, BOOK)
        request = DraftRequest(source_ids=(source_id,), engine="model", options=SHORT)
        estimate = await workspace.commands.estimate(request)
    assert (estimate.problem, estimate.left_of_cap) == ("auth.401", Decimal(5))


@pytest.mark.parametrize("context", [2000, 2600, 6000])
async def test_prompt_and_answer_fit_the_context_of_the_model(tmp_path: Path, context: int) -> None:
    home = tmp_path / "home"
    async with FakeModelServer() as server, model_workspace(home, server, context=context) as workspace:
        telling(server)
        options = SHORT.model_copy(update={"calls": "steps"})
        await ended(workspace, (await started_draft(workspace, options=options)).id)
    for request in server.chats:
        # A model may take a quarter more tokens than bytes divided by four.
        tokens = len(prompt_of(request).encode()) * 1.25 / 4
        assert tokens + request.body["max_tokens"] <= context
        assert "[S" in prompt_of(request)


async def test_prompt_that_cannot_fit_is_held_and_not_sent(tmp_path: Path) -> None:
    async with (
        FakeModelServer() as server,
        model_workspace(tmp_path / "home", server, context=512) as workspace,
    ):
        job = await started_draft(workspace)
        held = await until(workspace, lambda job: job.state is JobState.HELD)
        assert (held.id, held.hold_reason, held.error_code) == (job.id, "context", "ctx.overflow")
        assert "512" in held.phase
    assert server.chats == []


async def test_small_context_takes_the_whole_card_in_one_request(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO, mes_example="<START>\n{{user}}: Hello?\n{{char}}: Hello.")
        options = SHORT.model_copy(update={"calls": "one"})
        result = await ended(workspace, (await started_draft(workspace, options=options)).id)
        assert (await workspace.commands.card(result.card_id)).card.data.scenario == SCENARIO
        assert result.lorebook_entries == 2
    assert len(server.chats) == 1


async def test_answer_that_just_ends_is_a_cut_one(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO)
        whole = stream(server.kind, json.dumps({"scenario": SCENARIO}))
        playing(server, "scenario", whole.ending(CLOSE))
        result = await ended(workspace, (await started_draft(workspace, fields=("scenario",))).id)
        assert (await workspace.commands.card(result.card_id)).card.data.scenario == SCENARIO


async def test_a_schema_that_is_dropped_without_a_word_is_put_into_words(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO)
        playing(server, "scenario", stream(server.kind, '["a list"]'))
        result = await ended(workspace, (await started_draft(workspace, fields=("scenario",))).id)
        assert (await workspace.commands.card(result.card_id)).card.data.scenario == SCENARIO
    first, second = (request.body for request in chats_for(server, "scenario"))
    assert first["response_format"] != second["response_format"]
    assert "JSON object and nothing else" in second["messages"][-1]["content"]


async def test_what_a_model_is_waited_for_is_said_before_its_first_word(tmp_path: Path) -> None:
    async with FakeModelServer() as server, model_workspace(tmp_path / "home", server) as workspace:
        telling(server, scenario=SCENARIO)
        phases: list[str] = []

        def hear(event: Event) -> None:
            if isinstance(event, JobChanged):
                phases.append(event.job.phase)

        workspace.events.subscribe(hear)
        await ended(workspace, (await started_draft(workspace)).id)
        packing = max(number for number, phase in enumerate(phases) if phase.startswith("Choosing what"))
        assert phases[packing + 1].endswith("waiting for the model's first word")
