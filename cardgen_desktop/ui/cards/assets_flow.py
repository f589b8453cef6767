"""What the assets' form asks for: files to add, small pictures, copies on the disk."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from ...domain.card import Asset
from ...domain.errors import CardgenError
from ...jobs.interface import Commands
from ..context import UiContext
from ..dialogs import choose_files
from ..tasks import TaskOwner
from .asset_words import PICTURES as KNOWN_PICTURES
from .asset_words import free_name
from .assets_form import PREVIEW, AssetsForm
from .choosing import ChooseFiles, ChoosePath
from .session import EditSession

PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.avif)"
MOST_DROPPED = 200
ANY_FILE = "Any file (*)"


class AssetsFlow(QObject):
    """Carries files between the disk, the card that is open, and the form."""

    def __init__(
        self,
        form: AssetsForm,
        *,
        context: UiContext,
        tasks: TaskOwner,
        session: Callable[[], EditSession | None],
        commands: Commands,
        choose_path: ChoosePath,
        choose: ChooseFiles = choose_files,
    ) -> None:
        super().__init__(form)
        self._form, self._context, self._tasks = form, context, tasks
        self._session, self._commands = session, commands
        self._choose, self._choose_path = choose, choose_path
        form.add_requested.connect(lambda kind: self._tasks.spawn(self._add(kind), name="add assets"))
        form.files_dropped.connect(
            lambda paths: self._tasks.spawn(self._take(paths), name="add dropped assets")
        )
        form.save_requested.connect(lambda path: self._tasks.spawn(self._save(path), name="save an asset"))
        form.asset_shown.connect(lambda row: self._tasks.spawn(self._preview(row), name="show an asset"))

    async def _add(self, kind: str) -> None:
        filters = (ANY_FILE,) if kind.startswith("x_") else (PICTURES, ANY_FILE)
        folder = self._context.settings.value.last_folder
        window = self._form.window()
        paths = await self._choose(window, title="Add assets", folder=folder, filters=filters)
        session = self._session()
        if session is None or not paths:
            return
        self._context.settings.update(last_folder=str(paths[0].parent))
        for path in paths:
            await self._add_one(session, path, kind)

    async def _take(self, paths: Sequence[Path]) -> None:
        """Dropped pictures are of the kind of the chosen asset; it can be changed afterwards."""
        session, kind = self._session(), self._form.kind_of_choice
        if session is None:
            return
        for path in paths[:MOST_DROPPED]:
            is_picture = path.suffix.removeprefix(".").casefold() in KNOWN_PICTURES
            await self._add_one(session, path, kind if is_picture else "x_file")
        if len(paths) > MOST_DROPPED:
            self._context.notify.toast(
                f"The first {MOST_DROPPED} files were added. Drop the others in parts."
            )

    async def _add_one(self, session: EditSession, path: Path, kind: str) -> None:
        try:
            file = await session.add_file(path, kind)
        except CardgenError as error:
            self._context.notify.error(error)
            return
        if self._session() is not session:
            return
        suffix = path.suffix.removeprefix(".").lower()
        name = free_name(path.stem, kind, session.document.data.assets or ())
        asset = Asset(type=kind, uri=f"embeded://{file.path}", name=name, ext=suffix or "unknown")
        self._form.show_files()
        self._form.put(asset)

    async def _preview(self, row: int) -> None:
        session = self._session()
        if session is None or not row < self._form.model.rowCount():
            return
        place = self._form.model.place(row)
        if place.state == "portrait":
            data = session.document.record.avatar
        elif place.path:
            scale = self._form.devicePixelRatioF()
            data = await self._preview_of(session, place.path, round(PREVIEW * scale))
        else:
            data = None
        if self._session() is session:
            self._form.show_preview(row, data)

    async def _preview_of(self, session: EditSession, path: str, side: int) -> bytes | None:
        try:
            return await self._commands.card_file_preview(session.card_id, path, side)
        except CardgenError:
            return None  # what cannot be shown is still kept; its row says what it is

    async def _save(self, path: str) -> None:
        session = self._session()
        if session is None:
            return
        suggestion = Path.home() / Path(path).name
        window = self._form.window()
        place = await self._choose_path(
            window, title="Save a copy", suggestion=suggestion, filters=(ANY_FILE,)
        )
        if place is None:
            return
        try:
            saved = await self._commands.save_card_file(session.card_id, path, place)
        except CardgenError as error:
            self._context.notify.error(error)
        else:
            self._context.notify.toast(f"Saved as “{saved.name}”.")
