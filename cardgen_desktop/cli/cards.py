"""`cardgen inspect`, `convert` and `diff`: card files, without touching the data folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .convert import convert
from .diff import diff

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.card import CardData, ExportTarget, InspectedCard, Lorebook
    from ..domain.card_export import ExportOptions
    from ..jobs.process import ProcessPool
    from .console import Console

TARGETS: "tuple[ExportTarget, ...]" = (
    "png", "json-v3", "json-v2", "charx", "jpeg-charx", "st-worldinfo", "lorebook-v3", "risu-lorebook",
    "byaf", "yaml", "ooba", "agnai",
)  # fmt: skip
"""What `--to` takes; the domain's own list would cost every command its import."""

UNKNOWN = "unknown"
LONGEST_TEMPLATE = 200
_CARDS = "card or lorebook files, and folders of them"


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("inspect", parents=[shared], help="say what is in card and lorebook files")
    parser.add_argument("cards", nargs="+", metavar="CARD", help=_CARDS)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=inspect)
    parser = commands.add_parser("diff", parents=[shared], help="say where two cards or lorebooks differ")
    parser.add_argument("one", metavar="A", help="a card or lorebook file")
    parser.add_argument("other", metavar="B", help="another one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=diff)
    _add_convert(commands, shared)


def _add_convert(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("convert", parents=[shared], help="write card files in another format")
    parser.add_argument("cards", nargs="+", metavar="CARD", help=_CARDS)
    parser.add_argument(
        "--out", metavar="PATH|DIR", required=True, help="a file, or a folder for several cards"
    )
    add_kind(parser, "the format (default: by the suffix; in a folder png)")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files in a folder that have such a name"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=convert)


def add_kind(parser: argparse.ArgumentParser, default: str) -> None:
    """The options that say what kind of file is written, and how it is named."""
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--to", choices=TARGETS, help=default)
    kind.add_argument(
        "--preset", metavar="PROGRAM", help="the format a program takes best: sillytavern, risuai …"
    )
    parser.add_argument(
        "--template",
        metavar="TEXT",
        help='names in a folder, of {name}, {creator}, {version} and {date}: "{name} by {creator}"',
    )


def kind_of(options: argparse.Namespace) -> "tuple[ExportTarget | None, ExportOptions]":
    """The format that was asked for, None for the usual one, and how it is written.

    Raises `UsageError` for an unknown preset and for a template that names what no card has.
    """
    from ..domain.card_export import ExportOptions
    from ..domain.errors import UsageError
    from ..domain.file_names import check_template
    from .targets import preset_named

    preset = preset_named(options.preset) if options.preset else None
    how = preset.options if preset else ExportOptions()
    if not options.template:
        return preset.target if preset else options.to, how
    check_template(options.template)
    if len(options.template) > LONGEST_TEMPLATE:
        raise UsageError(f"The template is longer than {LONGEST_TEMPLATE} characters. Nothing was written.")
    how = how.model_copy(update={"template": options.template})
    return preset.target if preset else options.to, how


async def inspect(options: argparse.Namespace, console: "Console") -> int:
    """Print what each file holds and what is wrong with it."""
    import asyncio

    from ..domain.errors import CardError
    from ..jobs.process import ProcessPool
    from . import outputs
    from .card_paths import card_paths
    from .sets import MOST_CHILDREN

    async with ProcessPool(MOST_CHILDREN) as pool:
        paths = await card_paths(pool, options.cards, console)
        found = await asyncio.gather(*(_inspect(pool, path) for path in paths))
    bad = [card for card in found if card.card is None and card.book is None]
    for card in bad:
        console.complain(_reason(card))
    if options.json:
        console.print_json([outputs.as_json(card) for card in found])
    else:
        for card in found:
            _print_found(card, console)
    return CardError.exit_code if bad else 0


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


def _print_found(found: "InspectedCard", console: "Console") -> None:
    name = Path(found.path).name
    if found.card is not None:
        spec = " ".join(filter(None, (found.spec or found.format or "V1", found.spec_version)))
        console.line(f"{found.card.data.name or 'No name'}  ({name}, {found.container}, {spec})")
        _print_card(found.card.data, console)
    elif found.book is not None:
        console.line(f"{found.book.name or 'No name'}  ({name}, {found.container}, {found.format})")
        console.line(f"  a lorebook with {_entries(found.book)}")
    else:
        return
    if found.files:
        size = sum(file.bytes for file in found.files)
        console.line(f"  {_counted(len(found.files), 'file')}, {size:,} bytes")
    for problem in found.problems:
        console.line(f"  {problem.level}: {problem.where}: {problem.message}")


def _print_card(data: "CardData", console: "Console") -> None:
    texts = ("description", "personality", "scenario", "first_mes", "mes_example")
    sizes = [f"{name} {len(getattr(data, name)):,}" for name in texts if getattr(data, name)]
    console.line(f"  characters: {', '.join(sizes) or 'none'}")
    greetings = len(data.alternate_greetings) + bool(data.first_mes)
    console.line(f"  {_counted(greetings, 'greeting')}, {_entries(data.character_book)}")
    if data.tags:
        console.line(f"  tags: {', '.join(data.tags)}")


def _entries(book: "Lorebook | None") -> str:
    return _counted(len(book.entries) if book else 0, "lorebook entry", "lorebook entries")


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"
