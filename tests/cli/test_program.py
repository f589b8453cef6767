"""The program as a whole: light, without Qt, one line for every complaint, an exit code for each kind."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from cardgen_desktop import __version__
from cardgen_desktop.cli import console as console_module
from cardgen_desktop.cli.console import Console, display_width, shortened
from cardgen_desktop.cli.main import build_parser
from cardgen_desktop.cli.outputs import SCHEMAS
from tests.cli.conftest import Cardgen

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("pydantic", "sqlalchemy", "lxml", "PIL", "pypdfium2", "selectolax", "charset_normalizer", "alembic")


def loaded_after(code: str) -> set[str]:
    """The top packages that a fresh interpreter has loaded after running some code."""
    code += "\nimport sys; print(' '.join({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_building_the_parser_loads_nothing_heavy() -> None:
    loaded = loaded_after("from cardgen_desktop.cli.main import build_parser; build_parser()")
    assert not loaded & set(HEAVY)


def test_no_command_loads_qt(tmp_path: Path, book: Path) -> None:
    folder, out = str(tmp_path), str(tmp_path / "x.png")
    loaded = loaded_after(
        "import os, sys; sys.stdout = open(os.devnull, 'w')\n"
        "from cardgen_desktop.cli.main import main\n"
        f"assert main(['--home', {folder!r}, 'draft', {str(book)!r}, '--out', {out!r}]) == 0\n"
        f"assert main(['--home', {folder!r}, 'jobs', 'list']) == 0\n"
        f"assert main(['inspect', {out!r}]) == 0\n"
        f"assert main(['characters', {str(book)!r}]) == 0\n"
        "assert main(['schema']) == 0\n"
        "sys.stdout = sys.__stdout__"
    )
    assert not loaded & {"PySide6", "shiboken6", "qasync"}


def test_the_module_is_the_program() -> None:
    command = [sys.executable, "-m", "cardgen_desktop.cli", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"cardgen {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["draft", "x.txt"], "Say where the card goes: --out card.png"),
        (["draft", "x.txt", "--out", "x.pdf"], '"x.pdf" does not say what kind of card'),
        (["draft", "x.txt", "--out", "x.png", "--engine", "magic"], 'There is no engine called "magic"'),
        (["jobs"], "the following arguments are required: ACTION"),
        (["jobs", "list", "--since", "soon"], '"soon" is no time'),
        (["jobs", "list", "--limit", "-1"], "a number of 0 or more"),
        (["jobs", "list", "--limit", "10001"], "at most 10000 jobs"),
        (["jobs", "list", "--status", "done"], "invalid choice: 'done'"),
        (["jobs", "list", "--since", "nan"], '"nan" is no time'),
        (["jobs", "show", "7"], "There is no job 7"),
        (["jobs", "show", "seven"], '"seven" is no number of a job'),
        (["jobs", "show", "9" * 20], "is no number of a job"),
        (["characters", "x.txt", "--limit", "few"], "a number of 0 or more"),
        (["schema", "nothing"], 'There is no schema "nothing"'),
    ],
)
def test_usage_mistakes_are_one_line_and_exit_2(
    cardgen: Cardgen, arguments: list[str], complaint: str
) -> None:
    ran = cardgen(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.complaints) == 1
    assert complaint in ran.complaints[0]


def test_home_is_taken_before_and_after_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parse = build_parser().parse_args
    assert parse(["--home", "a", "jobs", "list"]).home == "a"
    assert parse(["jobs", "list", "--home", "b"]).home == "b"
    assert parse(["--home", "a", "jobs", "--home", "b", "list", "--home", "c"]).home == "c"


def test_home_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cardgen_desktop.cli.main import main

    monkeypatch.setenv("CARDGEN_HOME", str(tmp_path / "here"))
    assert main(["jobs", "list"]) == 0
    assert (tmp_path / "here" / "cardgen.db").exists()
    assert capsys.readouterr().out == "No jobs match.\n"


def test_a_data_folder_that_cannot_be_used_is_exit_5(cardgen: Cardgen, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = cardgen("jobs", "list", "--home", tmp_path / "file")
    assert (ran.code, len(ran.complaints)) == (5, 1)


def test_every_schema_is_printed_and_is_json(cardgen: Cardgen) -> None:
    listed = cardgen("schema")
    assert [line.split()[0] for line in listed.out.splitlines()[1:]] == list(SCHEMAS)
    every = json.loads(cardgen("schema", "--json").out)
    assert every.keys() == SCHEMAS.keys()
    one = json.loads(cardgen("schema", "Quotes").out)
    assert one == every["quotes"] == TypeAdapter(SCHEMAS["quotes"][0]).json_schema(mode="serialization")
    assert set(one["$defs"]["Quotation"]["required"]) == {
        "source", "start", "end", "text", "speaker", "confidence",
    }  # fmt: skip


def test_a_mistake_of_ours_is_one_line(cardgen: Cardgen, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("boom")

    monkeypatch.setitem(SCHEMAS, "quotes", (property(broken), ""))  # pydantic knows no such type
    ran = cardgen("schema", "quotes")
    assert ran.code == 1
    assert "CardGen made a mistake" in ran.complaints[0]
    monkeypatch.setenv("CARDGEN_DETAILS", "1")
    assert "Traceback" in cardgen("schema", "quotes").err


def test_a_reader_that_goes_away_is_no_failure(book: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "cardgen_desktop.cli", "read", "--text", str(book)]
    done = subprocess.run(command, cwd=ROOT, stdout=write_end, stderr=subprocess.PIPE, timeout=60)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_behind_the_output_is_exit_5(book: Path) -> None:
    command = [sys.executable, "-m", "cardgen_desktop.cli", "read", str(book)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 5
    assert done.stderr.startswith(b"cardgen: The output could not be written")


@pytest.mark.skipif(sys.platform == "win32", reason="closing descriptors takes a POSIX shell")
@pytest.mark.parametrize(("closed", "code"), [("2>&-", 3), (">&- 2>&- <&-", 3)])
def test_closed_streams_change_no_exit_code(closed: str, code: int, tmp_path: Path) -> None:
    command = f"exec '{sys.executable}' -m cardgen_desktop.cli read '{tmp_path / 'missing.txt'}' {closed}"
    done = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="closing descriptors takes a POSIX shell")
def test_the_database_never_takes_the_place_of_a_closed_stream(book: Path, tmp_path: Path) -> None:
    out, home = tmp_path / "card.json", tmp_path / "home"
    command = f"exec '{sys.executable}' -m cardgen_desktop.cli --home '{home}' draft '{book}' --out '{out}'"
    closed = ["/bin/sh", "-c", f"{command} >&- 2>&- <&-"]
    assert subprocess.run(closed, cwd=ROOT, timeout=60).returncode == 0
    assert json.loads(out.read_text("utf-8"))["spec"] == "chara_card_v3"
    assert (home / "cardgen.db").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_behind_the_complaints_keeps_the_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cardgen_desktop.cli", "read", str(tmp_path / "missing.txt")]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=full, timeout=60)
    assert (done.returncode, done.stdout) == (3, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
def test_names_from_files_do_not_steer_the_terminal(cardgen: Cardgen, book: Path, tmp_path: Path) -> None:
    path = tmp_path / "a\nb\x1b[31m\u202ec.txt"
    path.write_bytes(book.read_bytes())
    ran = cardgen("read", path)
    assert "a b\ufffd[31m\ufffdc.txt" in ran.out
    assert len(ran.out.splitlines()) == 2
    ran = cardgen("read", tmp_path / "\x1b[2Jmissing.txt")
    assert ran.complaints[0].startswith('cardgen: "\ufffd[2Jmissing.txt" was not found')


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_progress_bar_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        console = Console()
        console.progress.show(0.5, "Reading x.txt")
        console.progress.clear()
        written = stream.getvalue()
        assert ("50%  Reading x.txt" in written and written.endswith("\r\x1b[K")) if shown else written == ""


def test_tables_line_up_and_end_where_the_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_module, "_columns", lambda: 10)
    rows = [("N", "NAME", ""), ("12", "マラ", "sea"), ("3", "Bo", "")]
    for stream, expected in (
        (io.StringIO(), " N  NAME\n12  マラ  sea\n 3  Bo\n"),
        (Terminal(), " N  NAME\n12  マラ …\n 3  Bo\n"),
    ):
        monkeypatch.setattr(sys, "stdout", stream)
        Console().table(rows, right=(0,))
        assert stream.getvalue() == expected
    assert display_width("マラe\u0301") == 5
    assert shortened("a long line of text", 10) == "a long li…"


def test_json_stays_json_on_a_terminal_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("ascii", "utf-8"):
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
        Console().print_json({"name": "Åse \udcff"})
        assert json.loads(raw.getvalue().decode(encoding)) == {"name": "Åse \udcff"}
