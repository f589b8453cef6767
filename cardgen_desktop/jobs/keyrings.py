"""The system's keyring: asked in a thread that nobody has to wait for, and only when it is a safe one.

A keyring may be missing, locked, or waiting for a password that nobody types (dependencies.md 7). A backend
of priority below 1 stores in plain text or not at all, and is refused. Nothing here raises: what cannot be
done is said in a sentence.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from ..domain.profile import KeyringStatus

SERVICE = "cardgen-desktop"
PATIENCE_SECONDS = 60.0
"""How long somebody may take to type the keyring's password."""

_REST_SECONDS = 30.0
"""After a failure it is not asked again for so long: each time may open a window that wants a password."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class KeyringTroubleError(Exception):
    """The keyring did not do it; the text is a sentence for the person."""


class Keyring:
    """Secrets by user name. `patience` is how many seconds it may take."""

    def __init__(self, *, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._turn = asyncio.Lock()
        self._pending: asyncio.Future[Any] | None = None
        self._trouble = ""
        self._trouble_until = 0.0

    async def status(self) -> KeyringStatus:
        """Whether there is a keyring that is safe, and its name."""
        try:
            # Not `always`: it could choose a keyring that has just refused to work.
            name = _name_of(await self._asked(_chosen))
        except KeyringTroubleError as error:
            return KeyringStatus(available=False, sentence=str(error))
        return KeyringStatus(available=True, name=name, sentence=f"Keys are kept in {name}.")

    async def get(self, user: str) -> str | None:
        """The secret of a user; None when there is none, or no keyring."""
        try:
            return await self._asked(lambda: _chosen().get_password(SERVICE, user))
        except KeyringTroubleError:
            return None

    async def put(self, user: str, secret: str) -> None:
        """Keep a secret; raises `KeyringTroubleError`."""

        def kept() -> None:
            backend = _chosen()
            backend.set_password(SERVICE, user, secret)
            # Some take a secret and forget it: better to know now.
            if backend.get_password(SERVICE, user) != secret:
                raise KeyringTroubleError(f"{_name_of(backend)} did not keep the key. {ONLY_NOW}")

        await self._asked(kept, always=True)

    async def remove(self, user: str) -> None:
        """Forget a secret, if it was there."""

        def removed() -> None:
            from keyring.errors import PasswordDeleteError

            with contextlib.suppress(PasswordDeleteError):
                _chosen().delete_password(SERVICE, user)

        with contextlib.suppress(KeyringTroubleError):
            await self._asked(removed, always=True)

    async def _asked(self, call: Callable[[], T], *, always: bool = False) -> T:
        """One call at a time. While one is not answered no second is started: it would wait as well."""
        loop = asyncio.get_running_loop()
        async with self._turn:
            if self._pending is not None and not self._pending.done():
                raise KeyringTroubleError(self._trouble or f"The keyring does not answer. {ONLY_NOW}")
            if not always and loop.time() < self._trouble_until:
                raise KeyringTroubleError(self._trouble)
            self._pending = answer = _in_own_thread(call)
            done, _ = await asyncio.wait({answer}, timeout=self._patience)
            if not done:
                raise self._troubled(f"The keyring did not answer within {self._patience:.0f} s. {ONLY_NOW}")
            return self._read(answer)

    def _read(self, answer: "asyncio.Future[T]") -> T:
        error = answer.exception()
        if error is None:
            self._trouble, self._trouble_until = "", 0.0
            return answer.result()
        if isinstance(error, KeyringTroubleError):
            raise self._troubled(str(error))
        # The text of a foreign error may hold anything: its class is enough to find the reason.
        _log.info("the keyring failed: %s", type(error).__name__)
        raise self._troubled(_sentence(error))

    def _troubled(self, sentence: str) -> KeyringTroubleError:
        self._trouble = sentence
        self._trouble_until = asyncio.get_running_loop().time() + _REST_SECONDS
        return KeyringTroubleError(sentence)


ONLY_NOW = "Keys are kept for this run only; set CARDGEN_API_KEY to have one in the next."


def _sentence(error: BaseException) -> str:
    from keyring.errors import KeyringLocked, NoKeyringError

    if isinstance(error, KeyringLocked):
        return f"The keyring is locked. {ONLY_NOW}"
    if isinstance(error, NoKeyringError):
        return f"There is no keyring on this computer. {ONLY_NOW}"
    return f"The keyring cannot be used. {ONLY_NOW}"


def _chosen() -> Any:
    """The keyring's backend, of several the strongest; raises `KeyringTroubleError` when none is safe."""
    import keyring

    backend = keyring.get_keyring()
    candidates = [item for item in getattr(backend, "backends", ()) or (backend,) if _priority(item) >= 1]
    if not candidates:
        raise KeyringTroubleError(f"There is no keyring on this computer. {ONLY_NOW}")
    return max(candidates, key=_priority)


def _priority(backend: Any) -> float:
    try:
        return float(backend.priority)
    except Exception:  # noqa: BLE001  (a backend that cannot say how good it is, is not)
        return -1.0


_NAMES = {
    "SecretService": "the keyring of the desktop",
    "libsecret": "the keyring of the desktop",
    "kwallet": "KWallet",
    "macOS": "the macOS keychain",
    "Windows": "the Windows credential store",
}


def _name_of(backend: Any) -> str:
    module = type(backend).__module__.rpartition(".")[2]
    return _NAMES.get(module, f"the keyring {str(backend.name).split()[0]}")


def _in_own_thread(call: Callable[[], T]) -> "asyncio.Future[T]":
    """Run a blocking call in a thread of its own that ends with the program, even if the call never does.

    The threads of `asyncio.to_thread` are waited for at the end: a password window would hold the exit up.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())

    def settle(result: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(result)  # type: ignore[arg-type]
        else:
            answer.set_exception(error)

    def work() -> None:
        result, failure = None, None
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001  (told to whoever waits)
            failure = error if isinstance(error, Exception) else RuntimeError(type(error).__name__)
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, name="keyring", daemon=True).start()
    return answer
