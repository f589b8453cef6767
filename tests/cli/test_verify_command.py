"""`cardgen verify`: what it prints of a card and its sources."""

import json
from pathlib import Path

from tests.cli.conftest import Cardgen

NOTE = (
    "Ada Marsh keeps the lamp on the rock. She is forty-two and has grey eyes. Ada never leaves the rock.\n"
)


def test_verdicts_of_a_card_fit_their_schema(cardgen: Cardgen, tmp_path: Path) -> None:
    source, card = tmp_path / "note.txt", tmp_path / "card.json"
    source.write_text(NOTE)
    data = {"name": "Ada Marsh", "description": "Ada has grey eyes. The moon is made of green cheese."}
    card.write_text(json.dumps({"spec": "chara_card_v3", "spec_version": "3.0", "data": data}))
    ran = cardgen("verify", card, "--source", source, "--json")
    assert (ran.code, ran.err) == (0, "")
    told = ran.json("verify")
    eyes, moon = told["fields"]["description"]
    assert (eyes["verdict"], eyes["source"]) == ("supported", 0)
    assert moon["verdict"] == "unsupported" and moon["why"]
    assert "grey eyes" in NOTE[eyes["start"] : eyes["end"]]
    assert told["supported"] == 1
    assert "verify" in json.loads(cardgen("schema", "--json").out)
