"""Icons: line drawings tinted with a token, rendered at the device's own resolution."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ..paths import resource
from .theme import Theme


@cache
def _drawing(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


class Icons:
    """Every icon of the program by name; the cache is dropped when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pixmaps: dict[tuple[str, int, str, float], QPixmap] = {}
        theme.changed.connect(self._pixmaps.clear)

    def icon(self, name: str, token: str = "muted") -> QIcon:
        """An icon that is drawn in the theme of the moment, for actions and menus."""
        return QIcon(_TintedEngine(self, name, token))

    def pixmap(self, name: str, size: int, token: str = "muted", dpr: float = 1.0) -> QPixmap:
        """An icon of `size` logical pixels in a token's colour; raises FileNotFoundError when unknown."""
        key = (name, size, token, dpr)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._render(name, size, token, dpr)
        return self._pixmaps[key]

    def _render(self, name: str, size: int, token: str, dpr: float) -> QPixmap:
        svg = _drawing(name).replace("currentColor", self._theme.color(token).name())
        pixmap = QPixmap(QSize(round(size * dpr), round(size * dpr)))
        pixmap.setDevicePixelRatio(dpr)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap


class _TintedEngine(QIconEngine):
    """Asks the cache at paint time, so that an icon handed to Qt long ago follows a theme change."""

    def __init__(self, icons: Icons, name: str, token: str) -> None:
        super().__init__()
        self._icons, self._name, self._token = icons, name, token

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._icons, self._name, self._token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._icons.pixmap(self._name, min(size.width(), size.height()), self._tint(mode), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        side = round(min(size.width(), size.height()) / scale)
        return self._icons.pixmap(self._name, side, self._tint(mode), scale)

    def paint(self, painter: QPainter, rect, mode: QIcon.Mode, state: QIcon.State) -> None:  # type: ignore[no-untyped-def]
        side = min(rect.width(), rect.height())
        dpr = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect.topLeft(), self._icons.pixmap(self._name, side, self._tint(mode), dpr))

    def _tint(self, mode: QIcon.Mode) -> str:
        return "faint" if mode == QIcon.Mode.Disabled else self._token
