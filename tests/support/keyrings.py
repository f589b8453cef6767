"""Keyrings for tests: one that keeps secrets in memory, and others that are weak, locked, or never answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps secrets while it lives; `kept` is (service, user) to secret."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(username)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class PlainTextKeyring(MemoryKeyring):
    """As those that write a file anybody can read."""

    priority = 0.5  # type: ignore[assignment]


class LockedKeyring(MemoryKeyring):
    """Locked, without a desktop to ask for the password."""

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(username)
        raise KeyringLocked("locked: sk-not-to-be-told-1234567890")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


class SilentKeyring(MemoryKeyring):
    """Shows a window for a password that nobody types, until `answer` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.append(username)
        self.answer.wait(60)
        return "late"


class ForgetfulKeyring(MemoryKeyring):
    """Takes secrets and keeps none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


@contextmanager
def using(backend: KeyringBackend) -> Iterator[KeyringBackend]:
    """Let the program find this keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield backend
    finally:
        keyring.set_keyring(before)
