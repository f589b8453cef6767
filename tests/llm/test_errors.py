"""What servers say about failures, in every shape, and how long they ask to wait."""

import json
import time
from email.utils import formatdate
from typing import Any

import pytest
from pydantic import SecretStr

from cardgen_desktop.domain.errors import HeldError, TransientError
from cardgen_desktop.llm import errors
from cardgen_desktop.llm.error_text import plain, told_by
from cardgen_desktop.llm.server import Server
from cardgen_desktop.llm.waiting_time import seconds_asked
from cardgen_desktop.net.http import Answer

KEY = "sk-0123456789abcdef9f"
SERVER = Server(kind="openrouter", base_url="https://openrouter.ai/api/v1", key=KEY, name="Mine")


def failure(status: int, body: Any, **headers: str) -> Any:
    """The error for an answer with a JSON body; names of headers with underscores for hyphens."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return errors.of_answer(SERVER, Answer(status, names, data), model="model-1")


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": 400, "message": "Too odd", "type": "invalid_request_error"}},
        {"error": {"message": "Too odd", "type": "x", "param": None, "code": None}},
        {"error": "Too odd"},
        {"detail": {"msg": "Too odd", "type": "service_unavailable"}},
        {"detail": "Too odd"},
        {"detail": [{"loc": [], "msg": "Too odd"}]},
        {"object": "error", "message": "Too odd", "code": 400},
        {
            "error": {
                "message": "Provider returned error",
                "metadata": {"raw": '{"error":{"message":"Too odd"}}'},
            }
        },
        {"error": {"message": "Provider returned error", "metadata": {"raw": "Too odd"}}},
        b"Too odd",
        b"<p>Too\x00 \xe2\x80\xaeodd</p>",
    ],
)
def test_the_words_are_found_in_every_shape(body: Any) -> None:
    assert failure(400, body).message == "The provider didn't accept the request: Too odd"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"error":' * 5000, b"\xff" * 90, b"null", b"7", b"[]", b"{}"]
)
def test_no_body_is_too_odd(body: bytes) -> None:
    for status in (204, 302, 400, 404, 418, 500, 599):
        assert failure(status, body).kind in ("req.400", "srv.5xx", "html.page", "model.404")


def test_words_are_bounded_and_free_of_keys_and_control_characters() -> None:
    words = plain(f"a\x1b[31m {KEY} Bearer abcdefgh sk-other-1234567890 \u202e{'x' * 900}", KEY)
    assert len(words) == 300 and words.endswith("…")
    assert words.startswith("a [31m [hidden] [hidden] [hidden] xxx")


def test_a_key_that_looks_like_none_is_hidden_in_details_too() -> None:
    server = SERVER.model_copy(update={"key": SecretStr("Hunter2-Hunter2")})
    body = {"error": {"message": "No entry for Hunter2-Hunter2.", "code": "bad Hunter2-Hunter2"}}
    found = errors.of_answer(server, Answer(400, {}, json.dumps(body).encode()))
    assert "hunter2" not in f"{found.message} {found.details}".lower()
    assert "A local server" in plain("A local server", "a")


def test_a_hostile_failure_is_read_in_time() -> None:
    began = time.process_time()
    for text in ("<script" * 30_000, "<" * 200_000, "bearer " * 30_000, "model " * 30_000):
        failure(400, {"error": {"message": text}})
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (429, {"code": "insufficient_quota", "message": "You exceeded your quota"}, "pay.402"),
        (400, {"message": "API key not valid. Please pass a valid API key."}, "auth.401"),
        (400, {"code": "content_filter", "message": "The prompt was filtered"}, "auth.403.moderation"),
        (403, {"message": "Key limit exceeded"}, "auth.403.other"),
        (404, {"message": "No endpoints found matching your data policy"}, "model.404"),
        (400, {"message": "x", "availability": {"code": "model_not_found"}}, "model.404"),
        (400, {"message": "No models loaded. Please load a model"}, "model.404"),
        (410, {"message": "gone"}, "model.404"),
        (500, {"message": "image input is not supported"}, "srv.5xx"),
        (400, {"message": "This model's maximum context length is 4096 tokens"}, "ctx.overflow"),
        (400, {"code": "context_length_exceeded", "message": "x"}, "ctx.overflow"),
        (422, {"message": "input is too long"}, "ctx.overflow"),
        (524, {"message": "x"}, "srv.5xx"),
        (504, {"message": "x"}, "srv.5xx"),
        (422, {"message": "x"}, "req.400"),
        (409, {"message": "x"}, "req.400"),
        (501, {"message": "x"}, "req.400"),
        (405, {"message": "x"}, "html.page"),
        (200, {"message": "Overloaded"}, "srv.5xx"),
        (200, {"code": "402", "message": "Insufficient credits"}, "pay.402"),
        (200, {"message": "Rate limit reached", "http_status": 429}, "rate.429"),
    ],
)
def test_bodies_tell_what_a_status_does_not(status: int, error: dict[str, Any], kind: str) -> None:
    assert failure(status, {"error": error}).kind == kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, "html.page"), (404, "html.page"), (502, "srv.5xx"), (401, "auth.401"), (429, "rate.429")],
)
def test_a_page_from_a_gateway_is_judged_by_its_status(status: int, kind: str) -> None:
    assert failure(status, b"  <!DOCTYPE HTML><title>x</title>").kind == kind


def test_an_error_in_a_stream_after_text_is_a_cut_with_the_wait_it_asks_for() -> None:
    value = {"code": 429, "message": "Slow down", "metadata": {"retry_after_seconds": 17}}
    cut = errors.of_event(SERVER, value, {}, words=12)
    assert isinstance(cut, TransientError)
    assert (cut.kind, cut.retry_after) == ("stream.cut", 17)
    assert cut.message.startswith("Connection dropped. 12 words kept.")
    assert errors.of_event(SERVER, value, {}).kind == "rate.429"
    overflow = errors.of_event(SERVER, "the context length of only 4096 tokens was reached", {}, words=3)
    assert isinstance(overflow, HeldError) and overflow.reason == "context"


@pytest.mark.parametrize("name", ["no", "out of"])
def test_credits_are_held_for_the_whole_profile(name: str) -> None:
    held = failure(402, {"error": {"message": f"You have {name} credits"}})
    assert isinstance(held, HeldError)
    assert (held.reason, held.scope, held.kind) == ("credits", "Mine", "pay.402")


def waited(headers: dict[str, str], body: Any = None, *, is_busy: bool = True) -> float | None:
    """The seconds that an answer asks for."""
    told = told_by(json.dumps({"error": body or {}}).encode())
    return seconds_asked(headers, told, is_busy=is_busy)


def test_the_longest_wait_that_anything_asks_for_counts() -> None:
    assert waited({}) is None
    assert waited({"retry-after": "38"}) == 38
    assert waited({"retry-after": "1.5"}) == 1.5
    assert waited({}, {"availability": {"retry_after": 40}}) == 40
    assert waited({}, {"metadata": {"retry_after_seconds": 17, "headers": {"Retry-After": "19"}}}) == 19
    assert waited({"retry-after": "5"}, {"metadata": {"retry_after_seconds": 17}}) == 17


@pytest.mark.parametrize("value", ["soon", "nan", "inf", "", "-3", "Tue, 99 Nov"])
def test_a_wait_that_makes_no_sense_is_none_or_nothing(value: str) -> None:
    assert waited({"retry-after": value}) in (None, 0.0)


def test_a_date_is_measured_by_the_servers_own_clock() -> None:
    now = time.time()
    asked = waited({"retry-after": formatdate(now + 90, usegmt=True)})
    assert asked is not None and 80 < asked <= 90
    wrong = now - 86_400 * 3
    headers = {"retry-after": formatdate(wrong + 90, usegmt=True), "date": formatdate(wrong, usegmt=True)}
    assert waited(headers) == 90
    assert waited({"retry-after": formatdate(now - 90, usegmt=True)}) == 0.0


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("20", 20, 20),
        ("6m0s", 360, 360),
        ("250ms", 0.25, 0.25),
        ("1h2m3.5s", 3723.5, 3723.5),
        ("SECONDS", 50, 60),
        ("MILLISECONDS", 50, 60),
    ],
)
def test_a_used_up_limit_tells_when_it_begins_anew(value: str, least: float, most: float) -> None:
    moment = time.time() + 60
    value = {"SECONDS": str(int(moment)), "MILLISECONDS": str(int(moment * 1000))}.get(value, value)
    found = waited({"x-ratelimit-reset": value, "x-ratelimit-remaining": "0"})
    assert found is not None and least <= found <= most
    assert waited({"x-ratelimit-reset": value, "x-ratelimit-remaining": "4"}) is None
    assert waited({"x-ratelimit-reset": value}, is_busy=False) is None
    assert waited({"x-ratelimit-reset": value, "retry-after": "3"}) == 3


def test_a_wait_is_told_rounded_up() -> None:
    assert failure(429, {}, retry_after="37.2").message == "Busy – provider asked to wait 38 s."
    assert failure(429, {}, retry_after="86400").message == "Busy – provider asked to wait 24 hours."


def test_a_key_hint_is_the_end_of_a_long_key_only() -> None:
    assert failure(401, {}).message == "OpenRouter rejected the key ending …9f."
    short = SERVER.model_copy(update={"key": "abc"})
    assert short.model_validate(short.model_dump()).key_hint == ""
