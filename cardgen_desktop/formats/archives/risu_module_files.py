"""RisuAI's module files (`.risum`) that stand alone: their lorebook, without what else a module does."""

from ...domain.card import Lorebook
from ..books.risu_lorebook import FORMAT as BOOK_FORMAT
from ..books.risu_lorebook import lorebook_of
from ..findings import Findings, UnreadableError
from ..read_card import CardFormat, ReadBook
from .risu_module import is_module, read_module

NAME = "risum"

_BESIDE = {
    "trigger": "triggers",
    "regex": "regular expressions",
    "cjs": "code",
    "assets": "assets",
    "backgroundEmbedding": "background",
    "customModuleToggle": "switches",
}
"""What a module holds that no lorebook can, and what RisuAI calls it."""


def holds_module(data: bytes) -> bool:
    """Whether a module file can be read as far as its text."""
    try:
        read_module(data)
    except UnreadableError:
        return False
    return True


def read_module_file(data: bytes) -> ReadBook:
    """The lorebook of a module. Raises `UnreadableError` for a module without one."""
    module = read_module(data).module
    found = module.get("lorebook")
    if not isinstance(found, list | dict) or not found:
        raise UnreadableError("It is a module of RisuAI without a lorebook.")
    findings = Findings()
    book: Lorebook = lorebook_of({"type": "risu", "ver": 1, "data": found}, findings)
    beside = [word for key, word in _BESIDE.items() if module.get(key)]
    if beside:
        told = ", ".join(beside)
        findings.warning("", f"The module has more than a lorebook ({told}), which is left out.")
    name = module.get("name")
    if isinstance(name, str) and name and not book.name:
        book = book.model_copy(update={"name": name})
    return ReadBook(NAME, BOOK_FORMAT, book, findings.problems(), None)


FORMAT = CardFormat(container=NAME, recognise=is_module, holds_card=holds_module, read=read_module_file)
