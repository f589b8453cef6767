"""Pictures as they come from a drag or the clipboard."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageWriter

SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".avif"))
FILTER = "Pictures (*.png *.jpg *.jpeg *.webp *.avif)"


def picture_path(mime: QMimeData) -> Path | None:
    """The one local picture file of a drag or of the clipboard; nothing is read from the disk."""
    urls = mime.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.suffix.casefold() in SUFFIXES else None


def png_bytes(image: QImage) -> bytes:
    """An image from the clipboard or a drag as the bytes of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(data.data())
