"""Poisoned sources in short; `python -m tests.proof.poison` takes fifty of them."""

from pathlib import Path

import pytest

from tests.proof import poison
from tests.proof.model_folder import KEY


async def test_what_a_source_orders_is_flagged_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDGEN_API_KEY", KEY)
    figures = await poison.prove(tmp_path, (1, 7), ("offline", "model"))
    assert figures.wrong == []
    assert (figures.drafts, figures.flagged) == (4, 6)
