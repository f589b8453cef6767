"""Any card to any target and back: nothing is lost that no sentence told, and a second turn loses nothing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardgen_desktop.domain.card import Asset, Card, CardData, ExportTarget, Lorebook, LorebookEntry
from cardgen_desktop.domain.card_differences import Difference
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.model.differences import card_differences
from cardgen_desktop.formats.read_card import ContainedFile, ReadBook, ReadCard
from cardgen_desktop.formats.registry import read_card, read_content
from cardgen_desktop.formats.writing.export import TARGETS, ExportOrder, card_bytes, losses
from cardgen_desktop.formats.writing.loss_sentences import grouped, is_note
from cardgen_desktop.formats.writing.round_trip import card_in, round_trip
from tests.support import card_files
from tests.support.card_files import KEEPER_V2, KEEPER_V3

MANY = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
WHOLE: tuple[ExportTarget, ...] = ("png", "json-v3", "charx")
CHEAP: tuple[ExportTarget, ...] = tuple(name for name in TARGETS if name != "jpeg-charx")

REFUSALS = ("It has no lorebook.", "Nothing of it has a place in this kind of file.")

planes = st.sampled_from(
    ["a", "é", "ﬁ", "中", "𐍈", "🧙‍♀️", "𠜎", "\U000e0041", "\U0010fffd", "\u202e", "\ufeff"]
)
texts = st.lists(planes | st.text(max_size=6), max_size=4).map("".join)
words = st.text("abcdefgh ", min_size=1, max_size=8)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
trees: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
extensions = st.dictionaries(texts, trees, max_size=3)
keys = st.lists(words | texts | st.sampled_from(["/gull(s)?/i", "a,b", "/x", "fog.*"]), max_size=3)
entries = st.fixed_dictionaries(
    {"keys": keys, "content": texts | st.just("@@depth 4\n@@@role user\nText."), "extensions": extensions},
    optional={
        "enabled": st.booleans(),
        "insertion_order": st.integers(-5, 500),
        "use_regex": st.booleans(),
        "case_sensitive": st.booleans(),
        "constant": st.booleans(),
        "name": texts,
        "comment": texts,
        "priority": st.integers(0, 100),
        "id": st.integers(0, 3) | words,
        "selective": st.booleans(),
        "secondary_keys": keys,
        "position": st.sampled_from(["before_char", "after_char"]),
        "vendor": trees,
    },
)
books = st.fixed_dictionaries(
    {"entries": st.lists(entries, max_size=3), "extensions": extensions},
    optional={
        "name": texts,
        "description": texts,
        "scan_depth": st.integers(0, 100),
        "token_budget": st.integers(0, 9000),
        "recursive_scanning": st.booleans(),
        "vendor": trees,
    },
)
assets = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["icon", "background", "x_sound"]),
        "uri": st.sampled_from(["ccdefault:", "https://example.org/a.png", "embeded://none.png", "data:,x"]),
        "name": st.sampled_from(["main", "other"]) | texts,
        "ext": st.sampled_from(["png", "ogg"]),
    }
)
V1 = dict.fromkeys(("description", "personality", "scenario", "first_mes", "mes_example"), texts)
V2 = {
    **dict.fromkeys(("creator_notes", "system_prompt", "creator", "character_version"), texts),
    "post_history_instructions": texts,
    "alternate_greetings": st.lists(texts, max_size=3),
    "tags": st.lists(texts, max_size=3),
    "extensions": extensions,
}
V3 = {
    "nickname": texts,
    "group_only_greetings": st.lists(texts, max_size=2),
    "creator_notes_multilingual": st.dictionaries(st.sampled_from(["en", "de"]), texts),
    "source": st.lists(texts, max_size=2),
    "assets": st.lists(assets, max_size=3),
    "creation_date": st.integers(0, 2**31),
}
later = {"character_book": books, "vendor": trees}
v1_cards = st.fixed_dictionaries({"name": words, **V1}, optional={"vendor": trees})
v2_cards = st.builds(
    lambda data, root: {**root, "spec": "chara_card_v2", "spec_version": "2.0", "data": data},
    st.fixed_dictionaries({"name": words, **V1, **V2}, optional=later),
    st.dictionaries(st.sampled_from(["vendor", "talkativeness", "fav", "chat", "tags"]), trees, max_size=2),
)
v3_cards = st.builds(
    lambda data: {"spec": "chara_card_v3", "spec_version": "3.0", "data": data},
    st.fixed_dictionaries({"name": words, **V1, **V2}, optional={**later, **V3}),
)
odd_cards = st.builds(
    lambda data: {"spec": "chara_card_v3", "data": {"name": "odd", **data}},
    st.dictionaries(st.sampled_from([*CardData.model_fields, "vendor"]), trees, max_size=8),
)
any_card = v1_cards | v2_cards | v3_cards | odd_cards


def read(card: dict[str, Any]) -> ReadCard:
    return read_card(json.dumps(card).encode(), "generated")


def order_of(found: ReadCard) -> ExportOrder:
    return ExportOrder(found.card, card_files.png(), found.original, found.files)


def is_refused(card: Card, target: ExportTarget) -> bool:
    """Whether a target has no place for a card at all, which it says."""
    try:
        losses(card, target)
    except CardError as error:
        return error.message.endswith(REFUSALS)
    return False


@pytest.mark.parametrize("target", CHEAP)
@MANY
@given(any_card)
def test_nothing_comes_back_otherwise_than_it_was_said(target: ExportTarget, card: dict[str, Any]) -> None:
    found = read(card)
    if is_refused(found.card, target):
        return
    turned = round_trip(order_of(found), target)
    assert turned.unexpected == ()
    said = [item for item in turned.differences if not item.where.startswith("files.")]
    assert bool(said) <= bool(turned.losses), said


@pytest.mark.parametrize("target", WHOLE)
@MANY
@given(v2_cards | v3_cards)
def test_whole_targets_lose_what_is_private_and_normal_the_rest(
    target: ExportTarget, card: dict[str, Any]
) -> None:
    found = read(card)
    kinds = {group.kind for group in grouped(round_trip(order_of(found), target).differences)}
    assert kinds <= {"fixed", "patterns", "entry"}, round_trip(order_of(found), target).differences


@pytest.mark.parametrize("target", CHEAP)
@MANY
@given(any_card)
def test_the_second_turn_loses_nothing(target: ExportTarget, card: dict[str, Any]) -> None:
    found = read(card)
    if is_refused(found.card, target):
        return
    once = read_content(written(order_of(found), target), "once")
    order = ExportOrder(card_in(once), card_files.png(), once.original, files_of(once))
    again = card_in(read_content(written(order, target), "again"))
    assert [item for item in card_differences(order.card, again) if not is_note(item)] == []


def files_of(found: ReadCard | ReadBook) -> tuple[ContainedFile, ...]:
    return found.files if isinstance(found, ReadCard) else ()


def written(order: ExportOrder, target: ExportTarget) -> bytes:
    return card_bytes(order.card, target, picture=order.picture, original=order.original, files=order.files)


@pytest.mark.parametrize("card", [KEEPER_V2, KEEPER_V3])
@pytest.mark.parametrize("target", [*WHOLE, "jpeg-charx"])
def test_a_card_goes_through_every_whole_target_in_turn(target: ExportTarget, card: dict[str, Any]) -> None:
    start = read(card)
    order = order_of(start)
    for step in ("png", target, "json-v3", "charx", "png"):
        turned = read_card(written(order, step), "turned")
        order = ExportOrder(turned.card, turned.picture, turned.original, turned.files)
    assert card_differences(start.card, order.card) == ()


def test_files_of_a_card_go_through_every_container_that_holds_files() -> None:
    contents = {"assets/emotion/images/joy.png": b"\x89PNG joy", "assets/other/code/a.js": b"let a;" * 999}
    files = tuple(ContainedFile(path, len(data), lambda data=data: data) for path, data in contents.items())
    assets = tuple(
        Asset(type="emotion", uri=f"embeded://{path}", name=path[-5:-4], ext="png") for path in contents
    )
    order = ExportOrder(Card(data=CardData(name="Mira", assets=assets)), card_files.png(), None, files)
    for target in ("png", "charx", "png", "json-v3", "png", "charx", "jpeg-charx", "json-v3"):
        turned = round_trip(order, target)  # type: ignore[arg-type]
        assert turned.unexpected == turned.differences == (), target
        back = read_card(written(order, target), "turned")  # type: ignore[arg-type]
        picture = back.picture if target != "json-v3" else card_files.png()
        order = ExportOrder(back.card, picture, back.original, back.files)
    uris = [asset.uri for asset in order.card.data.assets or () if asset.type == "emotion"]
    assert [uri[:5] for uri in uris] == ["data:", "data:"]


def test_files_that_no_container_holds_are_told() -> None:
    module = ContainedFile("x_meta/1.json", 2, lambda: b"{}")
    order = ExportOrder(Card(data=CardData(name="Mira")), card_files.png(), None, (module,))
    for target in ("png", "json-v3", "json-v2", "agnai"):
        said = round_trip(order, target).losses  # type: ignore[arg-type]
        assert any("x_meta/1.json" in sentence for sentence in said), target
    assert round_trip(order, "charx").losses == ()


def test_what_a_round_trip_says() -> None:
    entry = LorebookEntry(keys=("a",), content="@@depth 2\nText.")
    card = Card(data=CardData(name="Mira", nickname="M", character_book=Lorebook(entries=(entry,))))
    turned = round_trip(ExportOrder(card), "json-v2")
    assert turned.target == "json-v2" and turned.bytes > 100
    assert turned.unexpected == ()
    assert Difference(where="data.nickname", before="M") in turned.differences
    assert [sentence.split()[1] for sentence in turned.losses] == ["(lines", "nickname"]
