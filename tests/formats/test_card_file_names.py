"""File names from card names: legal everywhere, readable, never empty."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardgen_desktop.formats.export import safe_file_name


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
    assert len(made.encode()) <= 255
    assert not set(made) & set('<>:"/\\|?*')
    assert stem[-1] not in " ." and stem[0] not in " .-"
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in made)
    assert stem.partition(".")[0].strip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
    assert safe_file_name(stem, suffix) == made or len(name) > 100
