"""BYAF, the archive of Backyard AI, version 1: a manifest, one character, its scenarios and images."""

import re
from functools import partial
from typing import Any, BinaryIO

from ...domain.card import Card
from .. import limits
from ..findings import Findings, UnreadableError, shown
from ..json_text import decode_text, parse_object, write_json
from ..read_card import CardFormat, ContainedFile, ReadCard
from ..writing.export_order import ExportOrder
from .archive import Archive, ArchiveEntry, is_archive, open_archive
from .archive_directory import directory_of
from .archive_names import shown_name
from .byaf_images import with_images
from .byaf_mapping import FORMAT as NAME
from .byaf_mapping import card_from_objects
from .byaf_objects import MANIFEST_PATH, VERSION, Objects
from .byaf_writing import CHAT_PREFIX, write_archive, written_objects
from .charx_assets import Places, avatar_of, resolved

_CHARACTERS = b"characters/"
_CHARACTER_PATH = re.compile(r"characters/[^/]+/character\.json")
_LOOKED_AT = 1024 * 1024


def is_byaf(data: bytes) -> bool:
    """Whether a zip file is a BYAF archive, by its table of contents; a damaged one by its beginning."""
    if not is_archive(data):
        return False
    try:
        names = {record.name for record in directory_of(data)}
    except UnreadableError:
        head = data[:_LOOKED_AT]
        return MANIFEST_PATH.encode() in head and _CHARACTERS in head
    return (
        MANIFEST_PATH.encode() in names
        and b"card.json" not in names
        and any(name.startswith(_CHARACTERS) for name in names)
    )


def read_byaf(data: bytes) -> ReadCard:
    """The card of a BYAF archive, with its images. Raises `UnreadableError`."""
    findings = Findings()
    archive = open_archive(data, findings)
    reader = _Reader(archive, findings)
    manifest = reader.manifest()
    character_path, character = reader.character(manifest)
    paths, scenarios = reader.scenarios(manifest)
    objects = Objects({**manifest, "scenarios": paths}, character, tuple(scenarios) or ({},))
    card = card_from_objects(objects, findings)
    there = {file.path for file in archive.files()}
    card = with_images(card, objects, character_path.removesuffix("character.json"), there)
    card = resolved(card, Places(archive), findings)
    picture, chats = avatar_of(card, archive, findings), _chats(scenarios, findings)
    return ReadCard(
        container=NAME,
        spec=None,
        spec_version=None,
        card=card,
        picture=picture,
        problems=findings.problems(),
        original=None,
        files=(*archive.files(without=reader.read), *chats),
        format=NAME,
    )


def write_byaf(order: ExportOrder, out: BinaryIO) -> None:
    """Write a BYAF archive of version 1. Raises `UnreadableError` for what is over a limit."""
    write_archive(order, out)


def held_byaf(order: ExportOrder) -> Card:
    """The card as it would be read back from a BYAF archive."""
    objects, _ = written_objects(order)
    folder = str(objects.manifest["characters"][0]).removesuffix("character.json")
    return with_images(card_from_objects(objects, Findings()), objects, folder)


class _Reader:
    """Reads the JSON files of an archive, and remembers which entries those were."""

    def __init__(self, archive: Archive, findings: Findings) -> None:
        self.archive = archive
        self.findings = findings
        self.read: list[ArchiveEntry] = []
        self._room = limits.TEXT_TOTAL_BYTES

    def manifest(self) -> dict[str, Any]:
        found = self._object(MANIFEST_PATH)
        if found is None:
            raise UnreadableError("It is an archive of Backyard AI without its manifest.json.")
        version = found.get("schemaVersion")
        if version != VERSION:
            self.findings.warning(
                "",
                f"The archive is of version {shown(version)}; read as version {VERSION}, all is kept.",
            )
        return found

    def character(self, manifest: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The one character; the paths of others are only told."""
        paths = _paths(manifest.get("characters"))
        if not paths:
            paths = [entry.path for entry in self.archive.entries if _CHARACTER_PATH.fullmatch(entry.path)]
            self.findings.warning("", "The manifest names no character; the one in the archive is read.")
        if len(paths) > 1:
            message = f"The archive has {len(paths):,} characters; the first is read, the others are kept."
            self.findings.warning("", message)
        found = self._object(paths[0]) if paths else None
        if found is None:
            raise UnreadableError("It is an archive of Backyard AI without the character its manifest names.")
        return paths[0], found

    def scenarios(self, manifest: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
        """Paths and objects of the scenarios that can be read; what cannot stays as a file."""
        paths = _paths(manifest.get("scenarios"))
        if not paths:
            self.findings.warning("", "The archive has no scenario; the card is without greeting.")
        found = [(path, scenario) for path in paths if (scenario := self._scenario(path)) is not None]
        return [path for path, _ in found], [scenario for _, scenario in found]

    def _scenario(self, path: str) -> dict[str, Any] | None:
        try:
            found = self._object(path)
        except UnreadableError as error:
            self.findings.warning("", f"The scenario {shown_name(path)} cannot be read. {error.reason}")
            return None
        if found is None:
            self.findings.warning("", f"The scenario {shown_name(path)} is not in the archive.")
        return found

    def _object(self, path: str) -> dict[str, Any] | None:
        """The JSON object of an entry; None where there is no such entry. Raises `UnreadableError`."""
        entry = self.archive.find(path)
        if entry is None:
            return None
        self._room -= entry.size
        if entry.size > limits.JSON_BYTES or self._room < 0:
            limit = limits.JSON_BYTES if entry.size > limits.JSON_BYTES else limits.TEXT_TOTAL_BYTES
            raise UnreadableError(
                f"The texts of the archive are over {limits.megabytes(limit)}, which is the limit."
            )
        content = self.archive.read(entry, self.findings)
        found = parse_object(decode_text(content, self.findings), self.findings)
        self.read.append(entry)
        return found


def _paths(told: Any) -> list[str]:
    return [path for path in told if isinstance(path, str)] if isinstance(told, list) else []


def _chats(scenarios: list[dict[str, Any]], findings: Findings) -> tuple[ContainedFile, ...]:
    """The messages of scenarios as files of the card."""
    found = [
        (place, write_json({"messages": messages}))
        for place, scenario in enumerate(scenarios)
        if (messages := scenario.get("messages"))
    ]
    if found:
        findings.warning(
            "", "Chats in the archive are private: they stay with the card and go into no file but BYAF."
        )
    return tuple(
        ContainedFile(f"{CHAT_PREFIX}{place}", len(content), partial(bytes, content))
        for place, content in found
    )


FORMAT = CardFormat(container=NAME, recognise=is_byaf, holds_card=is_byaf, read=read_byaf)
