"""`python -m tests.support.llm_server TOKENS SECONDS`: the fake server as a process of its own.

Prints its base URL, answers every chat with so many tokens and so many seconds between them, and ends with
its standard input.
"""

import asyncio
import sys

from .server import FakeModelServer
from .shapes import stream

WORDS = ("Ada", "keeps", "the", "lamp", "of", "the", "old", "tower,", "and", "the", "sea", "is", "quiet.")


async def main(tokens: int, pace: float) -> None:
    """Serve until standard input ends."""
    text = " ".join(WORDS[at % len(WORDS)] for at in range(tokens))
    async with FakeModelServer("openrouter") as server:
        server.default = stream("openrouter", text, cost="0.001").paced(pace)
        print(server.base_url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
