"""The queue as a whole in words: what it does, its lanes, how many jobs run at once."""

from ...domain.job import Lane
from ...domain.queue import LaneStatus, QueueStatus
from ..wording import counted

LANE_NAMES: dict[Lane, str] = {
    Lane.CPU: "On this computer",
    Lane.NETWORK: "Network",
    Lane.LOCAL: "Local model",
    Lane.EXPORT: "Export",
    Lane.INTERACTIVE: "Run now",
}
LANE_ICONS: dict[Lane, str] = {
    Lane.CPU: "device",
    Lane.NETWORK: "cloud",
    Lane.LOCAL: "model",
    Lane.EXPORT: "export",
    Lane.INTERACTIVE: "play",
}


def busy_lanes(queue: QueueStatus) -> tuple[LaneStatus, ...]:
    """The lanes with work, in the order they are named; the computer's own when there is none."""
    by_lane = {status.lane: status for status in queue.lanes}
    ordered = [by_lane[lane] for lane in LANE_NAMES if lane in by_lane]
    busy = tuple(status for status in ordered if status.running or status.queued)
    return busy or tuple(ordered[:1])


def paused_lanes(queue: QueueStatus) -> frozenset[Lane]:
    """Where nothing new starts."""
    if queue.paused:
        return frozenset(Lane)
    return frozenset(status.lane for status in queue.lanes if status.paused)


def queue_sentence(queue: QueueStatus) -> str:
    """What the queue does: "Queue running · 3 of 4 at work"."""
    running = sum(status.running for status in queue.lanes)
    if queue.paused:
        still = f" · {running:,} still at work" if running else ""
        return f"Queue paused: nothing new starts{still}"
    places = _places(queue)
    if not running:
        waiting = sum(status.queued for status in queue.lanes)
        return f"Queue running · {waiting:,} queued" if waiting else "Queue running · nothing to do"
    return f"Queue running · {running:,} of {max(running, places):,} at work"


def lanes_words(queue: QueueStatus) -> str:
    """What the button of the lanes says: "On this computer 2 · Network 3"."""
    busy = [status for status in busy_lanes(queue) if status.lane is not Lane.INTERACTIVE]
    if not busy:
        return "Jobs at once"
    return " · ".join(f"{LANE_NAMES[status.lane]} {status.limit}" for status in busy[:2])


def lanes_short(queue: QueueStatus) -> str:
    """The same where there is less room: "5 at once"."""
    return f"{_places(queue):,} at once"


def _places(queue: QueueStatus) -> int:
    """How many jobs can run at once where there is work; a paused lane has no place for a new one."""
    lanes = busy_lanes(queue)
    return sum(status.running if status.paused else status.limit for status in lanes)


def lane_facts(status: LaneStatus) -> str:
    """The quiet line of a lane: what runs and waits in it, and why it is slower than asked."""
    if status.paused:
        still = f" · {status.running:,} still at work" if status.running else ""
        return f"Paused: nothing new starts{still}"
    parts = [f"{status.running:,} at work"] if status.running else []
    if status.lowered:
        parts.append("lowered by a busy provider")
    elif status.queued:
        parts.append(f"{status.queued:,} queued")
    return " · ".join(parts) or "Nothing to do"


def at_once(limit: int) -> str:
    """A limit for a screen reader."""
    return f"{counted(limit, 'job')} at once"
