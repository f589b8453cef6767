"""What travels with cards, in memory: files, crops, plans of exports, lorebooks of files, lint."""

from collections.abc import Sequence
from pathlib import Path

from cardgen_desktop.domain.avatar import Crop
from cardgen_desktop.domain.card import Card, CardFile, ExportTarget, Lorebook
from cardgen_desktop.domain.card_export import NAME_TEMPLATE, SUFFIXES, ExportOptions, ExportPlan, RoundTrip
from cardgen_desktop.domain.card_library import CardRecord, CardSummary
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.domain.lint import LintFinding

from .fake_desk import FakeDesk, FakeEvents


class FakeCardFiles(FakeDesk):
    """Answers are set by tests: `plans`, `trips`, `books`, `lints`; pictures are one and the same."""

    def __init__(self, events: FakeEvents) -> None:
        super().__init__(events)
        self.plans: dict[ExportTarget, tuple[str, ...]] = {}
        self.trips: dict[ExportTarget, RoundTrip] = {}
        self.books: dict[str, Lorebook] = {}
        self.lints: tuple[LintFinding, ...] = ()
        self.wholes: dict[int, bytes] = {}
        self.preview: bytes | None = None

    def _card(self, card_id: int) -> CardRecord:
        raise NotImplementedError

    def _store(self, record: CardRecord) -> CardSummary:
        raise NotImplementedError

    def _new_card(self, name: str) -> CardSummary:
        raise NotImplementedError

    async def import_text(self, text: str, name: str) -> CardSummary:
        await self._asked("import_text", text, name)
        if "broken" in text:
            raise CardError(f'"{name}" cannot be read as a card.')
        return self._new_card(name)

    async def crop_avatar(self, card_id: int, crop: Crop | None) -> CardSummary:
        await self._asked("crop_avatar", card_id, crop)
        record = self._card(card_id)
        summary = record.summary.model_copy(update={"version": record.summary.version + 1})
        return self._store(record.model_copy(update={"summary": summary, "crop": crop}))

    async def avatar_source(self, card_id: int) -> bytes | None:
        await self._asked("avatar_source", card_id)
        return self.wholes.get(card_id, self._card(card_id).avatar)

    async def add_card_file(self, card_id: int, path: Path, kind: str) -> CardFile:
        await self._asked("add_card_file", card_id, path, kind)
        record = self._card(card_id)
        file = CardFile(path=f"assets/{kind}/images/{path.name}", bytes=1234)
        self._store(record.model_copy(update={"files": (*record.files, file)}))
        return file

    async def card_file_preview(self, card_id: int, path: str, side: int) -> bytes | None:
        await self._asked("card_file_preview", card_id, path, side)
        return self.preview if path.endswith((".png", ".jpg", ".webp")) else None

    async def save_card_file(self, card_id: int, path: str, place: Path) -> Path:
        await self._asked("save_card_file", card_id, path, place)
        return place

    async def lint_card(self, card: Card, files: Sequence[CardFile] = ()) -> tuple[LintFinding, ...]:
        await self._asked("lint_card", card, files)
        return self.lints

    async def read_lorebook(self, path: Path) -> Lorebook:
        await self._asked("read_lorebook", path)
        if path.name not in self.books:
            raise CardError(f"“{path.name}” holds no lorebook.")
        return self.books[path.name]

    async def export_plan(self, card_id: int, target: ExportTarget, options: ExportOptions) -> ExportPlan:
        await self._asked("export_plan", card_id, target, options)
        name = self._card(card_id).card.data.name
        file_name = (options.template or NAME_TEMPLATE).replace("{name}", name) + SUFFIXES[target]
        return ExportPlan(target=target, file_name=file_name, losses=self.plans.get(target, ()))

    async def round_trip(self, card_id: int, target: ExportTarget, options: ExportOptions) -> RoundTrip:
        await self._asked("round_trip", card_id, target, options)
        return self.trips.get(target) or RoundTrip(target=target, bytes=4321)
