"""Which class of failure an answer belongs to: the detection column of the error table as a list of rules.

Follows ux-and-reliability.md 2.2. Bodies are only looked at for what statuses do not tell: servers use 400,
404, 429 and 500 for very different things, and inside a stream there is no status at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .error_text import Told, is_page

BAD_ADDRESS = "html.page"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A class, for these statuses (none named: for those without one), when the pattern is found."""

    kind: str
    statuses: frozenset[int | None]
    pattern: re.Pattern[str]


def _rule(kind: str, statuses: set[int | None], *patterns: str) -> _Rule:
    return _Rule(kind, frozenset(statuses), re.compile("|".join(patterns)))


_RULES = (
    _rule(
        "ctx.overflow",
        {400, 413, 422, 500, None},
        r"context_length_exceeded|exceed_context_size|maximum context length|context (?:size|length|window)",
        r"prompt (?:is )?too long|too many (?:input )?tokens|input is too long|reduce the length",
        r"context (?:the )?overflow|string_above_max_length",
    ),
    _rule("pay.402", {403, 429, None}, r"insufficient_quota|insufficient (?:credits|funds|balance)"),
    _rule("pay.402", {400}, r"insufficient (?:credits|funds|balance)|credit balance is too low"),
    _rule(
        "auth.401",
        {400, None},
        r"(?:invalid|incorrect|missing|no|wrong)[ _]api[ _]?key|api key not valid|authentication_error",
        r"unauthorized|missing authentication",
    ),
    _rule(
        "auth.403.moderation",
        {400, 403, None},
        r"moderation|flagged|content_filter|content_policy|content management policy|prohibited_content",
    ),
    _rule(
        "model.404",
        {400, 422, 500, None},
        r"not a valid model|model_not_found|invalid model|unknown model|no such model|model_not_available",
        r"models? ['\"`]?[^ ]{1,200}['\"`]? (?:was |is )?(?:not found|does not exist|not exist)",
        r"no endpoints found|no models? (?:is |are )?loaded|failed to load model|model not found",
    ),
    _rule("rate.429", {None}, r"rate[ _-]?limit|too many requests|capacity_exhausted"),
)

_BY_STATUS: Mapping[int, str] = {
    401: "auth.401",
    402: "pay.402",
    403: "auth.403.other",
    404: "model.404",
    405: BAD_ADDRESS,
    407: "net.refused",
    408: "time.ttft",
    410: "model.404",
    413: "ctx.overflow",
    429: "rate.429",
    501: "req.400",
}
_NO_SUCH_PATH = re.compile(r"^(?:file not found|not found|404 page not found|404 not found)?[.!]?$")


def class_of(status: int, headers: Mapping[str, str], body: bytes, told: Told) -> str:
    """The class of a failed answer, by its status, its body, and what the body says."""
    if 300 <= status < 400:
        return BAD_ADDRESS
    # A gateway before the server answers with pages too; then the status tells more than the page.
    if is_page(headers.get("content-type", ""), body) and (status < 400 or status in (400, 404, 405, 410)):
        return BAD_ADDRESS
    if status == 404 and _is_path_unknown(told):
        return BAD_ADDRESS
    return class_in_stream(told, None if status < 400 else status)


def class_in_stream(told: Told, status: int | None = None) -> str:
    """The class of an error inside an answer that began well; the body may name a status."""
    status = status or told.status
    if status == 403 and (told.metadata.get("reasons") or told.metadata.get("flagged_input")):
        return "auth.403.moderation"
    text = told.everything
    for rule in _RULES:
        if status in rule.statuses and rule.pattern.search(text):
            return rule.kind
    return _by_status(status)


def _by_status(status: int | None) -> str:
    if status is None or status >= 500:
        return _BY_STATUS.get(status or 0, "srv.5xx")
    return _BY_STATUS.get(status, "req.400" if status >= 400 else "srv.5xx")


def _is_path_unknown(told: Told) -> bool:
    """Whether a 404 is about the address itself. A model that is gone has more to say."""
    return _NO_SUCH_PATH.match(told.words.strip().lower()) is not None
