"""Card files: a written, read back and compared export beside the bare bytes."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cardgen_desktop.domain.card import Card, CardData

from .row import Row, interleaved, seconds

BATCH = 200
"""Cards of one measured batch."""


def rows() -> Iterator[Row]:
    """PNG export with both chunks, one by one and as a batch into one folder."""
    from cardgen_desktop.formats.pictures.picture import generated_portrait
    from cardgen_desktop.formats.writing.export import card_bytes, write_card

    card = Card(data=CardData(name="Ada Thorne", description="{{char}} keeps the lamp. " * 200))
    picture = generated_portrait("Ada Thorne")
    data = card_bytes(card, "png", picture=picture)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ada.png"
        a, b = interleaved(
            lambda: seconds(lambda: write_card(card, path, "png", picture=picture, overwrite=True)),
            lambda: seconds(lambda: bare(path.with_suffix(".bin"), data)),
            15,
        )
    yield Row("export a PNG, read back / same bytes, fsync, replace", "s", a, b, 4.0)
    with tempfile.TemporaryDirectory() as folder:
        a, b = interleaved(
            lambda: seconds(lambda: batch(card, Path(folder), picture)),
            lambda: seconds(lambda: [bare(Path(folder) / f"{n}.bin", data) for n in range(BATCH)]),
            3,
        )
    yield Row("write and prove 200 PNG cards / same bytes, fsync, replace", "s", a, b, 2.0)


def batch(card: Card, folder: Path, picture: bytes) -> None:
    """Cards into one folder, each read back and compared, the folder synced once."""
    from cardgen_desktop.formats.writing.export import ExportOrder, write_order
    from cardgen_desktop.formats.writing.file_writing import sync_folder

    for number in range(BATCH):
        path = folder / f"{number}.png"
        write_order(ExportOrder(card, picture), path, "png", overwrite=True, in_batch=True)
    sync_folder(folder)


def bare(path: Path, data: bytes) -> None:
    """The least that keeps a file whole through a power cut."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
