"""The server a request goes to, with the key that opens it and the words that name it."""

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from ..domain.profile import Profile, ServerKind, key_hint
from ..domain.value import Value
from ..net.stream import LOCAL, REMOTE, Timeouts
from .traits import TRAITS, Traits


class Server(Value):
    """Where a model is asked. `name` is the profile's, and the scope of gates; the key hides itself.

    `file` is that of a model which this program runs itself: its address is another one at each start.
    """

    kind: ServerKind
    base_url: str
    key: SecretStr = SecretStr("")
    is_local: bool = False
    name: str = ""
    file: str = ""

    @classmethod
    def of(cls, profile: Profile, key: str | SecretStr = "") -> Self:
        """The server of a profile that has an address."""
        secret = SecretStr(key) if isinstance(key, str) else key
        secret = SecretStr(secret.get_secret_value().strip())
        return cls(
            kind=profile.kind,
            base_url=profile.base_url,
            key=secret,
            is_local=profile.is_local,
            name=profile.name,
            file=profile.place if profile.kind == "gguf" else "",
        )

    @property
    def place(self) -> str:
        """What facts about it belong to; the same as its profile's."""
        return self.file or self.base_url

    @property
    def traits(self) -> Traits:
        """What is special about its kind."""
        return TRAITS[self.kind]

    @property
    def timeouts(self) -> Timeouts:
        """How long it may take (decisions.md, "Timeouts")."""
        return LOCAL if self.is_local else REMOTE

    @property
    def host(self) -> str:
        """Its host and port, as sentences name it: "localhost:1234"."""
        return urlsplit(self.base_url).netloc

    @property
    def title(self) -> str:
        """What sentences call it: "OpenRouter", or its host."""
        return self.traits.title or self.host

    @property
    def key_hint(self) -> str:
        """The end of the key, "…9f"; "" without one, or when two letters would be too much of it."""
        return key_hint(self.key.get_secret_value())

    @property
    def headers(self) -> Mapping[str, str | SecretStr]:
        """What every request carries; the key stays hidden until it is sent."""
        key = self.key.get_secret_value()
        given = {"Authorization": SecretStr(f"Bearer {key}")} if key else {}
        return {**self.traits.headers, **given}

    def url(self, path: str) -> str:
        """An address below the base URL; `path` begins with a slash."""
        return f"{self.base_url}{path}"

    def root_url(self, path: str) -> str:
        """An address from the root, where the native interface stands; `path` begins with a slash."""
        base = self.base_url
        for ending in ("/v1", "/api"):
            base = base.removesuffix(ending)
        return f"{base}{path}"
