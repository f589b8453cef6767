"""The walls of the house: who may import whom, and calls that break the event loop."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cardgen_desktop"
THIRD_PARTY = {
    "PySide6", "shiboken6", "qasync", "sqlalchemy", "aiosqlite", "alembic", "httpx", "pydantic",
    "platformdirs", "PIL", "pypdfium2", "lxml", "selectolax", "charset_normalizer",
    "pydantic_core", "keyring", "json_repair", "xllamacpp", "yaml",
}  # fmt: skip
ANYTHING = THIRD_PARTY | {
    "domain", "formats", "sources", "reading", "drafting", "store", "jobs", "ui", "cli",
    "settings", "paths", "crash", "log", "app", "net", "llm",
}  # fmt: skip
MAY_IMPORT: dict[str, set[str]] = {
    "domain": {"pydantic"},
    "formats": {"domain", "paths", "PIL", "pydantic", "yaml"},
    "net": {"domain", "httpx"},
    "sources": {
        "domain",
        "formats",
        "net",
        "paths",
        "pypdfium2",
        "lxml",
        "selectolax",
        "charset_normalizer",
        "pydantic",
    },
    "reading": {"domain", "paths"},
    "llm": {"domain", "net", "paths", "pydantic", "json_repair", "xllamacpp"},
    "drafting": {"domain", "reading", "llm", "paths", "pydantic"},
    "store": {"domain", "paths", "pydantic", "sqlalchemy", "aiosqlite", "alembic"},
    "jobs": {
        "domain",
        "formats",
        "sources",
        "reading",
        "drafting",
        "llm",
        "keyring",
        "store",
        "settings",
        "paths",
        "crash",
        "log",
        "pydantic",
    },
    "ui": {"domain", "jobs", "settings", "paths", "crash", "PySide6", "shiboken6", "qasync"},
    "cli": {"domain", "jobs", "settings", "paths", "pydantic", "log"},
    "settings": {"domain", "paths", "pydantic"},
    "paths": {"domain", "platformdirs"},
    "crash": {"domain", "paths", "log"},
    "log": {"domain", "paths"},
    "bootstrap": set(),
    "__init__": set(),
    "__main__": {"launch"},
    "launch": {"app", "domain", "jobs", "paths"},
    "app": ANYTHING - {"sqlalchemy", "httpx"},
    "cli/main": ANYTHING - {"ui", "PySide6", "shiboken6", "qasync", "app"},
    "cli/__main__": {"cli"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "resources" not in path.parts)


def layer_of(path: Path) -> str:
    """The rule that applies to a module: its own if it has one, else that of its top folder."""
    name = path.relative_to(PACKAGE).with_suffix("").as_posix()
    return name if name in MAY_IMPORT else name.split("/")[0]


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every import, also inside functions, as (line, first name of what is imported)."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, top(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            full = base + (node.module.split(".") if node.module else [])
            if full == ["cardgen_desktop"]:
                yield from ((node.lineno, alias.name) for alias in node.names if alias.name != "__version__")
            elif full:
                yield node.lineno, top(full)


def top(names: list[str]) -> str:
    """The layer of one of our modules, else the name of the foreign package."""
    return names[1] if names[0] == "cardgen_desktop" and len(names) > 1 else names[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_what_its_layer_may(path: Path) -> None:
    layer = layer_of(path)
    own = layer.split("/")[0]
    allowed = MAY_IMPORT[layer] | {own}
    allowed |= {"pydantic_core"} if "pydantic" in allowed else set()
    wrong = [
        f"line {line}: {name}" for line, name in imports_of(path) if name in ANYTHING and name not in allowed
    ]
    assert not wrong, f"{layer} may not import: {wrong}"


def test_only_declared_packages_are_imported() -> None:
    import sys

    known = ANYTHING | set(sys.stdlib_module_names) | {"__future__", "cardgen_desktop"}
    own = {path.stem for path in PACKAGE.iterdir()}
    wrong = {
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in MODULES
        for line, name in imports_of(path)
        if name not in known | own
    }
    assert not wrong


FORBIDDEN_CALLS = {
    r"\.exec\(": "a nested event loop stops other tasks for ever; use dialogs.opened()",
    r"processEvents\(": "a nested event loop stops other tasks for ever",
    r"asyncSlot|asyncClose|asyncWrap": "qasync's own helpers lose tasks; use a TaskOwner",
    r"QMessageBox\.(question|warning|information|critical|about)\(": "static dialogs nest an event loop",
    r"Q(File|Input|Color|Font)Dialog\.get\w+\(": "static dialogs nest an event loop",
    r"threading\.(R?Lock|Semaphore|Condition)\(": "async code is serialised by statements",
}


@pytest.mark.parametrize("pattern", FORBIDDEN_CALLS)
def test_no_call_that_nests_a_loop_or_blocks_it(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found, FORBIDDEN_CALLS[pattern]


def test_the_patterns_find_what_they_forbid() -> None:
    samples = [
        "dialog.exec()", "app.processEvents()", "@asyncSlot()", "QMessageBox.question(self)",
        "QFileDialog.getOpenFileName(self)", "threading.Lock()",
    ]  # fmt: skip
    assert all(re.search(pattern, text) for pattern, text in zip(FORBIDDEN_CALLS, samples, strict=True))


def lengths() -> list[tuple[int, str]]:
    """Lines of every function in the package, longest first."""
    found = [
        (
            (node.end_lineno or node.lineno) - node.lineno + 1,
            f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
        )
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return sorted(found, reverse=True)


def test_functions_and_modules_stay_small() -> None:
    found = lengths()
    assert not [item for item in found if item[0] > 50]
    assert found[len(found) // 10][0] <= 25, "nine of ten functions have at most 25 lines"
    assert found[len(found) // 2][0] <= 8, "half of the functions have at most 8 lines"
    long = [str(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > 400]
    assert not long


def test_public_names_say_what_they_are_for() -> None:
    bare = [
        f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}"
        for path in MODULES
        for tree in [ast.parse(path.read_text("utf-8"))]
        for node in [tree, *tree.body]
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not getattr(node, "name", "module").startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not bare
