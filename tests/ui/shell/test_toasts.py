"""What a toast looks like: its width follows its words."""

from PySide6.QtWidgets import QWidget

from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.notify import ToastMessage
from cardgen_desktop.ui.shell.toasts import Toast
from cardgen_desktop.ui.wording import shortened

TALES = "The Strange Case of Dr Jekyll and Mr Hyde, with Other Fables and Tales of Terror"
LONG = f"“{TALES}” is on the desk already"


def test_the_lines_of_a_long_toast_are_about_as_long_as_each_other(context: UiContext) -> None:
    window = QWidget()
    window.resize(1400, 800)
    toast = Toast(ToastMessage(LONG), context=context, parent=window)
    toast.fit(1400)
    room = toast.width() - toast.width_of_margins()
    lines = toast._text.heightForWidth(room)
    assert lines == toast._text.heightForWidth(640 - toast.width_of_margins()), "no more lines than needed"
    assert toast._text.heightForWidth(room - 1) > lines, "and no wider than they need"
    window.deleteLater()


def test_a_long_name_loses_its_middle_and_a_short_one_nothing() -> None:
    assert shortened("Treasure  Island\n") == "Treasure Island"
    assert len(shortened(TALES)) <= 48
    assert shortened(TALES).startswith("The Strange Case of Dr") and shortened(TALES).endswith("of Terror")
