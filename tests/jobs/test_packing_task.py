"""Packing in a child process: the set is read once, and the pack comes back whole."""

import pytest

from cardgen_desktop.domain.errors import SourceError, UsageError
from cardgen_desktop.jobs.process import ProcessPool
from tests.drafting.stories import DATA, LAMP, source_of


async def test_a_pack_comes_out_of_a_child() -> None:
    source = source_of((DATA / LAMP).read_text("utf-8"))
    phases: list[str] = []
    async with ProcessPool(1) as pool:
        pack = await pool.pack(
            [source], "Maren", 2_000, on_progress=lambda fraction, phase: phases.append(phase)
        )
        assert pack.character == "Maren Toll" and 1_500 < pack.characters <= 2_000
        assert all(source.text[each.start : each.end] == each.text for each in pack.passages)
        assert any("Maren Toll" in phase for phase in phases)
        with pytest.raises(UsageError, match="Nobody in these sources"):
            await pool.pack([source], "Sherlock", 2_000)
        with pytest.raises(SourceError, match="No character was found"):
            await pool.pack([source_of("It rained. It rained again.")], "", 2_000)
