"""Profiles: which language model to ask, where, and within which limits. A profile never holds a key."""

import ipaddress
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from .draft import OFFLINE_ENGINE
from .job import Lane
from .value import Value

ServerKind = Literal[
    "openrouter", "openai", "ollama", "lmstudio", "koboldcpp", "llamacpp", "vllm", "textgen", "gguf"
]
"""Which server it is; what differs between them is one row of `llm.traits`. "openai" is any compatible one,
"gguf" a file that this program runs itself in a child process."""

Task = Literal["analysis", "prose", "dialogue", "lorebook"]
"""What a step of a draft asks of a model; each may use a model of its own."""

TASKS: tuple[Task, ...] = ("analysis", "prose", "dialogue", "lorebook")
OPENROUTER_URL = "https://openrouter.ai/api/v1"


class Sampling(Value):
    """How text is drawn from a model. `extra` are further fields of the request body as plain JSON."""

    temperature: float = Field(default=0.7, ge=0, le=2)
    top_p: float = Field(default=0.95, gt=0, le=1)
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    extra: dict[str, Any] = Field(default_factory=dict, max_length=30)


class Profile(Value):
    """One way to reach a model. `name` is its identity, and what `DraftRequest.engine` says.

    `model` is the default of every task, `models` names others for some. `path` is the file of a "gguf"
    profile, which has no `base_url`. `context` is the model's limit in tokens, None to ask the server;
    `max_output` bounds one answer. `at_once` is how many requests the server may get together. Caps are US
    dollars: `monthly_cap` for a calendar month, `job_cap` for one job; None for no cap.
    """

    name: str = Field(min_length=1, max_length=80)
    kind: ServerKind
    base_url: str = Field(default="", max_length=2000)
    model: str = Field(default="", max_length=300)
    models: dict[Task, str] = Field(default_factory=dict)
    path: str = Field(default="", max_length=4000)
    key_env: str = Field(default="", max_length=200)
    sampling: Sampling = Field(default_factory=Sampling)
    context: int | None = Field(default=None, ge=512, le=20_000_000)
    max_output: int | None = Field(default=None, ge=16, le=1_000_000)
    at_once: int = Field(default=3, ge=1, le=64)
    monthly_cap: Decimal | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    job_cap: Decimal | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        folded = " ".join(name.split())
        if not folded or not folded.isprintable() or folded.casefold() == OFFLINE_ENGINE:
            raise ValueError(f'a profile cannot be called "{name}"')
        return folded

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        url = url.strip().rstrip("/")
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("an address begins with http:// or https:// and names a server")
        if not url.isprintable() or any(letter.isspace() or letter == "\\" for letter in url):
            raise ValueError("an address has no spaces, line breaks or backslashes")
        if not _has_port(url):
            raise ValueError("the port of an address is a number from 1 to 65535")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("an address holds no name, password, ? or #; a key has its own field")
        return url

    @model_validator(mode="after")
    def _has_a_place(self) -> "Profile":
        if self.kind == "gguf" and not self.path:
            raise ValueError("a model file is needed")
        if self.kind != "gguf" and not self.base_url:
            raise ValueError("an address is needed")
        return self

    def model_for(self, task: Task) -> str:
        """The model that a task uses."""
        return self.models.get(task) or self.model

    @property
    def place(self) -> str:
        """What is learnt about a server belongs to: its address, or the file of a model."""
        return str(PurePath(self.path)) if self.kind == "gguf" else self.base_url

    @property
    def is_local(self) -> bool:
        """Whether the model runs on this computer or in the network at home, so that nothing leaves it."""
        return self.kind == "gguf" or is_near(urlsplit(self.base_url).hostname or "")

    @property
    def lane(self) -> Lane:
        """The lane of jobs with this profile."""
        return Lane.LOCAL if self.is_local else Lane.NETWORK


def _has_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def is_near(host: str) -> bool:
    """Whether a host name means this computer or a private network (RFC 1918, RFC 4193)."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".lan", ".home.arpa")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # ::ffff:8.8.8.8 is private by its form, and far away all the same.
    return (getattr(address, "ipv4_mapped", None) or address).is_private


SHORTEST_HINTED_KEY = 12


def key_hint(key: str) -> str:
    """The end of a key, "…9f"; "" without one, or when two letters would be too much of it."""
    return f"…{key[-2:]}" if len(key) >= SHORTEST_HINTED_KEY else ""


KeyPlace = Literal["none", "keyring", "environment", "memory"]


class ProfileView(Value):
    """A profile as lists show it. `key_hint` is the end of its key ("…9f"), "" when there is none.

    `key_place` says where the key was found, `key_name` which environment variable it came from.
    `spent_month` is what this month has cost in US dollars, None while nothing is known of it.
    """

    profile: Profile
    key_place: KeyPlace = "none"
    key_hint: str = ""
    key_name: str = ""
    spent_month: Decimal | None = None


class KeyringStatus(Value):
    """Where keys are kept. Without a keyring they are kept for this run only, and `sentence` says so."""

    available: bool
    name: str = ""
    sentence: str = ""


class ModelInfo(Value):
    """A model of a server. Prices are US dollars per token, None when not known; 0 is free.

    `cached_price` is that of prompt tokens which the provider still had from before. `request_price` is paid
    once per request.
    """

    id: str
    name: str = ""
    context: int | None = None
    max_output: int | None = None
    prompt_price: Decimal | None = None
    output_price: Decimal | None = None
    cached_price: Decimal | None = None
    request_price: Decimal | None = None
    structured: Literal["schema", "object", "none", "unknown"] = "unknown"
    loaded: bool | None = None
    expires: str = ""

    @property
    def is_free(self) -> bool:
        """Whether it is known to cost nothing."""
        return self.prompt_price == 0 and self.output_price == 0


class ModelList(Value):
    """A server's models as last seen. `at` is Unix seconds; `is_stale` when they were kept from before."""

    models: tuple[ModelInfo, ...] = ()
    at: float = 0.0
    is_stale: bool = False
    sentence: str = ""


FitnessWord = Literal["Fits", "May be slow", "Won't fit", "Not known"]


class ModelFitness(Value):
    """Whether a model file fits this computer's memory. `needs` and `free` count bytes, None if not known."""

    word: FitnessWord
    sentence: str
    needs: int
    free: int | None = None


CheckStep = Literal["address", "tls", "key", "credits", "model", "structured", "call"]
CHECK_STEPS: tuple[CheckStep, ...] = ("address", "tls", "key", "credits", "model", "structured", "call")


class ConnectionCheck(Value):
    """One line of a connection test. `failure` is a name of `FAILURES`; `sentence` holds fact and remedy."""

    step: CheckStep
    status: Literal["running", "ok", "failed", "skipped"]
    sentence: str = ""
    failure: str = ""


class FoundServer(Value):
    """A server that answered on this computer."""

    kind: ServerKind
    base_url: str
    models: tuple[str, ...] = ()
