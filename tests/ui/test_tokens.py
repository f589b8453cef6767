"""The one table of colours: complete, readable, and the only place with a colour value."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

import cardgen_desktop.ui
from cardgen_desktop.ui.stylesheet import stylesheet
from cardgen_desktop.ui.tokens import DARK, LIGHT, Tokens, with_high_contrast

UI = Path(cardgen_desktop.ui.__file__).parent
HEX = re.compile(r"[\"'#]#[0-9A-Fa-f]{3,8}\b|:\s*#[0-9A-Fa-f]{3,8}\b")
THEMES = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
TEXT_PAIRS = [
    *[("text", ground) for ground in ("window", "surface", "wash", "selection", "mark")],
    *[("muted", ground) for ground in ("window", "hover", "wash", "selection")],
    *[("faint", ground) for ground in ("surface", "sunken", "hover")],
    *[("accent", ground) for ground in ("surface", "sunken", "wash")],
    *[("on_accent", ground) for ground in ("accent", "accent_hover", "accent_pressed")],
    ("wash_text", "wash"),
    *[
        (state, ground)
        for state in ("success", "warning", "danger")
        for ground in ("surface", f"{state}_wash")
    ],
    ("on_danger", "danger"),
    ("on_danger", "danger_hover"),
    ("tip_text", "tip"),
    ("tip_action", "tip"),
]
SHAPE_PAIRS = [
    ("control", "surface"),
    ("control", "window"),
    *[(bar, "track") for bar in ("accent", "warning", "muted", "danger")],
]


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = (int(color[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(tokens: Tokens, front: str, ground: str) -> float:
    """The contrast ratio of two tokens."""
    dark, light = sorted(luminance(getattr(tokens, name)) for name in (front, ground))
    return (light + 0.05) / (dark + 0.05)


@THEMES
def test_every_token_is_a_colour(tokens: Tokens) -> None:
    colors = {name: value for name, value in asdict(tokens).items() if isinstance(value, str)}
    assert len(colors) == 30
    assert all(re.fullmatch(r"#[0-9A-F]{6}", value) for value in colors.values())


@THEMES
@pytest.mark.parametrize(("front", "ground"), TEXT_PAIRS)
def test_text_can_be_read(tokens: Tokens, front: str, ground: str) -> None:
    assert round(contrast(tokens, front, ground), 1) >= 4.5


@THEMES
@pytest.mark.parametrize(("front", "ground"), SHAPE_PAIRS)
def test_shapes_can_be_seen(tokens: Tokens, front: str, ground: str) -> None:
    assert contrast(tokens, front, ground) >= 3


def test_the_measured_contrasts_are_those_of_the_visual_language() -> None:
    assert round(contrast(LIGHT, "text", "window"), 1) == 15.5
    assert contrast(DARK, "muted", "selection") == pytest.approx(4.6, abs=0.1)
    assert round(contrast(LIGHT, "danger", "danger_wash"), 1) == 5.6


@THEMES
def test_high_contrast_draws_edges_instead_of_washes(tokens: Tokens) -> None:
    hard = with_high_contrast(tokens)
    assert hard.border == hard.control == tokens.text
    assert hard.wash == hard.danger_wash == tokens.surface


@THEMES
def test_the_stylesheet_is_filled_and_uses_only_the_table(tokens: Tokens) -> None:
    sheet = stylesheet(tokens)
    assert "$" not in sheet
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= {str(value) for value in asdict(tokens).values()}
    assert sheet.count("{") == sheet.count("}")


def test_no_colour_value_outside_the_table() -> None:
    found = [
        f"{path.relative_to(UI)}:{number} {line.strip()}"
        for path in sorted(UI.rglob("*.py"))
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if HEX.search(line)
    ]
    assert not found
    assert HEX.search("background: #FFF;") and HEX.search('QColor("#14606F")')
