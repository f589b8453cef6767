"""`draft --engine PROFILE`: finished cards, dry runs, and what scripts are told of a draft that stopped."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Cardgen
from tests.support.llm_server import FakeModelServer, error, html

STORY = Path(__file__).parent.parent / "data" / "drafting" / "lamp_on_corran_rock.txt"


@contextmanager
def serving() -> Iterator[FakeModelServer]:
    """The scripted server on a loop of its own: commands have theirs."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    server = FakeModelServer()

    async def serve() -> None:
        async with server:
            ready.set()
            await stopped.wait()

    stopped = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(60)
        yield server
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(60)
        loop.close()


@pytest.fixture
def server(cardgen: Cardgen) -> Iterator[FakeModelServer]:
    with serving() as server:
        added = cardgen("profile", "add", "model", "--base-url", server.base_url, "--model", "model-1")
        assert added.code == 0, added.err
        yield server


def test_model_writes_the_fields_that_were_asked_for(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    out = tmp_path / "card.json"
    ran = cardgen(
        "draft", STORY, "--engine", "model", "--out", out, "--json", "--greetings", "2", "--lang", "de",
        "--fields", "scenario,alternate_greetings", "--style", "minimal", "--set", "temperature=0.25",
        "--set", "repair=false",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert ran.json("draft")["outputs"] == [str(out)]
    data = json.loads(out.read_text())["data"]
    assert data["scenario"] and len(data["alternate_greetings"]) == 2
    assert (data["personality"], data["first_mes"], data["tags"]) == ("", "", [])
    assert {request.body["temperature"] for request in server.chats} == {0.25}
    assert all("German" in json.dumps(request.body) for request in server.chats)


def test_dry_run_shows_the_prompts_and_sends_none(cardgen: Cardgen, server: FakeModelServer) -> None:
    ran = cardgen("draft", STORY, "--engine", "model", "--dry-run", "--json", "--fields", "scenario")
    assert (ran.code, ran.err) == (0, "")
    shown = ran.json("draft-dry-run")
    assert shown["estimate"]["requests"] == len(shown["prompts"]) >= 1
    assert all(prompt["tokens"] > 100 and prompt["messages"] for prompt in shown["prompts"])
    plain = cardgen("draft", STORY, "--engine", "model", "--dry-run", "--fields", "scenario")
    assert "Nothing was sent." in plain.out and "Corran" in plain.out and "tokens in, free." in plain.out
    assert server.chats == []


def test_dry_run_shows_no_prompt_for_entries_that_nobody_has_chosen(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Ada Marsh keeps the lamp on the rock. Ada is forty-two. Ada never leaves the rock.\n")
    ran = cardgen("draft", note, "--engine", "model", "--dry-run", "--json", "--fields", "lorebook")
    prompts = ran.json("draft-dry-run")["prompts"]
    texts = [message["text"] for prompt in prompts for message in prompt["messages"]]
    assert texts and not any("exactly ." in text for text in texts)
    assert all(prompt["note"] for prompt in prompts if not prompt["messages"])
    assert not all(prompt["messages"] for prompt in prompts)


@pytest.mark.parametrize(
    ("status", "name", "action", "state"),
    [(401, "auth.401", "update_key", "held"), (400, "req.400", "reset_options", "failed"),
     (503, "srv.5xx", "retry", "waiting")],
)  # fmt: skip
def test_draft_that_stops_names_its_class(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path, status: int, name: str, action: str, state: str
) -> None:
    server.default = error(server.kind, status, "It is not to be.")
    ran = cardgen(
        "draft", STORY, "--engine", "model", "--out", tmp_path / "x.png", "--json", "--fields", "scenario",
        "--max-wait", "0",
    )  # fmt: skip
    assert ran.code == 4
    stopped = ran.json("draft-stopped")
    assert (stopped["error"]["class"], stopped["error"]["action"], stopped["state"]) == (name, action, state)
    assert stopped["error"]["message"] and len(ran.complaints) == 1
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [("--engine", "nobody"), ("--set", "temprature=1"), ("--set", "temperature=9"), ("--fields", "looks"),
     ("--greetings", "99"), ("--max-wait", "soon")],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(
    cardgen: Cardgen, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    ran = cardgen("draft", STORY, "--out", tmp_path / "x.png", *arguments)
    assert ran.code == 2
    assert not (tmp_path / "x.png").exists()


def test_same_command_goes_on_once_the_server_is_there_again(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    """The process that saw the closed gate is gone: the next one looks before it gives up."""
    draft = ("draft", STORY, "--engine", "model", "--out", tmp_path / "x.json", "--json", "--fields")
    server.default = html()
    stopped = cardgen(*draft, "scenario").json("draft-stopped")
    assert (stopped["error"]["class"], stopped["state"]) == ("html.page", "held")
    server.default = server.fitting
    again = cardgen(*draft, "scenario")
    assert (again.code, again.json("draft")["job"]) == (0, stopped["job"])


def test_another_draft_looks_at_the_gate_that_an_earlier_one_found_closed(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    draft = ("draft", STORY, "--engine", "model", "--out", tmp_path / "x.json", "--fields")
    server.default = html()
    assert cardgen(*draft, "scenario").code == 4
    server.default = server.fitting
    assert cardgen(*draft, "personality").code == 0


def test_finished_draft_tells_what_the_checks_found(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    """The server answers every step with the same sentence about somebody else."""
    ran = cardgen(
        "draft", STORY, "--engine", "model", "--out", tmp_path / "x.json", "--fields", "description"
    )
    assert ran.code == 0
    assert "unsupported" in ran.out and "look it over before use" in ran.out
    assert "supported" not in cardgen("draft", STORY, "--out", tmp_path / "y.json").out


def test_costs_by_job_tell_jobs_of_the_same_name_apart(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    draft = ("draft", STORY, "--engine", "model", "--json", "--fields")
    jobs = [
        cardgen(*draft, field, "--out", tmp_path / f"{field}.json").json("draft")["job"]
        for field in ("scenario", "personality")
    ]
    rows = cardgen("costs", "--by", "job").out.splitlines()
    assert {row.split()[0] for row in rows[1:-1]} == {str(job) for job in jobs}
