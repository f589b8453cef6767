"""The classes of failure: where each sends its job, and what the person is offered (error table, 2.2).

The names are public: `cardgen draft --json` prints them, `JobSnapshot.error_code` stores them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Fate = Literal["held", "waiting", "failed", "review"]


class Action(StrEnum):
    """What a person can do about a failure; the window makes each a button."""

    TRY_NOW = "try_now"
    USE_OFFLINE = "use_offline"
    TEST_CONNECTION = "test_connection"
    EDIT_ADDRESS = "edit_address"
    UPDATE_KEY = "update_key"
    OTHER_PROFILE = "other_profile"
    SHOW_FLAGGED = "show_flagged"
    OTHER_MODEL = "other_model"
    EDIT_SOURCE = "edit_source"
    CHOOSE_MODEL = "choose_model"
    OPEN_PROVIDER = "open_provider"
    ADD_CREDITS = "add_credits"
    RAISE_CAP = "raise_cap"
    NEAREST_MODEL = "nearest_model"
    RESET_OPTIONS = "reset_options"
    COPY_DETAILS = "copy_details"
    CONTINUE = "continue"
    RETRY = "retry"
    WAIT = "wait"
    KEEP = "keep"
    DISCARD = "discard"
    SOFTER_STYLE = "softer_style"
    EDIT_INSTRUCTION = "edit_instruction"
    SPLIT = "split"
    TRIM = "trim"
    REVIEW = "review"
    SHOW_RAW = "show_raw"
    RAISE_LIMIT = "raise_limit"
    OTHER_FILE = "other_file"
    PASTE_TEXT = "paste_text"
    LOCATE = "locate"
    USE_EXTRACT = "use_extract"
    FREE_SPACE = "free_space"
    CHANGE_FOLDER = "change_folder"
    COPY_REPORT = "copy_report"


@dataclass(frozen=True, slots=True)
class FailureClass:
    """One class: its public name, where its job goes, the gate that closes, and the actions, default first.

    `attempts` is how often a waiting job is tried in all; 0 for one that is not tried again by itself.
    """

    name: str
    fate: Fate
    actions: tuple[Action, ...]
    gate: str = ""
    attempts: int = 0


_A = Action
FAILURES: dict[str, FailureClass] = {
    item.name: item
    for item in (
        FailureClass(name="net.offline", fate="held", gate="offline", actions=(_A.TRY_NOW, _A.USE_OFFLINE)),
        FailureClass(
            name="net.dns",
            fate="held",
            gate="endpoint",
            attempts=3,
            actions=(_A.TEST_CONNECTION, _A.EDIT_ADDRESS),
        ),
        FailureClass(
            name="net.tls",
            fate="held",
            gate="endpoint",
            attempts=3,
            actions=(_A.TEST_CONNECTION, _A.EDIT_ADDRESS),
        ),
        FailureClass(
            name="net.refused",
            fate="held",
            gate="endpoint",
            attempts=3,
            actions=(_A.TEST_CONNECTION, _A.EDIT_ADDRESS),
        ),
        FailureClass(name="auth.401", fate="held", gate="key", actions=(_A.UPDATE_KEY, _A.OTHER_PROFILE)),
        FailureClass(
            name="auth.403.moderation",
            fate="failed",
            actions=(_A.SHOW_FLAGGED, _A.OTHER_MODEL, _A.EDIT_SOURCE),
        ),
        FailureClass(
            name="auth.403.other", fate="held", gate="access", actions=(_A.CHOOSE_MODEL, _A.OPEN_PROVIDER)
        ),
        FailureClass(name="pay.402", fate="held", gate="credits", actions=(_A.ADD_CREDITS, _A.OTHER_MODEL)),
        FailureClass(name="pay.budget", fate="held", gate="budget", actions=(_A.RAISE_CAP, _A.OTHER_MODEL)),
        FailureClass(
            name="model.404", fate="held", gate="model", actions=(_A.NEAREST_MODEL, _A.CHOOSE_MODEL)
        ),
        FailureClass(name="req.400", fate="failed", actions=(_A.RESET_OPTIONS, _A.COPY_DETAILS)),
        FailureClass(
            name="time.connect", fate="waiting", attempts=6, actions=(_A.CONTINUE, _A.RETRY, _A.WAIT)
        ),
        FailureClass(name="time.ttft", fate="waiting", attempts=6, actions=(_A.CONTINUE, _A.RETRY, _A.WAIT)),
        FailureClass(name="time.idle", fate="waiting", attempts=6, actions=(_A.CONTINUE, _A.RETRY, _A.WAIT)),
        FailureClass(name="time.total", fate="waiting", attempts=6, actions=(_A.CONTINUE, _A.RETRY, _A.WAIT)),
        FailureClass(name="rate.429", fate="waiting", attempts=6, actions=(_A.WAIT, _A.OTHER_MODEL)),
        FailureClass(name="srv.5xx", fate="waiting", attempts=6, actions=(_A.RETRY, _A.OTHER_MODEL)),
        FailureClass(name="stream.cut", fate="waiting", attempts=6, actions=(_A.CONTINUE, _A.KEEP, _A.RETRY)),
        FailureClass(
            name="out.refusal", fate="failed", actions=(_A.OTHER_MODEL, _A.SOFTER_STYLE, _A.EDIT_INSTRUCTION)
        ),
        FailureClass(
            name="ctx.overflow", fate="held", gate="context", actions=(_A.SPLIT, _A.OTHER_MODEL, _A.TRIM)
        ),
        FailureClass(name="out.malformed", fate="review", actions=(_A.REVIEW, _A.RETRY, _A.SHOW_RAW)),
        FailureClass(name="out.truncated", fate="review", actions=(_A.CONTINUE, _A.RAISE_LIMIT)),
        FailureClass(name="out.empty", fate="waiting", attempts=2, actions=(_A.RETRY, _A.OTHER_MODEL)),
        FailureClass(name="html.page", fate="held", gate="endpoint", actions=(_A.EDIT_ADDRESS,)),
        FailureClass(name="src.unreadable", fate="failed", actions=(_A.OTHER_FILE, _A.PASTE_TEXT)),
        FailureClass(name="src.missing", fate="held", gate="source", actions=(_A.LOCATE, _A.USE_EXTRACT)),
        FailureClass(name="disk.full", fate="held", gate="disk", actions=(_A.FREE_SPACE, _A.CHANGE_FOLDER)),
        FailureClass(name="disk.ro", fate="held", gate="disk", actions=(_A.FREE_SPACE, _A.CHANGE_FOLDER)),
        FailureClass(name="bug", fate="failed", actions=(_A.COPY_REPORT, _A.RETRY)),
    )
}
"""Every class by name. A 500 is `srv.5xx` with two attempts in all (decisions.md, "Retry of 500")."""

BUG = FAILURES["bug"]


def failure_class(name: str | None) -> FailureClass:
    """The class of a stored name; a mistake of ours when the name is unknown."""
    return FAILURES.get(name or "", BUG)
