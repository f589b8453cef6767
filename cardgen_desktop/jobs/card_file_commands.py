"""Commands about what travels with a card: its picture, its files, its looks before and after export."""

from collections.abc import Sequence
from pathlib import Path

from ..domain.avatar import Crop
from ..domain.card import Card, CardFile, ExportTarget, Lorebook
from ..domain.card_export import ExportOptions, ExportPlan, RoundTrip
from ..domain.card_library import CardSummary
from ..domain.lint import LintFinding


class CardFileCommands:
    """The part of `interface.Commands` about files of cards."""

    async def crop_avatar(self, card_id: int, crop: Crop | None) -> CardSummary:
        """Show a part of the card's picture, or the whole again."""
        raise NotImplementedError

    async def avatar_source(self, card_id: int) -> bytes | None:
        """The whole picture that the avatar is a part of."""
        raise NotImplementedError

    async def add_card_file(self, card_id: int, path: Path, kind: str) -> CardFile:
        """Keep a copy of a file with a card."""
        raise NotImplementedError

    async def card_file_preview(self, card_id: int, path: str, side: int) -> bytes | None:
        """A small PNG of a file that is a picture."""
        raise NotImplementedError

    async def save_card_file(self, card_id: int, path: str, place: Path) -> Path:
        """Write a file that travels with a card to the disk."""
        raise NotImplementedError

    async def lint_card(self, card: Card, files: Sequence[CardFile] = ()) -> tuple[LintFinding, ...]:
        """What a writer should look at in a card."""
        raise NotImplementedError

    async def read_lorebook(self, path: Path) -> Lorebook:
        """The lorebook of a file."""
        raise NotImplementedError

    async def export_plan(self, card_id: int, target: ExportTarget, options: ExportOptions) -> ExportPlan:
        """What a file of this kind would be called and would not hold."""
        raise NotImplementedError

    async def round_trip(self, card_id: int, target: ExportTarget, options: ExportOptions) -> RoundTrip:
        """Write the card in memory, read it again and compare."""
        raise NotImplementedError
