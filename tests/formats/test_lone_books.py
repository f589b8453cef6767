"""Lorebooks that stand alone: whose they are, what each key becomes, and the way back."""

import io
import json
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any, BinaryIO

import pytest

from cardgen_desktop.domain.card import Card, CardData, Lorebook, LorebookEntry
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.books import lone_books, risu_lorebook, world_info
from cardgen_desktop.formats.findings import Findings
from cardgen_desktop.formats.model.card_payload import v2_payload, v3_payload
from cardgen_desktop.formats.model.normalise import card_from
from cardgen_desktop.formats.programs.novelai import book_from
from cardgen_desktop.formats.read_card import ReadBook
from cardgen_desktop.formats.registry import looks_like_card, read_card, read_content
from cardgen_desktop.formats.writing.export_order import ExportOrder
from tests.support import foreign_files as files

Write = Callable[[ExportOrder, BinaryIO], None]

WORLD_INFO_WRITER: Write = lone_books.write_world_info
RISU_WRITER: Write = risu_lorebook.write_risu_lorebook
V3_WRITER: Write = lone_books.write_lorebook_v3


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def read(value: Any) -> ReadBook:
    found = read_content(encoded(value), "book.json")
    assert isinstance(found, ReadBook)
    return found


def written(book: Lorebook, write: Write) -> Any:
    file = io.BytesIO()
    write(ExportOrder(files.card_of(book)), file)
    return json.loads(file.getvalue())


def through_v3(book: Lorebook) -> Lorebook:
    """The book after it was part of a V3 card that was written and read."""
    payload = json.loads(json.dumps(v3_payload(files.card_of(book))))
    found = card_from(payload, Findings()).data.character_book
    assert found is not None
    return found


def told(found: ReadBook) -> str:
    return " | ".join(f"{problem.level} {problem.where}: {problem.message}" for problem in found.problems)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (files.WORLD_INFO, "st-worldinfo"),
        ({"entries": {}}, "st-worldinfo"),
        ({"entries": [{"uid": 1, "key": ["a"], "content": "b"}]}, "st-worldinfo"),
        (files.LOREBOOK_V3, "lorebook-v3"),
        ({"spec": "lorebook_v3", "entries": [{"keys": ["a"], "content": "b"}]}, "lorebook-v3"),
        (files.RISU, "risu-lorebook"),
        ({"type": "risu", "data": {"0": {"key": "a", "content": "b"}}}, "risu-lorebook"),
        (files.AGNAI["characterBook"], "agnai-memory"),
        ({"entries": [{"entry": "a", "keywords": ["b"]}]}, "agnai-memory"),
        (files.NOVELAI_BOOK, "novelai-lorebook"),
        ({"entries": [{"text": "a", "keys": ["b"], "displayName": "c"}]}, "novelai-lorebook"),
        (files.KOBOLDAI, "koboldai-worldinfo"),
        ({"prompt": "Once", "worldinfo": files.KOBOLDAI}, "koboldai-worldinfo"),
        (files.ORIGINAL_DATA, "character-book"),
        ({"name": "x", "entries": []}, "character-book"),
        ({"entries": {"0": {"keys": ["a"], "content": "b"}}}, "character-book"),
        ([{"keys": ["a"], "content": "b"}], "character-book"),
    ],
)
def test_a_book_is_told_by_its_content(value: Any, kind: str) -> None:
    found = read(value)
    assert (found.container, found.format) == ("json", kind)
    assert looks_like_card(encoded(value), "book.json")
    with pytest.raises(CardError, match="lorebook, not a character card"):
        read_card(encoded(value), "book.json")


@pytest.mark.parametrize(
    "value",
    [
        {"log": {"entries": []}},
        {"entries": [{"startedDateTime": "x", "request": {}}]},
        {"entries": [1, 2]},
        {"entries": [], "version": 3},
        {"entries": "a"},
        {"type": "risu"},
        {"worldinfo": []},
        [{"key": "a"}],
        [{"key": "menu.open", "content": "Open"}],
        [{"keys": ["ctrl+s"], "command": "save"}],
        {"entries": {}, "version": 3},
        {"entries": {"a": {"order": 1, "disable": False}}},
        [],
        {"spec": "lorebook_v4", "data": {}},
        {"lorebookVersion": 1},
    ],
)
def test_other_json_with_entries_is_no_book(value: Any) -> None:
    assert not looks_like_card(encoded(value), "other.json")
    with pytest.raises(CardError, match="JSON"):
        read_content(encoded(value), "other.json")


def test_every_world_info_key_becomes_the_settings_sillytavern_gives_a_lorebook() -> None:
    found = read(files.WORLD_INFO)
    first, second = found.book.entries
    assert found.problems == ()
    assert found.book.name == "Gull Rock"
    assert first.keys == ("Gull Rock", "the rock, far out", "/sk[ea]rry/i")
    assert first.secondary_keys == ("sea", "/t,de/")
    assert (first.id, first.comment, first.content, first.constant) == (0, "place", "A skerry.", False)
    assert (first.selective, first.insertion_order, first.enabled) == (True, 40, True)
    assert (first.position, first.case_sensitive, first.use_regex) == ("after_char", True, False)
    settings = {key: value for key, value in first.extensions.items() if key != "cardgen_desktop"}
    assert settings == {
        "position": 4,
        "vectorized": True,
        "selectiveLogic": 3,
        "ignore_budget": True,
        "exclude_recursion": True,
        "prevent_recursion": True,
        "match_persona_description": True,
        "match_character_description": False,
        "match_character_personality": True,
        "match_character_depth_prompt": True,
        "match_scenario": True,
        "match_creator_notes": True,
        "delay_until_recursion": 2,
        "probability": 60,
        "useProbability": True,
        "depth": 3,
        "outlet_name": "out",
        "group": "places",
        "group_override": True,
        "group_weight": 70,
        "scan_depth": 5,
        "case_sensitive": True,
        "match_whole_words": False,
        "use_group_scoring": True,
        "automation_id": "bell",
        "role": 2,
        "sticky": 1,
        "cooldown": 2,
        "delay": 3,
        "triggers": ["normal"],
        "display_index": 1,
    }
    assert (second.enabled, second.constant, second.use_regex, second.position) == (
        False,
        True,
        True,
        "before_char",
    )
    assert second.extensions["unknown_vendor"] == [1, None]


def test_keys_of_world_info_that_no_lorebook_knows_are_kept_under_the_extensions() -> None:
    first, _ = read(files.WORLD_INFO).book.entries
    assert not first.model_extra
    assert first.extensions["cardgen_desktop"]["st-worldinfo"]["values"] == {
        "characterFilter": files.WORLD_INFO["entries"]["0"]["characterFilter"],
        "vendor": {"kept": 1},
    }


WITH_ORIGINAL = {**files.WORLD_INFO, "originalData": files.ORIGINAL_DATA}
DOUBLE_NAMES = {
    "name": "Double",
    "scan_depth": 50,
    "token_budget": 500,
    "recursive_scanning": False,
    "extensions": {},
    "entries": {
        "1": {
            "uid": 1,
            "key": ["a"],
            "keys": ["a"],
            "keysecondary": ["s"],
            "secondary_keys": ["s"],
            "order": 5,
            "insertion_order": 5,
            "disable": False,
            "enabled": True,
            "content": "b",
            "name": "N",
            "comment": "C",
            "priority": 7,
            "id": 1,
            "extensions": {"depth": 4},
        }
    },
}


@pytest.mark.parametrize(
    ("value", "write"),
    [
        (files.WORLD_INFO, WORLD_INFO_WRITER),
        (WITH_ORIGINAL, WORLD_INFO_WRITER),
        (DOUBLE_NAMES, WORLD_INFO_WRITER),
        ({"entries": {}}, WORLD_INFO_WRITER),
        (files.RISU, RISU_WRITER),
    ],
    ids=["world info", "world info with original", "both names", "empty", "risu"],
)
def test_a_book_goes_back_as_it_came_also_after_it_was_in_a_card(value: Any, write: Write) -> None:
    book = read(value).book
    assert written(book, write) == value
    assert written(through_v3(book), write) == value


def test_lorebook_v3_keeps_what_stands_beside_its_data() -> None:
    book = read(files.LOREBOOK_V3).book
    made = written(through_v3(book), V3_WRITER)
    assert made["spec"] == "lorebook_v3"
    assert made["vendor_root"] == {"kept": True}
    assert made["data"]["name"] == "Gull Rock"
    assert made["data"]["extensions"] == {}
    (entry,) = made["data"]["entries"]
    assert (entry["keys"], entry["content"], entry["vendor"]) == (["rock"], "@@depth 4\nA skerry.", 1)


def test_the_lorebook_a_world_info_file_was_made_of_fills_what_world_info_cannot_say() -> None:
    book = read(WITH_ORIGINAL).book
    assert (book.description, book.scan_depth, book.token_budget) == ("For keepers.", 4, 300)
    first = book.entries[0]
    assert (first.name, first.priority, first.comment) == ("The rock", 9, "place")
    assert first.keys[0] == "Gull Rock" and len(first.keys) == 3
    assert first.extensions["unknown_vendor"] == 5


def test_the_lorebook_beside_world_info_follows_an_edit() -> None:
    book = read(WITH_ORIGINAL).book
    first = book.entries[0].model_copy(update={"content": "Bare stone."})
    made = written(book.model_copy(update={"entries": (first, book.entries[1])}), WORLD_INFO_WRITER)
    assert made["entries"]["0"]["content"] == "Bare stone."
    assert made["originalData"]["entries"][0]["content"] == "Bare stone."
    assert made["originalData"]["entries"][0]["name"] == "The rock"


def test_edits_go_into_world_info_and_what_is_kept_stays() -> None:
    book = read(files.WORLD_INFO).book
    first = book.entries[0]
    edited = first.model_copy(
        update={
            "keys": ("reef",),
            "enabled": False,
            "constant": True,
            "position": "before_char",
            "case_sensitive": False,
            "extensions": {**first.extensions, "depth": 9, "role": 1, "probability": 5},
        }
    )
    made = written(book.model_copy(update={"entries": (book.entries[1], edited)}), WORLD_INFO_WRITER)
    entry = made["entries"]["0"]
    assert (entry["key"], entry["disable"], entry["constant"], entry["position"]) == (["reef"], True, True, 0)
    assert (entry["depth"], entry["role"], entry["probability"], entry["caseSensitive"]) == (9, 1, 5, False)
    assert entry["vendor"] == {"kept": 1}
    assert entry["characterFilter"]["names"] == ["Mira"]
    assert "vendor" not in made["entries"]["7"]


def test_both_names_follow_an_edit() -> None:
    book = read(DOUBLE_NAMES).book
    edited = book.entries[0].model_copy(update={"keys": ("x", "y"), "enabled": False, "insertion_order": 9})
    entry = written(book.model_copy(update={"entries": (edited,)}), WORLD_INFO_WRITER)["entries"]["1"]
    assert entry["key"] == entry["keys"] == ["x", "y"]
    assert (entry["disable"], entry["enabled"]) == (True, False)
    assert entry["order"] == entry["insertion_order"] == 9


def test_world_info_of_a_card_has_every_key_of_sillytavern() -> None:
    entries = (
        LorebookEntry(keys=("a, b",), content="c", id=5, name="label", position="before_char"),
        LorebookEntry(keys=("/x/i",), content="d", id=5, use_regex=True, constant=True, enabled=False),
        LorebookEntry(
            keys=("e",), content="f", secondary_keys=("g",), extensions={"position": 7, "vendor": 1}
        ),
    )
    made = written(Lorebook(name="B", entries=entries), WORLD_INFO_WRITER)
    assert list(made["entries"]) == ["5", "0", "1"]
    assert made["name"] == "B"
    for number, (key, entry) in enumerate(made["entries"].items()):
        assert entry["uid"] == int(key)
        assert entry.keys() >= {*world_info.DEFAULTS, "uid", "displayIndex"}
        assert entry["displayIndex"] == number
    first, second, third = made["entries"].values()
    assert (first["key"], first["position"], first["comment"], first["disable"]) == (
        ["a, b"],
        0,
        "label",
        False,
    )
    assert (first["probability"], first["useProbability"], first["depth"], first["role"]) == (100, True, 4, 0)
    assert (second["constant"], second["disable"], second["position"]) == (True, True, 1)
    assert (third["position"], third["keysecondary"], third["extensions"]) == (7, ["g"], {"vendor": 1})


def test_a_card_without_a_lorebook_gives_an_empty_file() -> None:
    file = io.BytesIO()
    lone_books.write_world_info(ExportOrder(Card(data=CardData(name="A"))), file)
    assert json.loads(file.getvalue()) == {"entries": {}}


def test_ids_missing_doubled_and_odd_in_world_info() -> None:
    value = {"entries": {"3": {"key": ["a"], "content": "b"}, "x": {"uid": 3, "key": ["c"], "content": "d"}}}
    book = read(value).book
    assert [entry.id for entry in book.entries] == [3, 3]
    assert list(written(book, WORLD_INFO_WRITER)["entries"]) == ["3", "0"]


def test_entries_that_are_none_are_told() -> None:
    found = read({"entries": {"0": {"key": ["a"], "content": "b"}, "1": 5, "2": "loose"}})
    assert [entry.content for entry in found.book.entries] == ["b", "loose"]
    assert "error entries.1: Found 5 instead of an entry" in told(found)


def test_odd_values_of_world_info_are_told_and_come_back() -> None:
    value = {
        "entries": {
            "0": {
                "uid": 0,
                "key": "a, b",
                "content": None,
                "disable": "false",
                "order": "7",
                "position": "4",
                "probability": "60",
            }
        }
    }
    found = read(value)
    (entry,) = found.book.entries
    assert (entry.keys, entry.content, entry.enabled, entry.insertion_order) == (("a", "b"), "", True, 7)
    assert (entry.extensions["position"], entry.extensions["probability"]) == (4, "60")
    for place in ("keys", "content", "disable", "insertion_order", "position"):
        assert f"entries.0.{place}" in told(found)
    assert written(found.book, WORLD_INFO_WRITER) == value


def test_a_lorebook_of_risu() -> None:
    found = read(files.RISU)
    place, storm, folder = found.book.entries
    assert found.problems == ()
    assert (place.keys, place.secondary_keys, place.selective) == (
        ("Gull Rock", "the rock"),
        ("sea", "tide"),
        True,
    )
    assert (place.insertion_order, place.comment, place.case_sensitive, place.enabled) == (
        40,
        "place",
        True,
        True,
    )
    assert place.content == "@@depth 4\nA skerry."
    assert place.model_extra == {"folder": "\uf000folder:1"}
    assert place.extensions["cardgen_desktop"]["risu-lorebook"] == {
        "values": {"bookVersion": 2, "secondkey": "sea,tide"}
    }
    assert (storm.keys, storm.use_regex, storm.constant) == (("/st(o|u)rm, now/i",), True, True)
    assert (storm.enabled, storm.content) == (False, "Storms.")
    assert storm.extensions["probability"] == 40
    assert (folder.content, folder.comment) == ("", "Places")
    assert folder.model_extra == {"mode": "folder"}


def test_a_risu_lorebook_of_a_card_has_what_risu_reads() -> None:
    entries = (
        LorebookEntry(
            keys=("a", "b"),
            secondary_keys=("c", "d"),
            content="e",
            insertion_order=3,
            name="label",
            extensions={"probability": 30},
        ),
        LorebookEntry(keys=("/x/",), content="f", enabled=False, constant=True, use_regex=True),
    )
    made = written(Lorebook(entries=entries), RISU_WRITER)
    assert (made["type"], made["ver"]) == ("risu", 1)
    first, second = made["data"]
    assert first == {
        "key": "a, b",
        "secondkey": "c, d",
        "insertorder": 3,
        "comment": "label",
        "content": "e",
        "mode": "normal",
        "alwaysActive": False,
        "selective": True,
        "activationPercent": 30,
    }
    assert (second["alwaysActive"], second["useRegex"]) == (True, True)
    assert second["content"] == "@@dont_activate\nf"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a, b ,c", ["a", "b", "c"]),
        ("", []),
        (" , ", []),
        ("/a,b/i", ["/a,b/i"]),
        ("/a/i, /b/", ["/a/i", "/b/"]),
        (r"/a\/b,c/", [r"/a\/b,c/"]),
    ],
)
def test_keys_that_risu_joined_are_split(text: str, keys: list[str]) -> None:
    assert risu_lorebook.split_keys(text) == keys


def test_a_memory_book_of_agnai() -> None:
    found = read(files.AGNAI["characterBook"])
    rock, tobias = found.book.entries
    assert (found.book.name, found.problems) == ("Gull Rock", ())
    assert (rock.keys, rock.content, rock.insertion_order, rock.priority, rock.name) == (
        ("Gull Rock", "the rock"),
        "A skerry.",
        3,
        10,
        "rock",
    )
    assert (tobias.enabled, tobias.secondary_keys, tobias.selective, tobias.position) == (
        False,
        ("brother",),
        True,
        "before_char",
    )


def test_a_lorebook_of_novelai_from_json_and_as_an_object() -> None:
    found = read(files.NOVELAI_BOOK)
    assert book_from(deepcopy(files.NOVELAI_BOOK), Findings()) == found.book
    rock, storm = found.book.entries
    assert found.problems == ()
    assert (rock.keys, rock.content, rock.comment, rock.insertion_order) == (
        ("Gull Rock", "the rock, far out"),
        "A skerry.",
        "rock",
        400,
    )
    assert (storm.enabled, storm.constant, storm.use_regex, storm.insertion_order) == (False, True, True, -1)
    kept = rock.extensions["cardgen_desktop"]["novelai-lorebook"]["values"]
    assert kept["contextConfig"] == files.NOVELAI_BOOK["entries"][0]["contextConfig"]
    assert kept["searchRange"] == 1000
    assert found.book.extensions["cardgen_desktop"]["novelai-lorebook"]["values"]["lorebookVersion"] == 5


def test_world_info_of_koboldai() -> None:
    (entry,) = read(files.KOBOLDAI).book.entries
    assert (entry.keys, entry.secondary_keys, entry.selective) == (("Gull Rock", "the rock"), ("sea",), True)
    assert (entry.content, entry.comment) == ("A skerry.", "place")
    assert entry.extensions["probability"] == 60
    kept = entry.extensions["cardgen_desktop"]["koboldai-worldinfo"]["values"]
    assert (kept["keyanti"], kept["folder"]) == ("city", None)
    disabled = read([{**files.KOBOLDAI[0], "widisabled": True}]).book.entries[0]
    assert disabled.enabled is False


def test_a_story_beside_world_info_is_told_and_kept() -> None:
    found = read({"prompt": "Once", "worldinfo": files.KOBOLDAI})
    assert "What stands beside the World Info is not read" in told(found)
    assert found.book.extensions["cardgen_desktop"]["koboldai-worldinfo"]["values"] == {"prompt": "Once"}


def test_too_many_entries_are_refused_in_every_format() -> None:
    for value in (
        {"entries": {str(number): {"uid": number, "key": []} for number in range(10_001)}},
        {"type": "risu", "data": [{}] * 10_001},
        {"kind": "memory", "entries": [{}] * 10_001},
        {"lorebookVersion": 5, "entries": [{}] * 10_001},
        {"spec": "lorebook_v3", "data": {"entries": [{}] * 10_001}},
        [{"key": "a", "content": "b", "selective": False}] * 10_001,
    ):
        with pytest.raises(CardError, match="10,001 entries; the limit is 10,000"):
            read_content(encoded(value), "book.json")


def test_a_book_becomes_a_card_that_has_its_name() -> None:
    card = files.card_of(read(files.WORLD_INFO).book)
    assert card.data.name == "Gull Rock"
    assert card.data.character_book is not None and len(card.data.character_book.entries) == 2
    assert v2_payload(card)["data"]["character_book"]["entries"][0]["extensions"]["position"] == 4


def test_a_key_of_nothing_but_brackets_is_told_in_time() -> None:
    world = {"entries": {"[" * 300_000: {"key": 5, "content": "x", "uid": 0}}}
    started = time.monotonic()
    found = read_content(json.dumps(world).encode(), "world.json")
    assert isinstance(found, ReadBook)
    assert any("Found 5" in problem.message for problem in found.problems)
    assert time.monotonic() - started < 10  # a minute where every bracket looks for its other half
