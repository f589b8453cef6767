"""Changing a portrait: bounded reading, the command, and a way back."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from ...domain.errors import CardgenError, InputError
from ..context import UiContext
from ..dialogs import choose_files
from ..tasks import TaskOwner
from .avatar_field import AvatarField
from .choosing import ChooseFiles
from .pictures import FILTER
from .session import EditSession

MAX_BYTES = 64 * 1024 * 1024


class AvatarFlow(QObject):
    """Carries pictures from the field to the card that is open, which `session` answers."""

    def __init__(
        self,
        field: AvatarField,
        *,
        context: UiContext,
        tasks: TaskOwner,
        session: Callable[[], EditSession | None],
        choose: ChooseFiles = choose_files,
    ) -> None:
        super().__init__(field)
        self._field, self._context, self._tasks = field, context, tasks
        self._session, self._choose = session, choose
        field.file_chosen.connect(self._on_file)
        field.image_given.connect(self._on_image)
        field.choose_requested.connect(self._on_choose)
        field.reset_requested.connect(self._on_reset)

    def _on_file(self, path: Path) -> None:
        self._tasks.spawn(self._take_file(path), name="read a picture")

    def _on_image(self, image: bytes) -> None:
        self._tasks.spawn(self._set(image, "Portrait changed"), name="set a portrait")

    def _on_choose(self) -> None:
        self._tasks.spawn(self._choose_file(), name="choose a picture")

    def _on_reset(self) -> None:
        self._tasks.spawn(self._set(None, "Back to the generated portrait"), name="reset a portrait")

    async def _choose_file(self) -> None:
        folder = self._context.settings.value.last_folder
        window = self._field.window()
        if paths := await self._choose(window, title="Choose a picture", folder=folder, filters=(FILTER,)):
            await self._take_file(paths[0])

    async def _take_file(self, path: Path) -> None:
        try:
            image = await asyncio.to_thread(read_picture, path)
        except InputError as error:
            self._field.show_problem(error.message)
        else:
            await self._set(image, "Portrait changed")

    async def _set(self, image: bytes | None, words: str) -> None:
        session = self._session()
        if session is None:
            return
        before = session.document.record.avatar
        try:
            await session.set_avatar(image)
        except CardgenError as error:
            self._field.show_problem(error.message)
        else:
            undo = partial(self._put_back, session, before)
            self._context.notify.toast(words, action="Undo", callback=undo)

    def _put_back(self, session: EditSession, image: bytes | None) -> None:
        self._tasks.spawn(session.set_avatar(image), name="undo a portrait")


def read_picture(path: Path) -> bytes:
    """The bytes of a picture file; raises `InputError`. Looks at the disk, so call it in a thread."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"“{path.name}” is larger than 64 MB. The portrait is unchanged; choose a smaller one."
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"“{path.name}” cannot be opened. The portrait is unchanged.", details=str(error)
        ) from error
