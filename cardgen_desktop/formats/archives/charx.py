"""CHARX (SPEC_V3.md, CHARX): a zip archive with `card.json` at its root and the card's files beside it."""

from typing import Any, BinaryIO

from ...domain.card import Card, Lorebook
from .. import limits
from ..findings import Findings, UnreadableError
from ..json_text import decode_text, parse_object
from ..model.differences import book_differences
from ..model.normalise import V3, card_from
from ..model.shape import is_card
from ..payload import refuse_lock
from ..read_card import CardFormat, ReadCard, said
from ..writing.export_order import ExportOrder
from .archive import Archive, ArchiveEntry, is_archive, open_archive
from .archive_directory import directory_of
from .archive_names import shown_name
from .charx_assets import CONTAINER, Places, avatar_of, resolved, with_missing
from .charx_names import CARD_PATH
from .risu_module import MODULE_PATH, read_module

_OTHERS = ("__MACOSX/",)
_LOOKED_AT = 1024 * 1024
_NO_CARD = "It is an archive without a character card: there is no card.json in it."


def is_charx(data: bytes) -> bool:
    """Whether a zip file has a `card.json`, also one that is damaged or will be refused."""
    if not is_archive(data):
        return False
    try:
        names = [record.name for record in directory_of(data)]
    except UnreadableError:
        return may_hold_card(data)
    return any(name.lower().endswith(CARD_PATH.encode()) for name in names)


def may_hold_card(data: bytes) -> bool:
    """Whether the beginning or end of a file names a `card.json`, as a damaged archive does."""
    sign = CARD_PATH.encode()
    return sign in data[:_LOOKED_AT] or sign in data[-_LOOKED_AT:]


def read_charx(data: bytes) -> ReadCard:
    """The card of a CHARX archive, with its files. Raises `UnreadableError`."""
    findings = Findings()
    return read_archive_card(open_archive(data, findings), CONTAINER, findings)


def read_archive_card(archive: Archive, container: str, findings: Findings) -> ReadCard:
    """The card of an opened archive; `files` are all entries but the card's. Raises `UnreadableError`."""
    entry = _card_entry(archive)
    if entry is None:
        raise UnreadableError(_NO_CARD, "Unpack it, and import the cards that are in it.")
    _report_place(entry, archive, findings)
    original = _object(entry, archive, findings)
    card = _card(original, findings)
    card = resolved(with_missing(card), Places(archive, entry.path.removesuffix(CARD_PATH)), findings)
    copies, alternatives = _copies(entry, archive, original, findings)
    card, other = _with_module(card, archive, findings)
    return ReadCard(
        container=container,
        spec=said(original, "spec"),
        spec_version=said(original, "spec_version"),
        card=card,
        picture=avatar_of(card, archive, findings),
        problems=findings.problems(),
        original=original,
        alternatives=(*other, *alternatives),
        files=archive.files(without=(entry, *copies)),
    )


def write_charx(order: ExportOrder, out: BinaryIO) -> None:
    """Write card, picture and files as CHARX. Raises `UnreadableError` for what is over a limit."""
    from .charx_writing import write_archive

    write_archive(order, out)


def _card_entry(archive: Archive) -> ArchiveEntry | None:
    """`card.json` at the root, else the one that lies least deep, as in a folder that was packed whole."""
    exact = archive.find(CARD_PATH)
    if exact is not None:
        return exact
    named = [
        entry
        for entry in archive.entries
        if entry.path.rpartition("/")[2].casefold() == CARD_PATH and not entry.path.startswith(_OTHERS)
    ]
    return min(named, key=lambda entry: entry.path.count("/"), default=None)


def _report_place(entry: ArchiveEntry, archive: Archive, findings: Findings) -> None:
    if entry.path != CARD_PATH:
        findings.warning(
            "", f"The card lies at {shown_name(entry.path)} instead of card.json; other programs miss it."
        )
    endings = (other.path for other in archive.entries if other.path.endswith(CARD_PATH))
    first = next(endings, entry.path)
    if first != entry.path and not first.startswith(_OTHERS):
        findings.warning(
            "", f"{shown_name(first)} stands before card.json, and SillyTavern takes it for the card."
        )


def _object(entry: ArchiveEntry, archive: Archive, findings: Findings) -> dict[str, Any]:
    if entry.size > limits.JSON_BYTES:
        raise UnreadableError(
            f"Its card.json is {limits.megabytes(entry.size)}; "
            f"the limit is {limits.megabytes(limits.JSON_BYTES)}."
        )
    content = archive.read(entry, findings)
    refuse_lock(content)
    return parse_object(decode_text(content, findings), findings)


def _card(original: dict[str, Any], findings: Findings) -> Card:
    if not is_card(original):
        raise UnreadableError("Its card.json is JSON, but not a character card.")
    if original.get("spec") != V3:
        findings.info("spec", "An archive should hold a V3 card: RisuAI takes no other; read as it is.")
    return card_from(original, findings)


def _copies(
    chosen: ArchiveEntry, archive: Archive, original: dict[str, Any], findings: Findings
) -> tuple[list[ArchiveEntry], list[Card]]:
    """Further entries called `card.json`, and the cards in them that say something else."""
    copies = [entry for entry in archive.entries if entry.path.startswith(f"{chosen.path}~")]
    found = []
    for copy in copies[:1]:
        try:
            other = _object(copy, archive, Findings())
            if other != original:
                found.append(_card(other, Findings()))
        except UnreadableError as error:
            findings.warning("", f"The second card.json cannot be read. {error.reason}")
    return copies, found


def _with_module(card: Card, archive: Archive, findings: Findings) -> tuple[Card, tuple[Card, ...]]:
    """The card with RisuAI's lorebook where it has none; where both are and differ, the other as a copy."""
    theirs = _module_book(archive, findings)
    if theirs is None or not theirs.entries:
        return card, ()
    own = card.data.character_book or Lorebook()
    other = _with_book(card, own.model_copy(update={"entries": theirs.entries}))
    if not own.entries:
        findings.info("data.character_book", f"Taken from RisuAI's {MODULE_PATH}.")
        return other, ()
    if not book_differences(Lorebook(entries=own.entries), theirs):
        return card, ()
    findings.warning(
        "data.character_book",
        f"RisuAI's {MODULE_PATH} has another lorebook ({len(theirs.entries):,} entries), which RisuAI shows "
        f"instead; the card's own ({len(own.entries):,} entries) is used.",
    )
    return card, (other,)


def _module_book(archive: Archive, findings: Findings) -> Lorebook | None:
    entry = archive.find(MODULE_PATH)
    if entry is None:
        return None
    try:
        return read_module(archive.read(entry)).book()
    except UnreadableError as error:
        findings.warning(MODULE_PATH, f"RisuAI's module cannot be read and is kept as it is. {error.reason}")
        return None


def _with_book(card: Card, book: Lorebook) -> Card:
    return card.model_copy(update={"data": card.data.model_copy(update={"character_book": book})})


FORMAT = CardFormat(container=CONTAINER, recognise=is_charx, holds_card=is_charx, read=read_charx)
