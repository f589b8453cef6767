"""What differs between servers, as one table: a row of traits for each kind, and no branches elsewhere.

Sources: the servers' own code and documentation. Where a server does not say, the careful choice stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..domain.profile import ServerKind

ResponseForm = Literal["schema", "any_object", "object", "none"]
"""How an answer is bound to JSON: by our schema, by a schema that allows any object, by the server's JSON
mode, or only by words in the prompt."""

ALL_FORMS: tuple[ResponseForm, ...] = ("schema", "any_object", "object", "none")

# A program on a desktop has no address of its own; the title beside it then tells which one it is.
APP_URL = "http://localhost"
APP_TITLE = "CardGen Desktop"


@dataclass(frozen=True, slots=True)
class Traits:
    """One kind of server.

    `title` is what sentences call it, "" for its host. `port` is where it usually listens on this computer.
    `forms` are the ways to ask for JSON, best first. `usage_option` says whether usage must be asked for in
    a stream, `progress` whether it tells how far the prompt is read. `thinking` are the fields of a delta
    that hold thoughts; `inline_thinking`, that they may stand in the text between `<think>` tags.
    `headers` go with every request. `tokenizer` and `native` are paths from the server's root: where it
    counts tokens, where it tells its context. `cuts_silently` warns that a prompt above the context is cut
    without a word, so that the caller must count first; `context` is what to assume when nobody says.
    """

    title: str = ""
    port: int | None = None
    needs_key: bool = False
    forms: tuple[ResponseForm, ...] = ALL_FORMS
    usage_option: bool = True
    progress: bool = False
    thinking: tuple[str, ...] = ("reasoning_content", "reasoning")
    inline_thinking: bool = True
    max_tokens: str = "max_tokens"
    headers: Mapping[str, str] = field(default_factory=dict)
    tokenizer: str = ""
    native: str = ""
    cuts_silently: bool = False
    context: int | None = None


_LLAMA = Traits(title="llama-server", port=8080, progress=True, tokenizer="/tokenize", native="/props")

TRAITS: dict[ServerKind, Traits] = {
    # Its usage comes by itself; support of schemas differs by endpoint, so that answers are checked anyway.
    "openrouter": Traits(
        title="OpenRouter",
        needs_key=True,
        usage_option=False,
        inline_thinking=False,
        headers={"HTTP-Referer": APP_URL, "X-OpenRouter-Title": APP_TITLE},
    ),
    "openai": Traits(),
    # Only the schema inside `json_schema` is read. 4,096 tokens unless the person set more.
    "ollama": Traits(
        title="Ollama",
        port=11434,
        forms=("schema", "object", "none"),
        native="/api/show",
        cuts_silently=True,
        context=4096,
    ),
    # JSON mode is refused with a 400.
    "lmstudio": Traits(
        title="LM Studio", port=1234, forms=("schema", "any_object", "none"), native="/api/v0/models"
    ),
    # Its JSON mode makes an array; usage never comes in a stream; a schema it cannot use is dropped silently.
    "koboldcpp": Traits(
        title="KoboldCpp",
        port=5001,
        forms=("schema", "any_object", "none"),
        usage_option=False,
        tokenizer="/api/extra/tokencount",
        native="/api/extra/true_max_context_length",
        cuts_silently=True,
    ),
    "llamacpp": _LLAMA,
    "vllm": Traits(title="vLLM", port=8000, tokenizer="/tokenize"),
    # `response_format` is ignored.
    "textgen": Traits(
        title="text-generation-webui",
        port=5000,
        forms=("none",),
        tokenizer="/v1/internal/token-count",
        native="/v1/internal/model/info",
        cuts_silently=True,
    ),
    # A llama.cpp server of our own, in a child process on a free port.
    "gguf": Traits(
        title="The local engine", progress=True, tokenizer="/tokenize", native="/props", context=8192
    ),
}
