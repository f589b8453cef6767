"""Type: two families, thirteen roles, sizes corrected so that every serif looks equally big."""

from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QGuiApplication

UI_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
PROSE_FAMILIES = (
    "Source Serif 4",
    "Iowan Old Style",
    "Vollkorn",
    "Charter",
    "Georgia",
    "Noto Serif",
    "DejaVu Serif",
)
# What fontconfig answers when no desktop chose a font; the stack is a better guess than these.
_NO_CHOICE = frozenset({"", "sans", "sans serif", "sans-serif", "system-ui", "dejavu sans", "ms shell dlg 2"})
_X_HEIGHT = 0.45
_MEASURED_AT = 200


@dataclass(frozen=True, slots=True)
class Role:
    """A type role: nominal pixel size, line height, weight, family (visual language, 2.3)."""

    size: int
    line: int
    weight: int
    serif: bool = False
    italic: bool = False


ROLES: dict[str, Role] = {
    "display": Role(32, 40, 500, serif=True),
    "title": Role(24, 32, 500, serif=True),
    "name": Role(20, 28, 500, serif=True),
    "name_small": Role(18, 26, 500, serif=True),
    "tile_title": Role(16, 24, 500, serif=True),
    "brand": Role(16, 22, 600),
    "heading": Role(15, 22, 600),
    "lead": Role(15, 22, 400),
    "body": Role(14, 20, 400),
    "body_medium": Role(14, 20, 500),
    "body_strong": Role(14, 20, 600),
    "large_medium": Role(15, 22, 500),
    "large_strong": Role(15, 22, 600),
    "small": Role(13, 18, 400),
    "small_medium": Role(13, 18, 500),
    "small_strong": Role(13, 18, 600),
    "caption": Role(12, 16, 400),
    "caption_medium": Role(12, 16, 500),
    "caption_strong": Role(12, 16, 600),
    "prose": Role(16, 27, 400, serif=True),
    "passage": Role(15, 24, 400, serif=True),
    "quote": Role(15, 22, 400, serif=True, italic=True),
}


@cache
def ui_families() -> tuple[str, ...]:
    """The families of the program's own words: the system's choice first."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    chosen = () if system.casefold() in _NO_CHOICE else (system,)
    return (*chosen, *(family for family in UI_FAMILIES if family != system))


@cache
def prose_families() -> tuple[str, ...]:
    """The families of what comes from a book; the program's own where no serif exists."""
    present = tuple(family for family in PROSE_FAMILIES if QFontDatabase.hasFamily(family))
    return present or ui_families()


class Fonts:
    """Ready fonts and metrics by role; made once, read by every delegate."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[str, float], QFont] = {}
        self._metrics: dict[str, QFontMetricsF] = {}

    def font(self, role: str, zoom: float = 1.0) -> QFont:
        """The font of a role; `zoom` scales its nominal size."""
        key = (role, zoom)
        if key not in self._fonts:
            self._fonts[key] = _make(ROLES[role], zoom)
        return self._fonts[key]

    def metrics(self, role: str) -> QFontMetricsF:
        """The metrics of a role at its normal size."""
        if role not in self._metrics:
            self._metrics[role] = QFontMetricsF(self.font(role))
        return self._metrics[role]

    def line(self, role: str) -> int:
        """The line height of a role in logical pixels."""
        return ROLES[role].line

    def clear(self) -> None:
        """Forget everything, after the system's fonts changed."""
        self._fonts.clear()
        self._metrics.clear()
        ui_families.cache_clear()
        prose_families.cache_clear()


def _make(role: Role, zoom: float) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setFamilies(list(prose_families() if role.serif else ui_families()))
    font.setWeight(QFont.Weight(role.weight))
    font.setItalic(role.italic)
    font.setFeature(QFont.Tag("tnum"), 0 if role.serif else 1)
    # Outlines are snapped to whole pixels vertically only: advances stay those of the design.
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    nominal = max(6, round(role.size * zoom))
    font.setPixelSize(_even_size(font, nominal) if role.serif else nominal)
    return font


def _even_size(font: QFont, nominal: int) -> int:
    """The pixel size whose x-height is nearest to 0.45 of the nominal size; serifs differ in size."""
    font.setPixelSize(_MEASURED_AT)
    share = QFontMetricsF(font).xHeight() / _MEASURED_AT
    # A font may lie about its x-height; nobody is served by a size that is far off.
    return min(nominal + 4, max(nominal - 4, round(_X_HEIGHT * nominal / share))) if share else nominal
