"""Checking cards in a child process, and as a command of a data folder."""

from pathlib import Path

import pytest

from cardgen_desktop.domain.card import CardData
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.source import Span
from cardgen_desktop.jobs.process import ProcessPool
from cardgen_desktop.jobs.workspace import open_workspace

LAMP = Path(__file__).parents[1] / "data" / "drafting" / "lamp_on_corran_rock.txt"
TALL = "{{char}} is a tall woman of sixty."


async def test_a_child_checks_fields_against_a_set() -> None:
    async with ProcessPool(1) as pool:
        source = await pool.read(LAMP)
        start = source.text.index("tall woman")
        span = Span(source=0, start=start, end=start + 10)
        cited = {"description": [(TALL, [span])]}
        heard: list[str] = []
        report = await pool.check(
            [source],
            "maren toll",
            {"description": TALL},
            cited,
            on_progress=lambda fraction, phase: heard.append(phase),
        )
        (sentence,) = report.fields["description"]
        assert sentence.verdict == "supported" and sentence.start is not None and sentence.start < start
        assert "Checking the card sentence by sentence" in heard
        stranger = await pool.check([source], "Ottokar", {"description": TALL})
        assert stranger.findings[0].path == "name"
        with pytest.raises(UsageError, match="Ottokar"):
            await pool.check([source], "Ottokar", {"description": TALL}, must_be_known=True)


async def test_a_data_folder_checks_a_card_against_its_sources(tmp_path: Path) -> None:
    card = CardData(name="Maren Toll", description=TALL, alternate_greetings=("Sit down and eat.",))
    async with open_workspace(tmp_path / "home") as workspace:
        (added,) = await workspace.commands.add_files([LAMP])
        assert added.source is not None
        report = await workspace.commands.verify_card(card, [added.source.id])
        assert report.supported >= 1 and set(report.fields) == {"description", "alternate_greetings[0]"}
        toby = await workspace.commands.verify_card(card, [added.source.id], "Toby")
        assert toby.fields["description"][0].verdict != "supported"
        with pytest.raises(UsageError):
            await workspace.commands.verify_card(card, [added.source.id, 999])
