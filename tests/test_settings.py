"""Settings: kept in a small file, tolerant of what became of it."""

import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cardgen_desktop.settings import SettingsFile
from cardgen_desktop.settings.model import Settings
from cardgen_desktop.settings.toml import to_toml


def test_what_is_set_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.toml"
    settings = SettingsFile(path)
    settings.update(theme="dark", last_folder='C:\\Bücher\\"neu"\n')
    settings.update_window(geometry="QUJD", page="cards")
    settings.remember_splitter("jobs", [800, 336])
    settings.save()
    again = SettingsFile(path)
    assert again.value == settings.value and not again.changed
    assert again.splitter("jobs") == [800, 336] and again.splitter("draft") == []
    assert again.first_look.theme == "dark" and again.first_look.geometry == "QUJD"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"theme = ",
        b"\xff\xfe\x00",
        b"theme = 5",
        b'window = "wide"',
        b"[window]\ngeometry = 7",
        b"x" * 300_000,
    ],
    ids=["empty", "cut", "binary", "type", "table", "inner type", "huge"],
)
def test_a_broken_file_means_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings = SettingsFile(path)
    assert settings.value == Settings()
    assert (settings.first_look.theme, settings.first_look.geometry) == ("system", "")


def test_one_wrong_value_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "light"\nprose_zoom = 5000\nfrom_the_future = true\n', "utf-8")
    value = SettingsFile(path).value
    assert value.theme == "light" and value.prose_zoom == 100


def test_a_folder_in_place_of_the_file_is_survived(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path)
    assert settings.value == Settings()
    settings.update(theme="dark")
    with pytest.raises(IsADirectoryError):
        settings.save()
    assert settings.changed, "what could not be written is still to be written"


def test_values_have_bounds(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.toml")
    with pytest.raises(ValidationError):
        settings.update(workers=99)
    assert settings.value.workers == 0


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "settings.toml")
    settings.update(theme="system")
    settings.save()
    assert not settings.path.exists()


KEYS = st.text(min_size=1, max_size=20)
SCALARS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.lists(st.integers(0, 9999)))


@given(st.dictionaries(KEYS, st.one_of(SCALARS, st.dictionaries(KEYS, SCALARS))))
def test_every_value_survives_toml(values: dict[str, object]) -> None:
    text = to_toml(values)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return
    assert tomllib.loads(text) == values


def test_the_first_look_needs_no_pydantic() -> None:
    code = "import sys, cardgen_desktop.app; print('pydantic' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
