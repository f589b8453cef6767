"""What the person is told before a card is written to a target that cannot hold all of it."""

import json
from typing import Any

import pytest

from cardgen_desktop.domain.card import Asset, Card, CardData, ExportTarget, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_export import PRESETS, SUFFIXES, ExportOptions, target_named
from cardgen_desktop.domain.errors import CardError, UsageError
from cardgen_desktop.formats.read_card import ContainedFile
from cardgen_desktop.formats.registry import read_card, read_content
from cardgen_desktop.formats.writing.export import (
    TARGETS,
    ExportOrder,
    card_bytes,
    losses,
    order_losses,
    plan_of,
)
from tests.support import card_files
from tests.support.card_files import KEEPER_V3

BOOKS: tuple[ExportTarget, ...] = ("st-worldinfo", "lorebook-v3", "risu-lorebook")


def keeper() -> Card:
    return read_card(json.dumps(KEEPER_V3).encode(), "keeper.json").card


def mira(**fields: Any) -> Card:
    return Card(data=CardData(name="Mira", first_mes="Hello.", **fields))


def test_whole_targets_lose_nothing_of_a_sound_card() -> None:
    for target in ("png", "json-v3", "charx", "jpeg-charx"):
        assert losses(keeper(), target) == (), target  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("json-v2", ("nickname", "group chats", "assets", "other languages", "sources", "dates")),
        ("ooba", ("personality becomes part", "lorebook", "tags", "alternate greetings", "system prompt")),
        ("yaml", ("become part of the description", "lorebook", "tags", "nickname")),
        ("agnai", ("personality becomes part", "nickname", "assets", "dates")),
        ("byaf", ("personality becomes part", "nickname", "tags", "lorebook")),
        ("risu-lorebook", ("Only the lorebook", "token budget", "position")),
        ("st-worldinfo", ("Only the lorebook", "vendor_entry_key")),
        ("lorebook-v3", ("Only the lorebook",)),
    ],
)
def test_each_target_says_what_it_cannot_hold(target: ExportTarget, words: tuple[str, ...]) -> None:
    said = " ".join(losses(keeper(), target))
    assert [word for word in words if word not in said] == []
    assert all(sentence.endswith(".") and len(sentence) < 250 for sentence in losses(keeper(), target))


def test_a_card_that_fits_loses_nothing_anywhere_but_its_shell() -> None:
    card = mira(description="A keeper.")
    for target in ("json-v2", "byaf", "yaml", "ooba", "agnai"):
        assert losses(card, target) == (), target  # type: ignore[arg-type]


@pytest.mark.parametrize("target", BOOKS)
def test_a_card_without_a_lorebook_cannot_become_one(target: ExportTarget) -> None:
    with pytest.raises(CardError, match=r'"Mira" cannot be written .* no lorebook'):
        losses(mira(), target)


def test_many_things_of_one_kind_are_counted() -> None:
    entries = tuple(LorebookEntry(keys=(f"k{number}",), priority=number + 1) for number in range(12))
    card = mira(character_book=Lorebook(entries=entries))
    said = [sentence for sentence in losses(card, "risu-lorebook") if "priority" in sentence]
    assert len(said) == 1 and "12 lorebook entries" in said[0]


def test_pictures_and_files_that_stay_behind_are_told() -> None:
    files = (
        ContainedFile("joy.png", 3, lambda: b"joy"),
        ContainedFile("big.mp4", 2**30, lambda: b""),
        ContainedFile("x_meta/a.json", 2, lambda: b"{}"),
    )
    assets = tuple(Asset(type="emotion", uri=f"embeded://{file.path}", name="n") for file in files[:2])
    order = ExportOrder(mira(assets=assets), card_files.png(), None, files)
    assert order_losses(order, "charx") == ()
    for target in ("png", "json-v3"):
        said = order_losses(order, target)  # type: ignore[arg-type]
        assert any("1 asset stays behind, only the mention is kept" in sentence for sentence in said), target
        assert any("x_meta/a.json" in sentence for sentence in said), target
    said = " ".join(order_losses(order, "yaml"))
    assert "picture is not in the file" in said and "2 assets stay behind" in said


def test_options_of_a_png() -> None:
    card = keeper()
    both = card_bytes(card, "png", picture=card_files.png())
    assert [name for name, _ in card_files.texts(both)] == ["chara", "ccv3"]
    for chunks, keyword in (("v2", "chara"), ("v3", "ccv3")):
        options = ExportOptions.model_validate({"chunks": chunks})
        data = card_bytes(card, "png", picture=card_files.png(), options=options)
        assert [name for name, _ in card_files.texts(data)] == [keyword]
        order = ExportOrder(card, card_files.png(), options=options)
        assert bool(order_losses(order, "png")) == (chunks == "v2")


def test_a_plan_names_the_file_and_refuses_a_bad_template() -> None:
    card = mira(creator="A. Writer", character_version="1.2", nickname="M")
    options = ExportOptions(template="{name} by {creator} ({version})")
    plan = plan_of(ExportOrder(card, options=options), "json-v2")
    assert plan.file_name == "Mira by A. Writer (1.2).v2.json"
    assert plan.target == "json-v2" and len(plan.losses) == 1
    with pytest.raises(UsageError, match=r"\{title\}.*\{name\}, \{creator\}, \{version\} and \{date\}"):
        plan_of(ExportOrder(card, options=ExportOptions(template="{title}")), "png")


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_found_by_its_suffix_and_read_back(target: ExportTarget) -> None:
    assert target_named("a" + SUFFIXES[target].upper()) == target
    assert TARGETS[target].suffix == SUFFIXES[target]
    data = card_bytes(keeper(), target, picture=card_files.png())
    read = read_content(data, "a" + SUFFIXES[target])
    assert [problem.message for problem in read.problems if "name ends in" in problem.message] == []
    book = read.book if target in BOOKS else read.card.data.character_book  # type: ignore[union-attr]
    if target not in ("yaml", "ooba"):
        assert book is not None and book.entries[0].content == "A skerry two miles out."


def test_presets_write_what_they_say() -> None:
    assert len({preset.key for preset in PRESETS}) == len(PRESETS) == 8
    for preset in PRESETS:
        assert preset.title.startswith("For ") and preset.sentence.endswith(".")
        data = card_bytes(keeper(), preset.target, picture=card_files.png(), options=preset.options)
        assert read_card(data, preset.key).card.data.name == "Mira Holt"
