"""Closed gates in words: what happened, what is held, what goes on by itself, what can be done about it."""

from dataclasses import dataclass
from typing import Literal

from ...domain.job import HoldReason, Lane
from ...domain.queue import GateStatus, QueueStatus
from ..notify import BannerKind
from ..wording import counted, first_sentence

GateAction = Literal["try", "settings", "show", "offline"]
FIELDS: dict[str, str] = {
    HoldReason.ENDPOINT: "test",
    HoldReason.KEY: "key",
    HoldReason.ACCESS: "model",
    HoldReason.CREDITS: "credits",
    HoldReason.BUDGET: "cap",
    HoldReason.MODEL: "nearest",
}
"""What the settings of an engine have to show for a gate whose scope it is (`providers.remedies`)."""
RUN_OFFLINE = "Run with the offline drafter"
BY_THEMSELVES = frozenset({HoldReason.OFFLINE, HoldReason.ENDPOINT, HoldReason.DISK, HoldReason.BUDGET})


@dataclass(frozen=True, slots=True)
class GateWords:
    """A banner: a fact, what happens next, and the default action.

    `engine` names the profile that the gate is about, "" for none; `field` what of it to look at. `second`
    is another way to go on, with `second_key`.
    """

    kind: BannerKind
    icon: str
    fact: str
    text: str
    action: str
    action_key: GateAction
    engine: str = ""
    field: str = ""
    second: str = ""
    second_key: GateAction = "offline"


@dataclass(frozen=True, slots=True)
class _Gate:
    fact: str
    ends: str
    action: str
    action_key: GateAction
    icon: str = "held"
    kind: BannerKind = "warning"


_GATES: dict[str, _Gate] = {
    HoldReason.OFFLINE: _Gate("You are offline.", "", "Try now", "try"),
    HoldReason.ENDPOINT: _Gate(
        "The model does not answer.", "once it answers", "Test connection", "settings"
    ),
    HoldReason.KEY: _Gate(
        "The key was not accepted.", "with a key that works", "Change key…", "settings", "lock"
    ),
    HoldReason.ACCESS: _Gate(
        "This key may not use the model.", "with another model or key", "Choose model…", "settings", "lock"
    ),
    HoldReason.CREDITS: _Gate(
        "The credit is used up.", "once there is credit again", "Add credits…", "settings"
    ),
    HoldReason.BUDGET: _Gate("The budget is reached.", "next month", "Change budget…", "settings"),
    HoldReason.MODEL: _Gate(
        "The model is not there.", "with another model", "Choose model…", "settings", "model"
    ),
    HoldReason.DISK: _Gate(
        "The disk is almost full.", "once there is room", "Try now", "try", "warning", "danger"
    ),
    HoldReason.SOURCE: _Gate("A source is missing.", "once it is back", "Show jobs", "show", "book"),
    HoldReason.CONTEXT: _Gate(
        "The source is too long for the model.", "once you choose how to cut it", "Show jobs", "show", "book"
    ),
}
_UNKNOWN = _Gate("Something is missing.", "once it is there", "Try now", "try")


def gate_words(gate: GateStatus, queue: QueueStatus) -> GateWords:
    """The banner of a closed gate; the first sentence it told, if any, is the fact."""
    look = _GATES.get(gate.reason, _UNKNOWN)
    told = first_sentence(gate.sentence)
    # A question such as "is the server running?" has its mark already.
    fact = (
        (told if told.endswith("?") else f"{told}.")
        if told and gate.reason != HoldReason.OFFLINE
        else look.fact
    )
    field = FIELDS.get(gate.reason, "")
    return GateWords(
        look.kind,
        look.icon,
        fact,
        _consequence(gate, queue, look),
        look.action,
        look.action_key,
        engine=gate.scope if field else "",
        field=field,
        second=RUN_OFFLINE if gate.reason == HoldReason.OFFLINE and gate.held else "",
    )


def told_gates(queue: QueueStatus) -> tuple[GateStatus, ...]:
    """The gates worth a banner: those that hold a job, and a full disk, which stops everything."""
    return tuple(gate for gate in queue.gates if gate.held or gate.reason == HoldReason.DISK)


def _consequence(gate: GateStatus, queue: QueueStatus, look: _Gate) -> str:
    if not gate.held:
        return "Work is paused and goes on by itself. Nothing is lost."
    one = gate.held == 1
    held = f"{counted(gate.held, 'job')} {'is' if one else 'are'} held"
    goes_on = f"{'goes' if one else 'go'} on"
    if gate.reason in BY_THEMSELVES or not look.ends:
        goes_on += f" by {'itself' if one else 'themselves'}"
    sentence = f"{held} and {goes_on}{' ' + look.ends if look.ends else ''}"
    local = _still_running(queue) if gate.reason == HoldReason.OFFLINE else 0
    return (
        f"{sentence}; {local:,} on this computer continue{'s' * (local == 1)}." if local else f"{sentence}."
    )


def _still_running(queue: QueueStatus) -> int:
    here = (Lane.CPU, Lane.LOCAL, Lane.EXPORT)
    return sum(status.running for status in queue.lanes if status.lane in here)
