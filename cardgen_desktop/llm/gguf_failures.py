"""Why a model file does not run, as errors a person can act on."""

import re
import signal
from pathlib import Path

from ..domain.errors import CardgenError, HeldError, TransientError
from .gguf_file import unusable
from .gguf_process import Heard

INSTALL = "pip install cardgen-desktop[local]"
CRASH_ATTEMPTS = 2
_UNREACHED = "net.refused"
_WINDOWS_ILLEGAL_INSTRUCTION = 0xC000001D
_UNKNOWN_KIND = re.compile(r"unknown model architecture: '([\w.-]{1,60})'")
_NO_MEMORY = re.compile(r"(?i)(?:unable|failed) to allocate|out of memory|cannot allocate memory|bad_alloc")
_OTHER_SERVER = "Use Ollama, LM Studio or another local server instead."
_LESS_MEMORY = "Close other programs, or choose a smaller file or a smaller context."


def engine_missing(details: str = "") -> HeldError:
    """The engine is an extra that is not installed."""
    sentence = f"The engine for model files is not installed. Run {INSTALL}, then test the connection."
    return _no_engine(sentence, details)


def instructions_missing() -> HeldError:
    """The processor is older than the engine's builds."""
    return _no_engine(
        f"This processor lacks instructions (AVX2) that the engine for model files needs. {_OTHER_SERVER}"
    )


def too_large(path: Path, sentence: str) -> HeldError:
    """The model needs more memory than there is; `sentence` holds the numbers."""
    return unusable(path, f"does not fit into memory. {sentence} {_LESS_MEMORY}")


def told(path: Path, report: Heard, complaints: str) -> HeldError:
    """The error for a failure that the child reported."""
    details = f"{report.details}\n{complaints}".strip()
    if report.problem == "engine":
        return _not_importable(details)
    if report.problem == "file":
        return unusable(path, "cannot be read. Choose another file, or allow reading it.", details)
    if kind := _UNKNOWN_KIND.search(complaints):
        newer = 'Run pip install -U "cardgen-desktop[local]", or choose another file.'
        return unusable(path, f"is of a kind ({kind[1]}) that this engine does not know. {newer}", details)
    if _NO_MEMORY.search(complaints):
        return unusable(path, f"does not fit into memory. {_LESS_MEMORY}", details)
    return unusable(
        path, "cannot be loaded. It may be damaged: download it again, or choose another.", details
    )


def ended(path: Path, code: int | None, complaints: str, *, scope: str = "") -> CardgenError:
    """The error for a process that ended by itself."""
    details = f"exit status {code}\n{complaints}".strip()
    if code in (-signal.SIGILL, _WINDOWS_ILLEGAL_INSTRUCTION):
        return instructions_missing()
    if code == -getattr(signal, "SIGKILL", 9) or _NO_MEMORY.search(complaints):
        sentence = f'The system ended "{path.name}", most likely because memory ran out. {_LESS_MEMORY}'
    else:
        sentence = f'The engine that ran "{path.name}" ended by itself. Try again, or choose another file.'
    return _crash(sentence, details, scope)


def silent(path: Path, seconds: float, *, scope: str = "") -> CardgenError:
    """The error for a process that does not get ready."""
    sentence = (
        f'"{path.name}" was not ready after {seconds / 60:.0f} min. Try again, or choose a smaller file.'
    )
    return _crash(sentence, "", scope)


def unstartable(path: Path, error: OSError, *, scope: str = "") -> CardgenError:
    """The error for a system that starts no process."""
    return _crash(f'The engine for "{path.name}" could not be started. Try again.', str(error), scope)


def _crash(sentence: str, details: str, scope: str) -> TransientError:
    held = HeldError("endpoint", sentence, scope=scope, kind=_UNREACHED, details=details)
    return TransientError(sentence, attempts=CRASH_ATTEMPTS, kind=_UNREACHED, details=details, then=held)


def _no_engine(sentence: str, details: str = "") -> HeldError:
    return HeldError("endpoint", sentence, kind=_UNREACHED, details=details)


def _not_importable(details: str) -> HeldError:
    if "libgomp" in details:
        sentence = (
            "The engine for model files needs libgomp. On Debian or Ubuntu run sudo apt-get install libgomp1."
        )
        return _no_engine(sentence, details)
    if "No module named" in details:
        return engine_missing(details)
    sentence = f"The engine for model files does not start on this computer. {_OTHER_SERVER}"
    return _no_engine(sentence, details)
