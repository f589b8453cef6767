"""Closed gates: one banner each, in words a person can act on."""

import pytest

from cardgen_desktop.domain.job import HoldReason, Lane
from cardgen_desktop.domain.queue import GateStatus, LaneStatus, QueueStatus
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.jobs.gate_banners import GateBanners
from cardgen_desktop.ui.jobs.gates import gate_words, told_gates
from tests.support.job_samples import KEY_SENTENCE, queue_status


def queue(*gates: GateStatus, running: int = 0) -> QueueStatus:
    lanes = (LaneStatus(lane=Lane.CPU, limit=2, running=running), LaneStatus(lane=Lane.NETWORK, limit=3))
    return QueueStatus(lanes=lanes, gates=gates)


def test_offline_says_what_is_held_and_what_goes_on() -> None:
    gate = GateStatus(reason="offline", held=3, sentence="The network cannot be reached.")
    words = gate_words(gate, queue(gate))
    assert words.fact == "You are offline."
    assert words.text == "3\xa0jobs are held and go on by themselves."
    assert (words.action, words.action_key) == ("Try now", "try")
    one = gate_words(gate.model_copy(update={"held": 1}), queue(gate, running=2))
    assert one.text == "1\xa0job is held and goes on by itself; 2 on this computer continue."


@pytest.mark.parametrize(
    ("reason", "action", "text"),
    [
        (
            HoldReason.ENDPOINT,
            "Test connection",
            "2\xa0jobs are held and go on by themselves once it answers.",
        ),
        (HoldReason.KEY, "Change key…", "2\xa0jobs are held and go on with a key that works."),
        (HoldReason.ACCESS, "Choose model…", "2\xa0jobs are held and go on with another model or key."),
        (HoldReason.CREDITS, "Add credits…", "2\xa0jobs are held and go on once there is credit again."),
        (HoldReason.BUDGET, "Change budget…", "2\xa0jobs are held and go on by themselves next month."),
        (HoldReason.MODEL, "Choose model…", "2\xa0jobs are held and go on with another model."),
        (HoldReason.DISK, "Try now", "2\xa0jobs are held and go on by themselves once there is room."),
        (HoldReason.SOURCE, "Show jobs", "2\xa0jobs are held and go on once it is back."),
        (HoldReason.CONTEXT, "Show jobs", "2\xa0jobs are held and go on once you choose how to cut it."),
        ("weather", "Try now", "2\xa0jobs are held and go on once it is there."),
    ],
)
def test_every_gate_has_its_default_action(reason: str, action: str, text: str) -> None:
    gate = GateStatus(reason=reason, held=2)
    words = gate_words(gate, queue(gate))
    assert (words.action, words.text) == (action, text)
    assert words.fact.endswith(".")


def test_what_the_gate_told_itself_is_the_fact_in_one_sentence() -> None:
    gate = GateStatus(
        reason="disk", sentence="The disk is almost full. Nothing is lost; it goes on by itself."
    )
    words = gate_words(gate, queue(gate))
    assert words.fact == "The disk is almost full." and words.kind == "danger"
    assert words.text == "Work is paused and goes on by itself. Nothing is lost."


def test_a_question_keeps_its_own_mark() -> None:
    gate = GateStatus(reason=HoldReason.ENDPOINT, held=1, sentence="Can't reach it – is the server running?")
    assert gate_words(gate, queue(gate)).fact == "Can't reach it – is the server running?"


def test_a_gate_that_holds_nothing_is_not_told() -> None:
    idle = GateStatus(reason="offline")
    disk = GateStatus(reason="disk")
    assert told_gates(queue(idle, disk)) == (disk,)


async def test_offline_the_drafter_of_this_computer_is_offered_too(context: UiContext) -> None:
    banners = GateBanners(context=context)
    asked: list[str] = []
    banners.action_requested.connect(asked.append)
    offline, key = GateStatus(reason="offline", held=2), GateStatus(reason="key", scope="Attic", held=1)
    banners.show_queue(queue(offline, key))
    seconds = [banner.second_button.text() for banner in banners.banners]
    assert seconds == ["Run with the offline drafter", ""]
    banners.banners[0].second_button.click()
    assert asked == ["offline"] and banners.banners[1].second_button.isHidden()
    banners.deleteLater()


async def test_one_banner_for_forty_jobs_that_changes_in_place_and_goes(context: UiContext) -> None:
    banners = GateBanners(context=context)
    gate = GateStatus(reason="key", scope="Writing room", sentence=KEY_SENTENCE, held=1)
    banners.show_queue(queue(gate))
    first = banners.banners[0]
    assert first.accessibleName() == f"{KEY_SENTENCE} 1\xa0job is held and goes on with a key that works."
    banners.show_queue(queue(gate.model_copy(update={"held": 40})))
    assert banners.banners == [first] and "40\xa0jobs are held" in first.accessibleName()
    banners.show_queue(queue())
    assert banners.banners == [] and banners.isHidden()
    banners.deleteLater()


async def test_the_default_actions_are_told(context: UiContext) -> None:
    banners = GateBanners(context=context)
    asked: list[str] = []
    banners.action_requested.connect(asked.append)
    banners.engine_requested.connect(lambda name, field: asked.append(f"{name}: {field}"))
    nameless = GateStatus(reason="model", held=1)
    banners.show_queue(queue(*queue_status().gates, nameless))
    for banner in banners.banners:
        banner.action_triggered.emit()
    assert asked == ["try", "Writing room: key", "settings"]


@pytest.mark.parametrize(
    ("reason", "field"),
    [("endpoint", "test"), ("key", "key"), ("access", "model"), ("credits", "credits"), ("budget", "cap")],
)
def test_a_gate_of_an_engine_leads_to_its_field(reason: str, field: str) -> None:
    words = gate_words(GateStatus(reason=reason, scope="Writing room", held=1), queue())
    assert (words.action_key, words.engine, words.field) == ("settings", "Writing room", field)


async def test_what_is_told_of_a_gate_changes_its_engine(context: UiContext) -> None:
    banners = GateBanners(context=context)
    asked: list[str] = []
    banners.engine_requested.connect(lambda name, field: asked.append(f"{name}: {field}"))
    for name in ("Attic", "Cellar"):
        banners.show_queue(queue(GateStatus(reason="key", scope=name, held=1)))
        banners.banners[0].action_triggered.emit()
    assert asked == ["Attic: key", "Cellar: key"]
    banners.deleteLater()
    banners.deleteLater()


async def test_many_gates_do_not_push_the_table_away(context: UiContext) -> None:
    banners = GateBanners(context=context)
    banners.show_queue(queue(*(GateStatus(reason="key", scope=f"{n}", held=1) for n in range(6))))
    assert len(banners.banners) == 4
    assert banners.banners[-1].accessibleName() == "3 more reasons hold jobs."
    banners.deleteLater()
