"""The form of an engine as data: labels, hints, what text means, and which sentence says that it is wrong."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ...domain.profile import Profile

LONGEST_EXTRA = 20_000
RESERVED = frozenset({"model", "messages", "stream", "response_format"})
"""Fields of a request that the program fills in itself."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field. `path` is where the value stands in a profile ("sampling.top_p"); `parse` raises ValueError.

    `needs_address` hides it for a model file, `is_code` sets it in several lines.
    """

    path: str
    label: str
    hint: str = ""
    placeholder: str = ""
    parse: Callable[[str], Any] = str.strip
    show: Callable[[Any], str] = str
    needs_address: bool = False
    is_code: bool = False


def parse_name(text: str) -> str:
    """A name to call the engine by."""
    name = " ".join(text.split())
    if not name:
        raise ValueError("A name is needed.")
    if len(name) > 80:
        raise ValueError("At most 80 characters.")
    if name.casefold() == "offline":
        raise ValueError("This name belongs to the offline drafter.")
    return name


def parse_address(text: str) -> str:
    """An address as people paste it: a missing scheme is added, the rest is checked by the profile."""
    text = text.strip().rstrip("/")
    if not text:
        raise ValueError("An address is needed, such as http://127.0.0.1:8080/v1.")
    if any(mark.isspace() for mark in text):
        raise ValueError("An address holds no spaces.")
    if "://" not in text:
        near = text.startswith(("localhost", "127.", "192.168.", "10."))
        text = f"{'http' if near else 'https'}://{text}"
    return text


def number(low: float, high: float, *, open_low: bool = False) -> Callable[[str], float]:
    """A number between two bounds."""

    def parse(text: str) -> float:
        try:
            value = float(text.strip().replace(",", "."))
        except ValueError:
            value = float("nan")
        if not low <= value <= high or (open_low and value == low):
            begin = "more than " if open_low else ""
            raise ValueError(f"A number from {begin}{low:g} to {high:g}.")
        return value

    return parse


def whole(low: int, high: int, *, optional: bool = True) -> Callable[[str], int | None]:
    """A whole number between two bounds, or nothing; spaces and commas between digits are fine."""

    def parse(text: str) -> int | None:
        text = "".join(text.split()).replace(",", "").replace("_", "")
        if not text and optional:
            return None
        if not (text.isascii() and text.isdigit()) or not low <= int(text[:12]) <= high:
            raise ValueError(f"A whole number from {low:,} to {high:,}{', or empty' * optional}.")
        return int(text)

    return parse


def parse_money(text: str) -> Decimal | None:
    """US dollars, or nothing for no cap."""
    text = text.strip().removeprefix("$").strip().replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= 1_000_000:
        raise ValueError("An amount in US dollars, such as 5 or 0.50, or empty.")
    return amount


def parse_extra(text: str) -> dict[str, Any]:
    """Further fields of a request as a JSON object."""
    if not text.strip():
        return {}
    if len(text) > LONGEST_EXTRA:
        raise ValueError(f"At most {LONGEST_EXTRA:,} characters.")
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"Not JSON: {error.msg.lower()} in line {error.lineno}.") from None
    except RecursionError:
        raise ValueError("This JSON is nested too deep.") from None
    except ValueError:
        raise ValueError("Not JSON: a number is none.") from None
    if not isinstance(value, dict):
        raise ValueError('A JSON object is needed, such as {"min_p": 0.05}.')
    if taken := RESERVED & value.keys():
        raise ValueError(f"“{min(taken)}” is filled in by the program itself.")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _plain(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _extra(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""


NAME = FieldSpec("name", "Name", "What jobs and tables call it.", parse=parse_name)
ADDRESS = FieldSpec(
    "base_url",
    "Address",
    "Where the API begins; most end in /v1.",
    "http://127.0.0.1:8080/v1",
    parse=parse_address,
    needs_address=True,
)
TEMPERATURE = FieldSpec(
    "sampling.temperature", "Temperature", "0 exact, 1 lively.", parse=number(0, 2), show=_plain
)
TOP_P = FieldSpec("sampling.top_p", "Top p", "0.95 is usual.", parse=number(0, 1, open_low=True), show=_plain)
SEED = FieldSpec(
    "sampling.seed", "Seed", "The same text again.", "random", parse=whole(0, 2**31 - 1), show=_plain
)
CONTEXT = FieldSpec(
    "context",
    "Context",
    "Tokens it can read at once.",
    "as the server says",
    parse=whole(512, 20_000_000),
    show=_plain,
)
MAX_OUTPUT = FieldSpec(
    "max_output",
    "Longest answer",
    "Tokens of one request.",
    "as the step needs",
    parse=whole(16, 1_000_000),
    show=_plain,
)
AT_ONCE = FieldSpec(
    "at_once",
    "Requests at once",
    "1 for most local servers.",
    parse=whole(1, 64, optional=False),
    show=_plain,
)
MONTHLY_CAP = FieldSpec(
    "monthly_cap",
    "Cap for a month, in dollars",
    "Jobs are held when it is reached.",
    "no cap",
    parse=parse_money,
    show=_money,
    needs_address=True,
)
JOB_CAP = FieldSpec(
    "job_cap",
    "Cap for one job, in dollars",
    "A job is held before it costs more.",
    "no cap",
    parse=parse_money,
    show=_money,
    needs_address=True,
)
EXTRA = FieldSpec(
    "sampling.extra",
    "Further fields of each request, as JSON",
    "For options of your server that have no field here.",
    '{"min_p": 0.05}',
    parse=parse_extra,
    show=_extra,
    is_code=True,
)
SECTIONS: tuple[tuple[str, tuple[tuple[FieldSpec, ...], ...]], ...] = (
    ("Writing", ((TEMPERATURE, TOP_P, SEED), (CONTEXT, MAX_OUTPUT))),
    ("Limits", ((AT_ONCE, MONTHLY_CAP, JOB_CAP),)),
    ("Advanced", ((EXTRA,),)),
)


def value_at(data: dict[str, Any], path: str) -> Any:
    """The value of a field in a profile's plain data."""
    for part in path.split("."):
        data = data[part]
    return data


def with_value(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same data with one value changed."""
    head, _, rest = path.partition(".")
    return {**data, head: with_value(data[head], rest, value) if rest else value}


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a profile from being stored: the path of the field, "" for the whole, and a sentence."""

    path: str
    sentence: str


def built(data: dict[str, Any]) -> Profile | Problem:
    """The profile that plain data makes, or what is wrong with it."""
    try:
        return Profile.model_validate(data)
    except ValueError as error:
        found: list[Any] = getattr(error, "errors", list)()
        first = found[0] if found else {"loc": (), "msg": str(error)}
        sentence = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        path = ".".join(str(part) for part in first["loc"])
        if not path:
            path = "path" if data.get("kind") == "gguf" else "base_url"
        return Problem(path, f"{sentence[:1].upper()}{sentence[1:]}.")
