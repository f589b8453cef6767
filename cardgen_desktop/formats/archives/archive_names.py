"""Names of archive entries: those that lead or mean something else are refused, odd ones are kept and told.

Nothing here is ever written under such a name; but a name that leads out of its folder has no honest use,
and other programs do unpack what is passed on.
"""

import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence

from ...domain.file_names import is_device
from .. import limits
from ..findings import Findings, UnreadableError
from .archive_directory import DirectoryEntry

_UTF8_FLAG = 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_UNSEEN = re.compile("[\x01-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FORBIDDEN = re.compile(r'[<>"|?*]')
_SHOWN_LETTERS = 60

Sign = Callable[[str], bool]


def name_of(entry: DirectoryEntry) -> str:
    """An entry's path, with forward slashes. Raises `UnreadableError` for one that is no place inside."""
    path = _decoded(entry).replace("\\", "/")
    trouble = _trouble(path, entry)
    if trouble:
        raise UnreadableError(f"Its archive has the entry {shown_name(path)}, {trouble}.")
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def is_folder(entry: DirectoryEntry) -> bool:
    """Whether an entry is a folder, which has nothing in it."""
    return entry.name[-1:] in (b"/", b"\\") and not entry.size


def shown_name(path: str) -> str:
    """A name for a sentence: shortened, and with nothing in it that changes what is seen."""
    plain = _UNSEEN.sub("\ufffd", path.replace("\0", "\ufffd"))
    return f"`{plain if len(plain) <= _SHOWN_LETTERS else plain[:_SHOWN_LETTERS] + '...'}`"


def report_odd_names(names: Sequence[str], entries: Sequence[DirectoryEntry], findings: Findings) -> None:
    """Say which names some systems or programs cannot take; they are kept as they are.

    Raises `UnreadableError` for names that are one and the same file on some systems.
    """
    _refuse_clashes(names)
    for sign, told in _ODD:
        odd = [name for name in names if sign(name)]
        if odd:
            named = "A name" if len(odd) == 1 else f"{len(odd):,} names"
            where = f"{named} in the archive with {told}: {shown_name(odd[0])}"
            findings.warning("", f"{where}; kept as {'it is' if len(odd) == 1 else 'they are'}.")
    if any(b"\\" in entry.name for entry in entries):
        findings.info("", "Names in the archive have backslashes; read as slashes.")
    if not all(entry.agrees for entry in entries):
        findings.warning(
            "", "Files are called otherwise in two places of the archive; other programs may see others."
        )


def _decoded(entry: DirectoryEntry) -> str:
    """The name as text: UTF-8 where it is marked or fits, else the code page of the first zip programs."""
    try:
        return entry.name.decode("utf-8")
    except UnicodeDecodeError:
        return entry.name.decode("cp437" if not entry.flags & _UTF8_FLAG else "latin-1")


def _trouble(path: str, entry: DirectoryEntry) -> str:
    """Why an entry may not be in a card's archive; empty when it may."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    kind = stat.S_IFMT(entry.mode)
    checks = (
        ("\0" in path, "which has a NUL in its name"),
        (len(path) > limits.ARCHIVE_NAME_LETTERS, _over(len(path), "letters", limits.ARCHIVE_NAME_LETTERS)),
        (path.startswith("/"), "which begins at the root of a disk or at another computer"),
        (bool(_DRIVE.match(path)), "which names a drive"),
        (any(_leads_up(part) for part in parts), "which leads out of its folder"),
        (not parts, "which has no name"),
        (any(map(is_device, parts)), "which means a device on Windows"),
        (":" in path, "which has a colon: on Windows that is a hidden part of another file"),
        (_ends_oddly(parts), "which ends in a dot or a space: Windows makes another name of it"),
        (kind not in (0, stat.S_IFREG, stat.S_IFDIR), "which is a link or a device and not a file"),
        (len(parts) > limits.ARCHIVE_DEPTH, _over(len(parts), "levels", limits.ARCHIVE_DEPTH)),
    )
    return next((trouble for found, trouble in checks if found), "")


def _over(found: int, unit: str, limit: int) -> str:
    return f"whose name has {found:,} {unit}; the limit is {limit:,}"


def _leads_up(part: str) -> bool:
    """`..`, also with the dots and spaces that Windows cuts off."""
    return part.startswith("..") and not part.strip(" .")


def _ends_oddly(parts: Sequence[str]) -> bool:
    return any(part.endswith((".", " ")) for part in parts)


def _refuse_clashes(names: Sequence[str]) -> None:
    """Names that become one where case or the composition of letters does not count."""
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        alike[unicodedata.normalize("NFC", name).casefold()].add(name)
    clashing = [sorted(found) for found in alike.values() if len(found) > 1]
    if clashing:
        pair = " and ".join(shown_name(name) for name in clashing[0][:2])
        raise UnreadableError(
            f"Names in its archive differ only in case or accents, such as {pair}: "
            "on Windows and macOS they are one file."
        )


_ODD: tuple[tuple[Sign, str], ...] = (
    (lambda name: bool(_UNSEEN.search(name)), "letters that do not show"),
    (lambda name: bool(_FORBIDDEN.search(name)), "letters that Windows does not take"),
)
