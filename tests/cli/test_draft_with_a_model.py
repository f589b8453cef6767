"""`draft --engine PROFILE`: finished cards, dry runs, and what scripts are told of a draft that stopped."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Cardgen
from tests.support.llm_server import FakeModelServer, error, html, stream

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
    report = ran.json("draft")
    assert report["outputs"] == [str(out)]
    counts = [report[name] for name in ("supported", "inferred", "unsupported")]
    assert sum(counts) > 0 and (report["findings"] > 0) == report["needs_review"]
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
    ("finish", "name", "action"),
    [("length", "out.truncated", "continue"), ("stop", "out.malformed", "review")],
)
def test_text_that_stays_cut_or_shapeless_is_no_good_end(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path, finish: str, name: str, action: str
) -> None:
    """Both are gone on with, or asked for again, a bounded number of times; the card is kept."""
    text = "The keeper climbs the tower every night and then she" if finish == "length" else '{"x": [1, 2'
    server.default = stream(server.kind, text, finish=finish)
    out = tmp_path / "card.json"
    fields = "scenario" if finish == "length" else "tags"
    ran = cardgen("draft", STORY, "--engine", "model", "--out", out, "--json", "--fields", fields)
    assert ran.code == 4
    stopped = ran.json("draft-stopped")
    assert (stopped["error"]["class"], stopped["error"]["action"]) == (name, action)
    assert stopped["state"] == "succeeded" and stopped["error"]["message"]
    assert len(ran.complaints) == 1 and out.exists()
    assert len(server.chats) < 9


def test_files_that_cannot_be_read_name_their_class(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    """Under a language model every bad end is exit 4; the offline drafter has the code of the failure."""
    draft = ("draft", tmp_path / "missing.txt", "--out", tmp_path / "x.json", "--json")
    for engine, code in (("model", 4), ("offline", 3)):
        ran = cardgen(*draft, "--engine", engine)
        stopped = ran.json("draft-stopped")
        assert (ran.code, len(ran.complaints)) == (code, 1)
        assert (stopped["error"]["class"], stopped["error"]["action"]) == ("src.unreadable", "other_file")
        assert (stopped["job"], stopped["state"]) == (None, "failed")


def test_output_that_cannot_be_written_names_its_class(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    out = tmp_path / "folder" / "x.json"
    (tmp_path / "folder").write_text("a file where a folder should be")
    draft = ("draft", STORY, "--fields", "scenario", "--out", out, "--json")
    for engine, code in (("model", 4), ("offline", 5)):
        ran = cardgen(*draft, "--engine", engine)
        stopped = ran.json("draft-stopped")
        assert (ran.code, stopped["error"]["class"], stopped["state"]) == (code, "disk.ro", "failed")
        assert stopped["error"]["action"] == "free_space"


def test_job_that_was_cancelled_or_paused_says_so(
    cardgen: Cardgen, server: FakeModelServer, tmp_path: Path
) -> None:
    draft = ("draft", STORY, "--engine", "model", "--out", tmp_path / "x.json", "--fields", "scenario")
    server.default = html()
    again = (*draft, "--json", "--request-id", "one")
    job = cardgen(*again).json("draft-stopped")["job"]
    assert cardgen("jobs", "cancel", job).code == 0
    ran = cardgen(*again)
    stopped = ran.json("draft-stopped")
    assert (ran.code, stopped["error"]["class"], stopped["state"]) == (4, "cancelled", "cancelled")
    assert f"jobs retry {job}" in stopped["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--set", "temperature=9"), "temperature is a number from 0 to 2."),
     (("--set", "temperature=warm"), "temperature is a number from 0 to 2."),
     (("--set", "top_p=0"), "top_p is a number above 0 and at most 1."),
     (("--set", "max_output=3"), "max_output is a whole number from 16 to 1,000,000."),
     (("--set", "length=endless"), "length is one of short, medium, long."),
     (("--set", f"tone={'x' * 201}"), "tone is at most 200 characters long."),
     (("--set", "moods=tender"), "moods is a list such as"),
     (("--set", "repair=often"), "repair is true or false."),
     (("--lang", "klingon"), 'no language with the code "klingon"'),
     (("--lang", "xx"), 'no language with the code "xx"'),
     (("--lang", "en-"), 'no language with the code "en-"'),
     (("--set", "language=qq"), 'no language with the code "qq"')],
)  # fmt: skip
def test_values_out_of_bounds_are_told_with_their_bounds(
    cardgen: Cardgen, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    ran = cardgen("draft", STORY, "--out", tmp_path / "x.png", *arguments)
    assert ran.code == 2 and len(ran.complaints) == 1
    assert words in ran.complaints[0] and "Nothing was read." in ran.complaints[0]
    assert "Input should" not in ran.err


@pytest.mark.parametrize("code", ["de", "pt-BR", "zh_Hant", "sr-Latn-RS", "EN", "es-419", "fil"])
def test_languages_are_taken_with_script_and_region(
    cardgen: Cardgen, server: FakeModelServer, code: str
) -> None:
    ran = cardgen(
        "draft", STORY, "--engine", "model", "--dry-run", "--json", "--fields", "scenario", "--lang", code
    )
    assert ran.code == 0
    assert f"({code})" in ran.out or "German" in ran.out or "English" in ran.out


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
