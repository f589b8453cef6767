"""A recording double of `Notify`, and the context widgets are tested with."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from cardgen_desktop.settings import SettingsFile
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.icons import Icons
from cardgen_desktop.ui.notify import BannerMessage, Notify, ToastMessage
from cardgen_desktop.ui.portrait import Portraits
from cardgen_desktop.ui.theme import Theme, ThemeMode


class RecordingNotify(Notify):
    """Remembers everything it was asked to say, in order; errors are toasts with `error` set."""

    def __init__(self) -> None:
        super().__init__()
        self.toasts: list[ToastMessage] = []
        self.banners: dict[str, BannerMessage] = {}
        self.failures: list[Exception] = []
        self.toasted.connect(self.toasts.append)
        self.banner_raised.connect(self._raise)
        self.banner_dismissed.connect(self._drop)
        self.listen()

    @property
    def sentences(self) -> list[str]:
        """The texts of all toasts so far."""
        return [toast.text for toast in self.toasts]

    @property
    def errors(self) -> list[str]:
        """The sentences of the failures shown so far."""
        return [toast.text for toast in self.toasts if toast.error]

    def error(self, error: Exception, *, retry: object = None) -> None:
        self.failures.append(error)
        super().error(error, retry=retry)  # type: ignore[arg-type]

    def _raise(self, message: BannerMessage) -> None:
        self.banners[message.key] = message

    def _drop(self, key: str) -> None:
        self.banners.pop(key, None)


def make_context(
    folder: Path, notify: Notify, *, mode: ThemeMode = "light", app: QCoreApplication | None = None
) -> UiContext:
    """A context over a running QApplication, styled like the program."""
    app = app or QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(mode=mode)
    theme.reduce_motion = True
    theme.apply(app)
    settings = SettingsFile(folder / "settings.toml")
    return UiContext(
        theme=theme, icons=Icons(theme), portraits=Portraits(theme), notify=notify, settings=settings
    )
