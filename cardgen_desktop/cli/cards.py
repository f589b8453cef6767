"""`cardgen inspect` and `convert`: card files, without touching the data folder."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.card import ExportTarget, InspectedCard
    from ..jobs.process import ProcessPool
    from .console import Console
    from .outputs import ConvertedCard, FailedFile

TARGETS: "tuple[ExportTarget, ...]" = ("png", "json-v3", "json-v2")
UNKNOWN = "unknown"


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("inspect", parents=[shared], help="say what is in card files")
    parser.add_argument("cards", nargs="+", metavar="CARD", help=".png or .json")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=inspect)
    parser = commands.add_parser("convert", parents=[shared], help="write card files in another format")
    parser.add_argument("cards", nargs="+", metavar="CARD", help=".png or .json")
    parser.add_argument(
        "--out", metavar="PATH|DIR", required=True, help="a file, or a folder for several cards"
    )
    parser.add_argument("--to", choices=TARGETS, help="the format (default: by the suffix; in a folder png)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=convert)


async def inspect(options: argparse.Namespace, console: "Console") -> int:
    """Print what each card file holds and what is wrong with it."""
    import asyncio

    from ..domain.errors import CardError
    from ..jobs.process import ProcessPool
    from . import outputs
    from .sets import children_for

    async with ProcessPool(children_for(len(options.cards))) as pool:
        found = await asyncio.gather(*(_inspect(pool, path) for path in options.cards))
    for card in found:
        if card.card is None:
            console.complain(_reason(card))
    if options.json:
        console.print_json([outputs.as_json(card) for card in found])
    else:
        for card in found:
            _print_card(card, console)
    return CardError.exit_code if any(card.card is None for card in found) else 0


async def _inspect(pool: "ProcessPool", path: str) -> "InspectedCard":
    from ..domain.card import CardProblem, InspectedCard
    from ..domain.errors import CardgenError

    try:
        return (await pool.inspect(Path(path))).model_copy(update={"path": path})
    except CardgenError as error:
        problem = CardProblem(level="error", where="file", message=error.message)
        return InspectedCard(
            path=path, container=UNKNOWN, spec=None, spec_version=None, card=None, problems=(problem,)
        )


def _reason(card: "InspectedCard") -> str:
    """Why there is no card, in a sentence that names the file."""
    message = next((item.message for item in card.problems if item.level == "error"), "It holds no card.")
    name = Path(card.path).name
    return message if name in message else f'"{name}": {message}'


def _print_card(found: "InspectedCard", console: "Console") -> None:
    if found.card is None:
        return
    data = found.card.data
    spec = " ".join(filter(None, (found.spec or "V1", found.spec_version)))
    console.line(f"{data.name or 'No name'}  ({Path(found.path).name}, {found.container}, {spec})")
    texts = ("description", "personality", "scenario", "first_mes", "mes_example")
    sizes = [f"{name} {len(getattr(data, name)):,}" for name in texts if getattr(data, name)]
    console.line(f"  characters: {', '.join(sizes) or 'none'}")
    entries = len(data.character_book.entries) if data.character_book else 0
    greetings = len(data.alternate_greetings) + bool(data.first_mes)
    console.line(
        f"  {_counted(greetings, 'greeting')}, {_counted(entries, 'lorebook entry', 'lorebook entries')}"
    )
    if data.tags:
        console.line(f"  tags: {', '.join(data.tags)}")
    for problem in found.problems:
        console.line(f"  {problem.level}: {problem.where}: {problem.message}")


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


async def convert(options: argparse.Namespace, console: "Console") -> int:
    """Write each card in another format; one that fails costs the others nothing."""
    import asyncio

    from ..domain.errors import CardgenError
    from ..jobs.process import ProcessPool
    from .outputs import FailedFile, as_json
    from .sets import children_for, exit_code

    plan = _plan(options)
    errors: list[CardgenError] = []

    async def write(
        pool: ProcessPool, path: str, out: Path, target: "ExportTarget"
    ) -> "ConvertedCard | FailedFile":
        try:
            return await _convert(pool, path, out, target)
        except CardgenError as error:
            errors.append(error)
            console.complain_of(error)
            return FailedFile(path=path, error=error.message)

    async with ProcessPool(children_for(len(plan))) as pool:
        done = await asyncio.gather(*(write(pool, *order) for order in plan))
    if options.json:
        console.print_json([as_json(item) for item in done])
    else:
        _print_converted(done, console)
    return exit_code(errors)


def _plan(options: argparse.Namespace) -> "list[tuple[str, Path, ExportTarget]]":
    """What to write where: (card, file, format); raises `UsageError` or `StorageError`."""
    from ..domain.errors import StorageError, UsageError
    from .targets import OutputFolder, target_of

    out = Path(options.out)
    if not _is_folder(options.out, len(options.cards)):
        if len(options.cards) > 1:
            raise UsageError(
                f'"{out.name}" is one file, but there are {len(options.cards)} cards. Name a folder.'
            )
        return [(options.cards[0], _not_an_input(out, options.cards), options.to or target_of(out))]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f'The folder "{out}" cannot be made: {error.strerror}. Name another.') from error
    folder, target = OutputFolder(out), options.to or TARGETS[0]
    outs = [_not_an_input(folder.name_for(Path(card), target), options.cards) for card in options.cards]
    return [(card, out, target) for card, out in zip(options.cards, outs, strict=True)]


def _not_an_input(out: Path, cards: "Sequence[str]") -> Path:
    """A card that is to be converted is not overwritten, neither by itself nor by another of the batch."""
    from ..domain.errors import UsageError
    from .targets import is_same_file

    if any(is_same_file(out, card) for card in cards):
        raise UsageError(f'"{out.name}" would overwrite a card that is to be converted. Name another place.')
    return out


def _is_folder(out: str, cards: int) -> bool:
    """An existing folder, a name that ends like one, or for several cards any name that is no card file's."""
    path = Path(out)
    return path.is_dir() or out.endswith(("/", "\\")) or (cards > 1 and path.suffix not in (".png", ".json"))


async def _convert(pool: "ProcessPool", path: str, out: Path, target: "ExportTarget") -> "ConvertedCard":
    from .outputs import ConvertedCard

    report = await pool.convert(Path(path), out, target, overwrite=True)
    return ConvertedCard(path=path, out=str(out), target=target, bytes=report.bytes, losses=report.losses)


def _print_converted(done: "Sequence[ConvertedCard | FailedFile]", console: "Console") -> None:
    from .outputs import ConvertedCard

    for item in done:
        if isinstance(item, ConvertedCard):
            console.line(f"{Path(item.path).name} → {item.out}  {item.bytes:,} bytes, read back")
            for loss in item.losses:
                console.line(f"  {loss}")
