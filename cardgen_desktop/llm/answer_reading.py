"""The events of one answer out of the chunks of its stream: error first, then choices, then text.

Follows the rules for clients of chat-completion servers: choices may be empty, content may be null, usage
comes with the last chunk or after it, thoughts are kept apart, an error may come at any time.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..domain.costs import Usage
from ..domain.errors import CardgenError
from ..net.http import Answer
from . import errors
from .chat import ChatEvent, Ended, FinishReason, Phase, Started, TextDelta, ThinkingDelta
from .key_filter import KeyFilter
from .server import Server
from .thinking import ThinkingSplitter
from .traits import ResponseForm
from .usage import usage_in
from .wire import Choice, Chunk, chunk_in, text_of, whole_characters, word

DONE = "[DONE]"
MOST_TEXT = 4 * 1024 * 1024
"""How many characters of text and thoughts an answer may have (ux-and-reliability.md 4.2)."""

LETTERS_PER_TOKEN = 12
LETTERS_OVER = 2_000
THINKING_TOKENS = 32_768
"""A server that knows no limit is stopped by ours: at far more letters than so many tokens can have. What
thoughts take is not counted everywhere."""


class AnswerReading:
    """One answer as it is read. `words` counts the words of text so far: those that are kept."""

    def __init__(
        self,
        server: Server,
        model: str,
        headers: Mapping[str, str],
        form: ResponseForm = "none",
        *,
        max_tokens: int | None = None,
    ) -> None:
        self._server = server
        self._asked_model = model
        self._headers = headers
        self._form = form
        self._splitter = ThinkingSplitter() if server.traits.inline_thinking else None
        self._started = False
        self._done = False
        self._finish: FinishReason | None = None
        self._usage: Usage | None = None
        self._names: tuple[Any, ...] = ()
        self._id = ""
        self._model = self._provider = self._refusal = ""
        self._half = ""
        self._keyless = KeyFilter(server.key.get_secret_value())
        self._keyless_thoughts = KeyFilter(server.key.get_secret_value())
        self._letters = 0
        self._left = _letters_of(max_tokens)
        self._thoughts_left = _letters_of(None if max_tokens is None else max_tokens + THINKING_TOKENS)
        self._in_word = False
        self._thought = False
        self.words = 0

    @property
    def is_done(self) -> bool:
        """Whether the server said that nothing more comes."""
        return self._done

    @property
    def is_complete(self) -> bool:
        """Whether the answer has its proper end; only usage can still come."""
        return self._finish is not None

    @property
    def has_begun(self) -> bool:
        """Whether there was a word of text or of thoughts."""
        return bool(self._letters)

    def feed(self, data: str, name: str = "message") -> Iterator[ChatEvent]:
        """The events of one chunk, as JSON text; `name` is the event's. Raises domain errors."""
        if data.strip() == DONE:
            self._done = True
            return
        chunk = chunk_in(data)
        if chunk is None and self.is_complete:
            return
        if chunk is None:
            raise self._wrong(data, name)
        if name == "error" or chunk.failure:
            for choice in chunk.choices[:1]:
                yield from self._say("", whole_characters(text_of(choice.fields.get("content")))[0])
            yield from self.rest()
            raise self._told(chunk.failure or json.loads(data))
        yield from self._read(chunk, data)

    def whole(self, answer: Answer) -> Iterator[ChatEvent]:
        """The events of an answer that came in one piece, although a stream was asked for."""
        chunk = chunk_in(answer.body.decode("utf-8", "replace"))
        if chunk is None or not (chunk.choices or chunk.failure):
            raise errors.of_answer(self._server, answer, model=self._asked_model)
        yield from self.feed(answer.body.decode("utf-8", "replace"))
        self._done = True
        yield from self.end()

    def end(self) -> Iterator[ChatEvent]:
        """The events that end the answer. Raises domain errors when it has no proper end, or no text."""
        if self._finish is None and not self._done:
            yield from self.rest()
            raise errors.of_cut(self._server, self.words, model=self._asked_model)
        if self._splitter:
            yield from self._say(*self._splitter.end())
        yield from self.rest()
        yield Ended(self._finish or "stop", self._usage, self._model, self._provider, self._id)
        if error := self._unusable():
            raise error

    def rest(self) -> Iterable[ChatEvent]:
        """What was held back in case it was the beginning of the key; to be said before the answer fails."""
        return self._tell(self._keyless_thoughts.end(), self._keyless.end())

    def _read(self, chunk: Chunk, data: str) -> Iterator[ChatEvent]:
        if isinstance(chunk.prompt_progress, Mapping) and (phase := _progress(chunk.prompt_progress)):
            yield phase
        names = (chunk.id, chunk.model, chunk.provider)
        if names != self._names or not self._started:
            self._names = names
            yield from self._begin(chunk)
        if chunk.usage:
            self._usage = usage_in(data) or self._usage
        for choice in chunk.choices[:1]:
            yield from self._choice(choice)

    def _begin(self, chunk: Chunk) -> Iterator[ChatEvent]:
        without = self._keyless.without
        named = word(self._headers.get("x-generation-id")) or word(chunk.id)
        self._id = self._id or without(named)
        self._model = without(word(chunk.model)) or self._model
        self._provider = without(word(chunk.provider)) or self._provider
        if not self._started:
            self._started = True
            yield Started(self._id, self._model, self._form)

    def _choice(self, choice: Choice) -> Iterator[ChatEvent]:
        fields = choice.fields
        thoughts = next(
            (text for name in self._server.traits.thinking if (text := text_of(fields.get(name)))), ""
        )
        text = text_of(fields.get("content"))
        if self._splitter and text:
            inline, text = self._splitter.feed(text)
            thoughts += inline
        text, self._half = whole_characters(self._half + text)
        yield from self._say(whole_characters(thoughts)[0], text)
        if refusal := fields.get("refusal"):
            self._refusal = (self._refusal + text_of(refusal))[:2000]
        self._finish = choice.finish or self._finish
        if self._finish == "error":
            raise self._told("the provider stopped")

    def _say(self, thoughts: str, text: str) -> Iterable[ChatEvent]:
        self._letters += len(thoughts) + len(text)
        if self._letters > MOST_TEXT:
            raise errors.of_garbage(
                self._server, f"more than {MOST_TEXT} characters", model=self._asked_model, words=self.words
            )
        told = self._tell(self._keyless_thoughts.feed(thoughts), self._keyless.feed(text))
        if min(self._left, self._thoughts_left) < 0 and self._finish is None:
            self._finish, self._done = "length", True
        return told

    def _tell(self, thoughts: str, text: str) -> Iterable[ChatEvent]:
        told: list[ChatEvent] = []
        if thoughts:
            self._thought = True
            self._thoughts_left -= len(thoughts)
            told.append(ThinkingDelta(thoughts))
        if text:
            self._left -= len(text)
            self._count(text)
            told.append(TextDelta(text))
        return told

    def _count(self, text: str) -> None:
        """Count words over pieces that may end inside one."""
        self.words += len(text.split()) - (self._in_word and not text[0].isspace())
        self._in_word = not text[-1].isspace()

    def _unusable(self) -> CardgenError | None:
        """Why an answer with a proper end cannot be used; None when it can."""
        server, model = self._server, self._asked_model
        if self._finish == "content_filter" or (self._refusal and not self.words):
            return errors.of_refusal(server, self._refusal, model=model, words=self.words)
        if not self.words:
            cut = self._thought and self._finish == "length"
            return errors.of_nothing(server, model=model, was_thinking=cut)
        return None

    def _wrong(self, data: str, name: str) -> CardgenError:
        if name == "error":
            return self._told(data)
        return errors.of_garbage(
            self._server, "a line that is not JSON", model=self._asked_model, words=self.words
        )

    def _told(self, value: Any) -> CardgenError:
        return errors.of_event(self._server, value, self._headers, model=self._asked_model, words=self.words)


def _letters_of(tokens: int | None) -> int:
    return MOST_TEXT if tokens is None else LETTERS_OVER + LETTERS_PER_TOKEN * tokens


def _progress(fields: Mapping[str, Any]) -> Phase | None:
    total, processed = fields.get("total"), fields.get("processed")
    if not isinstance(total, int) or not isinstance(processed, int) or total <= 0:
        return None
    return Phase(f"reading {total:,} tokens", min(max(processed / total, 0.0), 1.0))
