"""Cards in folders: a file that ends its reader is tried all the same, and the others with it."""

from pathlib import Path
from typing import Any

from cardgen_desktop.cli.card_paths import card_paths
from cardgen_desktop.cli.console import Console
from cardgen_desktop.domain.errors import CardError


class Readers:
    """Children of which one does not live through what it reads."""

    async def is_card(self, path: Path) -> bool:
        if path.stem == "bomb":
            raise CardError("The reader ended.")
        return path.stem == "ada"


async def test_a_file_that_ends_its_reader_leaves_the_others_in_the_folder(tmp_path: Path) -> None:
    for name in ("ada.json", "bomb.json", "settings.json"):
        (tmp_path / name).write_text("{}")
    readers: Any = Readers()
    found = await card_paths(readers, [str(tmp_path)], Console())
    assert [Path(path).name for path in found] == ["ada.json", "bomb.json"]
