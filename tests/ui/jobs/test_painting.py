"""What the delegate paints, by a few pixels."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView

from cardgen_desktop.domain.job import JobQuery, JobSnapshot, JobState
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.columns import COLUMNS, INDEX
from cardgen_desktop.ui.jobs.delegate import JobDelegate
from cardgen_desktop.ui.jobs.lines import Face
from cardgen_desktop.ui.jobs.model import JobsModel
from cardgen_desktop.ui.jobs.row_painting import Cell, Look, RowPainter
from cardgen_desktop.ui.jobs.view import ROW, JobsView
from cardgen_desktop.ui.tasks import TaskOwner
from cardgen_desktop.ui.theme import ThemeMode
from tests.support.commands import FakeCommands
from tests.support.samples import NOW
from tests.support.waiting import until

WIDTH, HEIGHT, PADDING = 224, 56, 12
BAR_Y = HEIGHT // 2 + 8 + 3
INNER = WIDTH - 2 * PADDING


@pytest.fixture
def commands() -> FakeCommands:
    return FakeCommands.filled()


async def paint(
    commands: FakeCommands,
    context: UiContext,
    character: str,
    column: str = "progress",
    *,
    selected: bool = False,
    mirrored: bool = False,
) -> QImage:
    tasks = TaskOwner(on_error=lambda _name, error: pytest.fail(str(error)))
    model = JobsModel(commands.jobs, tasks, clock=lambda: NOW)
    model.set_query(JobQuery())
    await until(lambda: model.rowCount() > 0)
    row = next(row for row in range(model.rowCount()) if model.job(row).character == character)  # type: ignore[union-attr]
    view = QTableView()
    if mirrored:
        view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    delegate = JobDelegate(context=context, parent=view)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, WIDTH, HEIGHT)
    if selected:
        option.state |= QStyle.StateFlag.State_Selected
    painter = QPainter(image)
    delegate.paint(painter, option, model.index(row, INDEX[column]))
    painter.end()
    await tasks.aclose()
    view.deleteLater()
    return image


def color(image: QImage, x: float, y: float) -> QColor:
    return QColor(image.pixel(round(x), round(y)))


async def test_a_running_bar_is_filled_as_far_as_the_job_is(
    commands: FakeCommands, context: UiContext
) -> None:
    image = await paint(commands, context, "Long John Silver")
    accent, track = context.theme.color("accent"), context.theme.color("track")
    assert color(image, PADDING + INNER * 0.55, BAR_Y) == accent
    assert color(image, PADDING + INNER * 0.69, BAR_Y) == track
    assert color(image, 4, BAR_Y) == context.theme.color("surface")
    assert color(image, 100, HEIGHT - 1) == context.theme.color("border")


async def test_failed_is_danger_and_waiting_is_striped(commands: FakeCommands, context: UiContext) -> None:
    failed = await paint(commands, context, "Dr. Livesey")
    assert color(failed, PADDING + 40, BAR_Y) == context.theme.color("danger")
    waiting = await paint(commands, context, "Israel Hands")
    inks = {color(waiting, PADDING + x, BAR_Y).name() for x in range(10, 60)}
    assert context.theme.color("warning").name() in inks and len(inks) > 2


async def test_done_has_words_and_no_bar(commands: FakeCommands, context: UiContext) -> None:
    image = await paint(commands, context, "Jim Hawkins")
    surface = context.theme.color("surface")
    assert all(color(image, x, BAR_Y + 6) == surface for x in range(PADDING, WIDTH - PADDING))
    assert any(color(image, x, HEIGHT // 2) != surface for x in range(PADDING, WIDTH - PADDING))


async def test_a_selected_row_keeps_its_bar_on_the_wash(commands: FakeCommands, context: UiContext) -> None:
    image = await paint(commands, context, "Long John Silver", selected=True)
    assert color(image, 4, 4) == context.theme.color("wash")
    assert color(image, PADDING + INNER * 0.55, BAR_Y) == context.theme.color("accent")
    leading = await paint(commands, context, "Long John Silver", "character", selected=True)
    assert color(leading, 1, 20) == context.theme.color("accent")


async def test_done_offers_to_open_only_when_selected(commands: FakeCommands, context: UiContext) -> None:
    plain = await paint(commands, context, "Jim Hawkins")
    chosen = await paint(commands, context, "Jim Hawkins", selected=True)
    accent = context.theme.color("accent")

    def has_accent(image: QImage) -> bool:
        return any(color(image, x, y) == accent for x in range(150, WIDTH) for y in range(HEIGHT))

    assert has_accent(chosen) and not has_accent(plain)


async def test_every_state_paints(commands: FakeCommands, context: UiContext, tmp_path: Path) -> None:
    seen: set[bytes] = set()
    jobs: list[JobSnapshot] = list(commands.queue.values())
    for job in jobs:
        image = await paint(commands, context, job.character, "state")
        seen.add(bytes(image.constBits()))
    assert len(seen) == len({(job.state, job.needs_review) for job in jobs})


@pytest.mark.parametrize("mode", ["light", "dark"])
async def test_the_bar_in_both_themes_selected_and_mirrored(
    commands: FakeCommands, context: UiContext, mode: ThemeMode
) -> None:
    context.theme.set_mode(mode)
    accent, track = context.theme.color("accent"), context.theme.color("track")
    for selected in (False, True):
        ground = context.theme.color("wash" if selected else "surface")
        image = await paint(commands, context, "Long John Silver", selected=selected)
        assert color(image, 4, 4) == ground
        assert color(image, PADDING + INNER * 0.1, BAR_Y) == accent
        assert color(image, PADDING + INNER * 0.9, BAR_Y) == track
        mirrored = await paint(commands, context, "Long John Silver", selected=selected, mirrored=True)
        assert color(mirrored, 4, 4) == ground
        assert color(mirrored, PADDING + INNER * 0.1, BAR_Y) == track
        assert color(mirrored, PADDING + INNER * 0.9, BAR_Y) == accent


async def test_a_mirrored_row_has_its_icon_at_the_right(commands: FakeCommands, context: UiContext) -> None:
    plain = await paint(commands, context, "Dr. Livesey", "state")
    mirrored = await paint(commands, context, "Dr. Livesey", "state", mirrored=True)
    left, right = range(PADDING, PADDING + 18), range(WIDTH - PADDING - 18, WIDTH - PADDING)
    surface = context.theme.color("surface")

    def is_inked(image: QImage, columns: range) -> bool:
        return any(color(image, x, y) != surface for x in columns for y in range(18, 38))

    assert is_inked(plain, left) and not is_inked(plain, right)
    assert is_inked(mirrored, right) and not is_inked(mirrored, left)


async def test_a_whole_row_is_painted_as_its_cells_are(commands: FakeCommands, context: UiContext) -> None:
    """The view paints rows at once, Qt asks the delegate for single cells: the pixels are the same."""
    tasks = TaskOwner(on_error=lambda _name, error: pytest.fail(str(error)))
    model = JobsModel(commands, tasks, clock=lambda: NOW)
    view = JobsView(context=context)
    view.setModel(model)
    view.resize(1140, 400)
    model.set_query(JobQuery())
    await until(lambda: model.job(4))
    view.show()
    whole = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    cells = QImage(whole.size(), QImage.Format.Format_RGB32)
    painter = QPainter(cells)
    for number in view.columns.visible:
        option = QStyleOptionViewItem()
        option.rect = view.visualRect(model.index(2, number))
        view.cells.paint(painter, option, model.index(2, number))
    painter.end()
    row = view.visualRect(model.index(2, 0))
    assert whole.copy(0, row.top(), whole.width(), ROW) == cells.copy(0, row.top(), whole.width(), ROW)
    view.columns._quiet.stop()
    view.close()
    await tasks.aclose()


async def test_a_row_is_composed_once_until_something_changes(
    commands: FakeCommands, context: UiContext
) -> None:
    painter, job = RowPainter(context), next(iter(commands.queue.values()))
    look = Look((Cell(COLUMNS[0], 24.0, 240.0),))
    first = painter._composition(job, look, NOW)
    assert painter._composition(job, look, NOW) is first
    assert painter._composition(job.model_copy(update={"version": 9}), look, NOW) is not first
    assert painter._composition(job, Look(look.cells, selected=True), NOW) is not first
    running = next(job for job in commands.queue.values() if job.state is JobState.RUNNING)
    second = painter._composition(running, look, NOW)
    assert painter._composition(running, look, NOW + 1) is not second
    context.theme.set_mode("dark")
    assert painter._composition(job, look, NOW) is not first


def test_long_text_is_cut_and_other_scripts_are_measured_by_the_font(
    qapp: object, context: UiContext
) -> None:
    face = Face(context.theme.fonts, "small")
    assert face.fitting("Pew", 200) == "Pew"
    assert face.fitting("The Honourable " * 9, 100).endswith("…")
    arabic = "جيم هوكينز"
    assert face.fitting(arabic, 400) == arabic
    assert face.fitting(arabic * 9, 60) != arabic * 9
    line, width = face.line("Running", 200)
    assert face.line("Running", 200)[0] is line and width == face.width("Running")
