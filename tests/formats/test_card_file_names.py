"""File names from card names: legal everywhere, readable, never empty."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.file_names import file_name, safe_file_name


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Mira Holt", "Mira Holt.png"),
        ("AC/DC: the | band?", "AC-DC- the - band.png"),
        ("Åse’s daughter", "Åse’s daughter.png"),
        ("", "card.png"),
        ("...", "card.png"),
        ("../../etc/passwd", "etc-passwd.png"),
        ("con", "_con.png"),
        ("Aux.old", "_Aux.old.png"),
        ("COM¹", "_COM¹.png"),
        ("LPT0", "_LPT0.png"),
        ("console", "console.png"),
        ("trailing. . .", "trailing.png"),
        ("-rf", "rf.png"),
        ("a\x00b\nc\u202egnp", "a b c gnp.png"),
        ("🧙‍♀️ 李小龙", "🧙‍♀️ 李小龙.png"),
        ("\ud800", "card.png"),
    ],
)
def test_names(name: str, made: str) -> None:
    assert safe_file_name(name, ".png") == made


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=400), st.sampled_from([".png", ".json", ".v2.json"]))
def test_any_name_is_legal_on_every_system(name: str, suffix: str) -> None:
    made = safe_file_name(name, suffix)
    stem = made.removesuffix(suffix)
    assert made.endswith(suffix) and stem
    assert len(stem.encode()) <= 120
    assert not set(made) & set('<>:"/\\|?*')
    assert stem[-1] not in " ." and stem[0] not in " .-"
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in made)
    assert stem.partition(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
    assert safe_file_name(stem, suffix) == made or len(name) > 100


@pytest.mark.parametrize(
    ("template", "fields", "made"),
    [
        ("{name}", {"name": "Mira"}, "Mira.png"),
        ("{name}", {"name": " "}, "card.png"),
        ("{name} by {creator}", {"name": "Mira", "creator": "A. W."}, "Mira by A. W.png"),
        ("{name} by {creator}", {"name": "Mira"}, "Mira.png"),
        ("{name} ({version})", {"name": "Mira", "character_version": "1.2"}, "Mira (1.2).png"),
        ("{name} ({version})", {"name": "Mira"}, "Mira.png"),
        ("{creator} - {name}", {"name": "Mira"}, "Mira.png"),
        ("{creator}_{name}_{version}_{date}", {"name": "Mira"}, "Mira_2026-11-23.png"),
        ("{name} [{creator} {version}]", {"name": "Mira", "character_version": "2"}, "Mira [2].png"),
        ("card of {Name}", {"name": "Mira"}, "card of Mira.png"),
        ("{name}", {"name": "../con"}, "_con.png"),
        ("con{creator}", {"name": "Mira"}, "_con.png"),
        ("{name}/{version}", {"name": "a\nb", "character_version": "1:2"}, "a b-1-2.png"),
        ("{name}", {"name": "{creator}", "creator": "x"}, "{creator}.png"),
    ],
)
def test_templates(template: str, fields: dict[str, str], made: str) -> None:
    card = Card(data=CardData.model_validate(fields))
    assert file_name(template, card, ".png", day=date(2026, 11, 23)) == made


@pytest.mark.parametrize("template", ["{title}", "{name", "name}", "{}", "{name} {data.name}", "{name!r}"])
def test_templates_with_anything_else_are_refused(template: str) -> None:
    with pytest.raises(UsageError, match=r"Nothing was written\. Use \{name\}"):
        file_name(template, Card(), ".png")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.text(max_size=300), st.text(max_size=300), st.sampled_from(["{name} ({creator})", "{creator}-{name}"])
)
def test_any_card_has_a_legal_name(name: str, creator: str, template: str) -> None:
    made = file_name(template, Card(data=CardData(name=name, creator=creator)), ".v2.json")
    stem = made.removesuffix(".v2.json")
    assert stem and len(stem.encode()) <= 120 and stem[-1] not in " ." and not set(made) & set('<>:"/\\|?*')
