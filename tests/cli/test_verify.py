"""`verify`: every sentence of a card against sources."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cardgen

LAMP = Path(__file__).parents[1] / "data" / "drafting" / "lamp_on_corran_rock.txt"
KEEPER = Path(__file__).parents[1] / "data" / "formats"
DESCRIPTION = (
    "{{char}} is a tall woman of sixty with grey hair. She is a tall woman of twenty. Zoltan is her cat."
)


def card(folder: Path, **data: Any) -> Path:
    """A V2 card file."""
    values = {"name": "Maren Toll", "description": DESCRIPTION, "first_mes": "Sit down, {{user}}.", **data}
    path = folder / "card.json"
    path.write_text(json.dumps({"spec": "chara_card_v2", "spec_version": "2.0", "data": values}))
    return path


def test_verify_prints_a_verdict_and_a_place_for_every_sentence(cardgen: Cardgen, tmp_path: Path) -> None:
    ran = cardgen("verify", card(tmp_path), "--source", LAMP, "--json")
    report = json.loads(ran.out)
    assert ran.code == 0
    sentences = report["fields"]["description"]
    assert [each["verdict"] for each in sentences] == ["supported", "unsupported", "unsupported"]
    assert "".join(f"{each['text']} " for each in sentences).strip() == DESCRIPTION
    assert {"text", "verdict", "source", "start", "end", "score"} <= sentences[0].keys()
    passage = LAMP.read_text(encoding="utf-8")[sentences[0]["start"] : sentences[0]["end"]]
    assert sentences[0]["source"] == 0 and "a tall woman of sixty" in passage
    verdicts = [each["verdict"] for field in report["fields"].values() for each in field]
    for verdict in ("supported", "inferred", "unsupported"):
        assert report[verdict] == verdicts.count(verdict)
    assert [finding["kind"] for finding in report["findings"]] == ["wrong_number", "wrong_name"]


def test_sources_are_counted_as_arguments_and_checked_as_one_set(cardgen: Cardgen, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Ilse Brandt is a bridge engineer. Ilse Brandt likes chess.")
    report = json.loads(cardgen("verify", card(tmp_path), "--source", other, LAMP, "--json").out)
    assert report["fields"]["description"][0]["source"] == 1


def test_verify_for_people_marks_each_sentence_and_says_what_is_wrong(
    cardgen: Cardgen, tmp_path: Path
) -> None:
    lines = cardgen("verify", card(tmp_path), "--source", LAMP).out.splitlines()
    assert "  + {{char}} is a tall woman of sixty with grey hair." in lines
    assert "  - Zoltan is her cat." in lines
    assert any("Zoltan is not in the sources." in line for line in lines)
    assert lines[-1].endswith("unsupported (-)")


@pytest.mark.parametrize("name", sorted(path.name for path in KEEPER.iterdir() if path.is_file()))
def test_every_card_file_can_be_verified(cardgen: Cardgen, name: str) -> None:
    ran = cardgen("verify", KEEPER / name, "--source", LAMP, "--json")
    assert ran.code == 0 and json.loads(ran.out)["fields"]


def test_a_card_of_nobody_in_the_sources_is_told_so(cardgen: Cardgen, tmp_path: Path) -> None:
    path = card(tmp_path, name="Ottokar")
    first = json.loads(cardgen("verify", path, "--source", LAMP, "--json").out)["findings"][0]
    assert first["path"] == "name" and "Ottokar" in first["message"]
    found = json.loads(cardgen("verify", path, "--source", LAMP, "--character", "Maren Toll", "--json").out)
    assert found["fields"]["description"][0]["verdict"] == "supported"


def test_wrong_arguments_are_one_line(cardgen: Cardgen, tmp_path: Path) -> None:
    ran = cardgen("verify", card(tmp_path), "--source", LAMP, "--character", "Zoltan")
    assert ran.code == 2 and "Nobody in these sources is called" in ran.complaints[0]
    assert cardgen("verify", LAMP, "--source", LAMP).code == 3
    assert cardgen("verify", card(tmp_path), "--source", tmp_path / "none.txt").code == 3
    assert cardgen("verify", card(tmp_path)).code == 2
