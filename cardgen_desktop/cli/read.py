"""`cardgen read`, `characters` and `quotes`: what is in documents, without touching the data folder."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.people import Quotation
    from .console import Console
    from .outputs import Character, FailedFile, ReadFile
    from .sets import Outcome

DEFAULT_LIMIT = 20
UNKNOWN_SPEAKER = "?"
NAME_COLUMNS = 24
MOST_DIGITS = 9


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("read", parents=[shared], help="read documents and say what they are")
    parser.add_argument("--text", action="store_true", help="print the text that all offsets point into")
    _complete(parser, read)
    parser = commands.add_parser(
        "characters", parents=[shared], help="rank the characters of a set of documents"
    )
    parser.add_argument("--limit", type=_count, metavar="N", help="print N characters at most")
    _complete(parser, characters)
    parser = commands.add_parser("quotes", parents=[shared], help="list who says what in a set of documents")
    _complete(parser, quotes)


def _complete(parser: argparse.ArgumentParser, run: object) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a book, document, chat, subtitles or card")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise argparse.ArgumentTypeError("a number of 0 or more is needed")
    return int(text)


async def read(options: argparse.Namespace, console: "Console") -> int:
    """Print what each file is; with `--text` also its text."""
    from . import outputs
    from .sets import exit_code

    outcomes = await _read(options.files, console)
    if options.json:
        console.print_json([outputs.as_json(_file(outcome, options.text)) for outcome in outcomes])
    elif options.text:
        _print_texts(outcomes, console)
    else:
        _print_files([outcome for outcome in outcomes if outcome.source], console)
    return exit_code([outcome.error for outcome in outcomes])


async def _read(files: Sequence[str], console: "Console") -> "list[Outcome]":
    from ..jobs.process import ProcessPool
    from .sets import children_for, read_files

    async with ProcessPool(children_for(len(files))) as pool:
        return await read_files(pool, files, console)


def _file(outcome: "Outcome", with_text: bool) -> "ReadFile | FailedFile":
    from . import outputs

    if outcome.source:
        return outputs.read_file(outcome.path, outcome.source, with_text=with_text)
    return outputs.FailedFile(path=outcome.path, error=outcome.error.message if outcome.error else "")


def _print_texts(outcomes: "Sequence[Outcome]", console: "Console") -> None:
    """The text of one file exactly; of several, each below its name."""
    read = [(outcome.path, outcome.source.text) for outcome in outcomes if outcome.source]
    for path, text in read:
        console.text(text if len(outcomes) == 1 else f"==> {path} <==\n{text}\n")


def _print_files(outcomes: "Sequence[Outcome]", console: "Console") -> None:
    rows = [("FILE", "KIND", "LANGUAGE", "WORDS", "CHAPTERS", "TITLE")]
    for outcome in outcomes:
        if source := outcome.source:
            language = source.language or "unknown"
            rows.append(
                (
                    source.name,
                    source.kind,
                    language,
                    f"{source.words:,}",
                    f"{len(source.headings)}",
                    source.title,
                )
            )
    if len(rows) > 1:
        console.table(rows, right=(3, 4))
    for outcome in outcomes:
        for warning in outcome.source.warnings if outcome.source else ():
            console.line(f"! {warning.message}")


async def characters(options: argparse.Namespace, console: "Console") -> int:
    """Print the characters of the files, taken as one set, the leading ones first."""
    from ..jobs.process import ProcessPool
    from . import outputs
    from .sets import SourceSet, children_for, exit_code, read_files

    async with ProcessPool(children_for(len(options.files))) as pool:
        outcomes = await read_files(pool, options.files, console)
        found = SourceSet(outcomes)
        people = (
            await pool.characters(found.sources, on_progress=console.progress.show) if found.sources else ()
        )
    limit = options.limit if options.limit is not None or options.json else DEFAULT_LIMIT
    listed = [outputs.character(person, found.span(person.first)) for person in people[:limit]]
    if options.json:
        console.print_json([outputs.as_json(item) for item in listed])
    elif found.sources:
        _print_characters(listed, len(people), console)
    return exit_code([outcome.error for outcome in outcomes])


def _print_characters(listed: "Sequence[Character]", total: int, console: "Console") -> None:
    if not total:
        console.line("No character was found. A text in which somebody is named is needed to draft a card.")
        return
    rows = [("", "NAME", "MENTIONS", "LINES", "ALSO CALLED")]
    for rank, item in enumerate(listed, 1):
        also = ", ".join(item.aliases)
        rows.append((f"{rank}", item.name, f"{item.mentions:,}", f"{item.quotes:,}", also))
    console.table(rows, right=(0, 2, 3))
    if total > len(listed):
        console.line(f"{total - len(listed)} more; --limit {total} shows all.")


async def quotes(options: argparse.Namespace, console: "Console") -> int:
    """Print every quotation of the files, taken as one set, with its speaker where one is known."""
    from ..jobs.process import ProcessPool
    from . import outputs
    from .sets import SourceSet, children_for, exit_code, read_files

    async with ProcessPool(children_for(len(options.files))) as pool:
        outcomes = await read_files(pool, options.files, console)
        found = SourceSet(outcomes)
        spoken = await pool.quotes(found.sources, on_progress=console.progress.show) if found.sources else ()
    listed = [item.model_copy(update={"source": found.argument(item.source)}) for item in spoken]
    if options.json:
        console.print_json([outputs.as_json(item) for item in listed])
    else:
        _print_quotes(listed, console)
    return exit_code([outcome.error for outcome in outcomes])


def _print_quotes(listed: "Sequence[Quotation]", console: "Console") -> None:
    from .console import display_width, shortened

    speakers = [shortened(item.speaker or UNKNOWN_SPEAKER, NAME_COLUMNS) for item in listed]
    width = max(map(display_width, speakers), default=0)
    for speaker, item in zip(speakers, listed, strict=True):
        console.line(f"{' ' * (width - display_width(speaker))}{speaker}  {' '.join(item.text.split())}")
