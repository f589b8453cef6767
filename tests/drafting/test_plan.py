"""The plan, the fields it fills and the phrases it uses."""

import re

import pytest

from cardgen_desktop.domain.draft import StepOutput
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.drafting.composition import Composition
from cardgen_desktop.drafting.packs import ASPECTS, PACKS, drafting_pack
from cardgen_desktop.drafting.plan import assemble, plan


def test_the_offline_plan_fills_every_part_of_a_card() -> None:
    steps = plan("offline")
    assert [step.key for step in steps] == [
        "description", "personality", "scenario", "first_mes", "mes_example", "alternate_greetings",
        "lorebook", "notes",
    ]  # fmt: skip
    assert all(step.weight > 0 and step.phase for step in steps)


def test_an_unknown_engine_has_no_plan() -> None:
    with pytest.raises(KeyError):
        plan("oracle")


def test_outputs_become_one_card_and_a_later_one_wins() -> None:
    first = StepOutput(values={"name": "Mary", "tags": ["x"]}, evidence={"name": ()})
    later = StepOutput(values={"tags": ["y"]}, evidence={"tags[0]": ()})
    drafted = assemble([first, later])
    assert (drafted.card.name, drafted.card.tags) == ("Mary", ("y",))
    assert set(drafted.evidence) == {"name", "tags[0]"}


def test_neighbouring_phrases_are_one_record_and_records_make_the_text() -> None:
    page = Composition()
    page.connect("Looks:")
    page.connect("\n- ")
    page.extend([Evidence(text="tall", kind="verbatim", source=0, start=0, end=4)])
    page.connect("")
    assert [record.kind for record in page.records] == ["template", "verbatim"]
    assert page.text == "Looks:\n- tall"


@pytest.mark.parametrize("code", PACKS)
def test_every_language_has_the_phrases_of_english_with_the_same_places(code: str) -> None:
    places = re.compile(r"\$\w+|\{\{\w+\}\}")
    english, pack = drafting_pack("en"), drafting_pack(code)
    assert pack.glue.keys() == english.glue.keys()
    for key in english.glue.keys() - {"notes_language"}:
        wanted = sorted(set(places.findall(english.glue[key])) - {"{{char}}"})
        assert sorted(set(places.findall(pack.glue[key])) - {"{{char}}"}) == wanted, key
    assert all(pack.aspects[aspect].whole or pack.aspects[aspect].stems for aspect in ASPECTS)


def test_a_language_without_a_pack_gets_english() -> None:
    assert drafting_pack("fi").code == "en"


def test_stems_match_every_ending_and_core_words_weigh_more() -> None:
    german = drafting_pack("de").aspects["appearance"]
    assert german.weight("magerer") == german.weight("mager") > german.weight("kleine") > 0
    assert german.weight("tisch") == 0
