"""Who drafts: tiles for profiles, what is remembered, what a draft takes, the dry run."""

from decimal import Decimal

from PySide6.QtTest import QAbstractItemModelTester

from cardgen_desktop.domain.costs import Estimate
from cardgen_desktop.domain.errors import UsageError
from cardgen_desktop.domain.profile import Profile, ProfileView
from cardgen_desktop.ui.context import UiContext
from cardgen_desktop.ui.draft.engines import MOST_TILES, EngineChoice, engine_line, shown_first
from cardgen_desktop.ui.draft.estimates import (
    costs_words,
    leaves_words,
    note_of,
    takes_words,
    warning_of,
)
from cardgen_desktop.ui.draft.page import DraftPage
from cardgen_desktop.ui.draft.prompts_window import PromptList
from tests.support import provider_samples
from tests.support.commands import FakeCommands
from tests.support.provider_samples import ATTIC, OLLAMA, WRITING_ROOM
from tests.support.waiting import until

from .test_orders import with_novel

SPACE = "\N{NO-BREAK SPACE}"


def view(name: str, **more: object) -> ProfileView:
    given = {"kind": "openai", "base_url": "https://models.example/v1", "model": "tale-70b", **more}
    return ProfileView(profile=Profile.model_validate({"name": name, **given}))


async def ready(page: DraftPage, commands: FakeCommands) -> None:
    commands.put_profiles(provider_samples.profiles())
    await with_novel(page)
    page.orders.control._read()
    await until(lambda: WRITING_ROOM in page.panel.engines.tiles or OLLAMA in page.panel.engines.tiles)


def values(page: DraftPage) -> dict[str, str]:
    return {key: label.text() for key, label in page.panel._values.items()}


def test_a_tile_says_where_it_runs_and_what_is_missing() -> None:
    remote, local = view("A"), view("B", kind="ollama", base_url="http://127.0.0.1:11434/v1", model="")
    keyless = view("C", kind="openrouter", base_url="https://openrouter.ai/api/v1")
    assert engine_line(remote) == "models.example · tale-70b"
    assert engine_line(local) == "On this computer · no model chosen"
    assert engine_line(keyless) == "Needs a key: add it in Settings"
    assert engine_line(keyless.model_copy(update={"key_place": "keyring"})) == "openrouter.ai · tale-70b"


def test_the_chosen_profile_always_has_a_tile() -> None:
    views = [view(f"P{number}") for number in range(6)]
    assert [item.profile.name for item in shown_first(views, "offline")] == ["P0", "P1", "P2"]
    assert [item.profile.name for item in shown_first(views, "P5")] == ["P0", "P1", "P5"]
    assert len(shown_first(views, "P1")) == MOST_TILES


async def test_tiles_follow_the_profiles(context: UiContext) -> None:
    choice = EngineChoice(context=context)
    heard: list[str] = []
    choice.chosen.connect(heard.append)
    assert list(choice.tiles) == ["offline"] and not choice.setup.isHidden()
    choice.show_profiles([view("A"), view("B")])
    assert list(choice.tiles) == ["offline", "A", "B"] and choice.setup.isHidden()
    choice.tiles["B"].click()
    assert heard == ["B"] and choice.profile is not None and choice.tiles["B"].isChecked()
    choice.show_profiles([view("A")])
    assert heard == ["B", "offline"] and choice.tiles["offline"].isChecked(), "a profile that is gone"
    choice.deleteLater()


async def test_a_model_shows_wishes_and_an_estimate(page: DraftPage, commands: FakeCommands) -> None:
    await ready(page, commands)
    assert page.panel.wishes.isHidden() and page.panel.dry_run.isHidden()
    page.panel.engines.choose(WRITING_ROOM)
    await until(lambda: values(page)["costs"] == "$0.21–0.34")
    assert values(page)["takes"] == f"1–2{SPACE}minutes"
    assert values(page)["leaves"] == "12,400 words of the sources to openrouter.ai"
    assert page.panel.wishes.isVisible() and page.panel.dry_run.isVisible()
    asked = [request for (request,) in commands.asked("estimate")] if commands.asked("estimate") else []
    assert asked and asked[-1].engine == WRITING_ROOM
    page.panel.engines.choose("offline")
    assert values(page) == {**values(page), "costs": "nothing", "leaves": "nothing"}
    assert page.panel.wishes.isHidden()


async def test_the_draft_is_ordered_with_engine_and_wishes(page: DraftPage, commands: FakeCommands) -> None:
    await ready(page, commands)
    page.panel.engines.choose(WRITING_ROOM)
    wishes = page.panel.wishes
    length, moods = wishes.controls["length"], wishes.controls["moods"]
    length.setCurrentIndex(length.findData("long"))  # type: ignore[union-attr]
    moods.setText("tender, , in a hurry")  # type: ignore[union-attr]
    page.panel.draft.click()
    await until(lambda: commands.asked("start_drafts"))
    (request,) = commands.asked("start_drafts")[0][0]
    assert request.engine == WRITING_ROOM and request.options.length == "long"
    assert request.options.moods == ("tender", "in a hurry")


async def test_the_choice_is_remembered(page: DraftPage, commands: FakeCommands, context: UiContext) -> None:
    await ready(page, commands)
    page.panel.engines.choose(ATTIC)
    assert context.settings.value.engine == ATTIC
    page.panel.engines.engine = "offline"
    page.orders.control._read()
    await until(lambda: page.panel.engines.engine == ATTIC)
    style = page.panel.wishes.style_choice
    style.setCurrentIndex(1)
    assert context.settings.value.style == style.itemData(1)


async def test_what_cannot_be_estimated_says_why(page: DraftPage, commands: FakeCommands) -> None:
    await ready(page, commands)
    commands.refusals["estimate"] = UsageError("The server does not answer. Start it, then choose it again.")
    page.panel.engines.choose(ATTIC)
    await until(lambda: page.panel._warning.text().startswith("The server does not answer."))
    assert values(page)["costs"] == "–" and page.panel.draft.isEnabled()


async def test_a_dry_run_shows_every_prompt(page: DraftPage, commands: FakeCommands) -> None:
    await ready(page, commands)
    page.panel.engines.choose(WRITING_ROOM)
    page.panel.dry_run.click()
    await until(lambda: page.prompts is not None and page.prompts.isVisible())
    window = page.prompts
    assert window is not None
    QAbstractItemModelTester(window.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    first, last = window.model.prompts[0], window.model.prompts[-1]
    assert first.messages[0].text in window.text.text
    window.list.setCurrentIndex(window.model.index(len(window.model.prompts) - 1))
    assert last.messages[-1].text in window.text.text
    window.close_button.click()
    assert not window.isVisible()


def test_an_empty_dry_run_is_harmless(context: UiContext, page: DraftPage) -> None:
    assert PromptList((), page).rowCount() == 0


def test_words_of_an_estimate() -> None:
    free = Estimate(engine="A", is_free=True, seconds_low=4, seconds_high=4)
    assert (costs_words(free), leaves_words(free), warning_of(free)) == ("nothing", "nothing", "")
    assert takes_words(4, 4) == f"4{SPACE}seconds"
    assert takes_words(4000, 9000) == f"1–2{SPACE}hours"
    tight = Estimate(engine="A", cost_low=Decimal(1), cost_high=Decimal(2), left_of_cap=Decimal("0.5"))
    assert warning_of(tight) == "$0.50 of the cap is left. The draft may be held on its way."
    assert warning_of(Estimate(engine="A", fits=False, sentence="It does not fit.")) == "It does not fit."
    guessed = tight.model_copy(update={"sentence": "The price is a guess."})
    assert warning_of(guessed) == warning_of(tight) and note_of(guessed) == "The price is a guess."


async def test_what_a_draft_takes_stands_at_its_button_in_a_low_window(
    page: DraftPage, commands: FakeCommands
) -> None:
    """The body scrolls, the foot does not: at 1024 x 700 the panel is 628 high."""
    await ready(page, commands)
    panel = page.panel
    panel.engines.choose(WRITING_ROOM)
    await until(lambda: values(page)["costs"] == "$0.21–0.34")
    panel.setFixedHeight(628)
    await until(lambda: panel._brief.isVisible() and not panel._facts.isVisible())
    assert panel._brief.text() == (
        f"1–2{SPACE}minutes · $0.21–0.34 · 12,400 words of the sources to openrouter.ai"
    )
    assert not panel.scroller.isAncestorOf(panel._brief)
    panel.setFixedHeight(828)
    await until(lambda: panel._facts.isVisible() and not panel._brief.isVisible())
    assert not panel.scroller.isAncestorOf(panel._facts)
    panel.engines.choose("offline")
    panel.setFixedHeight(628)
    await until(lambda: "costs nothing · nothing leaves this computer" in panel._brief.text())
