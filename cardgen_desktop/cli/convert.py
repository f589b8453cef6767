"""`cardgen convert`: card and lorebook files as other kinds of files, each read back and compared."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..domain.card import Card, ExportTarget
    from ..domain.card_export import ExportOptions
    from ..domain.errors import CardgenError
    from ..jobs.process import ProcessPool
    from .console import Console
    from .outputs import ConvertedCard, FailedFile
    from .targets import Inputs


@dataclass(frozen=True)
class _Plan:
    """What the whole command is to write, and how."""

    target: "ExportTarget"
    options: "ExportOptions"
    template: str
    folder: Path | None
    overwrite: bool


async def convert(options: argparse.Namespace, console: "Console") -> int:
    """Write each card in another format; one that fails costs the others nothing."""
    import asyncio

    from ..domain.errors import InputError
    from ..jobs.process import ProcessPool
    from .card_paths import card_paths
    from .outputs import as_json
    from .sets import MOST_CHILDREN, exit_code

    out = Path(options.out)
    batch = _Batch(console)
    async with ProcessPool(MOST_CHILDREN) as pool:
        paths = await card_paths(pool, options.cards, console, aside=out)
        plan = _plan(options, len(paths))
        if not paths:
            return InputError.exit_code
        places = await _places(pool, plan, out, paths, batch)
        done = await asyncio.gather(
            *(batch.write(pool, path, place, plan) for path, place in zip(paths, places, strict=True))
        )
        if plan.folder is not None:
            await pool.sync_folder(plan.folder)
    if options.json:
        console.print_json([as_json(item) for item in done])
    else:
        _print_converted(done, console)
    return exit_code(batch.errors)


class _Batch:
    """The files of one command, and what went wrong with some of them."""

    def __init__(self, console: "Console") -> None:
        self.errors: list[CardgenError] = []
        self._console = console
        self._failed: dict[str, FailedFile] = {}

    def fail(self, path: str, error: "CardgenError") -> "FailedFile":
        """Note that a file cannot be converted, with a word about it."""
        from .outputs import FailedFile

        self.errors.append(error)
        self._console.complain_of(error)
        self._failed[path] = FailedFile(path=path, error=error.message)
        return self._failed[path]

    async def write(
        self, pool: "ProcessPool", path: str, place: Path | None, plan: _Plan
    ) -> "ConvertedCard | FailedFile":
        """Convert one file, unless it has failed before."""
        from ..domain.errors import CardgenError
        from .outputs import ConvertedCard

        if place is None:
            return self._failed[path]
        try:
            overwrite = plan.folder is None or plan.overwrite
            report = await pool.convert(
                Path(path), place, plan.target, overwrite=overwrite, options=plan.options,
                in_batch=plan.folder is not None,
            )  # fmt: skip
        except CardgenError as error:
            return self.fail(path, error)
        return ConvertedCard(
            path=path, out=str(place), target=plan.target, bytes=report.bytes, losses=report.losses
        )


def _plan(options: argparse.Namespace, cards: int) -> _Plan:
    """Which kind of file, where and named how; raises `UsageError` or `StorageError`."""
    from ..domain.errors import UsageError
    from .cards import kind_of
    from .targets import target_of

    target, how = kind_of(options)
    out = Path(options.out)
    in_folder = _is_folder(options.out, cards) or any(Path(card).is_dir() for card in options.cards)
    if not in_folder and cards > 1:
        raise UsageError(f'"{out.name}" is one file, but there are {cards} cards. Name a folder.')
    if in_folder:
        _make_folder(out)
    return _Plan(
        target=target or ("png" if in_folder else target_of(out)),
        options=how,
        template=options.template or "",
        folder=out if in_folder else None,
        overwrite=options.overwrite,
    )


def _make_folder(out: Path) -> None:
    from ..domain.errors import StorageError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f'The folder "{out}" cannot be made: {error.strerror}. Name another.') from error


async def _places(
    pool: "ProcessPool", plan: _Plan, out: Path, paths: "Sequence[str]", batch: _Batch
) -> "list[Path | None]":
    """Where each card goes; None for one that cannot be read and has no name by the template."""
    import asyncio

    from ..domain.card_export import SUFFIXES
    from .targets import Inputs, OutputFolder

    inputs = Inputs(paths)
    if plan.folder is None:
        return [_not_an_input(out, inputs)]
    folder = OutputFolder(plan.folder, overwrite=plan.overwrite, inputs=inputs)
    if not plan.template:
        return [_not_an_input(folder.name_for(Path(path), plan.target), inputs) for path in paths]
    cards = await asyncio.gather(*(_card_of(pool, path, batch) for path in paths))
    suffix = SUFFIXES[plan.target]
    return [None if card is None else folder.free(_stem(plan, card), suffix) for card in cards]


def _stem(plan: _Plan, card: "Card") -> str:
    from ..domain.file_names import file_name

    return file_name(plan.template, card, "")


async def _card_of(pool: "ProcessPool", path: str, batch: _Batch) -> "Card | None":
    """The card of a file, or one with a lorebook's name; None where there is neither."""
    from ..domain.card import Card, CardData
    from ..domain.errors import CardError, CardgenError

    try:
        found = await pool.inspect(Path(path))
    except CardgenError as error:
        batch.fail(path, error)
        return None
    if found.card is None and found.book is None:
        message = next(
            (item.message for item in found.problems if item.level == "error"), "It holds no card."
        )
        batch.fail(path, CardError(message))
        return None
    return found.card or Card(data=CardData(name=(found.book and found.book.name) or Path(path).stem))


def _not_an_input(out: Path, inputs: "Inputs") -> Path:
    """A card that is to be converted is not overwritten, neither by itself nor by another of the batch."""
    from ..domain.errors import UsageError

    if inputs.have(out):
        raise UsageError(f'"{out.name}" would overwrite a card that is to be converted. Name another place.')
    return out


def _is_folder(out: str, cards: int) -> bool:
    """An existing folder, a name that ends like one, or for several cards any name that is no card file's."""
    from ..domain.card_export import target_named

    path = Path(out)
    return path.is_dir() or out.endswith(("/", "\\")) or (cards > 1 and target_named(path.name) is None)


def _print_converted(done: "Sequence[ConvertedCard | FailedFile]", console: "Console") -> None:
    from .outputs import ConvertedCard

    for item in done:
        if isinstance(item, ConvertedCard):
            console.line(f"{Path(item.path).name} → {item.out}  {item.bytes:,} bytes, read back")
            for loss in item.losses:
                console.line(f"  {loss}")
