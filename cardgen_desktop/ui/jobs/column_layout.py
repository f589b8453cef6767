"""Which columns are shown, in which order and how wide; plain values, remembered from start to start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...settings import SettingsFile
from .columns import COLUMNS, INDEX, NEVER_FOLDED

TABLE = "jobs"
WIDEST = 2000
FROM_THE_START = frozenset(column.key for column in COLUMNS if column.shown)


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """What the person chose. `shown` and `order` are keys, `widths` logical pixels; empty is the default."""

    shown: frozenset[str] = FROM_THE_START
    order: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)

    def toggled(self, key: str) -> "ColumnLayout":
        """The layout with a column shown or hidden; the last one stays."""
        return replace(self, shown=(self.shown ^ {key}) or self.shown)

    def widened(self, key: str, width: int) -> "ColumnLayout":
        """The layout with another width of a column, within bounds."""
        width = max(COLUMNS[INDEX[key]].least, min(WIDEST, width))
        return replace(self, widths={**self.widths, key: width})

    @property
    def filling(self) -> str:
        """The column that takes what is left: progress, else the first there is."""
        return "progress" if "progress" in self.shown else next(key for key in INDEX if key in self.shown)

    def fitted(self, room: int) -> dict[str, int]:
        """Widths by key of what is visible in so many pixels.

        Columns that are there from the start fold when there is no room, the least important first; then the
        name gives way, then progress. What is still too wide is scrolled.
        """
        widths = {c.key: self.widths.get(c.key, c.width) for c in COLUMNS if c.key in self.shown}
        widths[self.filling] = COLUMNS[INDEX[self.filling]].width
        for key in self._folding(least_rank=2):
            if sum(widths.values()) > room and len(widths) > 1:
                widths.pop(key, None)
        _give_way(widths, "character", room)
        for key in self._folding(least_rank=1):
            if sum(widths.values()) > room and len(widths) > 1:
                widths.pop(key, None)
        _give_way(widths, "progress", room)
        widths[self.filling] += max(0, room - sum(widths.values()))
        return widths

    def _folding(self, least_rank: int) -> list[str]:
        columns = [
            c for c in COLUMNS if c.rank >= max(least_rank, NEVER_FOLDED + 1) and c.key != self.filling
        ]
        return [column.key for column in sorted(columns, key=lambda column: -column.rank)]


def _give_way(widths: dict[str, int], key: str, room: int) -> None:
    missing = sum(widths.values()) - room
    if missing > 0 and key in widths:
        widths[key] -= min(missing, max(0, widths[key] - COLUMNS[INDEX[key]].least))


def remembered(settings: SettingsFile) -> ColumnLayout:
    """The layout of last time; columns that are not known any more are passed over."""
    kept = settings.columns(TABLE)
    shown = frozenset(key for key in kept.shown if key in INDEX)
    order = tuple(dict.fromkeys(key for key in kept.order if key in INDEX))
    layout = ColumnLayout(shown=shown or FROM_THE_START, order=order)
    for key, width in kept.widths.items():
        layout = layout.widened(key, width) if key in INDEX else layout
    return layout


def remember(settings: SettingsFile, layout: ColumnLayout) -> None:
    """Keep a layout for next time; the default is not written down: a newer program may improve it."""
    shown: Iterable[str] = () if layout.shown == FROM_THE_START else (k for k in INDEX if k in layout.shown)
    settings.remember_columns(TABLE, shown=[*shown], order=[*layout.order], widths={**layout.widths})
