"""Whether a model file is likely to run on this computer: its size beside the memory there is."""

import os
from dataclasses import dataclass
from pathlib import Path

from ..wording import size_words

OVERHEAD = 600_000_000
"""What the program that runs a model needs beside the weights, with a small context."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """A sentence, and the kind of badge it gets: success, warning, danger or neutral."""

    word: str
    sentence: str
    kind: str


def memory_bytes() -> int | None:
    """The memory of this computer; None where the system does not say."""
    if not hasattr(os, "sysconf"):
        return _windows_memory()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _windows_memory() -> int | None:
    import ctypes

    windll = getattr(ctypes, "windll", None)
    kilobytes = ctypes.c_ulonglong()
    if windll is None or not windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)):
        return None
    return kilobytes.value * 1024


def fitness(size: int | None, memory: int | None) -> Fitness:
    """What to expect of a file of so many bytes; a size of None is a file that is not there."""
    if size is None:
        return Fitness("Not there", "The file is not where it was. Choose it again.", "danger")
    told = size_words(size)
    if memory is None:
        return Fitness("Unknown", f"{told}. How much memory this computer has is not known.", "neutral")
    room = f"{told}, this computer has {size_words(memory)} of memory."
    share = (size * 1.1 + OVERHEAD) / memory
    if share < 0.6:
        return Fitness("Fits", room, "success")
    if share < 0.9:
        return Fitness("May be slow", f"{room} Other programs may have to make room.", "warning")
    return Fitness("Will not fit", f"{room} A smaller or more strongly packed file would.", "danger")


def fitness_of(path: str) -> Fitness:
    """The same for a file; it looks at the disk, so call it in a thread."""
    try:
        size: int | None = Path(path).stat().st_size
    except (OSError, ValueError):
        size = None
    return fitness(size, memory_bytes())
