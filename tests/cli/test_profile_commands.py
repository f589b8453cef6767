"""`cardgen profile` and `cardgen costs`: what they print, what they keep, and how they fail."""

import asyncio
import io
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cardgen_desktop.domain.profile import ServerKind
from tests.cli.conftest import Cardgen
from tests.support.keyrings import MemoryKeyring, using
from tests.support.llm_server import FakeModelServer

KEY = "an-odd-key-nobody-would-guess"
LOCAL = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m")


@contextmanager
def server_in_thread(kind: ServerKind = "llamacpp", **options: object) -> Iterator[FakeModelServer]:
    """A server beside the command, which has a loop of its own."""
    server = FakeModelServer(kind, **options)  # type: ignore[arg-type]
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with server:
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    try:
        yield server
    finally:
        done.set()
        thread.join(30)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))


def test_profile_is_added_listed_changed_and_removed(cardgen: Cardgen) -> None:
    added = cardgen("profile", "add", "near", *LOCAL, "--cap", "5", "--json")
    assert added.code == 0
    assert added.json("profile")["profile"]["monthly_cap"] == "5"
    listed = cardgen("profile", "list", "--json").json("profiles")
    assert [line["profile"]["name"] for line in listed["profiles"]] == ["near"]
    assert listed["keyring"]["available"] is False
    changes = ("--model", "other", "--temperature", "0.2", "--rename", "home", "--task-model", "prose=big")
    changed = cardgen("profile", "add", "NEAR", "--replace", *changes, "--json").json("profile")["profile"]
    assert (changed["name"], changed["model"], changed["base_url"]) == (
        "home",
        "other",
        "http://127.0.0.1:9/v1",
    )
    assert (changed["sampling"]["temperature"], changed["models"]) == (0.2, {"prose": "big"})
    assert changed["monthly_cap"] == "5"
    assert "home" in cardgen("profile", "list").out
    assert cardgen("profile", "remove", "home", "--json").json("profile-removed") == {"removed": "home"}
    gone = cardgen("profile", "remove", "home")
    assert gone.code == 2 and "There are none" in gone.err


@pytest.mark.parametrize(
    ("url", "kind", "base_url"),
    [
        ("https://openrouter.ai", "openrouter", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api/v1", "openrouter", "https://openrouter.ai/api/v1"),
        ("http://localhost:11434", "ollama", "http://localhost:11434/v1"),
        ("http://192.168.1.5:1234/v1", "lmstudio", "http://192.168.1.5:1234/v1"),
        ("http://127.0.0.1:5001", "koboldcpp", "http://127.0.0.1:5001/v1"),
        ("http://127.0.0.1:9999/v1", "openai", "http://127.0.0.1:9999/v1"),
        ("https://models.example:8000/v1", "openai", "https://models.example:8000/v1"),
    ],
)
def test_kind_is_guessed_from_the_address(cardgen: Cardgen, url: str, kind: str, base_url: str) -> None:
    added = cardgen("profile", "add", "x", "--base-url", url, "--json").json("profile")["profile"]
    assert (added["kind"], added["base_url"]) == (kind, base_url)


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("--base-url", "ftp://x"), ("--base-url", "http://user:pw@host/v1"), ("--base-url", "http://[x"),
        (*LOCAL, "--temperature", "9"), (*LOCAL, "--cap", "-1"), (*LOCAL, "--cap", "lots"),
        (*LOCAL, "--context", "3"), (*LOCAL, "--task-model", "prose"), (*LOCAL, "--kind", "unknown"),
        ("--model", "sk-or-v1-0123456789abcdef0123456789", "--base-url", "http://127.0.0.1:9/v1"),
    ],
)  # fmt: skip
def test_what_makes_no_profile_is_said_in_a_line(cardgen: Cardgen, arguments: tuple[str, ...]) -> None:
    ran = cardgen("profile", "add", "x", *arguments)
    assert ran.code == 2 and len(ran.complaints) == 1
    assert "Input should" not in ran.err and "Value error" not in ran.err
    assert cardgen("profile", "list", "--json").json("profiles")["profiles"] == []


def test_key_is_read_from_standard_input_into_the_keyring(
    cardgen: Cardgen, typed: None, tmp_path: Path
) -> None:
    with using(MemoryKeyring()) as backend:
        ran = cardgen("profile", "add", "near", *LOCAL, "--key-stdin", "--json")
        line = ran.json("profile")
        assert (line["key_place"], line["key_hint"], ran.err) == ("keyring", "…ss", "")
        assert isinstance(backend, MemoryKeyring)
        assert list(backend.kept.values()) == [KEY]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert KEY.encode() not in stored and KEY not in ran.out


def test_without_a_keyring_the_key_is_not_kept_and_that_is_said(
    cardgen: Cardgen, typed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = cardgen("profile", "add", "near", *LOCAL, "--key-stdin")
    assert ran.code == 0 and "this run only" in ran.err
    assert cardgen("profile", "list", "--json").json("profiles")["profiles"][0]["key_place"] == "none"
    monkeypatch.setenv("CARDGEN_API_KEY", KEY)
    (line,) = cardgen("profile", "list", "--json").json("profiles")["profiles"]
    assert (line["key_place"], line["key_name"]) == ("environment", "CARDGEN_API_KEY")


def test_profile_is_tested_and_its_models_are_listed(cardgen: Cardgen) -> None:
    with server_in_thread(models=("small",)) as server:
        cardgen("profile", "add", "near", "--base-url", server.base_url, "--kind", "llamacpp")
        tested = cardgen("profile", "test", "near", "--json")
        result = tested.json("profile-test")
        assert (tested.code, result["ok"], result["checks"][-1]["step"]) == (0, True, "call")
        assert "+ call" in cardgen("profile", "test", "near").out
        models = cardgen("profile", "models", "near", "--json").json("profile-models")
        assert ([model["id"] for model in models["models"]], models["is_stale"]) == (["small"], False)
    kept = cardgen("profile", "models", "near", "--json").json("profile-models")
    assert ([model["id"] for model in kept["models"]], kept["is_stale"]) == (["small"], True)
    assert "small" in cardgen("profile", "models", "near").out
    assert cardgen("profile", "models", "near", "--refresh").code == 4
    failed = cardgen("profile", "test", "near", "--json")
    assert (failed.code, failed.json("profile-test")["ok"]) == (4, False)


def test_profiles_travel_in_a_file(cardgen: Cardgen, tmp_path: Path) -> None:
    path = tmp_path / "profiles.json"
    cardgen("profile", "add", "near", *LOCAL)
    assert cardgen("profile", "export", path, "--json").json("profile-file")["profiles"] == 1
    (added,) = cardgen("profile", "import", path, "--json").json("profiles-added")
    assert added["profile"]["name"] == "near 2"
    path.write_text("{}")
    assert cardgen("profile", "import", path).code == 3


def spend(home: Path, *rows: tuple[str, str | None]) -> None:
    """Rows of the ledger: model and cost."""
    with sqlite3.connect(home / "cardgen.db") as connection:
        connection.executemany(
            "INSERT INTO ledger (step, profile, model, started_at, ended_at, tokens_in, tokens_out, cost, "
            "cost_source, outcome) VALUES ('prose', 'near', ?, 1790000000, 1790000001, 10, 5, ?, 'provider', "
            "'stop')",
            rows,
        )
    connection.close()


def test_costs_are_exact_sums(cardgen: Cardgen, tmp_path: Path) -> None:
    assert cardgen("costs", "--json").json("costs")["rows"] == []
    spend(tmp_path / "home", ("a", "0.1"), ("a", "0.2"), ("=b", None))
    report = cardgen("costs", "--by", "model", "--json").json("costs")
    assert [(row["key"], row["cost"], row["unknown"]) for row in report["rows"]] == [
        ("a", "0.3", 0),
        ("=b", "0", 1),
    ]
    assert report["total"]["requests"] == 3
    assert cardgen("costs", "--since", "1h", "--json").json("costs")["total"]["requests"] == 0
    assert "0.300000" in cardgen("costs", "--by", "profile").out
    requests = cardgen("costs", "--requests", "--json").json("cost-requests")
    assert {request["model"] for request in requests} == {"a", "=b"}
    assert "prose" in cardgen("costs", "--requests").out
    table = tmp_path / "costs.csv"
    assert cardgen("costs", "--csv", table, "--json").json("costs")["csv"] == str(table)
    lines = table.read_text().splitlines()
    assert len(lines) == 4 and any(",'=b," in line for line in lines)


def test_schemas_of_profiles_and_costs_are_told(cardgen: Cardgen) -> None:
    for name in ("profiles", "profile", "profile-test", "profile-models", "costs", "cost-requests"):
        assert json.loads(cardgen("schema", name).out)
