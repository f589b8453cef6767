"""`inspect`, `convert` and `diff` with every kind of file: lorebooks, folders, templates, presets."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardgen_desktop.cli.cards import TARGETS
from cardgen_desktop.cli.targets import Inputs, OutputFolder, preset_named, target_of
from cardgen_desktop.domain.card_export import PRESETS, SUFFIXES
from cardgen_desktop.domain.errors import UsageError
from tests.cli.conftest import Cardgen

CARDS = Path(__file__).parent.parent / "data" / "formats"
PNG, V1, V2, V3 = (CARDS / f"keeper_{name}" for name in ("sillytavern.png", "v1.json", "v2.json", "v3.json"))
BOOKS = ("st-worldinfo", "lorebook-v3", "risu-lorebook")
WORLD_INFO: dict[str, Any] = {
    "name": "Gull Rock",
    "entries": {
        "0": {"uid": 0, "key": ["rock"], "content": "A skerry.", "comment": "place", "disable": False},
        "1": {"uid": 1, "key": ["fog"], "content": "It comes fast.", "comment": "", "disable": True},
    },
}


@pytest.fixture
def lorebook(tmp_path: Path) -> Path:
    """World Info as SillyTavern writes it."""
    path = tmp_path / "rock.json"
    path.write_text(json.dumps(WORLD_INFO))
    return path


def test_the_names_of_targets_are_the_domains() -> None:
    assert tuple(SUFFIXES) == TARGETS
    assert [target_of(Path("a" + suffix)) for suffix in SUFFIXES.values()] == list(TARGETS)
    assert [target_of(Path(name)) for name in ("a.jpg", "b.YML", "c.apng")] == ["jpeg-charx", "yaml", "png"]
    with pytest.raises(UsageError, match=r"\.charx"):
        target_of(Path("a.zip"))


def test_convert_writes_every_target_and_inspect_reads_them(cardgen: Cardgen, tmp_path: Path) -> None:
    outs = []
    for target in TARGETS:
        (done,) = cardgen("convert", V3, "--to", target, "--out", f"{tmp_path / 'out'}/", "--json").json(
            "convert"
        )
        outs.append(done["out"])
        is_book = target in BOOKS
        assert done["target"] == target and Path(done["out"]).parent == tmp_path / "out"
        assert (
            done["losses"][:1] == ["Only the lorebook is written: the character stays behind."]
        ) is is_book
    ran = cardgen("inspect", *outs, "--json")
    assert ran.code == 0
    for target, found in zip(TARGETS, ran.json("inspect"), strict=True):
        is_book = target in BOOKS
        assert (found["card"] is None, found["book"] is None) == (is_book, not is_book), target
        if is_book:
            assert len(found["book"]["entries"]) == 2 and found["format"] == target
        else:
            assert found["card"]["data"]["name"] == "Mira Holt"


def test_inspect_says_what_a_lorebook_is(cardgen: Cardgen, lorebook: Path) -> None:
    (found,) = cardgen("inspect", lorebook, "--json").json("inspect")
    assert (found["card"], found["format"], found["book"]["name"]) == (None, "st-worldinfo", "Gull Rock")
    assert None not in found["book"]["entries"][0].values()
    out = cardgen("inspect", lorebook).out
    assert out.startswith("Gull Rock  (rock.json, json, st-worldinfo)") and "2 lorebook entries" in out


def test_a_lorebook_is_written_as_a_lorebook_and_never_as_a_card(
    cardgen: Cardgen, lorebook: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.lorebook.json"
    (done,) = cardgen("convert", lorebook, "--out", out, "--json").json("convert")
    assert done["losses"] == []
    assert json.loads(out.read_text())["spec"] == "lorebook_v3"
    ran = cardgen("convert", lorebook, V1, "--out", tmp_path / "cards", "--json")
    bad, good = ran.json("convert")
    assert ran.code == 3 and "st-worldinfo" in bad["error"] and Path(good["out"]).exists()
    assert cardgen("diff", lorebook, out, "--json").json("diff") == {"differences": []}


def test_diff_says_where_two_cards_differ(cardgen: Cardgen, tmp_path: Path) -> None:
    edited = json.loads(V3.read_text("utf-8"))
    edited["data"]["tags"][1] = "Ocean"
    edited["data"]["character_book"]["entries"][0]["content"] = "x" * 400
    edited["data"]["modification_date"] = 1
    other = tmp_path / "other.json"
    other.write_text(json.dumps(edited))
    ran = cardgen("diff", V3, other, "--json")
    first, second = ran.json("diff")["differences"]
    assert ran.code == 0
    assert first == {"where": "data.tags[1]", "before": "Sea", "after": "Ocean"}
    assert second["where"] == "data.character_book.entries[0].content"
    out = cardgen("diff", V3, other).out
    assert "data.tags[1]\n  - Sea\n  + Ocean\n" in out and "2 differences." in out
    assert max(map(len, out.splitlines())) < 200


def test_diff_of_a_card_with_itself_elsewhere_is_empty(cardgen: Cardgen, tmp_path: Path) -> None:
    for name in ("a.png", "a.charx", "a.jpeg", "a.json"):
        assert cardgen("convert", V3, "--out", tmp_path / name).code == 0
        assert cardgen("diff", V3, tmp_path / name, "--json").json("diff") == {"differences": []}, name
    assert cardgen("diff", V3, tmp_path / "a.png").out == "They say the same.\n"


def test_diff_of_a_card_and_a_lorebook(cardgen: Cardgen, lorebook: Path) -> None:
    ran = cardgen("diff", V3, lorebook, "--json")
    assert ran.code == 0 and ran.json("diff")["differences"]
    ran = cardgen("diff", V1, lorebook)
    assert (ran.code, "without a lorebook" in ran.complaints[0]) == (3, True)
    ran = cardgen("diff", V1, lorebook.parent / "none.json")
    assert (ran.code, "none.json" in ran.complaints[0]) == (3, True)


def test_folders_are_taken_with_their_cards_alone(cardgen: Cardgen, lorebook: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    for path in (PNG, V2):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "package.json").write_text('{"name": "x", "version": "1"}')
    (folder / "notes.txt").write_text("Nothing.")
    (folder / "cut.json").write_text('{"spec": "chara_card_v2", "data": {"name": "cut", "first_mes":')
    ran = cardgen("inspect", tmp_path / "in", "--json")
    names = [Path(found["path"]).name for found in ran.json("inspect")]
    assert names == ["cut.json", "keeper_sillytavern.png", "keeper_v2.json"]
    assert (ran.code, len(ran.complaints)) == (3, 1)
    ran = cardgen("convert", tmp_path / "in", "--to", "charx", "--out", tmp_path / "in", "--json")
    bad, *good = ran.json("convert")
    assert ran.code == 3 and "cut.json" in bad["path"]
    assert sorted(Path(done["out"]).name for done in good) == ["keeper_sillytavern.charx", "keeper_v2.charx"]
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = cardgen("convert", empty, "--out", tmp_path / "out")
    assert (ran.code, "no card in the folder" in ran.complaints[0]) == (3, True)


def test_names_in_a_folder_follow_the_template_and_replace_nothing(cardgen: Cardgen, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "Mira Holt 1.2.json").write_text("mine")
    (tmp_path / "bad.json").write_text("{")
    run = ("convert", V2, tmp_path / "bad.json", V3, "--to", "json-v3", "--out", out)
    template = ("--template", "{name} {version}", "--json")
    ran = cardgen(*run, *template)
    first, bad, second = ran.json("convert")
    assert (ran.code, "error" in bad) == (3, True)
    assert [Path(done["out"]).name for done in (first, second)] == [
        "Mira Holt 1.2-2.json",
        "Mira Holt 1.2-3.json",
    ]
    assert (out / "Mira Holt 1.2.json").read_text() == "mine"
    first, _, second = cardgen(*run, *template, "--overwrite").json("convert")
    assert [Path(done["out"]).name for done in (first, second)] == [
        "Mira Holt 1.2.json",
        "Mira Holt 1.2-2.json",
    ]
    ran = cardgen(*run, "--template", "{title}")
    assert (ran.code, "{name}, {creator}" in ran.complaints[0]) == (2, True)


def test_a_file_in_the_folder_is_not_replaced_unasked(cardgen: Cardgen, tmp_path: Path) -> None:
    (tmp_path / "keeper_v1.png").write_text("mine")
    (done,) = cardgen("convert", V1, "--out", tmp_path, "--json").json("convert")
    assert Path(done["out"]).name == "keeper_v1-2.png" and (tmp_path / "keeper_v1.png").read_text() == "mine"
    (done,) = cardgen("convert", V1, "--out", tmp_path, "--overwrite", "--json").json("convert")
    assert Path(done["out"]).name == "keeper_v1.png" and done["bytes"] > 1000


def test_presets_choose_the_target_and_its_options(cardgen: Cardgen, tmp_path: Path) -> None:
    (done,) = cardgen("convert", V3, "--preset", "agnai", "--out", f"{tmp_path / 'o'}/", "--json").json(
        "convert"
    )
    assert done["target"] == "png"
    assert any("nickname" in sentence for sentence in done["losses"])
    (found,) = cardgen("inspect", done["out"], "--json").json("inspect")
    assert found["spec"] == "chara_card_v2"
    ran = cardgen("convert", V3, "--preset", "word", "--out", f"{tmp_path / 'o'}/")
    assert (ran.code, "sillytavern" in ran.complaints[0]) == (2, True)
    assert cardgen("convert", V3, "--preset", "agnai", "--to", "png", "--out", f"{tmp_path / 'o'}/").code == 2
    assert [preset_named(preset.title.upper()) for preset in PRESETS] == list(PRESETS)


def test_an_output_folder_gives_inputs_out_to_be_refused(tmp_path: Path) -> None:
    own = tmp_path / "a.json"
    own.write_text("x")
    inputs = Inputs([str(own)])
    assert inputs.have(own) and inputs.have(tmp_path / "." / "a.json") and not inputs.have(tmp_path / "b")
    folder = OutputFolder(tmp_path, inputs=inputs, overwrite=True)
    assert folder.name_for(Path("x/a.png"), "json-v3") == own
    assert folder.free("a", ".json").name == "a-2.json"


def test_export_of_the_library_takes_presets_and_templates(cardgen: Cardgen, tmp_path: Path) -> None:
    assert cardgen("import", V3).code == 0
    run = ("export", "--all", "--folder", tmp_path / "out", "--preset", "risuai")
    ran = cardgen(*run, "--template", "{name} ({version})", "--json")
    (file,) = ran.json("export")["files"]
    assert Path(file).name == "Mira Holt (1.2).charx"
    assert cardgen("diff", V3, file, "--json").json("diff") == {"differences": []}
    ran = cardgen(*run, "--template", "{age}")
    assert (ran.code, "{age}" in ran.complaints[0]) == (2, True)
    assert cardgen(*run, "--template", "x" * 201).code == 2
