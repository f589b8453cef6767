"""The one table of colours and sizes; every palette, stylesheet and delegate is filled from it."""

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as `#RRGGBB`, named after what they are for (visual language, 2.1)."""

    window: str
    surface: str
    sunken: str
    hover: str
    pressed: str
    border: str
    control: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    wash: str
    wash_text: str
    selection: str
    mark: str
    success: str
    success_wash: str
    warning: str
    warning_wash: str
    danger: str
    danger_wash: str
    danger_hover: str
    on_danger: str
    track: str
    tip: str
    tip_text: str
    tip_action: str
    dark: bool = False
    high_contrast: bool = False


LIGHT: Final = Tokens(
    window="#FAFAF8",
    surface="#FFFFFF",
    sunken="#F2F2EF",
    hover="#ECECE8",
    pressed="#E2E2DD",
    border="#DFDFDA",
    control="#8A8D8B",
    text="#1D2122",
    muted="#575D5E",
    faint="#666C6D",
    accent="#14606F",
    accent_hover="#0F5362",
    accent_pressed="#0B4653",
    on_accent="#FFFFFF",
    wash="#E3EFF1",
    wash_text="#0F5361",
    selection="#CFE3E7",
    mark="#FBEFC4",
    success="#2C6B38",
    success_wash="#E6F1E6",
    warning="#855300",
    warning_wash="#FAEFD9",
    danger="#A8322B",
    danger_wash="#FAE8E5",
    danger_hover="#922922",
    on_danger="#FFFFFF",
    track="#E3E4E0",
    tip="#1D2122",
    tip_text="#FAFAF8",
    tip_action="#8FD3E0",
)

DARK: Final = Tokens(
    window="#17191A",
    surface="#1E2122",
    sunken="#131516",
    hover="#272B2C",
    pressed="#303536",
    border="#313637",
    control="#757D7E",
    text="#E7E8E5",
    muted="#A8AFAF",
    faint="#929A9A",
    accent="#7CC3D0",
    accent_hover="#93D0DB",
    accent_pressed="#67B2C0",
    on_accent="#08262D",
    wash="#1C3238",
    wash_text="#A5DAE4",
    selection="#254650",
    mark="#4A3F1C",
    success="#85C48D",
    success_wash="#1D2F21",
    warning="#E3B365",
    warning_wash="#352A17",
    danger="#EE958B",
    danger_wash="#3A2220",
    danger_hover="#F3A79E",
    on_danger="#2C0B08",
    track="#34393A",
    tip="#E7E8E5",
    tip_text="#17191A",
    tip_action="#0F5361",
    dark=True,
)


def with_high_contrast(tokens: Tokens) -> Tokens:
    """The same theme for a system that asks for more contrast: hard edges instead of washes."""
    return replace(
        tokens,
        border=tokens.text,
        control=tokens.text,
        wash=tokens.surface,
        success_wash=tokens.surface,
        warning_wash=tokens.surface,
        danger_wash=tokens.surface,
        high_contrast=True,
    )


class SPACE:
    """Distances in logical pixels (visual language, 2.4)."""

    XS, SM, MD, LG, XL, XXL, XXXL, HUGE = 4, 8, 12, 16, 20, 24, 32, 40
    PAGE_EDGE, PANE_EDGE, BETWEEN_FIELDS = 24, 20, 16


class RADIUS:
    """Corner radii in logical pixels."""

    CHECK, BADGE, BUTTON, TILE, PALETTE, ZONE = 4, 6, 8, 10, 12, 16
    PORTRAIT = 0.14


class HEIGHT:
    """Heights in logical pixels."""

    SMALL, NORMAL, LARGE, ICON, ICON_SMALL = 28, 36, 44, 36, 28
    BADGE, CHIP, BANNER, TOAST, MENU_ROW = 24, 28, 44, 48, 34
    PAGE_HEADER, EDITOR_HEADER, TABS = 72, 64, 44
    TABLE_HEADER, TABLE_ROW, PICKER_ROW, SOURCE_ROW, ENGINE_TILE = 36, 56, 92, 56, 60


class MOTION:
    """Durations in milliseconds; `Theme.motion` turns them into 0 when motion is reduced."""

    PANE, TOAST_IN, TOAST_OUT, OVERLAY, BAR = 160, 200, 120, 120, 200
    LOADING_DELAY, TOAST_STAYS = 300, 6000
