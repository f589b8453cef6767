"""Logs: one JSON object a line, rotated, private, and no secret in any of them."""

import json
import logging
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cardgen_desktop import log

CANARY = "sk-canary0123456789abcdef"
logger = logging.getLogger("cardgen_desktop.tests")


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / log.FILE_NAME).read_text("utf-8").splitlines()]


def test_line_is_an_object_with_its_extras(tmp_path: Path) -> None:
    with log.written_to(tmp_path):
        logger.info("job %d of “%s”\nnext line", 5, "Émile", extra={"job_id": 5, "parts": [1, "a"]})
    (line,) = lines(tmp_path)
    assert line["message"] == "job 5 of “Émile”\nnext line"
    assert (line["level"], line["logger"], line["job_id"], line["parts"]) == (
        "INFO", "cardgen_desktop.tests", 5, [1, "a"],
    )  # fmt: skip
    assert line["at"].endswith("+00:00")


def secret_in_message() -> None:
    logger.info("calling with key %s", CANARY)


def secret_by_type() -> None:
    logger.info("key is %s", SecretStr("plain words of a canary"))


def secret_by_name() -> None:
    logger.info("asked", extra={"headers": {"Authorization": "canary words", "X-Api-Key": "canary"}})


def secret_in_header() -> None:
    logger.info("Authorization: Bearer canary.canary-canary")


def secret_in_url() -> None:
    logger.info("GET https://user:canary@host/x?key=canarycanary&b=2")


def secret_in_json() -> None:
    logger.info('{"api_key": "canarycanary", "model": "x"}')


def secret_in_traceback() -> None:
    try:
        raise ValueError(f"bad key {CANARY}")
    except ValueError:
        logger.exception("failed")


def secret_in_key_file() -> None:
    logger.info("-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----")


def secret_as_mapping() -> None:
    logger.info("%(password)s is wrong", {"password": "canary"})


@pytest.mark.parametrize(
    "speak",
    [
        secret_in_message, secret_by_type, secret_by_name, secret_in_header, secret_in_url, secret_in_json,
        secret_in_traceback, secret_in_key_file, secret_as_mapping,
    ],
)  # fmt: skip
def test_secret_never_reaches_the_file(tmp_path: Path, speak: Callable[[], None], caplog: Any) -> None:
    with log.written_to(tmp_path):
        speak()
    text = (tmp_path / log.FILE_NAME).read_text("utf-8")
    assert "canary" not in text
    assert log.HIDDEN in text


def test_plain_words_stay_as_they_are() -> None:
    text = "Token ring, 5 tokens; the secretary's password? At https://host:80/a?b=c Silver said: no."
    assert log.redacted(text) == text
    assert log.safe({"tokens": 5, "name": "Ann"}) == {"tokens": 5, "name": "Ann"}


def test_files_are_rotated_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2000)
    with log.written_to(tmp_path / "logs"):
        for number in range(100):
            logger.info("line %d", number)
    files = sorted((tmp_path / "logs").iterdir())
    assert len(files) == log.FILES_KEPT + 1
    assert all(file.stat().st_size <= 2000 for file in files)
    if sys.platform != "win32":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with log.written_to(tmp_path / "logs"):
        logger.info("unheard")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers), logging.getLogger("cardgen_desktop").level
    with log.written_to(tmp_path):
        pass
    assert (list(logging.getLogger().handlers), logging.getLogger("cardgen_desktop").level) == before


def test_message_that_does_not_fit_its_arguments_is_still_logged() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "one %s two %s", ("a",), None)
    assert "one %s two %s" in json.loads(log.JsonFormatter().format(record))["message"]
