"""Start a window, end as soon as it is painted: `python first_paint.py cardgen|empty HOME`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def cardgen(home: str) -> None:
    """The real program with its first paint as its end."""
    from cardgen_desktop import app

    class UntilPainted(app.Application):
        async def _show(self) -> None:
            await super()._show()
            os._exit(0)

    app.Application = UntilPainted
    app.main(["--home", home])


def empty(_home: str) -> None:
    """The least that any PySide6 program shows."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, lambda: os._exit(0))

    application = QApplication(sys.argv[:1])
    window = Window()
    window.resize(1280, 800)
    window.show()
    application.exec()


if __name__ == "__main__":
    {"cardgen": cardgen, "empty": empty}[sys.argv[1]](sys.argv[2])
