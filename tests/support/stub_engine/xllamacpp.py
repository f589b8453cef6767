"""Stands in for the engine of model files in child processes: it does what the model's name says.

It answers no request; tests that ask a model use the real engine.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

_RECORD = Path(os.environ.get("PYTHON_STUB_RECORD", os.devnull))


def CommonParams() -> SimpleNamespace:
    """Settings that take any name."""
    threads = [SimpleNamespace(), SimpleNamespace()]
    return SimpleNamespace(model=SimpleNamespace(), cpuparams=threads[0], cpuparams_batch=threads[1])


class Server:
    """Loads, or fails to, as the name of the file says."""

    listening_address = "http://127.0.0.1:9"

    def __init__(self, settings: SimpleNamespace) -> None:
        _RECORD.write_text(repr(vars(settings)) + "\n" + repr(sys.argv) + "\n" + "\n".join(os.environ))
        name = Path(settings.model.path).stem
        for word, behave in _BEHAVIOURS.items():
            if word in name:
                behave()
        if "busy" in name:
            end = time.monotonic() + 1.5
            self.thread = __import__("threading").Thread(target=_work, args=(end,), daemon=True)
            self.thread.start()


def _work(end: float) -> None:
    while time.monotonic() < end:
        pass


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
    raise RuntimeError("Failed to init server, please check the input params.")


_BEHAVIOURS = {
    "illegal": lambda: os.kill(os.getpid(), signal.SIGILL),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "abort": os.abort,
    "damaged": lambda: _complain("tensor data is not within the file bounds"),
    "future": lambda: _complain("error loading model: unknown model architecture: 'tomorrow'"),
    "large": lambda: _complain("ggml: failed to allocate buffer of size 99999999999"),
    "hang": lambda: time.sleep(600),
    "dies": lambda: __import__("threading").Timer(0.5, os.abort).start(),
}
