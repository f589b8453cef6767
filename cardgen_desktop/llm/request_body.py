"""The body of a chat request: what every server gets, and what a server has been found not to take."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from . import structured
from .chat import ChatRequest
from .facts import ServerFacts
from .server import Server
from .structured import in_words, is_about_form, lower, response_format
from .traits import ALL_FORMS, ResponseForm

WITHOUT = "without"
_DROPPABLE = ("temperature", "top_p", "seed", "stream_options", "return_progress")
_OTHER_LIMIT = "max_completion_tokens"
_LIMIT = "max_tokens"
_NOT_TAKEN = re.compile(
    r"unsupported|not supported|unrecognized|unknown|unexpected|extra inputs|not permitted|only the default"
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server and a model want to be asked: the form of JSON, and fields to leave out.

    "max_tokens" among them means that the limit is called `max_completion_tokens` there.
    """

    form: ResponseForm
    without: frozenset[str] = frozenset()

    def body(self, request: ChatRequest, server: Server) -> dict[str, Any]:
        """The body of a request."""
        fields = _sampling(request) | dict(request.extra) | _fixed(request, server)
        if request.schema is not None:
            # A stop string can cut the code fence that some servers let the model open (llama.cpp).
            fields.pop("stop", None)
            if form := response_format(self.form, request.schema):
                fields["response_format"] = form
        fields["messages"] = self._messages(request)
        if _LIMIT in self.without and _LIMIT in fields:
            fields[_OTHER_LIMIT] = fields.pop(_LIMIT)
        return {
            name: value for name, value in fields.items() if name not in self.without and value is not None
        }

    def _messages(self, request: ChatRequest) -> list[dict[str, str]]:
        messages = [{"role": message.role, "content": message.text} for message in request.messages]
        if request.schema is not None and self.form != "schema" and messages:
            words = request.schema_words or in_words(request.schema)
            messages[-1]["content"] = f"{messages[-1]['content']}\n\n{words}"
        return messages

    def after(self, words: str, request: ChatRequest, server: Server) -> "Manners | None":
        """What to try after a refusal in these words; None when it was not about manners."""
        words = words.lower()
        if request.schema is not None and is_about_form(words):
            form = lower(server.traits.forms, self.form)
            return replace(self, form=form) if form else None
        if _NOT_TAKEN.search(words):
            for name in (_LIMIT, *_DROPPABLE):
                if name in words and name not in self.without:
                    return replace(self, without=self.without | {name})
        return None


def _sampling(request: ChatRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {"temperature": request.temperature, "top_p": request.top_p}
    return fields if request.seed is None else fields | {"seed": request.seed}


def _fixed(request: ChatRequest, server: Server) -> dict[str, Any]:
    """What the person's extra fields cannot change, or the answer could not be read."""
    fields: dict[str, Any] = {
        "model": request.model,
        "stream": True,
        "n": None,
        _OTHER_LIMIT: None,
        server.traits.max_tokens: request.max_tokens,
    }
    if server.traits.usage_option:
        fields["stream_options"] = {"include_usage": True}
    if server.traits.progress:
        fields["return_progress"] = True
    return fields


async def known_manners(facts: ServerFacts, server: Server, model: str) -> Manners:
    """The manners as far as they were learnt, else the best of the server's kind."""
    forms = server.traits.forms
    stored = await facts.get(server.place, model, structured.FACT)
    form = next((form for form in ALL_FORMS if form == stored and form in forms), forms[0])
    return Manners(form, _names(await facts.get(server.place, model, WITHOUT)))


async def learn_manners(facts: ServerFacts, server: Server, model: str, manners: Manners) -> None:
    """Remember what a server took."""
    await facts.put(server.place, model, structured.FACT, manners.form)
    if manners.without:
        await facts.put(server.place, model, WITHOUT, json.dumps(sorted(manners.without)))


def _names(stored: str | None) -> frozenset[str]:
    try:
        value = json.loads(stored or "[]")
    except ValueError:
        return frozenset()
    known = {_LIMIT, *_DROPPABLE}
    return frozenset(known & set(map(str, value))) if isinstance(value, list) else frozenset()
