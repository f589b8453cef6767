"""How many tokens a text is: counted by the server where it counts, else estimated with a stated margin.

Measured over 13 texts and 7 tokenizers, bytes / 4 is at most 1.25 too few for English and 1.7 for others
(dependencies.md 3). What a model really took is learnt per script from the usage that its server returns.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..domain.profile import ServerKind
from ..domain.prompt_style import PromptMessage
from ..net.http import Http, NetError
from .facts import ServerFacts
from .pricing import read_count
from .server import Server

BYTES_PER_TOKEN = 4
ENGLISH_MARGIN = 1.25
OTHER_MARGIN = 1.7
LEARNT_MARGIN = 1.05
"""What is added to a ratio that was learnt: texts of one script differ that much."""

MESSAGE_TOKENS = 8
"""What a chat template adds to each message."""

TEMPLATE_TOKENS = 48
"""What it adds once: the beginning of the answer, a date, a system message of its own where there is none."""

FACT = "tokens_per_byte"
LEAST_RATIO, MOST_RATIO = 0.15, 2.0
LEAST_LEARNT_BYTES = 400
MOST_COUNTED_BYTES = 2_000_000
SAMPLE_LETTERS = 8000
_FORGETTING = 0.2
_MOST_CACHED = 4000
_SCRIPT_LETTERS = 4000
_ENGLISH_SHARE = 0.995
_REFUSALS = (400, 401, 403, 404, 405, 422, 501)


class Count(NamedTuple):
    """Tokens of a text; `is_exact` when the server's own tokenizer counted."""

    tokens: int
    is_exact: bool


class _Question(NamedTuple):
    """How a kind of server is asked to count: the body of the request, and the number in its answer."""

    body: Callable[[str, str], dict[str, Any]]
    number: Callable[[Mapping[str, Any]], int | None]


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, list) else None


_LLAMA = _Question(
    lambda _, text: {"content": text, "add_special": False}, lambda answer: _length(answer.get("tokens"))
)
_QUESTIONS: dict[ServerKind, _Question] = {
    "llamacpp": _LLAMA,
    "gguf": _LLAMA,
    "koboldcpp": _Question(
        lambda _, text: {"prompt": text, "special": False}, lambda answer: read_count(answer.get("value"))
    ),
    "textgen": _Question(lambda _, text: {"text": text}, lambda answer: read_count(answer.get("length"))),
    "vllm": _Question(
        lambda model, text: {"model": model, "prompt": text, "add_special_tokens": False},
        lambda answer: read_count(answer.get("count")),
    ),
}


class TokenCounter:
    """Counts tokens as one model of one server does.

    `language` is that of the texts, a code like "en", "" when it is not known: then the text itself decides
    whether it passes for English.
    """

    def __init__(
        self, http: Http, server: Server, facts: ServerFacts, model: str, *, language: str = ""
    ) -> None:
        self._http = http
        self._server = server
        self._facts = facts
        self._model = model
        self._language = language
        self._question = _QUESTIONS.get(server.kind) if server.traits.tokenizer else None
        self._counted: dict[bytes, int] = {}

    async def count(self, text: str) -> Count:
        """Tokens of a text alone, without what a chat template adds. Never raises: it estimates instead."""
        if not text:
            return Count(0, is_exact=True)
        size = _bytes(text)
        if self._question is not None and size <= MOST_COUNTED_BYTES:
            exact = await self._counted_by_server(self._question, text)
            if exact is not None:
                return Count(exact, is_exact=True)
        return Count(_up(size * await self._ratio(text)), is_exact=False)

    async def count_prompt(self, messages: Sequence[PromptMessage]) -> Count:
        """Tokens of a whole prompt, with `MESSAGE_TOKENS` for each message and `TEMPLATE_TOKENS` for all."""
        counts = [await self.count(message.text) for message in messages]
        total = sum(count.tokens for count in counts) + MESSAGE_TOKENS * len(messages) + TEMPLATE_TOKENS
        return Count(total, is_exact=all(count.is_exact for count in counts))

    async def letters_for(self, tokens: int, sample: str) -> int:
        """How many letters of text like `sample` fit into so many tokens, on the safe side."""
        part = sample[:SAMPLE_LETTERS] or "a"
        count = await self.count(part)
        margin = LEARNT_MARGIN if count.is_exact else 1.0
        return max(0, int(tokens * len(part) / (max(1, count.tokens) * margin)))

    async def learn(self, text: str, tokens: int) -> None:
        """Note what the server counted for a prompt of this text (`Usage.tokens_in`), template included.

        A server that cuts prompts without a word would teach too little: from those only more is believed.
        """
        size = _bytes(text)
        if self._question is not None or size < LEAST_LEARNT_BYTES:
            return
        ratio = tokens / size
        known = await self._learnt(_script(text))
        if not LEAST_RATIO <= ratio <= MOST_RATIO:
            return
        if self._server.traits.cuts_silently:
            ratio = max(ratio, known or 1 / BYTES_PER_TOKEN)
        elif known is not None:
            ratio = max(ratio, known + _FORGETTING * (ratio - known))
        await self._facts.put(self._server.place, self._model, f"{FACT}.{_script(text)}", f"{ratio:.5f}")

    async def _counted_by_server(self, question: _Question, text: str) -> int | None:
        key = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        if key not in self._counted:
            counted = await self._ask(question, text)
            if counted is None:
                return None
            while len(self._counted) >= _MOST_CACHED:
                self._counted.pop(next(iter(self._counted)))
            self._counted[key] = counted
        return self._counted[key]

    async def _ask(self, question: _Question, text: str) -> int | None:
        """The server's number; None when it has none, and it is not asked again when it will never have."""
        url = self._server.root_url(self._server.traits.tokenizer)
        body = question.body(self._model, text)
        try:
            answer = await self._http.fetch("POST", url, headers=self._server.headers, body=body)
            value = json.loads(answer.body) if answer.status == 200 else None
        except (NetError, ValueError, RecursionError):
            return None
        if answer.status in _REFUSALS:
            self._question = None
        return question.number(value) if isinstance(value, dict) else None

    async def _ratio(self, text: str) -> float:
        """Tokens per byte, with the margin in it."""
        script = _script(text)
        learnt = await self._learnt(script)
        if learnt is not None:
            return learnt * LEARNT_MARGIN
        language = self._language.partition("-")[0].lower()
        is_english = script == "ascii" and language in ("", "en", "eng", "und")
        return (ENGLISH_MARGIN if is_english else OTHER_MARGIN) / BYTES_PER_TOKEN

    async def _learnt(self, script: str) -> float | None:
        value = await self._facts.get(self._server.place, self._model, f"{FACT}.{script}")
        try:
            ratio = float(value) if value is not None else 0.0
        except ValueError:
            return None
        return ratio if LEAST_RATIO <= ratio <= MOST_RATIO else None


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _up(number: float) -> int:
    return int(number) + 1


def _script(text: str) -> str:
    """A coarse name of the writing: ascii (as English), latin, or that of its most letters."""
    text = text[: 2 * _SCRIPT_LETTERS]
    if text.isascii():
        return "ascii"
    letters = [letter for letter in text if letter.isalpha()][:_SCRIPT_LETTERS]
    plain = sum(letter.isascii() for letter in letters)
    if plain >= _ENGLISH_SHARE * len(letters):
        return "ascii"
    if 2 * plain > len(letters):
        return "latin"
    names: dict[str, int] = {}
    for letter in letters[:200]:
        name = unicodedata.name(letter, "other").partition(" ")[0].lower()
        names[name] = names.get(name, 0) + 1
    return max(names, key=lambda name: names[name])
