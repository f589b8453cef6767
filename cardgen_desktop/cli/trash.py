"""`cardgen cards trash`, `restore` and `remove`: into the trash, back, or gone for good."""

import argparse
from typing import TYPE_CHECKING

from .arguments import card_id, data_folder, finish

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from .console import Console


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    group = commands.add_parser("cards", parents=[shared], help="the trash of the library")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    parser = actions.add_parser("trash", parents=[shared], help="list the trash, or put cards into it")
    parser.add_argument("cards", nargs="*", type=card_id, metavar="ID", help="cards to put into the trash")
    finish(parser, trash)
    parser = actions.add_parser("restore", parents=[shared], help="take cards out of the trash")
    parser.add_argument("cards", nargs="+", type=card_id, metavar="ID", help="the numbers of the cards")
    finish(parser, restore)
    parser = actions.add_parser("remove", parents=[shared], help="remove cards of the trash for good")
    parser.add_argument("cards", nargs="*", type=card_id, metavar="ID", help="the numbers of the cards")
    parser.add_argument("--all", action="store_true", help="every card of the trash")
    finish(parser, remove)


async def trash(options: argparse.Namespace, console: "Console") -> int:
    """Put cards into the trash, then list what is in it."""
    from .outputs import as_json

    async with data_folder(options) as workspace:
        for number in options.cards:
            await workspace.commands.card(number)
        for number in dict.fromkeys(options.cards):
            await workspace.commands.remove_card(number)
        found = await workspace.commands.trashed_cards()
    if options.json:
        console.print_json([as_json(card) for card in found])
    elif not found:
        console.line("The trash is empty.")
    else:
        head = ("ID", "NAME", "FROM")
        rows = [(str(card.id), card.name or "No name", card.source_title or card.origin) for card in found]
        console.table([head, *rows], right=(0,))
    return 0


async def restore(options: argparse.Namespace, console: "Console") -> int:
    """Take cards out of the trash; nothing is done when one of them is neither there nor in the library."""
    from ..domain.errors import UsageError
    from .outputs import as_json

    async with data_folder(options) as workspace:
        there = {card.id for card in await workspace.commands.trashed_cards()}
        for number in options.cards:
            if number not in there:
                raise UsageError(f"Card {number} is not in the trash. `cardgen cards trash` lists it.")
        ids = dict.fromkeys(options.cards)
        back = [await workspace.commands.restore_card(number) for number in ids]
    if options.json:
        console.print_json([as_json(card) for card in back])
    else:
        for card in back:
            console.line(f"{card.name or 'No name'}  back in the library")
    return 0


async def remove(options: argparse.Namespace, console: "Console") -> int:
    """Remove cards of the trash for good, with the files that no other card has."""
    from ..domain.errors import UsageError
    from .outputs import as_json

    if bool(options.cards) == options.all:
        raise UsageError("Name the cards to remove by their numbers, or every card of the trash with --all.")
    async with data_folder(options) as workspace:
        commands = workspace.commands
        done = await (commands.empty_trash() if options.all else commands.remove_cards(options.cards))
    if options.json:
        console.print_json(as_json(done))
    elif not done.cards:
        console.line("The trash is empty.")
    else:
        number = f"{done.cards:,} {'card' if done.cards == 1 else 'cards'}"
        console.line(f"{number} removed for good, with {done.bytes:,} bytes of files no other card has.")
        if done.backups:
            console.line("Backups were not touched; those made before still hold the texts.")
    return 0
