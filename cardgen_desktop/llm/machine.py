"""What this computer offers a model: free memory, and the instructions its processor knows."""

import platform
import sys
from pathlib import Path

from ..domain.value import Value

ENGINE_INSTRUCTIONS = frozenset({"avx2", "fma", "f16c"})
"""What the engine's x86 builds for Linux and Windows use without asking the processor first."""

_MEMINFO = Path("/proc/meminfo")
_CPUINFO = Path("/proc/cpuinfo")
_CGROUP = Path("/sys/fs/cgroup")
_AVX2_FEATURE = 40  # PF_AVX2_INSTRUCTIONS_AVAILABLE of the Windows API
_LARGEST_PROC_FILE = 4_000_000


class Memory(Value):
    """Bytes of memory; None where the system does not tell."""

    total: int | None = None
    free: int | None = None


def memory() -> Memory:
    """The memory of this computer, or of the container this program runs in."""
    if sys.platform == "linux":
        return within_container(parse_meminfo(_text(_MEMINFO)), _CGROUP)
    if sys.platform == "win32":
        return _windows_memory()
    return Memory(total=_unix_total())


def parse_meminfo(text: str) -> Memory:
    """Read Linux's /proc/meminfo, whose numbers are KiB."""
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        number = rest.split()[:1]
        if number and number[0].isdigit():
            found[name] = int(number[0]) * 1024
    return Memory(total=found.get("MemTotal"), free=found.get("MemAvailable"))


def within_container(of_machine: Memory, group: Path) -> Memory:
    """Lower the numbers to the limit of a control group (version 2), where there is one."""
    limit, used = _text(group / "memory.max").strip(), _text(group / "memory.current").strip()
    if not (limit.isdigit() and used.isdigit()):
        return of_machine
    total, free = int(limit), max(0, int(limit) - int(used))
    return Memory(total=_least(of_machine.total, total), free=_least(of_machine.free, free))


def _least(known: int | None, other: int) -> int:
    return other if known is None else min(known, other)


def _unix_total() -> int | None:
    import os

    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _windows_memory() -> Memory:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 5),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (only on Windows)
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
        return Memory()
    return Memory(total=status.total, free=status.free)


def lacks_instructions() -> bool:
    """Whether the processor is known to lack what the engine's build needs; it would end at once."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    if sys.platform == "linux":
        return flags_lack_instructions(_text(_CPUINFO))
    if sys.platform == "win32":
        import ctypes

        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (only on Windows)
        return not kernel.IsProcessorFeaturePresent(_AVX2_FEATURE)
    return False


def flags_lack_instructions(cpuinfo: str) -> bool:
    """Whether Linux's /proc/cpuinfo names the processor's flags, and a needed one is not among them."""
    for line in cpuinfo.splitlines():
        name, _, flags = line.partition(":")
        if name.strip() == "flags":
            return not set(flags.split()) >= ENGINE_INSTRUCTIONS
    return False


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST_PROC_FILE).decode("utf-8", "replace")
    except OSError:
        return ""
