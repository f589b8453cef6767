"""Keys of profiles: in the system's keyring, else in an environment variable, else for this run only.

A key is never in a file or in the database. It belongs to a profile and the server it was given for: under
another address nothing is found, so that a changed address never gets the old key. Every key that passes here
is kept out of logs and whatever else is written (`secrets_scan`).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from ..domain.errors import UsageError
from ..domain.profile import KeyPlace, KeyringStatus, Profile, key_hint
from .keyrings import Keyring, KeyringTroubleError
from .secrets_scan import hide_secret

ANY_VARIABLE = "CARDGEN_API_KEY"
OPENROUTER_VARIABLE = "OPENROUTER_API_KEY"
OPENROUTER_HOST = "openrouter.ai"
LONGEST_KEY = 8_000
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key and where it was found; `name` is the environment variable it came from."""

    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    place: KeyPlace = "none"
    name: str = ""

    @property
    def hint(self) -> str:
        """The end of the key, "…9f"; "" for one so short that its end would say too much."""
        return key_hint(self.key.get_secret_value())

    def __bool__(self) -> bool:
        return self.place != "none"


class Keys:
    """The keys of all profiles. `environment` is where variables are looked up, at each use."""

    def __init__(
        self, *, keyring: Keyring | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._keyring = keyring or Keyring()
        self._environment = os.environ if environment is None else environment
        self._memory: dict[str, SecretStr] = {}

    async def status(self) -> KeyringStatus:
        """Where keys are kept on this computer."""
        return await self._keyring.status()

    async def find(self, profile: Profile) -> FoundKey:
        """The key of a profile: from the keyring, else the environment, else the memory of this run."""
        if profile.kind == "gguf":
            return FoundKey()
        user = user_of(profile)
        # What is in the memory was typed after the keyring had refused: what that still holds is older.
        if user not in self._memory and (kept := await self._keyring.get(user)):
            return _found(kept, "keyring")
        for name in variables_of(profile):
            if value := self._environment.get(name, "").strip():
                return _found(value, "environment", name)
        return FoundKey(self._memory[user], "memory") if user in self._memory else FoundKey()

    async def keep(self, profile: Profile, key: str) -> str:
        """Keep a key, "" to forget it; the sentence that says where it is when that is not the keyring.

        Raises `UsageError` for what cannot be a key.
        """
        key, user = checked_key(key), user_of(profile)
        self._memory.pop(user, None)
        if not key:
            await self._keyring.remove(user)
            return ""
        try:
            await self._keyring.put(user, key)
        except KeyringTroubleError as error:
            self._memory[user] = SecretStr(key)
            return str(error)
        return ""

    async def move(self, before: Profile, after: Profile) -> None:
        """A profile has another name or server: the key comes along to a new name, never to a new server."""
        old, new = user_of(before), user_of(after)
        if old == new:
            return
        same_server = origin_of(before) == origin_of(after)
        kept = await self._keyring.get(old)
        in_memory = self._memory.get(old)
        if same_server and (key := kept or (in_memory and in_memory.get_secret_value())):
            await self.keep(after, key)
        await self.forget(before)

    async def forget(self, profile: Profile) -> None:
        """Forget the key of a profile; one in the environment stays there."""
        self._memory.pop(user_of(profile), None)
        await self._keyring.remove(user_of(profile))


def _found(key: str, place: KeyPlace, name: str = "") -> FoundKey:
    hide_secret(key)
    return FoundKey(SecretStr(key), place, name)


def checked_key(key: str) -> str:
    """A key as it was pasted, without the space around it; raises `UsageError` when it cannot be one."""
    key = key.strip()
    hide_secret(key)
    if len(key) > LONGEST_KEY:
        raise UsageError(f"A key has at most {LONGEST_KEY:,} characters. Copy it once more.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UsageError("A key has no spaces, line breaks or special letters. Copy it once more.")
    return key


def origin_of(profile: Profile) -> str:
    """The server of a profile: scheme, host and port, as a key may be sent to."""
    parts = urlsplit(profile.base_url)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    return f"{parts.scheme}://{parts.hostname or ''}:{port}"


def user_of(profile: Profile) -> str:
    """The name that the keyring has a key under."""
    return f"{profile.name} {origin_of(profile)}"


def variables_of(profile: Profile) -> tuple[str, ...]:
    """The environment variables that may hold the key of a profile, the first that is set goes."""
    names = [profile.key_env] if _VARIABLE.fullmatch(profile.key_env) else []
    names.append(ANY_VARIABLE)
    host = urlsplit(profile.base_url).hostname or ""
    secure = profile.base_url.startswith("https://")
    if profile.kind == "openrouter" and secure and (f".{host}").endswith(f".{OPENROUTER_HOST}"):
        names.append(OPENROUTER_VARIABLE)
    return tuple(names)
