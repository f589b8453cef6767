"""Streams cut at random bytes: what was on the screen is on the disk, and going on repeats nothing.

    python -m tests.proof.generation_cuts --rounds 500 --seed 1

Each round drafts one text whose stream is cut once or twice. A model goes on as models do: with the next
word, with the sentence it was in, or with the whole paragraph once more.
"""

import argparse
import asyncio
import json
import random
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from pydantic_core import from_json

from cardgen_desktop.domain.draft import DraftOptions
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.job import JobSnapshot, JobState
from cardgen_desktop.domain.job_kinds import DraftRequest, DraftResult
from cardgen_desktop.jobs.workspace import Workspace
from tests.jobs.conftest import added, drafted
from tests.jobs.generation import BOOK, Screen, model_workspace
from tests.support.llm_server import FakeModelServer, Received, Reply, stream

PARAGRAPHS = (
    "Maren Toll keeps the lamp on Corran Rock. She has kept it burning for eleven winters, and nobody has "
    "ever seen it dark.",
    "The boat comes on the first of the month. It brings oil, flour and letters; it takes away what the "
    'gulls have left of the old nets. "You could come with us," says Captain Vane each time.',
    "Tonight the wind is from the north. A stranger stands at the door, wet to the bone, and asks for "
    "shelter.",
)
TEXT = "\n\n".join(PARAGRAPHS)
SECONDS = 60.0


class CutServer:
    """Plays one round: the text, cut so often, and what a model says when it is asked to go on."""

    def __init__(self, server: FakeModelServer, chance: random.Random, cuts: int) -> None:
        self._server = server
        self._chance = chance
        self._cuts = cuts
        self._written = 0

    def __call__(self, request: Received) -> Reply:
        """The next answer."""
        rest = TEXT[self._begin() :]
        whole = stream(self._server.kind, json.dumps({"scenario": rest}))
        if not self._cuts:
            return whole
        self._cuts -= 1
        offset = self._chance.randrange(len(whole.body))
        self._written = max(self._written, len(TEXT) - len(rest) + len(_text_in(whole.body[:offset])))
        return whole.cut_at(offset)

    def _begin(self) -> int:
        """Where a model begins that was cut after so many letters."""
        sentences = [0, *(found.end() for found in re.finditer(r"[.?!]\s+|\n\n", TEXT))]
        paragraphs = [0, *(found.end() for found in re.finditer(r"\n\n", TEXT))]
        before = [place for place in sentences if place <= self._written]
        above = [place for place in paragraphs if place <= self._written]
        return self._chance.choice((self._written, before[-1], above[-1]))


def _text_in(body: bytes) -> str:
    """The text in as much of a stream as has come."""
    raw = ""
    # The last event counts when its line is whole, also without the blank line behind it.
    for event in body[: body.rfind(b"\n") + 1].split(b"\n\n"):
        if event.startswith(b"data: {"):
            choices = json.loads(event[6:])["choices"]
            raw += (choices[0]["delta"].get("content") or "") if choices else ""
    found = from_json(raw, allow_partial="trailing-strings") if raw.strip() else {}
    return str(found.get("scenario", "")) if isinstance(found, dict) else ""


async def round_of(
    workspace: Workspace, server: FakeModelServer, source_id: int, number: int, seed: int
) -> None:
    """One draft; raises AssertionError with the round's number when a promise is broken."""
    chance = random.Random(f"{seed} {number}")
    server.default = CutServer(server, chance, chance.choice((1, 2)))
    screen = Screen(workspace)
    options = DraftOptions(instruction=f"round {number}", repair=False)
    request = DraftRequest(source_ids=(source_id,), engine="model", options=options, fields=("scenario",))
    job = await drafted(workspace, request)
    while (job := await _stopped(workspace, job.id)).state is JobState.WAITING:
        shown = screen.texts.get(("scenario", "scenario"), "")
        kept = (await workspace.commands.job_details(job.id)).partial
        assert kept == shown, f"round {number}: {shown!r} was shown, {kept!r} is kept"
        with suppress(UsageError):  # its wait was over before we said so
            await workspace.commands.settle_partial(job.id, "continue")
    assert job.state is JobState.SUCCEEDED, f"round {number}: {job.error} {job.error_details}"
    result = DraftResult.model_validate(job.result)
    found = (await workspace.commands.card(result.card_id)).card.data.scenario
    assert found.split() == TEXT.split(), f"round {number}: {found}"


async def _stopped(workspace: Workspace, job_id: int) -> JobSnapshot:
    async with asyncio.timeout(SECONDS):
        while True:
            job = await workspace.commands.job(job_id)
            if job.state not in (JobState.QUEUED, JobState.RUNNING):
                return job
            await asyncio.sleep(0.01)


async def prove(home: Path, rounds: int, seed: int) -> None:
    """So many rounds in one data folder."""
    async with FakeModelServer() as server, model_workspace(home, server) as workspace:
        source_id = await added(workspace, BOOK)
        for number in range(rounds):
            await round_of(workspace, server, source_id, number, seed)


def main() -> int:
    """Run the proof; the exit code is 1 when a round fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.generation_cuts")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            asyncio.run(prove(Path(folder) / "home", options.rounds, options.seed))
        except AssertionError as error:
            print(error)
            return 1
    print(f"{options.rounds} streams were cut; nothing was lost, nothing was repeated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
