"""`python -m tests.proof.fates --seed 1`: every fault of three kinds of servers, seen from the command line.

Each of the 84 ends where the error table says: state of the job, class, action, exit code, sentence. What had
arrived is kept, and can be kept, gone on with or discarded from whatever state its job is in
(ux-and-reliability.md 2.2 and 4.3, test 18).
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cardgen_desktop.domain.failures import FAILURES
from cardgen_desktop.domain.job import JobState
from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.jobs.interface import PartialChoice
from cardgen_desktop.jobs.workspace import Workspace
from cardgen_desktop.llm import server as servers
from cardgen_desktop.llm.client import Timeouts
from tests.proof.model_folder import BOOK, KEY, add_book, cardgen, far_profile, model_folder, settled, start
from tests.support.llm_faults import FAULTS, KINDS, TEXT, Fault
from tests.support.llm_server import FakeModelServer, Received, Reply

QUICK = Timeouts(connect=30, first=10, idle=6, total=60)
CHOICES: tuple[PartialChoice, ...] = ("continue", "keep", "discard")
NEVER_SAID = ("unknown error", "traceback", "cardgen made a mistake", "internal error", "none")
AT_ONCE_SECONDS = 20.0


@dataclass
class Figures:
    """What was tried, and what was wrong with it."""

    faults: int = 0
    choices: int = 0
    wrong: list[str] = field(default_factory=list)


class Faulty(FakeModelServer):
    """A server whose models each have a fault, but only for a scenario; `mended` ones have none."""

    def __init__(self, kind: ServerKind) -> None:
        super().__init__(kind, models=("model-1", *FAULTS))
        self.default = self._reply
        self.mended: set[str] = set()

    def _reply(self, request: Received) -> Reply:
        name = request.body["model"]
        is_asked = '"scenario"' in str(request.body.get("response_format")).replace("'", '"')
        if name in self.mended or not is_asked:
            return self.fitting(request)
        return FAULTS[name].reply(self.kind)


class Prover:
    """Runs faults on one data folder, several at once."""

    def __init__(self, workspace: Workspace, home: Path, source_id: int, figures: Figures) -> None:
        self._workspace, self._home, self._source_id = workspace, home, source_id
        self.figures = figures
        self._turns = asyncio.Semaphore(3)

    async def prove(self, server: Faulty, name: str, *, with_command: bool) -> None:
        """One fault: where it ends, and that every choice about the text goes on from there."""
        profile = f"{server.kind} {name}"
        await self._workspace.commands.save_profile(far_profile(server, profile, model=name))
        async with self._turns:
            self.figures.faults += 1
            if with_command:
                job_id = await self._command(profile, FAULTS[name])
            else:
                job_id = (await start(self._workspace, self._source_id, profile, fields=("scenario",))).id
            await self._look(profile, FAULTS[name], job_id)
            await self._choose(server, name, profile, job_id)

    def _expect(self, where: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            self.figures.wrong.append(f"{where}: {found!r}, not {wanted!r}")

    async def _command(self, profile: str, fault: Fault) -> int:
        begin = time.monotonic()
        ran = await cardgen(
            self._home, "draft", BOOK, "--engine", profile, "--fields", "scenario", "--json", "--max-wait", 0,
            "--greetings", 1, "--out", self._home / f"{profile}.json",
        )  # fmt: skip
        self._expect(f"{profile}: exit code {ran.err}", ran.code, 4)
        assert ran.out, ran.err
        told = ran.value
        self._expect(f"{profile}: fields", sorted(told), ["error", "job", "state"])
        self._expect(f"{profile}: class", told["error"]["class"], fault.kind)
        self._expect(f"{profile}: action", told["error"]["action"], str(FAILURES[fault.kind].actions[0]))
        self._expect(f"{profile}: state", told["state"], fate(fault))
        self._sentence(profile, f"{told['error']['message']} {ran.err}")
        if (seconds := time.monotonic() - begin) > AT_ONCE_SECONDS + QUICK.first:
            self.figures.wrong.append(f"{profile}: it took {seconds:.0f} s")
        return int(told["job"])

    def _sentence(self, where: str, said: str) -> None:
        words = said.lower()
        if not said.strip() or any(f" {never}" in f" {words}" for never in NEVER_SAID) or KEY in said:
            self.figures.wrong.append(f"{where} says: {said}")

    async def _look(self, profile: str, fault: Fault, job_id: int) -> None:
        """What the window sees."""
        states = [JobState.HELD, JobState.WAITING, JobState.FAILED, JobState.SUCCEEDED]
        job = await settled(self._workspace, job_id, *states)
        self._expect(f"{profile}: state of the job", job.state, fate(fault))
        self._expect(f"{profile}: class of the job", job.error_code, fault.kind)
        self._sentence(profile, job.error or job.phase)
        details = await self._workspace.commands.job_details(job_id)
        if "ept 8 words" in fault.sentence or "8 words kept" in fault.sentence:
            self._expect(f"{profile}: kept text", details.partial, TEXT)

    async def _choose(self, server: Faulty, name: str, profile: str, job_id: int) -> None:
        """Every choice, the first for this job, the others for copies of it that met the same fault."""
        has_text = bool((await self._workspace.commands.job_details(job_id)).partial)
        for choice in CHOICES if has_text else CHOICES[::2]:
            self.figures.choices += 1
            server.mended.discard(name)
            if choice != "continue":
                await self._reopened(profile)
                wanted = {"options": (await self._options()).model_copy(update={"instruction": choice})}
                job = await start(self._workspace, self._source_id, profile, fields=("scenario",), **wanted)
                job_id = job.id
                await settled(self._workspace, job_id, JobState.HELD, JobState.WAITING, JobState.FAILED)
            await self._stopped(job_id)
            server.mended.add(name)
            await self._reopened(profile)
            await self._settle(f"{profile}: {choice}", job_id, choice)

    async def _stopped(self, job_id: int) -> None:
        """A job that would try again by itself stays where it is while the person chooses."""
        job = await self._workspace.commands.job(job_id)
        if job.state in (JobState.WAITING, JobState.RUNNING):
            await self._workspace.commands.pause_jobs([job_id])
            await settled(self._workspace, job_id, JobState.PAUSED)

    async def _options(self) -> Any:
        from tests.proof.model_folder import SHORT

        return SHORT

    async def _settle(self, where: str, job_id: int, choice: PartialChoice) -> None:
        await self._workspace.commands.settle_partial(job_id, choice)
        job = await settled(self._workspace, job_id, JobState.HELD, JobState.FAILED, JobState.SUCCEEDED)
        self._expect(f"{where}: {job.error or job.phase}", job.state, JobState.SUCCEEDED)
        if job.state is not JobState.SUCCEEDED:
            return
        data = (await self._workspace.commands.card(job.result["card_id"])).card.data  # type: ignore[index]
        if choice == "keep":
            self._expect(f"{where}: text", data.scenario, TEXT)
            self._expect(f"{where}: review", job.needs_review, True)
        elif not data.scenario:
            self.figures.wrong.append(f"{where}: no text")

    async def _reopened(self, profile: str) -> None:
        """The person has mended what was wrong."""
        gates = self._workspace.service.core.gates
        for gate in gates.closed:
            if gate.scope == profile:
                gates.open(gate.reason, scope=gate.scope)


def fate(fault: Fault) -> str:
    """The state that a job with this fault comes to stand in first."""
    if fault.retry_after is not None:
        return "waiting"
    return {"held": "held", "failed": "failed"}.get(FAILURES[fault.kind].fate, "waiting")


async def prove(
    folder: Path, kinds: Sequence[ServerKind], names: Sequence[str], *, commands: Sequence[str]
) -> Figures:
    """Prove these faults at these kinds of servers; those in `commands` from the command line."""
    figures, home = Figures(), folder / "home"
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(model_folder(home))
        prover = Prover(workspace, home, await add_book(workspace), figures)
        faulty = [await stack.enter_async_context(Faulty(kind)) for kind in kinds]
        await asyncio.gather(
            *(
                prover.prove(server, name, with_command=name in commands)
                for name in names
                for server in faulty
            )
        )
    return figures


def main() -> int:
    """The exit code is 0 when every fault came to the right end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", type=int, default=len(KINDS))
    parser.add_argument("--faults", type=int, default=len(FAULTS))
    parser.add_argument(
        "--commands", type=int, default=len(FAULTS), help="faults that the command line meets"
    )
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    os.environ["CARDGEN_API_KEY"] = KEY
    servers.REMOTE = QUICK
    chance, begin = random.Random(options.seed), time.monotonic()
    names = [options.only] if options.only else chance.sample(list(FAULTS), options.faults)
    with tempfile.TemporaryDirectory() as folder:
        proving = prove(Path(folder), KINDS[: options.kinds], names, commands=names[: options.commands])
        figures = asyncio.run(proving)
    print("\n".join(figures.wrong))
    print(
        f"seed {options.seed}: {figures.faults} faults, {figures.choices} choices, "
        f"{len(figures.wrong)} wrong, {time.monotonic() - begin:.0f} s"
    )
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
