"""What every widget is handed instead of reaching for globals."""

from dataclasses import dataclass

from ..settings import SettingsFile
from .icons import Icons
from .notify import Notify
from .portrait import Portraits
from .theme import Theme


@dataclass(frozen=True)
class UiContext:
    """The shared services of the window."""

    theme: Theme
    icons: Icons
    portraits: Portraits
    notify: Notify
    settings: SettingsFile
