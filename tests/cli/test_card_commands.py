"""`inspect` and `convert`."""

import json
from pathlib import Path

import pytest

from cardgen_desktop.cli.targets import OutputFolder, base_name, target_of
from cardgen_desktop.domain.errors import UsageError
from tests.cli.conftest import Cardgen

CARDS = Path(__file__).parent.parent / "data" / "formats"
PNG, V1, V2, V3 = (CARDS / f"keeper_{name}" for name in ("sillytavern.png", "v1.json", "v2.json", "v3.json"))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file that is no card."""
    path = tmp_path / "broken.json"
    path.write_text('{"name": "Mira", ')
    return path


def test_inspect_gives_the_normalised_card_and_goes_on_past_a_bad_one(cardgen: Cardgen, broken: Path) -> None:
    ran = cardgen("inspect", PNG, broken, V1, "missing.png", "--json")
    png, bad, v1, missing = ran.json("inspect")
    assert (png["path"], png["container"], png["card"]["spec"]) == (str(PNG), "png", "chara_card_v3")
    assert v1["card"]["data"]["name"] == png["card"]["data"]["name"] == "Mira Holt"
    assert None not in v1["card"]["data"].values()
    assert bad["card"] is None and missing["card"] is None
    assert any(problem["level"] == "error" for problem in bad["problems"])
    assert (ran.code, len(ran.complaints)) == (3, 2)
    assert "broken.json" in ran.complaints[0] and "missing.png" in ran.complaints[1]


def test_inspect_keeps_foreign_keys_even_when_they_are_null(cardgen: Cardgen, tmp_path: Path) -> None:
    card = json.loads(V3.read_text("utf-8"))
    card["data"]["vendor"] = None
    card["data"]["extensions"] = {"x": None}
    path = tmp_path / "card.json"
    path.write_text(json.dumps(card))
    data = cardgen("inspect", path, "--json").json("inspect")[0]["card"]["data"]
    assert data["vendor"] is None
    assert data["extensions"] == {"x": None}


def test_inspect_for_people(cardgen: Cardgen) -> None:
    out = cardgen("inspect", PNG).out
    assert out.startswith("Mira Holt  (keeper_sillytavern.png, png, chara_card_v")
    assert "description" in out


def test_convert_by_suffix_and_into_a_folder(cardgen: Cardgen, tmp_path: Path) -> None:
    out = tmp_path / "new.v2.json"
    (done,) = cardgen("convert", PNG, "--out", out, "--json").json("convert")
    assert (done["path"], done["out"], done["target"]) == (str(PNG), str(out), "json-v2")
    assert done["bytes"] == out.stat().st_size
    assert json.loads(out.read_text("utf-8"))["spec"] == "chara_card_v2"
    folder = tmp_path / "cards"
    ran = cardgen("convert", V1, V2, PNG, "--out", folder)
    assert ran.code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "keeper_sillytavern.png", "keeper_v1.png", "keeper_v2.png",
    ]  # fmt: skip
    assert "keeper_v1.json → " in ran.out


def test_convert_goes_on_past_a_bad_card(cardgen: Cardgen, broken: Path, tmp_path: Path) -> None:
    ran = cardgen("convert", broken, V1, "--out", tmp_path / "out", "--to", "json-v3", "--json")
    bad, good = ran.json("convert")
    assert (ran.code, bad["path"], len(ran.complaints)) == (3, str(broken), 1)
    assert Path(good["out"]).exists()


def test_convert_never_writes_over_what_it_reads(cardgen: Cardgen, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_bytes(V1.read_bytes())
    ran = cardgen("convert", own, "--out", tmp_path, "--to", "json-v3")
    assert (ran.code, "would overwrite a card" in ran.complaints[0]) == (2, True)
    assert own.read_bytes() == V1.read_bytes()
    twin = tmp_path / "own.v2.json"  # in the same folder, V1 as V3 would take the place of the other
    twin.write_bytes(V2.read_bytes())
    ran = cardgen("convert", twin, own, "--out", tmp_path, "--to", "json-v3")
    assert (ran.code, own.read_bytes()) == (2, V1.read_bytes())
    assert cardgen("convert", own, V2, "--out", tmp_path / "one.json").code == 2
    (tmp_path / "file").write_text("x")
    assert cardgen("convert", own, V2, "--out", tmp_path / "file" / "x").code == 5


def test_names_of_converted_cards() -> None:
    assert [target_of(Path(name)) for name in ("a.PNG", "a.json", "a.v2.json")] == [
        "png",
        "json-v3",
        "json-v2",
    ]
    with pytest.raises(UsageError):
        target_of(Path("a.txt"))
    assert [base_name(Path(name)) for name in ("a.V2.json", "b.png", "c.card", "d")] == ["a", "b", "c", "d"]
    folder = OutputFolder(Path("x"))
    names = [folder.name_for(Path(card), "json-v3").name for card in ("p/a.png", "q/A.png", "a.json")]
    assert names == ["a.json", "A-2.json", "a-3.json"]
    many = [folder.free("b", ".json").name for _ in range(20_000)]  # not counted from one each time
    assert len(set(many)) == 20_000 and many[-1] == "b-20000.json"
