"""Nothing secret and no private name leaves in a log line or a report."""

from pathlib import Path

import pytest

from cardgen_desktop.jobs import redaction
from cardgen_desktop.jobs.redaction import MOST_CHARS, safe_line, safe_text, safe_value

CANARY = "sk-or-v1-c0ffee" + "5ec2e7" * 8


@pytest.fixture(autouse=True)
def private_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_private_names", lambda: ("/home/ada", "ada"))


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"Authorization: Bearer {CANARY}",
        f'"authorization": "Basic {CANARY}"',
        "Authorization: Custom hunter2hunter2",
        '"authorization": "Custom hunter2hunter2"',
        "{'x-api-key': 'hunter2hunter2'}",
        "Cookie: session=hunter2hunter2; other=hunter2hunter2",
        f"api_key={CANARY}&x=1",
        "x-api-key: hunter2hunter2",
        "https://ada:hunter2hunter2@example.org/v1",
        "https://example.org/v1?key=hunter2hunter2&user=hunter2hunter2",
        "wss://hunter2hunter2@example.org",
        f"https://example.org/v1?{CANARY}",
    ],
)
def test_secrets_are_hidden_in_any_text(text: str) -> None:
    shown = safe_text(f"before {text}\nafter")
    assert CANARY not in shown
    assert "hunter2" not in shown
    assert shown.startswith("before ") and shown.endswith("after")
    assert safe_text(shown) == shown


def test_an_address_keeps_its_place_and_path() -> None:
    shown = safe_text("Asked https://ada:pass1234@example.org:8080/v1/chat?model=x, got 502.")
    assert "https://example.org:8080/v1/chat?" in shown
    assert "model" not in shown


def test_the_home_folder_is_told_as_a_tilde() -> None:
    shown = safe_text('"/home/ada/books/x.txt" and /home/ada and C:\\Users\\Ada\\x and /home/adamant/x')
    assert shown == '"~/books/x.txt" and ~ and C:\\Users\\~\\x and /home/adamant/x'


def test_a_line_is_one_line_of_bounded_length_and_steers_nothing() -> None:
    assert safe_line("a\n\tb\x1b[31m\u202ec") == "a b\ufffd[31m\ufffdc"
    assert len(safe_line("x" * 10_000)) == MOST_CHARS


def test_values_are_safe_by_name_and_by_content() -> None:
    value = {"api_key": "plain", "tokens_in": 12, "note": [f"key {CANARY}"], "path": str(Path("/home/ada/x"))}
    assert safe_value(value) == {
        "api_key": "[hidden]",
        "tokens_in": 12,
        "note": ["key [hidden]"],
        "path": "~/x",
    }
