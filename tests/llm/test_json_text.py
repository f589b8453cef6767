"""Mending of broken JSON."""

import pytest

from cardgen_desktop.llm.json_text import mended_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"name": "Ada", "tags": ["keeper", "lamp",],}', {"name": "Ada", "tags": ["keeper", "lamp"]}),
        ('{"name": "Ada", "about": "She keeps the lam', {"name": "Ada", "about": "She keeps the lam"}),
        ('{"name": "the "great" Ada"}', {"name": 'the "great" Ada'}),
        ('{"name": "Ada" "mood": "calm"}', {"name": "Ada", "mood": "calm"}),
        ("", None),
    ],
)
def test_what_was_meant_is_found(text: str, value: object) -> None:
    assert mended_json(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "{" * 100_000,
        '{"' * 20_000,
        "(" * 50_000,
        '{"a":' * 20_000,
        "\x00",
        "}{",
        "null",
        "\ud800",
    ],
)
def test_nothing_is_too_broken(text: str) -> None:
    assert not mended_json(text) or isinstance(mended_json(text), str | list | dict)
