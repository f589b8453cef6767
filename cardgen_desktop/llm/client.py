"""The client of language models: a question goes out, and the answer comes back while it is written.

Always streamed, whatever the server: only a streamed request can be cancelled everywhere, shows life, and is
not cut by somebody's read timeout.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from ..domain.errors import CardgenError
from ..net.http import Answer, NetError
from ..net.http import Http as Http
from ..net.http import Timeouts as Timeouts
from ..net.stream import EventStream
from . import errors
from .answer_reading import AnswerReading
from .chat import ChatEvent as ChatEvent
from .chat import ChatRequest as ChatRequest
from .chat import Ended as Ended
from .chat import FinishReason as FinishReason
from .chat import Phase as Phase
from .chat import Started as Started
from .chat import TextDelta as TextDelta
from .chat import ThinkingDelta as ThinkingDelta
from .facts import ServerFacts
from .request_body import Manners, known_manners, learn_manners
from .server import Server
from .structured import lower
from .traits import ResponseForm

_MOST_ASKINGS = 8
_MANNERS_CLASSES = frozenset({"req.400", "model.404", "srv.5xx"})
_NO_ENDPOINT = "requested parameters"
"""How OpenRouter says that nobody who offers the model takes a parameter."""


class ModelClient:
    """One server as somebody to ask. `timeouts` replaces the server's own, for tests."""

    def __init__(
        self, http: Http, server: Server, facts: ServerFacts, *, timeouts: Timeouts | None = None
    ) -> None:
        self._http = http
        self._server = server
        self._facts = facts
        self._timeouts = timeouts or server.timeouts

    @property
    def server(self) -> Server:
        """The server that is asked."""
        return self._server

    async def response_form(self, model: str) -> ResponseForm:
        """How the server can be bound to JSON, as far as is known."""
        return (await known_manners(self._facts, self._server, model)).form

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """The answer, event by event; closing the generator closes the socket, and with it the work.

        A server that refuses how it is asked, not what, is asked again in another way: nothing was written,
        so nothing was billed. Raises domain errors whose `kind` is a name of `FAILURES`.
        """
        manners = known = await known_manners(self._facts, self._server, request.model)
        for _ in range(_MOST_ASKINGS):
            asking = _Asking(self._http, self._server, request, manners, self._timeouts)
            try:
                async with aclosing(asking.events()) as events:
                    async for event in events:
                        if manners != known:
                            await learn_manners(self._facts, self._server, request.model, manners)
                            known = manners
                        yield event
                return
            except CardgenError as error:
                other = None if asking.has_begun else _other_manners(error, manners, request, self._server)
                if other is None:
                    raise
                manners = other

    async def lower_form(self, model: str) -> ResponseForm | None:
        """Bind answers to JSON more loosely from now on, None at the end of the ladder.

        For servers that drop a schema without a word: only the reader of the answer sees it.
        """
        known = await known_manners(self._facts, self._server, model)
        form = lower(self._server.traits.forms, known.form)
        if form is not None:
            await learn_manners(self._facts, self._server, model, replace(known, form=form))
        return form


def _other_manners(
    error: CardgenError, manners: Manners, request: ChatRequest, server: Server
) -> Manners | None:
    words = f"{error.message} {error.details}"
    if error.kind not in _MANNERS_CLASSES or (
        error.kind == "model.404" and _NO_ENDPOINT not in words.lower()
    ):
        return None
    return manners.after(words, request, server)


class _Asking:
    """One request and its answer."""

    def __init__(
        self, http: Http, server: Server, request: ChatRequest, manners: Manners, timeouts: Timeouts
    ) -> None:
        self._http = http
        self._server = server
        self._request = request
        self._manners = manners
        self._timeouts = timeouts
        self._reading: AnswerReading | None = None

    @property
    def has_begun(self) -> bool:
        """Whether anything of an answer was there."""
        return self._reading is not None and self._reading.has_begun

    async def events(self) -> AsyncGenerator[ChatEvent, None]:
        """The events of the answer. Raises domain errors."""
        body = self._manners.body(self._request, self._server)
        url, headers = self._server.url("/chat/completions"), self._server.headers
        try:
            async with (
                self._http.stream(url, headers=headers, body=body, timeouts=self._timeouts) as stream,
                aclosing(self._answer(stream)) as events,
            ):
                async for event in events:
                    yield event
        except NetError as error:
            words = self._reading.words if self._reading else 0
            raise errors.of_net(self._server, error, model=self._request.model, words=words) from None

    async def _answer(self, stream: EventStream) -> AsyncGenerator[ChatEvent, None]:
        if stream.status != 200:
            raise self._refused(Answer(stream.status, stream.headers, await stream.body()))
        form: ResponseForm = "none" if self._request.schema is None else self._manners.form
        most = self._request.max_tokens
        reading = AnswerReading(self._server, self._request.model, stream.headers, form, max_tokens=most)
        self._reading = reading
        # Whatever the content type says: a JSON answer in place of a stream is one long chunk.
        if (await stream.opening())[:1] in (b"{", b"[", b"<"):
            for event in reading.whole(Answer(200, stream.headers, await stream.body())):
                yield event
            return
        async with aclosing(_chunks(stream, reading)) as events:
            async for event in events:
                yield event
        for event in reading.end():
            yield event

    def _refused(self, answer: Answer) -> CardgenError:
        return errors.of_answer(self._server, answer, model=self._request.model)


async def _chunks(stream: EventStream, reading: AnswerReading) -> AsyncGenerator[ChatEvent, None]:
    """The events of the chunks of a stream. One that breaks after its last word is as good as ended."""
    try:
        async for chunk in stream:
            for event in reading.feed(chunk.data, chunk.event):
                yield event
            stream.has_begun, stream.is_ending = reading.has_begun, reading.is_complete
            if reading.is_done:
                break
    except (NetError, CardgenError) as error:
        if isinstance(error, CardgenError) or not reading.is_complete:
            for event in reading.rest():
                yield event
            raise
