"""`cardgen schema`: the JSON Schema of everything the program takes and gives."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from .console import Console


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "schema", parents=[shared], help="print the JSON Schema of an output or request"
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="an output or request; without it, all names")
    parser.add_argument("--json", action="store_true", help="without NAME: all schemas as one JSON object")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace, console: "Console") -> int:
    """Print one schema, all of them, or the names there are."""
    from .outputs import SCHEMAS, schema_of

    name = options.name and options.name.lower()
    if name in SCHEMAS:
        console.print_json(schema_of(name))
    elif name:
        raise _unknown(options.name)
    elif options.json:
        console.print_json({name: schema_of(name) for name in SCHEMAS})
    else:
        console.table([("NAME", "WHAT IT DESCRIBES"), *((name, what) for name, (_, what) in SCHEMAS.items())])
    return 0


def _unknown(name: str) -> Exception:
    from ..domain.errors import UsageError
    from .outputs import SCHEMAS

    return UsageError(f'There is no schema "{name}". Choose {", ".join(SCHEMAS)}.')
