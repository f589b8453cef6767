"""Small tasks for child processes under test: a reader that can be told to misbehave, and a slow drafter.

A "document" is a text file; its first line may order a misfortune. The drafter has three steps; each appends
a line to `$PYTHON_STEP_LOG`, so that a test sees which steps were really run, by any process.
"""

import base64
import hashlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.card import Card, CardData, CardProblem, InspectedCard
from cardgen_desktop.domain.card_library import ExportReport
from cardgen_desktop.domain.draft import DraftedCard, StepOutput
from cardgen_desktop.domain.errors import InputError, SourceError, UsageError
from cardgen_desktop.domain.evidence import Evidence
from cardgen_desktop.domain.people import Alias, Person, Quotation
from cardgen_desktop.domain.source import SourceText, Span
from cardgen_desktop.jobs.card_tasks import in_turn
from cardgen_desktop.jobs.opened import OpenedCard, OpenedFile, Picture
from cardgen_desktop.jobs.process_main import Channel, Task, bytes_of, path_of
from cardgen_desktop.jobs.process_tasks import read_card_text
from cardgen_desktop.store.asset_files import AssetFiles

STEPS = ("name", "description", "scenario")
_read_sets: dict[str, list[SourceText]] = {}


def source_of(data: bytes, name: str, path: str = "") -> SourceText:
    text = data.decode("utf-8", "surrogateescape")
    return SourceText(
        path=path, name=name, kind="text", title=Path(name).stem, sha256=hashlib.sha256(data).hexdigest(),
        size=len(data), words=len(text.split()), text=text,
    )  # fmt: skip


def read(channel: Channel, arguments: dict[str, Any]) -> SourceText:
    path = path_of(arguments)
    if not path.exists():
        raise SourceError(f'"{path.name}" is not there.')
    misfortune(channel, path.read_text("utf-8", "replace").partition("\n")[0])
    return source_of(path.read_bytes(), path.name, str(path))


def misfortune(channel: Channel, order: str) -> None:
    word, _, rest = order.partition(" ")
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "hang":
        time.sleep(60)
    elif word == "raise":
        raise ValueError(rest)
    elif word == "print":
        print("noise on standard output")
        os.write(1, b"more noise")
    elif word == "memory":
        bytearray(8 * 1024**3)
    elif word == "raw":
        channel._stream.write(bytes.fromhex(rest))
        channel._stream.flush()
        time.sleep(60)
    elif word == "say":
        sys.stderr.write(rest + "\n")
        sys.stderr.flush()
        os._exit(3)


def read_text(_: Channel, arguments: dict[str, Any]) -> SourceText:
    return source_of(arguments["text"].encode(), arguments["name"])


def open_file(channel: Channel, arguments: dict[str, Any]) -> OpenedFile:
    path = path_of(arguments)
    if arguments["cards_only"]:
        misfortune(channel, path.read_text("utf-8", "replace").partition("\n")[0])
        if path.suffix == ".png" and arguments["in_folder"]:
            return OpenedFile()
        if path.suffix != ".json":
            raise InputError(f'"{path.name}" holds no card.')
    if path.suffix == ".json" and not arguments["sources_only"]:
        card = Card(data=CardData(name=path.stem, description="Imported."))
        mended = CardProblem(level="warning", where="data.tags", message="Mended.")
        opened = OpenedCard(
            card=card,
            original={"name": path.stem, "foreign": 1},
            problems=(mended,) if "mended" in path.stem else (),
        )
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if arguments["digest"] else ""
        return OpenedFile(card=opened, sha256=digest)
    if path.is_dir():
        raise InputError(f'"{path.name}" is a folder.')
    return OpenedFile(source=read(channel, arguments))


def open_cards(channel: Channel, arguments: dict[str, Any]) -> tuple[OpenedFile, ...]:
    def open_one(path: Path, in_folder: bool) -> OpenedFile:
        more = {"cards_only": True, "digest": True, "in_folder": in_folder}
        return open_file(channel, {"path": base64.urlsafe_b64encode(os.fsencode(path)).decode(), **more})

    return in_turn(open_one, arguments["files"])


def inspect(_: Channel, arguments: dict[str, Any]) -> InspectedCard:
    return InspectedCard(
        path=str(path_of(arguments)), container="json", spec=None, spec_version=None, card=None
    )


def loaded(arguments: dict[str, Any]) -> list[SourceText]:
    if arguments["sources"] is not None:
        _read_sets.clear()
        _read_sets[arguments["set_key"]] = [SourceText.model_validate(item) for item in arguments["sources"]]
    return _read_sets[arguments["set_key"]]


def names_in(sources: list[SourceText]) -> list[str]:
    words = [word for source in sources for word in source.text.split() if word.istitle() and len(word) > 2]
    return sorted(dict.fromkeys(words), key=lambda word: -words.count(word))


def characters(channel: Channel, arguments: dict[str, Any]) -> tuple[Person, ...]:
    channel.progress(0.5, f"in process {os.getpid()}, sent {arguments['sources'] is not None}")
    return tuple(
        Person(
            id=index, name=name, aliases=(Alias(name=name, mentions=1),), mentions=1, quotes=0,
            first=Span(source=0, start=0, end=1),
        )
        for index, name in enumerate(names_in(loaded(arguments)))
    )  # fmt: skip


def quotes(_: Channel, arguments: dict[str, Any]) -> tuple[Quotation, ...]:
    return tuple(
        Quotation(source=0, start=0, end=4, text=source.text[:4], speaker=None, confidence=0.5)
        for source in loaded(arguments)
    )


def resolve(sources: list[SourceText], wanted: str) -> str:
    names = names_in(sources)
    if not names:
        raise SourceError("Nobody is in this text.")
    found = [name for name in names if wanted.casefold() in name.casefold()]
    if len(found) != 1 and wanted:
        raise UsageError(f"{wanted!r} is not one of {', '.join(names)}.")
    return found[0]


def draft(channel: Channel, arguments: dict[str, Any]) -> DraftedCard:
    sources = loaded(arguments)
    name = resolve(sources, arguments["character"])
    channel.found(name)
    outputs: dict[str, StepOutput] = {
        key: StepOutput.model_validate(value) for key, value in arguments["done"].items()
    }
    for index, key in enumerate(STEPS):
        channel.progress(index / len(STEPS), f"Writing {key}")
        if key not in outputs:
            outputs[key] = run_step(key, name, sources)
            channel.step(key, 0.01, outputs[key])
    values = {key: outputs[key].values[key] for key in STEPS}
    evidence = {key: record for output in outputs.values() for key, record in output.evidence.items()}
    return DraftedCard(card=CardData(**values), evidence=evidence)


def run_step(key: str, name: str, sources: list[SourceText]) -> StepOutput:
    if log := os.environ.get("PYTHON_STEP_LOG"):
        with open(log, "a") as stream:
            stream.write(f"{key}\n")
    pause = [source.text.partition("seconds=")[2].split()[:1] for source in sources]
    time.sleep(float(pause[0][0]) if pause[0] else 0.0)
    if key == "scenario":
        misfortune(Channel(sys.stderr.buffer, None), sources[0].text.partition("\n")[0])  # type: ignore[arg-type]
    text = name if key == "name" else f"{key} of {name}"
    return StepOutput(values={key: text}, evidence={key: (Evidence(text=text, kind="template"),)})


def export(_: Channel, arguments: dict[str, Any]) -> ExportReport:
    from cardgen_desktop.domain.errors import StorageError

    path = path_of(arguments)
    if not path.parent.is_dir():
        raise StorageError(f'"{path.name}" cannot be written: its folder is not there.')
    path.write_text(arguments["card"]["data"]["name"], "utf-8")
    return ExportReport(path=str(path), target=arguments["target"], bytes=path.stat().st_size)


def check_picture(_: Channel, arguments: dict[str, Any]) -> Picture:
    data = bytes_of(arguments["image"])
    if not data.startswith(b"\x89PNG"):
        raise InputError(f'"{arguments["name"]}" is not a picture.')
    kept = AssetFiles(path_of(arguments, "assets")).keep(data)
    return Picture(sha256=kept.sha256, bytes=kept.bytes)


TASKS = {
    "read": Task(read, memory=1024**3, cpu_seconds=5),
    "read_text": Task(read_text),
    "read_card_text": Task(read_card_text),
    "open_file": Task(open_file),
    "open_cards": Task(open_cards),
    "inspect": Task(inspect),
    "characters": Task(characters),
    "quotes": Task(quotes),
    "draft": Task(draft),
    "export": Task(export),
    "check_picture": Task(check_picture),
}
