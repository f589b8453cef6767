"""`cardgen profile`: ways to reach a language model. A key is read from standard input, never an argument."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .arguments import data_folder
from .profile_arguments import add_arguments, changed, new_profile

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.profile import ConnectionCheck, ProfileView
    from ..jobs.handover.joined import SharedWorkspace
    from .console import Console

MARKS = {"ok": "+", "failed": "-", "skipped": " ", "running": "…"}
LONGEST_KEY_LINE = 10_000
MILLION = 1_000_000


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    group = commands.add_parser("profile", parents=[shared], help="add, test or remove language models")
    actions = group.add_subparsers(metavar="ACTION", required=True)
    for name, run, what in (
        ("list", listed, "the profiles, where their keys are, what they cost this month"),
        ("add", add, "add a profile, or change one with --replace"),
        ("remove", remove, "remove a profile and its key"),
        ("test", test, "try a profile step by step; the last is a call of one token"),
        ("models", models, "the models of a profile's server"),
        ("export", export, "write all profiles to a file, without keys"),
        ("import", import_profiles, "add the profiles of such a file"),
    ):
        parser = actions.add_parser(name, parents=[shared], help=what)
        _add_arguments(name, parser)
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.set_defaults(run=run)


def _add_arguments(name: str, parser: argparse.ArgumentParser) -> None:
    if name in ("add", "remove", "test", "models"):
        parser.add_argument("name", metavar="NAME", help="what the profile is called; --engine takes it")
    if name in ("export", "import"):
        parser.add_argument("file", type=Path, metavar="FILE")
    if name == "add":
        add_arguments(parser)
    if name == "models":
        parser.add_argument("--refresh", action="store_true", help="ask the server, not the list kept here")
        parser.add_argument("--search", default="", metavar="TEXT", help="only models whose name holds it")


async def listed(options: argparse.Namespace, console: "Console") -> int:
    """Print the profiles."""
    from .provider_outputs import Profiles, profile_line

    async with data_folder(options) as workspace:
        views = await workspace.commands.profiles()
        keyring = await workspace.commands.keyring_status()
    if options.json:
        lines = tuple(map(profile_line, views))
        console.print_json(Profiles(profiles=lines, keyring=keyring).model_dump(mode="json"))
        return 0
    if views:
        head = ("NAME", "KIND", "MODEL", "ADDRESS", "KEY", "THIS MONTH")
        console.table([head, *map(_row, views)], right=(5,))
    else:
        console.line("There are no profiles. `cardgen profile add NAME --base-url URL` adds one.")
    if keyring.sentence and not keyring.available:
        console.line(keyring.sentence)
    return 0


def _row(view: "ProfileView") -> tuple[str, ...]:
    profile = view.profile
    place = "" if view.key_place == "none" else " ".join(filter(None, (view.key_hint, view.key_place)))
    spent = "" if view.spent_month is None else f"${view.spent_month:,.4f}"
    return profile.name, profile.kind, profile.model, profile.base_url or profile.path, place, spent


async def add(options: argparse.Namespace, console: "Console") -> int:
    """Store a profile, and its key where there is a keyring."""
    from .provider_outputs import profile_line

    key = await _read_key() if options.key_stdin else None
    async with data_folder(options) as workspace:
        before = (await _found(workspace, options.name)).profile if options.replace else None
        profile = new_profile(options) if before is None else changed(before, options)
        replaces = before.name if before else ""
        view = await workspace.commands.save_profile(profile, key=key, replaces=replaces)
        status = await workspace.commands.keyring_status()
    if options.json:
        console.print_json(profile_line(view).model_dump(mode="json"))
    else:
        console.line(f"{view.profile.name}  {view.profile.kind}  {profile.base_url or profile.path}")
    if key and view.key_place != "keyring":
        console.complain(status.sentence or "The key was not stored in a keyring.")
    return 0


async def _read_key() -> str:
    """A key from standard input; typed at a terminal it is not shown."""
    import getpass

    if sys.stdin.isatty():
        return await asyncio.to_thread(getpass.getpass, "Key: ")
    line: str = await asyncio.to_thread(sys.stdin.readline, LONGEST_KEY_LINE)
    return line.strip()


async def _found(workspace: "SharedWorkspace", name: str) -> "ProfileView":
    from ..domain.errors import UsageError

    views = await workspace.commands.profiles()
    folded = " ".join(name.split()).casefold()
    for view in views:
        if view.profile.name.casefold() == folded:
            return view
    known = ", ".join(view.profile.name for view in views)
    there = f"There are {known}." if known else "There are none."
    raise UsageError(f'There is no profile "{name}". {there}')


async def remove(options: argparse.Namespace, console: "Console") -> int:
    """Remove a profile."""
    from .provider_outputs import RemovedProfile

    async with data_folder(options) as workspace:
        name = (await _found(workspace, options.name)).profile.name
        await workspace.commands.remove_profile(name)
    if options.json:
        console.print_json(RemovedProfile(removed=name).model_dump(mode="json"))
    else:
        console.line(f"{name} was removed. What it cost stays in `cardgen costs`.")
    return 0


async def test(options: argparse.Namespace, console: "Console") -> int:
    """Try a profile; the exit code is 4 when a step failed."""
    from ..domain.errors import ProviderError
    from .provider_outputs import ConnectionTest

    def tell(check: "ConnectionCheck") -> None:
        if check.status == "running":
            console.progress.show(0.0, check.step)
        elif not options.json:
            console.line(f"{MARKS[check.status]} {check.step:<10} {check.sentence or check.status}")

    async with data_folder(options) as workspace:
        profile = (await _found(workspace, options.name)).profile
        checks = await workspace.commands.test_profile(profile, on_check=tell)
    good = not any(check.status == "failed" for check in checks)
    if options.json:
        result = ConnectionTest(profile=profile.name, ok=good, checks=checks)
        console.print_json(result.model_dump(mode="json"))
    return 0 if good else ProviderError.exit_code


async def models(options: argparse.Namespace, console: "Console") -> int:
    """List the models of a profile's server; one that was never asked is asked now."""
    from . import provider_outputs as outputs

    async with data_folder(options) as workspace:
        profile = (await _found(workspace, options.name)).profile
        found = await workspace.commands.models(profile, refresh=options.refresh)
        if not found.at and not options.refresh:
            found = await workspace.commands.models(profile, refresh=True)
    wanted = options.search.casefold()
    chosen = tuple(m for m in found.models if wanted in f"{m.id}\n{m.name}".casefold())
    found = found.model_copy(update={"models": chosen})
    if options.json:
        console.print_json(outputs.models(profile.name, found).model_dump(mode="json"))
        return 0
    head = ("MODEL", "CONTEXT", "IN $/M", "OUT $/M")
    rows = [(m.id, _count(m.context), _price(m.prompt_price), _price(m.output_price)) for m in found.models]
    console.table([head, *rows], right=(1, 2, 3))
    return 0


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _price(price: Any) -> str:
    """US dollars for a million tokens."""
    return "" if price is None else "free" if not price else f"{price * MILLION:,.2f}"


async def export(options: argparse.Namespace, console: "Console") -> int:
    """Write the profiles to a file."""
    from .provider_outputs import ProfileFile

    async with data_folder(options) as workspace:
        count = len(await workspace.commands.profiles())
        path = await workspace.commands.export_profiles(options.file.absolute())
    if options.json:
        console.print_json(ProfileFile(path=str(path), profiles=count).model_dump(mode="json"))
    else:
        console.line(f"{path}  {count} written, without keys")
    return 0


async def import_profiles(options: argparse.Namespace, console: "Console") -> int:
    """Add the profiles of a file."""
    from .provider_outputs import profile_line

    async with data_folder(options) as workspace:
        views = await workspace.commands.import_profiles(options.file.absolute())
    if options.json:
        console.print_json([profile_line(view).model_dump(mode="json") for view in views])
    else:
        for view in views:
            console.line(f"{view.profile.name}  {view.profile.kind}  {view.profile.base_url}")
    return 0
