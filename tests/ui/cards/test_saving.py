"""Saving by itself: soon, once at a time, and never at the cost of a word."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card, CardData
from cardgen_desktop.domain.card_library import CardRecord, CardSummary
from cardgen_desktop.domain.errors import CardgenError, StorageError, UsageError
from cardgen_desktop.ui.cards import saving
from cardgen_desktop.ui.cards.saving import Autosave, CardStore, SaveState, SaveStatus


class Store:
    """A stored card whose next saves fail with `refusals`; `gate` holds a save back."""

    def __init__(self) -> None:
        self.version = 1
        self.data = CardData(description="as drafted")
        self.saved: list[str] = []
        self.refusals: list[CardgenError] = []
        self.gate: asyncio.Event | None = None
        self.removed = False

    def summary(self) -> CardSummary:
        return CardSummary(id=1, name="Jim", version=self.version)

    async def save(self, data: CardData, version: int) -> CardSummary:
        if self.gate:
            await self.gate.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        if self.removed or version != self.version:
            raise UsageError("This card changed since it was opened.")
        self.version, self.data = version + 1, data
        self.saved.append(data.description)
        return self.summary()

    async def load(self) -> CardRecord:
        if self.removed:
            raise UsageError("There is no card 1.")
        return CardRecord(summary=self.summary(), card=Card(data=self.data), evidence={}, sources=())

    async def restore(self) -> CardSummary:
        self.removed = False
        return self.summary()

    def change_elsewhere(self, description: str) -> None:
        self.version += 1
        self.data = CardData(description=description)


class Desk:
    """An autosave with a text that a test types into."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.text = "as drafted"
        self.heard: list[SaveStatus] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self.autosave = Autosave(
            CardStore(store.save, store.load, store.restore),
            version=1,
            read=lambda: CardData(description=self.text),
            spawn=self.spawn,
            on_status=self.heard.append,
        )

    def spawn(self, coro: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(coro)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def type(self, text: str) -> None:
        self.text = text
        self.autosave.touch()

    @property
    def states(self) -> list[SaveState]:
        return [status.state for status in self.heard]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def desk(store: Store):
    desk = Desk(store)
    yield desk
    desk.autosave.close()


async def test_edit_is_saved_within_a_second_without_being_asked(desk: Desk, store: Store) -> None:
    desk.type("one")
    assert desk.autosave.status.words == "Saving…"
    await asyncio.sleep(saving.DELAY + 0.2)
    assert saving.DELAY + 0.2 < 1
    assert store.saved == ["one"]
    assert desk.states == [SaveState.SAVING, SaveState.SAVED]
    assert desk.autosave.status.words == "Saved"


async def test_typing_without_a_pause_is_saved_once_behind_it(desk: Desk, store: Store) -> None:
    for number in range(5):
        desk.type(f"text {number}")
        await asyncio.sleep(0.02)
    await asyncio.sleep(saving.DELAY + 0.1)
    assert store.saved == ["text 4"]


async def test_typing_that_never_pauses_is_saved_in_between(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MAX_DELAY", 0.15)
    for number in range(20):
        desk.type(f"text {number}")
        await asyncio.sleep(0.03)
    assert len(store.saved) >= 2


async def test_flush_saves_at_once_and_does_nothing_when_clean(desk: Desk, store: Store) -> None:
    assert await desk.autosave.flush()
    assert store.saved == []
    desk.type("now")
    assert await desk.autosave.flush()
    assert store.saved == ["now"]
    assert not desk.autosave.dirty


async def test_edit_during_a_save_is_saved_after_it_with_the_new_version(desk: Desk, store: Store) -> None:
    store.gate = asyncio.Event()
    desk.type("first")
    running = asyncio.create_task(desk.autosave.flush())
    await asyncio.sleep(0)
    desk.type("second")
    store.gate.set()
    assert await running
    assert store.saved == ["first", "second"]
    assert desk.autosave.version == store.version == 3


async def test_failure_keeps_the_text_says_since_when_and_retries_by_itself(
    desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "RETRY_DELAY", 0.05)
    store.refusals = [StorageError("The disk is full.")]
    desk.type("kept")
    assert not await desk.autosave.flush()
    status = desk.autosave.status
    assert (status.state, status.reason) == (SaveState.FAILED, "The disk is full.")
    assert status.words.startswith("Not saved since ")
    assert desk.autosave.dirty and store.saved == []
    await asyncio.sleep(0.2)
    assert store.saved == ["kept"]
    assert desk.autosave.status.state is SaveState.SAVED


async def test_since_names_the_first_unsaved_edit_not_the_last(desk: Desk, store: Store) -> None:
    store.refusals = [StorageError("Full."), StorageError("Full.")]
    desk.type("one")
    await desk.autosave.flush()
    since = desk.autosave.status.since
    desk.type("two")
    await desk.autosave.flush()
    assert desk.autosave.status.since == since is not None


async def test_retry_after_failure_saves_what_is_there_now(desk: Desk, store: Store) -> None:
    store.refusals = [StorageError("Full.")]
    desk.type("one")
    await desk.autosave.flush()
    desk.type("two")
    assert desk.autosave.status.state is SaveState.FAILED
    assert await desk.autosave.flush()
    assert store.saved == ["two"]


async def test_conflict_is_noticed_and_nothing_is_overwritten_unasked(desk: Desk, store: Store) -> None:
    store.change_elsewhere("theirs")
    desk.type("mine")
    assert not await desk.autosave.flush()
    status = desk.autosave.status
    assert status.state is SaveState.CONFLICT
    assert status.theirs is not None and status.theirs.card.data.description == "theirs"
    desk.type("mine, longer")
    await asyncio.sleep(saving.DELAY + 0.1)
    assert store.data.description == "theirs"
    assert await desk.autosave.keep_mine()
    assert store.data.description == "mine, longer"
    assert desk.autosave.status.state is SaveState.SAVED


async def test_taking_their_version_ends_the_conflict_without_a_save(desk: Desk, store: Store) -> None:
    store.change_elsewhere("theirs")
    desk.type("mine")
    await desk.autosave.flush()
    theirs = desk.autosave.status.theirs
    assert theirs is not None
    desk.autosave.take(theirs)
    assert not desk.autosave.dirty
    assert desk.autosave.version == store.version
    desk.type("theirs, edited")
    assert await desk.autosave.flush()


async def test_card_removed_elsewhere_can_be_put_back_with_the_text(desk: Desk, store: Store) -> None:
    store.removed = True
    desk.type("mine")
    assert not await desk.autosave.flush()
    assert desk.autosave.status.state is SaveState.GONE
    assert await desk.autosave.put_back()
    assert store.data.description == "mine"


async def test_refusal_that_is_no_conflict_is_a_failure(desk: Desk, store: Store) -> None:
    store.refusals = [UsageError("A card needs a name.")]
    desk.type("mine")
    await desk.autosave.flush()
    assert desk.autosave.status.state is SaveState.FAILED
    assert desk.autosave.status.reason == "A card needs a name."


async def test_other_changes_wait_for_the_save_and_hand_over_their_version(desk: Desk, store: Store) -> None:
    async def portrait() -> CardSummary:
        assert store.saved == ["text"]
        store.version += 1
        return store.summary()

    desk.type("text")
    await desk.autosave.alone(portrait)
    assert desk.autosave.version == 3
    desk.type("after")
    assert await desk.autosave.flush()
