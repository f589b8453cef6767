"""`cardgen verify`: every sentence of a card against its sources, without touching the data folder."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

    from ..domain.checking import CheckedSentence, CheckReport
    from ..domain.source import SourceText
    from .console import Console
    from .sets import SourceSet

MARKS = {"supported": "+", "inferred": "~", "unsupported": "-"}
QUOTED_CHARACTERS = 160


def add_commands(commands: "Commands", shared: argparse.ArgumentParser) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "verify", parents=[shared], help="check every sentence of a card against its sources"
    )
    parser.add_argument("card", metavar="CARD", help=".png or .json")
    parser.add_argument(
        "--source", nargs="+", action="extend", required=True, metavar="FILE", dest="sources",
        help="a book, document, chat, subtitles or card",
    )  # fmt: skip
    parser.add_argument(
        "--character", default="", metavar="NAME", help="who the card is about (default: its name)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=verify)


async def verify(options: argparse.Namespace, console: "Console") -> int:
    """Print a verdict for every sentence of the card; what does not hold is no failure of the command."""
    from ..domain.errors import CardError
    from ..jobs.process import ProcessPool
    from .sets import SourceSet, children_for, exit_code, read_files

    async with ProcessPool(children_for(len(options.sources))) as pool:
        found = await pool.inspect(Path(options.card))
        if found.card is None:
            message = next(
                (each.message for each in found.problems if each.level == "error"), "It is no card."
            )
            raise CardError(message)
        outcomes = await read_files(pool, options.sources, console)
        sources = SourceSet(outcomes)
        if code := exit_code([outcome.error for outcome in outcomes]):
            return code
        report = await pool.check_card(
            sources.sources, found.card.data, options.character, on_progress=console.progress.show
        )
    if options.json:
        from .verify_outputs import verified

        console.print_json(verified(report, sources).model_dump(mode="json"))
    else:
        _print(report, sources, console)
    return 0


def _print(report: "CheckReport", sources: "SourceSet", console: "Console") -> None:
    for finding in report.findings:
        if finding.path == "name":
            console.line(f"! {finding.message}")
    for path, sentences in report.fields.items():
        if sentences:
            console.line(path)
        for sentence in sentences:
            console.line(f"  {MARKS[sentence.verdict]} {' '.join(sentence.text.split())}")
            if note := _note(sentence, sources.sources):
                console.line(f"      {note}")
    console.line(
        f"{report.supported} supported (+), {report.inferred} inferred (~), "
        f"{report.unsupported} unsupported (-)"
    )


def _note(sentence: "CheckedSentence", sources: "list[SourceText]") -> str:
    """What is wrong with a sentence, and the passage that comes nearest to it."""
    if sentence.verdict == "supported" or sentence.source is None:
        return sentence.why
    passage = " ".join(sources[sentence.source].text[sentence.start : sentence.end].split())
    if len(passage) > QUOTED_CHARACTERS:
        passage = f"{passage[:QUOTED_CHARACTERS]}…"
    return f"{sentence.why} “{passage}”".strip()
