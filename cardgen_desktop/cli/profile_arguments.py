"""What `cardgen profile add` can be told, and the profile that it makes of it."""

import argparse
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ..domain.profile import Profile

KINDS = ("openrouter", "openai", "ollama", "lmstudio", "koboldcpp", "llamacpp", "vllm", "textgen", "gguf")
TASKS = ("analysis", "prose", "dialogue", "lorebook")
PORTS = {
    11434: "ollama",
    1234: "lmstudio",
    5001: "koboldcpp",
    8080: "llamacpp",
    8000: "vllm",
    5000: "textgen",
}
"""Where servers usually listen, for guessing the kind of one that is near."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `profile add`."""
    parser.add_argument("--base-url", metavar="URL", help="such as http://127.0.0.1:1234/v1")
    parser.add_argument("--model", metavar="M", help="the model of every task")
    parser.add_argument("--kind", choices=KINDS, metavar="K", help=f"{', '.join(KINDS)}; else guessed")
    parser.add_argument("--file", metavar="GGUF", help="a model file that this program runs itself")
    parser.add_argument("--task-model", action="append", type=_task_model, metavar="TASK=M",
                        help=f"another model for one of {', '.join(TASKS)}")  # fmt: skip
    parser.add_argument("--key-env", metavar="VAR", help="the environment variable that holds the key")
    parser.add_argument("--key-stdin", action="store_true", help="read the key from standard input")
    parser.add_argument("--context", type=_whole, metavar="TOKENS", help="what the model can hold")
    parser.add_argument("--max-output", type=_whole, metavar="TOKENS", help="the most of one answer")
    parser.add_argument("--at-once", type=_whole, metavar="N", help="requests that the server gets together")
    parser.add_argument("--temperature", type=float, metavar="T", help="0 to 2")
    parser.add_argument("--top-p", type=float, metavar="P", help="above 0, at most 1")
    parser.add_argument("--cap", type=_dollars, metavar="DOLLARS", help="the most of a calendar month")
    parser.add_argument("--job-cap", type=_dollars, metavar="DOLLARS", help="the most of one job")
    parser.add_argument("--replace", action="store_true", help="change the profile of this name")
    parser.add_argument("--rename", metavar="NAME", help="with --replace: its new name")


def _task_model(text: str) -> tuple[str, str]:
    task, _, model = text.partition("=")
    if task not in TASKS or not model:
        raise argparse.ArgumentTypeError(f'"{text}" is not TASK=MODEL; tasks are {", ".join(TASKS)}')
    return task, model


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise argparse.ArgumentTypeError("a whole number is needed")
    return int(text)


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise argparse.ArgumentTypeError(f'"{text}" is no amount of dollars such as 5 or 0.50')
    return amount


def new_profile(options: argparse.Namespace) -> "Profile":
    """The profile that the arguments describe; raises `UsageError`."""
    from ..domain.errors import UsageError

    if not options.base_url and not options.file and options.kind != "openrouter":
        raise UsageError("--base-url says where the model is, --file which file to run.")
    return _profile({"name": options.name, **_given(options)})


def changed(profile: "Profile", options: argparse.Namespace) -> "Profile":
    """A stored profile with what the arguments say in place of what it said."""
    given = _given(options)
    before = profile.model_dump()
    sampling = before["sampling"] | given.pop("sampling", {})
    models = before["models"] | given.pop("models", {})
    name = {"name": options.rename} if options.rename else {}
    return _profile({**before, **given, "sampling": sampling, "models": models, **name})


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """The fields that were given."""
    fields = {
        "base_url": _base_url(options),
        "kind": _kind(options),
        "model": options.model,
        "path": str(Path(options.file).expanduser().absolute()) if options.file else None,
        "key_env": options.key_env,
        "context": options.context,
        "max_output": options.max_output,
        "at_once": options.at_once,
        "monthly_cap": options.cap,
        "job_cap": options.job_cap,
    }
    sampling = {"temperature": options.temperature, "top_p": options.top_p}
    nested = {
        "sampling": {name: value for name, value in sampling.items() if value is not None},
        "models": dict(options.task_model or ()),
    }
    plain = {name: value for name, value in fields.items() if value is not None}
    return plain | {name: value for name, value in nested.items() if value}


def _base_url(options: argparse.Namespace) -> str | None:
    """The address as given; one without a path gets the one that servers of its kind have."""
    from ..domain.profile import OPENROUTER_URL

    url: str | None = options.base_url
    if url is None:
        return OPENROUTER_URL if options.kind == "openrouter" and not options.replace else None
    try:
        parts = urlsplit(url)
    except ValueError:  # the profile says what is wrong with it
        return url
    if parts.path.strip("/") or not parts.netloc:
        return url
    return f"{url.rstrip('/')}{'/api/v1' if _kind(options) == 'openrouter' else '/v1'}"


def _kind(options: argparse.Namespace) -> str | None:
    """The kind that was named, else the one that the address looks like."""
    from ..domain.profile import ServerKind, is_near

    assert set(KINDS) == set(get_args(ServerKind))
    if options.kind or options.file:
        return options.kind or "gguf"
    if not options.base_url:
        return None
    try:
        host, port = urlsplit(options.base_url).hostname or "", urlsplit(options.base_url).port
    except ValueError:
        return "openai"
    if f".{host}".endswith(".openrouter.ai"):
        return "openrouter"
    return PORTS.get(port or 0, "openai") if is_near(host) else "openai"


def _profile(fields: dict[str, Any]) -> "Profile":
    from pydantic import ValidationError

    from ..domain.errors import UsageError
    from ..domain.profile import Profile
    from .bounds import refusal

    try:
        return Profile.model_validate(fields)
    except ValidationError as error:
        raise UsageError(f"{refusal(Profile, error)} Nothing was saved.") from error
    except ValueError as error:
        raise UsageError(f"The address makes no sense: {error}. Nothing was saved.") from error
