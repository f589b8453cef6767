"""Keys: where they are kept, which server gets which, and what is told when there is no keyring."""

import time

import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring

from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.profile import Profile, ServerKind
from cardgen_desktop.jobs.keyrings import Keyring
from cardgen_desktop.jobs.keys import Keys
from cardgen_desktop.jobs.redaction import safe_text
from tests.support.keyrings import (
    ForgetfulKeyring,
    LockedKeyring,
    MemoryKeyring,
    PlainTextKeyring,
    SilentKeyring,
    using,
)

KEY = "an-odd-key-nobody-would-guess"


def profile_at(
    url: str = "https://models.example/v1", name: str = "maker", kind: ServerKind = "openai", **more: object
) -> Profile:
    return Profile.model_validate({"name": name, "kind": kind, "base_url": url, **more})


async def test_key_is_kept_in_the_keyring_and_found_by_the_next_run() -> None:
    with using(MemoryKeyring()) as backend:
        assert await Keys(environment={}).keep(profile_at(), f"  {KEY}\n") == ""
        found = await Keys(environment={}).find(profile_at())
        assert (found.key.get_secret_value(), found.place, found.hint) == (KEY, "keyring", "…ss")
        assert isinstance(backend, MemoryKeyring)
        assert [service for service, _ in backend.kept] == ["cardgen-desktop"]
        status = await Keys(environment={}).status()
        assert status.available and status.sentence


async def test_key_is_hidden_from_every_text_once_it_is_known() -> None:
    with using(MemoryKeyring()):
        await Keys(environment={}).keep(profile_at(), KEY)
        assert KEY not in repr(await Keys(environment={}).find(profile_at()))
        assert KEY not in safe_text(f"the server said {KEY} is wrong")


@pytest.mark.parametrize(
    "url", ["https://other.example/v1", "http://models.example/v1", "https://models.example:8443/v1"]
)
async def test_changed_address_never_gets_the_old_key(url: str) -> None:
    with using(MemoryKeyring()) as backend:
        keys = Keys(environment={})
        await keys.keep(profile_at(), KEY)
        assert not await keys.find(profile_at(url))
        await keys.move(profile_at(), profile_at(url))
        assert not await keys.find(profile_at(url))
        assert isinstance(backend, MemoryKeyring)
        assert not backend.kept


async def test_key_stays_with_the_same_server_and_comes_along_to_a_new_name() -> None:
    with using(MemoryKeyring()) as backend:
        keys = Keys(environment={})
        await keys.keep(profile_at(), KEY)
        await keys.move(profile_at(), profile_at("https://models.example/v2"))
        assert (await keys.find(profile_at("https://MODELS.example:443/v3"))).place == "keyring"
        await keys.move(profile_at(), profile_at(name="better"))
        assert (await keys.find(profile_at(name="better"))).place == "keyring"
        assert not await keys.find(profile_at())
        assert isinstance(backend, MemoryKeyring)
        assert len(backend.kept) == 1


async def test_order_is_keyring_then_environment_then_memory() -> None:
    with using(NoKeyring()):
        variables = {"MY_KEY": "from-my-variable", "CARDGEN_API_KEY": "from-the-common-one"}
        environment = dict(variables)
        keys = Keys(environment=environment)
        sentence = await keys.keep(profile_at(), KEY)
        assert "this run only" in sentence
        own = profile_at(key_env="MY_KEY")
        names = [(await keys.find(own)).name, (await keys.find(profile_at())).name]
        assert names == ["MY_KEY", "CARDGEN_API_KEY"]
        environment.clear()
        found = await keys.find(own)
        assert (found.place, found.key.get_secret_value()) == ("memory", KEY)
        assert not await Keys(environment={}).find(profile_at())
    with using(MemoryKeyring()):
        keys = Keys(environment=variables)
        await keys.keep(profile_at(), KEY)
        assert (await keys.find(profile_at(key_env="MY_KEY"))).place == "keyring"


@pytest.mark.parametrize(
    ("kind", "url", "gets"),
    [
        ("openrouter", "https://openrouter.ai/api/v1", True),
        ("openrouter", "http://openrouter.ai/api/v1", False),
        ("openrouter", "https://openrouter.ai.evil.example/api/v1", False),
        ("openrouter", "https://notopenrouter.ai/api/v1", False),
        ("openai", "https://openrouter.ai/api/v1", False),
    ],
)
async def test_key_of_openrouter_goes_nowhere_else(kind: ServerKind, url: str, gets: bool) -> None:
    keys = Keys(environment={"OPENROUTER_API_KEY": KEY})
    assert bool(await keys.find(profile_at(url, kind=kind))) is gets


async def test_name_of_a_variable_that_is_none_is_not_looked_up() -> None:
    assert not await Keys(environment={"A KEY": KEY}).find(profile_at(key_env="A KEY"))


async def test_weak_keyring_gets_nothing_and_the_person_is_told() -> None:
    for backend in (PlainTextKeyring(), NoKeyring(), ForgetfulKeyring()):
        with using(backend):
            keys = Keys(environment={})
            assert "this run only" in await keys.keep(profile_at(), KEY)
            assert (await keys.find(profile_at())).place == "memory"
            assert not getattr(backend, "kept", {})
    with using(PlainTextKeyring()):
        status = await Keys(environment={}).status()
        assert not status.available and "this run only" in status.sentence


async def test_of_several_keyrings_the_weak_ones_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    weak, strong = PlainTextKeyring(), MemoryKeyring()
    monkeypatch.setattr(ChainerBackend, "backends", [weak, strong])
    with using(ChainerBackend()):
        await Keys(environment={}).keep(profile_at(), KEY)
    assert strong.kept and not weak.kept


async def test_locked_keyring_is_said_and_not_asked_again_and_again() -> None:
    with using(LockedKeyring()) as backend:
        keys = Keys(environment={"CARDGEN_API_KEY": KEY})
        for _ in range(3):
            assert (await keys.find(profile_at())).place == "environment"
        assert isinstance(backend, LockedKeyring)
        assert len(backend.asked) == 1
        status = await keys.status()
        assert not status.available and "locked" in status.sentence
        assert "sk-not" not in status.sentence


async def test_keyring_that_never_answers_holds_nothing_up_for_long() -> None:
    backend = SilentKeyring()
    with using(backend):
        keys = Keys(keyring=Keyring(patience=0.2), environment={"CARDGEN_API_KEY": KEY})
        began = time.monotonic()
        for _ in range(20):
            assert (await keys.find(profile_at())).place == "environment"
        assert time.monotonic() - began < 30
        assert len(backend.asked) == 1
        assert "did not answer" in await keys.keep(profile_at(), KEY)
        backend.answer.set()


async def test_key_typed_after_the_keyring_refused_goes_before_an_older_one_in_it() -> None:
    class ReadOnly(MemoryKeyring):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RuntimeError("read-only")

    backend = ReadOnly()
    with using(backend):
        keys = Keys(environment={})
        backend.kept["cardgen-desktop", "maker https://models.example:443"] = "an-older-key-1"
        assert (await keys.find(profile_at())).key.get_secret_value() == "an-older-key-1"
        await keys.keep(profile_at(), KEY)
        assert (await keys.find(profile_at())).key.get_secret_value() == KEY


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", "x" * 9000])
async def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    with pytest.raises(UsageError):
        await Keys(environment={}).keep(profile_at(), key)


async def test_end_of_a_short_key_is_not_shown_and_an_empty_one_is_forgotten() -> None:
    with using(MemoryKeyring()) as backend:
        keys = Keys(environment={})
        await keys.keep(profile_at(), "1234567")
        assert (await keys.find(profile_at())).hint == ""
        await keys.keep(profile_at(), "")
        assert not await keys.find(profile_at())
        assert isinstance(backend, MemoryKeyring)
        assert not backend.kept
