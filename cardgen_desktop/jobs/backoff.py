"""How long a job waits before its next try (ux-and-reliability.md 3.4, "Retry")."""

import random

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 300.0
ASKED_MARGIN = 0.1
LONGEST_ASKED_SECONDS = 24 * 3600.0


def backoff(attempts: int, retry_after: float | None = None, *, chance: random.Random | None = None) -> float:
    """Seconds to wait after so many attempts: full jitter, but never less than the other side asked for.

    An asked wait is exceeded by up to a tenth, so that not all come back at the same moment.
    """
    draw = (chance or random).uniform
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(max(0, attempts - 1), 30))
    delay = draw(0.0, longest)
    if retry_after is not None and retry_after > 0:
        asked = min(retry_after, LONGEST_ASKED_SECONDS)
        delay = max(delay, asked * draw(1.0, 1.0 + ASKED_MARGIN))
    return delay
