"""What the child processes are asked about cards: read, check, cut, write and prove them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter

from ..domain.avatar import Crop
from ..domain.card import Card, CardFile, ExportTarget, InspectedCard, Lorebook
from ..domain.card_differences import DifferenceReport
from ..domain.card_export import ExportOptions, ExportPlan, RoundTrip
from ..domain.card_library import ExportReport
from ..domain.errors import CardError, InputError, InternalError, StorageError
from ..domain.lint import LintFinding
from ..domain.value import Value
from .child import in_thread
from .conversation import Order
from .opened import OpenedFile, Picture

T = TypeVar("T")
_OPENED = TypeAdapter(OpenedFile)
_ALL_OPENED: TypeAdapter[tuple[OpenedFile, ...]] = TypeAdapter(tuple[OpenedFile, ...])
_INSPECTED = TypeAdapter(InspectedCard)
_REPORT = TypeAdapter(ExportReport)
_TRUTH = TypeAdapter(bool)
_DIFFERENCES = TypeAdapter(DifferenceReport)
_PICTURE = TypeAdapter(Picture)
_FILE = TypeAdapter(CardFile)
_LOREBOOK = TypeAdapter(Lorebook)
_PLAN = TypeAdapter(ExportPlan)
_ROUND_TRIP = TypeAdapter(RoundTrip)
_ANSWER = TypeAdapter(bool)
_FINDINGS: TypeAdapter[tuple[LintFinding, ...]] = TypeAdapter(tuple[LintFinding, ...])


class Preview(Value):
    """A small PNG; empty where there is nothing to show."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    png: bytes = Field(default=b"", repr=False)


_PREVIEW = TypeAdapter(Preview)


@dataclass(frozen=True, slots=True)
class WholeCard:
    """A card and everything that goes out with it.

    `picture` is the SHA-256 of a stored picture, "" for the generated portrait, and `picture_data` one that
    is no file; `files` are stored as well.
    """

    card: Card
    original: dict[str, Any] | None = None
    picture: str = ""
    picture_data: bytes | None = field(default=None, repr=False)
    files: tuple[CardFile, ...] = ()


class CardProcesses:
    """The part of `process.ProcessPool` about cards; pictures and files are kept in, and read from, `assets`.

    Without such a folder nothing of a card is kept. Every method raises `CardgenError` with a sentence.
    """

    assets: Path | None
    _read_seconds: float

    async def open_file(
        self,
        path: Path,
        *,
        sources_only: bool = False,
        cards_only: bool = False,
        in_folder: bool = False,
        digest: bool = False,
    ) -> OpenedFile:
        """Read whatever a file is, a card or a source document; raises `InputError`.

        `sources_only` reads a card as a source; `cards_only` reads everything as a card, and says why it is
        none. A picture that was found `in_folder` and holds no card is no failure. `digest` asks for its
        SHA-256.
        """
        only = {"sources_only": sources_only, "cards_only": cards_only}
        more = {"in_folder": in_folder, "digest": digest, **self._folder()}
        return await self._ask(self._file_order("open_file", path, InputError, **only, **more), _OPENED)

    async def open_text(self, text: str, name: str) -> OpenedFile:
        """Read pasted text as a card or a lorebook; raises `CardError`. `name` is used in sentences."""
        return await self._ask(
            self._order("open_text", f'"{name}"', CardError, text=text, name=name), _OPENED
        )

    async def open_cards(self, files: Sequence[tuple[Path, bool]]) -> tuple[OpenedFile, ...]:
        """Read the first of some card files, each with whether it was found in a folder; at least one.

        What cannot be used says so in its place. Raises `CardgenError` when a file ends the child, or cannot
        be stored.
        """
        listed = [{"path": os.fsencode(path), "in_folder": in_folder} for path, in_folder in files]
        return await self._ask(
            self._order("open_cards", "A card file", InputError, files=listed), _ALL_OPENED
        )

    async def inspect(self, path: Path) -> InspectedCard:
        """Read a card file; raises `CardError` when it holds no card at all."""
        return await self._ask(self._file_order("inspect", path, CardError), _INSPECTED)

    async def read_lorebook(self, path: Path) -> Lorebook:
        """The lorebook of a file, alone or a card's; raises `CardError`."""
        return await self._ask(self._file_order("read_lorebook", path, CardError), _LOREBOOK)

    async def check_picture(self, image: bytes, name: str) -> Picture:
        """Bound, verify and store a picture for a card; raises `InputError`. `name` is used in sentences."""
        order = self._order("check_picture", f'"{name}"', InputError, image=image, name=name)
        return await self._ask(order, _PICTURE)

    async def crop_picture(self, sha256: str, crop: Crop, name: str) -> Picture:
        """Store a part of a stored picture as a PNG; raises `InputError`."""
        order = self._order("crop_picture", f'"{name}"', InputError, sha256=sha256, crop=crop)
        return await self._ask(order, _PICTURE)

    async def keep_file(self, path: Path, kind: str) -> CardFile:
        """Store a copy of a file, and say where in a card it belongs.

        Raises `InputError` when it is too large or cannot be read.
        """
        more = {"kind": kind, **self._folder()}
        return await self._ask(self._file_order("keep_file", path, InputError, **more), _FILE)

    async def preview(self, file: CardFile, side: int) -> bytes | None:
        """A PNG of at most `side` by `side` pixels of a stored picture; None for what is none."""
        order = self._order("preview", f'"{file.path}"', InputError, sha256=file.sha256, side=side)
        return (await self._ask(order, _PREVIEW)).png or None

    async def data_preview(self, address: str, side: int) -> bytes | None:
        """A small PNG of a picture in a `data:` address; None for what is none."""
        order = self._order("data_preview", "The picture", InputError, address=address, side=side)
        return (await self._ask(order, _PREVIEW)).png or None

    async def lint(self, card: Card, files: Sequence[CardFile]) -> tuple[LintFinding, ...]:
        """What a writer should look at in a card."""
        order = self._order("lint", f'"{card.data.name}"', InternalError, card=card, files=list(files))
        return await self._ask(order, _FINDINGS)

    async def convert(
        self,
        path: Path,
        out: Path,
        target: ExportTarget,
        *,
        overwrite: bool = False,
        options: ExportOptions | None = None,
        in_batch: bool = False,
    ) -> ExportReport:
        """Read a card file and write it in another format; raises `CardError` or `StorageError`.

        `in_batch` leaves `sync_folder` to the caller, once for all files of a folder.
        """
        more = {
            "out": os.fsencode(out), "target": target, "overwrite": overwrite, "in_batch": in_batch,
            "options": options or ExportOptions(),
        }  # fmt: skip
        return await self._ask(self._file_order("convert", path, CardError, **more), _REPORT)

    async def is_card(self, path: Path) -> bool:
        """Whether a file means to be a card or a lorebook, by its content."""
        return await self._ask(self._file_order("is_card", path, CardError), _TRUTH)

    async def sync_folder(self, folder: Path) -> None:
        """Wait until the disk has the names of a folder's new files."""
        from ..formats.writing.file_writing import sync_folder

        await in_thread(sync_folder, folder)

    async def differences(self, path: Path, other: Path) -> DifferenceReport:
        """Where two card or lorebook files say different things; raises `CardError`."""
        more = {"other": os.fsencode(other)}
        return await self._ask(self._file_order("differences", path, CardError, **more), _DIFFERENCES)

    async def export(
        self,
        card: Card,
        path: Path,
        target: ExportTarget,
        *,
        picture: bytes | None = None,
        overwrite: bool = False,
    ) -> ExportReport:
        """Write a card that is not in the library; as `export_whole`."""
        whole = WholeCard(card=card, picture_data=picture)
        return await self.export_whole(whole, path, target, overwrite=overwrite)

    async def export_whole(
        self,
        whole: WholeCard,
        path: Path,
        target: ExportTarget,
        *,
        overwrite: bool = False,
        options: ExportOptions | None = None,
    ) -> ExportReport:
        """Write a card file, read it back and compare; raises `StorageError` or `UsageError`."""
        arguments = self._writing(whole, target, options or ExportOptions()) | {"overwrite": overwrite}
        return await self._ask(self._file_order("export", path, StorageError, **arguments), _REPORT)

    async def holds(self, path: Path, whole: WholeCard, target: ExportTarget, options: ExportOptions) -> bool:
        """Whether a file holds all of a card that a target can hold; raises `CardError`."""
        order = self._file_order("holds", path, CardError, **self._writing(whole, target, options))
        return await self._ask(order, _ANSWER)

    async def export_plan(self, whole: WholeCard, target: ExportTarget, options: ExportOptions) -> ExportPlan:
        """What a file of this kind would be called and would not hold."""
        return await self._ask(self._card_order("export_plan", whole, target, options), _PLAN)

    async def round_trip(self, whole: WholeCard, target: ExportTarget, options: ExportOptions) -> RoundTrip:
        """Write a card in memory, read it again and compare; raises `CardError`."""
        return await self._ask(self._card_order("round_trip", whole, target, options), _ROUND_TRIP)

    def _card_order(self, task: str, whole: WholeCard, target: ExportTarget, options: ExportOptions) -> Order:
        subject = f'"{whole.card.data.name}"'
        return self._order(task, subject, InternalError, **self._writing(whole, target, options))

    def _writing(self, whole: WholeCard, target: ExportTarget, options: ExportOptions) -> dict[str, Any]:
        return {
            "card": whole.card, "original": whole.original, "picture": whole.picture,
            "picture_data": whole.picture_data, "files": list(whole.files),
            "target": target, "options": options, **self._folder(),
        }  # fmt: skip

    def _order(self, task: str, subject: str, error: Any, **arguments: object) -> Order:
        return Order(task, subject, self._read_seconds, {**arguments, **self._folder()}, error)

    def _folder(self) -> dict[str, object]:
        return {"assets": None if self.assets is None else os.fsencode(self.assets)}

    def _file_order(
        self, task: str, path: Path, error: type[InputError | StorageError], **more: object
    ) -> Order:
        raise NotImplementedError

    async def _ask(self, order: Order, adapter: TypeAdapter[T]) -> T:
        raise NotImplementedError
