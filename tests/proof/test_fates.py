"""Faults of servers from end to end, in short; `python -m tests.proof.fates` takes all 84 of them."""

from pathlib import Path

import pytest

from cardgen_desktop.llm import server as servers
from tests.proof import fates
from tests.proof.model_folder import KEY


async def test_faults_end_where_the_table_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDGEN_API_KEY", KEY)
    monkeypatch.setattr(servers, "REMOTE", fates.QUICK)
    names = ("401", "400", "502", "404", "cut stream", "refusal")
    figures = await fates.prove(tmp_path, ["openrouter"], names, commands=names[:3])
    assert figures.wrong == []
    assert figures.faults == len(names)
