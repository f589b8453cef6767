"""The commands about the library and what travels with its cards, as the window sees them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..domain.avatar import Crop
from ..domain.card import Card, CardData, CardFile, ExportTarget, Lorebook
from ..domain.card_export import ExportOptions, ExportPlan, RoundTrip
from ..domain.card_library import CardRecord, CardSummary, ExportReport, Removal
from ..domain.lint import LintFinding


class LibraryCommands(Protocol):
    """The part of `interface.Commands` about cards."""

    async def cards(self, text: str = "") -> tuple[CardSummary, ...]:
        """The library, newest change first, filtered by name or tag."""
        ...

    async def card(self, card_id: int) -> CardRecord:
        """One card with its evidence; raises `UsageError` when there is none."""
        ...

    async def import_text(self, text: str, name: str) -> CardSummary:
        """Read pasted text, JSON or YAML, as a card or a lorebook into the library; raises `CardError`.

        `name` is what sentences call it, and a lorebook that has no name.
        """
        ...

    async def save_card(self, card_id: int, data: CardData, *, version: int) -> CardSummary:
        """Store edited fields; raises `UsageError` when the card changed since `version`."""
        ...

    async def set_avatar(self, card_id: int, image: bytes | None) -> CardSummary:
        """Replace the picture (checked and bounded), or go back to the generated portrait."""
        ...

    async def crop_avatar(self, card_id: int, crop: Crop | None) -> CardSummary:
        """Show a part of the card's picture, or the whole again; the whole picture is kept."""
        ...

    async def avatar_source(self, card_id: int) -> bytes | None:
        """The whole picture that the avatar is a part of; None for the generated portrait."""
        ...

    async def add_card_file(self, card_id: int, path: Path, kind: str) -> CardFile:
        """Keep a copy of a file with a card, to be an asset of that kind ("icon", "emotion", …).

        The answer's path is the asset's place; an asset with the address "embeded://" and this path in
        `CardData.assets` is what makes it one. Raises `InputError` when it is too large or cannot be read.
        """
        ...

    async def card_file_preview(self, card_id: int, path: str, side: int) -> bytes | None:
        """A PNG of at most `side` by `side` pixels of a file that is a picture; None for any other.

        `path` may be a `data:` address of an asset (up to 16 M characters).
        """
        ...

    async def save_card_file(self, card_id: int, path: str, place: Path) -> Path:
        """Write a file that travels with a card to the disk. Raises `UsageError`, `StorageError`."""
        ...

    async def lint_card(self, card: Card, files: Sequence[CardFile] = ()) -> tuple[LintFinding, ...]:
        """What a writer should look at in a card; `files` are those that its assets may name."""
        ...

    async def read_lorebook(self, path: Path) -> Lorebook:
        """The lorebook of a file: one that stands alone, or a card's. Raises `CardError`."""
        ...

    async def export_plan(self, card_id: int, target: ExportTarget, options: ExportOptions) -> ExportPlan:
        """What a file of this kind would be called and would not hold."""
        ...

    async def round_trip(self, card_id: int, target: ExportTarget, options: ExportOptions) -> RoundTrip:
        """Write the card in memory, read it again and compare."""
        ...

    async def remove_card(self, card_id: int) -> None:
        """Move a card to the trash; `restore_card` brings it back."""
        ...

    async def restore_card(self, card_id: int) -> CardSummary:
        """Undo `remove_card`."""
        ...

    async def trashed_cards(self) -> tuple[CardSummary, ...]:
        """The cards in the trash, the latest first."""
        ...

    async def weigh_removal(self, card_ids: Sequence[int] | None = None) -> Removal:
        """What removing cards of the trash for good would free; None means all of them."""
        ...

    async def remove_cards(self, card_ids: Sequence[int]) -> Removal:
        """Remove cards of the trash for good, with the files that no other card has.

        Raises `UsageError` when one of them is not in the trash, or a job is at work on it.
        """
        ...

    async def empty_trash(self) -> Removal:
        """Remove every card of the trash for good; raises `UsageError` when a job is at work on one."""
        ...

    async def export_card(
        self,
        card_id: int,
        path: Path,
        target: ExportTarget,
        *,
        overwrite: bool = False,
        options: ExportOptions | None = None,
    ) -> ExportReport:
        """Write a card file, read it back and compare before reporting success."""
        ...
