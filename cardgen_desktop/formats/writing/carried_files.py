"""Which files of a card go along into a target, and which stay behind."""

from collections.abc import Sequence

from ..archives.risu_module import MODULE_PATH
from ..read_card import ContainedFile
from .export_assets import in_json, in_png, is_private, picture_path
from .export_order import ExportOrder
from .targets import Target


def carried_files(order: ExportOrder, target: Target) -> Sequence[ContainedFile]:
    """The files that go along, under the paths by which the card that is held names them.

    The ones of the container alone, such as the JPEG around an archive, are not among them.
    """
    if not order.files or not target.holds_files:
        return ()
    if target.name == "byaf":
        return _in_byaf(order)
    left = left_behind(order, target)
    return [file for file in order.files if file.path not in left and not is_private(file.path)]


def left_behind(order: ExportOrder, target: Target) -> set[str]:
    """Paths of the files that the target does not take along."""
    paths = {file.path for file in order.files}
    private = {path for path in paths if is_private(path)}
    if is_charx(target):
        return private | ({MODULE_PATH} if archive_losses(order, target) else set())
    if target.name == "png":
        return private | paths - set(in_png(order)) - {picture_path(order)}
    if target.name == "byaf" and order.files:
        taken = {id(file.read) for file in _in_byaf(order)}
        return {file.path for file in order.files if id(file.read) not in taken}
    return paths - set(in_json(order)) if target.holds_files else paths


def archive_losses(order: ExportOrder, target: Target) -> tuple[str, ...]:
    """What changes in RisuAI's module, one sentence each; nothing where there is none."""
    if not is_charx(target) or all(file.path != MODULE_PATH for file in order.files):
        return ()
    from ..archives.charx_writing import charx_losses

    return charx_losses(order)


def is_charx(target: Target) -> bool:
    """Whether a target is an archive that takes every file."""
    return target.name in ("charx", "jpeg-charx")


def _in_byaf(order: ExportOrder) -> Sequence[ContainedFile]:
    from ..archives.byaf_writing import written_objects

    return written_objects(order)[1]
