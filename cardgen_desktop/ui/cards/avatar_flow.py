"""Changing a portrait: bounded reading, the command, and a way back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ...domain.avatar import Crop
from ...domain.errors import CardgenError, InputError
from ..context import UiContext
from ..dialogs import choose_files, opened
from ..tasks import TaskOwner
from .avatar_field import AvatarField
from .choosing import ChooseFiles
from .crop_dialog import CropDialog
from .pictures import FILTER
from .session import EditSession

MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ChosenCrop:
    """What a person chose; None for the whole picture."""

    crop: Crop | None


ChooseCrop = Callable[[QImage, Crop | None, UiContext, QWidget], Awaitable[ChosenCrop | None]]


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
        choose_crop: ChooseCrop | None = None,
    ) -> None:
        super().__init__(field)
        self._field, self._context, self._tasks = field, context, tasks
        self._session, self._choose = session, choose
        self._choose_crop = choose_crop or ask_for_crop
        field.file_chosen.connect(self._on_file)
        field.image_given.connect(self._on_image)
        field.choose_requested.connect(self._on_choose)
        field.crop_requested.connect(self._on_crop)
        field.reset_requested.connect(self._on_reset)

    def _on_file(self, path: Path) -> None:
        self._tasks.spawn(self._take_file(path), name="read a picture")

    def _on_image(self, image: bytes) -> None:
        self._tasks.spawn(self._set(image, "Portrait changed"), name="set a portrait")

    def _on_choose(self) -> None:
        self._tasks.spawn(self._choose_file(), name="choose a picture")

    def _on_reset(self) -> None:
        self._tasks.spawn(self._set(None, "Back to the generated portrait"), name="reset a portrait")

    def _on_crop(self) -> None:
        self._tasks.spawn(self._crop(), name="crop a portrait")

    async def _crop(self) -> None:
        session = self._session()
        if session is None:
            return
        before = session.document.record.crop
        try:
            whole = await session.whole_picture()
            image = QImage() if whole is None else await asyncio.to_thread(QImage.fromData, whole)
            if image.isNull():
                self._field.show_problem("This picture cannot be cropped. Choose another one.")
                return
            chosen = await self._choose_crop(image, before, self._context, self._field.window())
            if chosen is None or chosen.crop == before:
                return
            await session.crop_avatar(chosen.crop)
        except CardgenError as error:
            self._field.show_problem(error.message)
        else:
            undo = partial(self._put_crop_back, session, before)
            self._context.notify.toast("Portrait cropped", action="Undo", callback=undo)

    def _put_crop_back(self, session: EditSession, crop: Crop | None) -> None:
        self._tasks.spawn(session.crop_avatar(crop), name="undo a crop")

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
        record = session.document.record
        try:
            before = await session.whole_picture() if record.avatar is not None else None
            await session.set_avatar(image)
        except CardgenError as error:
            self._field.show_problem(error.message)
        else:
            undo = partial(self._put_back, session, before, record.crop)
            self._context.notify.toast(words, action="Undo", callback=undo)

    def _put_back(self, session: EditSession, image: bytes | None, crop: Crop | None) -> None:
        self._tasks.spawn(_picture_and_crop(session, image, crop), name="undo a portrait")


async def ask_for_crop(
    image: QImage, crop: Crop | None, context: UiContext, window: QWidget
) -> ChosenCrop | None:
    """Let the person choose a part; None when they changed their mind."""
    dialog = CropDialog(image, crop, context=context, parent=window)
    return ChosenCrop(dialog.crop) if await opened(dialog) else None


async def _picture_and_crop(session: EditSession, image: bytes | None, crop: Crop | None) -> None:
    await session.set_avatar(image)
    if crop is not None:
        await session.crop_avatar(crop)


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
