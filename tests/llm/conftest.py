"""Connections for tests of language models: one client for each test, and a question to ask."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from cardgen_desktop.domain.errors import CardgenError
from cardgen_desktop.domain.profile import ServerKind
from cardgen_desktop.domain.prompt_style import PromptMessage
from cardgen_desktop.llm.client import ChatEvent, ChatRequest, Http, ModelClient, TextDelta, Timeouts
from cardgen_desktop.llm.server import Server
from tests.support.llm_faults import PATIENT
from tests.support.llm_server import FakeModelServer
from tests.support.memory_facts import MemoryFacts

KEY = "sk-test-0123456789abcdef9f"


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """Connections, closed at the end; the computer counts as online."""
    async with Http(is_online=lambda: True) as http:
        yield http


class Asker:
    """Asks a fake server, and keeps what came before an answer ended or failed."""

    def __init__(
        self,
        http: Http,
        fake: FakeModelServer | str,
        kind: ServerKind | None = None,
        *,
        is_local: bool = False,
        timeouts: Timeouts = PATIENT,
    ) -> None:
        self.facts = MemoryFacts()
        address = fake if isinstance(fake, str) else fake.base_url
        kind = kind or ("openai" if isinstance(fake, str) else fake.kind)
        self.server = Server(kind=kind, base_url=address, key=KEY, is_local=is_local, name="Mine")
        self.client = ModelClient(http, self.server, self.facts, timeouts=timeouts)
        self.events: list[ChatEvent] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    async def ask(self, **options: object) -> str:
        """The whole text of one answer. Raises what the client raises."""
        self.events = []
        async with aclosing(self.client.chat(question(**options))) as events:
            async for event in events:
                self.events.append(event)
        return self.text

    async def failure(self, **options: object) -> CardgenError:
        """The error that the answer ends in."""
        with pytest.raises(CardgenError) as caught:
            await self.ask(**options)
        return caught.value

    async def failure_or_none(self, **options: object) -> CardgenError | None:
        """The error that the answer ends in, None when it ends well."""
        try:
            await self.ask(**options)
        except CardgenError as error:
            return error
        return None


def question(**options: object) -> ChatRequest:
    """A short question."""
    fields: dict[str, object] = {
        "model": "model-1",
        "messages": (PromptMessage(role="user", text="Who keeps the lamp?"),),
        "max_tokens": 200,
    }
    return ChatRequest(**(fields | options))  # type: ignore[arg-type]
