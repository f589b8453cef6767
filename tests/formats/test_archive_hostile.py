"""Archives made to hurt: each is refused with its limit, or read with a word about what is odd; nothing is
written anywhere, nothing takes long, and memory stays bounded.
"""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cardgen_desktop.domain.card import Card
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.registry import looks_like_card, read_card
from tests.support.hostile_archives import HOSTILE, MEGABYTE, Hostile, overlapping

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 2.0
MEMORY = 256 * MEGABYTE
CHILD = """
import json, resource, sys, time
from pathlib import Path
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.findings import UnreadableError
from cardgen_desktop.formats.registry import read_card_file
slowest = 0.0
for place in sorted(Path(sys.argv[1]).iterdir()):
    start = time.process_time()
    try:
        for file in read_card_file(place).files:
            try:
                file.read()
            except UnreadableError:
                pass
    except CardError:
        pass
    slowest = max(slowest, time.process_time() - start)
status = Path("/proc/self/status")  # on Linux the other number counts what the parent used too
if status.exists():
    used = 1024 * int(status.read_text().partition("VmHWM:")[2].split()[0])
else:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"memory": used, "slowest": slowest}))
"""


def answer(data: bytes) -> tuple[Card | None, str]:
    """The card and what was found, or no card and the sentence."""
    looks_like_card(data, "hostile.charx")
    try:
        found = read_card(data, "hostile.charx")
    except CardError as error:
        return None, error.message
    for file in found.files:
        with contextlib.suppress(UnreadableError):
            file.read()
    return found.card, " ".join(problem.message for problem in found.problems)


def test_the_set_is_large() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("sample", HOSTILE.values(), ids=HOSTILE)
def test_hostile_archive(sample: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = sample.make()
    start = time.process_time()
    card, words = answer(data)
    assert time.process_time() - start < SECONDS
    assert (card is None) == sample.refused, words
    assert sample.words in words
    if sample.refused:
        assert words.startswith('"hostile.charx" cannot be read as a card. ') and len(words) < 400
    assert list(tmp_path.rglob("*")) == []


def test_the_overlap_is_what_it_claims_to_be() -> None:
    data = overlapping(256, 4 * MEGABYTE)
    assert len(data) < 20_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no `resource` to ask for the memory used")
def test_memory_stays_bounded(tmp_path: Path) -> None:
    for number, sample in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.charx").write_bytes(sample.make())
    ran = subprocess.run(  # our own code in our own interpreter
        [sys.executable, "-c", CHILD, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = json.loads(ran.stdout)
    assert told["memory"] < MEMORY and told["slowest"] < SECONDS, told
    assert len(list(tmp_path.rglob("*"))) == len(HOSTILE)
