"""What we write is read by the programs of the npm registry with the same fields."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, ExportTarget
from cardgen_desktop.domain.card_export import ExportOptions
from cardgen_desktop.formats.registry import read_card
from cardgen_desktop.formats.writing.export import TARGETS, card_bytes
from tests.support import card_files
from tests.support.card_files import KEEPER_TEXTS, KEEPER_V3
from tests.support.node_readers import found_by_node, installed

V3_TARGETS: tuple[ExportTarget, ...] = ("json-v3", "charx", "jpeg-charx")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the programs find in one card, written to every target they could be handed."""
    _, reason = installed()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("written")
    card = read_card(json.dumps(KEEPER_V3).encode(), "keeper.json").card
    paths = [_written(card, target, folder) for target in ("png", *V3_TARGETS, "json-v2")]
    for chunks in ("v2", "v3"):
        options = ExportOptions.model_validate({"chunks": chunks})
        data = card_bytes(card, "png", picture=card_files.png(), options=options)
        paths.append(_put(folder / f"{chunks}.png", data))
    chara = card_files.payload((folder / "png.png").read_bytes(), "chara")
    paths.append(_put(folder / "chara.json", json.dumps(chara).encode()))
    return found_by_node(paths)


def _written(card: Card, target: ExportTarget, folder: Path) -> Path:
    """A file of the target; of an archive the card in it, as Python's own reader unpacks it."""
    data = card_bytes(card, target, picture=card_files.png())
    if target not in ("charx", "jpeg-charx"):
        return _put(folder / f"{target}.{TARGETS[target].suffix.rpartition('.')[2]}", data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist()[0] == "card.json"
        return _put(folder / f"{target}.json", archive.read("card.json"))


def _put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _same_fields(data: dict[str, Any], *, v3: bool) -> None:
    wanted = KEEPER_V3["data"]
    assert {field: data[field] for field in KEEPER_TEXTS} == KEEPER_TEXTS
    for field in (
        "alternate_greetings",
        "tags",
        "creator",
        "character_version",
        "system_prompt",
        "extensions",
    ):
        assert data[field] == wanted[field], field
    entries = data["character_book"]["entries"]
    for entry, before in zip(entries, wanted["character_book"]["entries"], strict=True):
        for field in ("keys", "content", "enabled", "insertion_order", "id", "position"):
            assert entry[field] == before[field], field
    for field in ("nickname", "group_only_greetings", "source") if v3 else ():
        assert data[field] == wanted[field], field
    if v3:  # the first one is the picture, which lies where the container has it
        assert data["assets"][1:] == wanted["assets"][1:]


@pytest.mark.parametrize("name", ["png.png", "v3.png", "json-v3.json", "charx.json", "jpeg-charx.json"])
def test_char_card_reader_reads_v3(found: dict[str, Any], name: str) -> None:
    read = found[name]["charCardReader"]
    assert read["v3"]["spec"] == "chara_card_v3"
    _same_fields(read["v3"]["data"], v3=True)
    assert read["v1"]["first_mes"] == KEEPER_TEXTS["first_mes"]


@pytest.mark.parametrize("name", ["v2.png", "json-v2.json", "chara.json"])
def test_char_card_reader_reads_v2(found: dict[str, Any], name: str) -> None:
    _same_fields(found[name]["charCardReader"]["v3"]["data"], v3=False)


@pytest.mark.parametrize("name", ["json-v3.json", "charx.json", "jpeg-charx.json"])
def test_ccardlib_reads_v3(found: dict[str, Any], name: str) -> None:
    read = found[name]["ccardlib"]
    assert read["version"] == "v3"
    _same_fields(read["v3"]["data"], v3=True)
    _same_fields(read["v2"]["data"], v3=False)


@pytest.mark.parametrize("name", ["json-v2.json", "chara.json"])
def test_ccardlib_reads_v2(found: dict[str, Any], name: str) -> None:
    read = found[name]["ccardlib"]
    assert read["version"] == "v2"
    _same_fields(read["v3"]["data"], v3=False)


@pytest.mark.parametrize("name", ["json-v2.json", "chara.json"])
def test_character_card_utils_takes_our_v2_as_strictly_v2(found: dict[str, Any], name: str) -> None:
    _same_fields(found[name]["cardUtils"]["v2"]["data"], v3=False)
