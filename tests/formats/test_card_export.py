"""Writing cards: round trips, what a target loses, book rules, and files that are whole or not there."""

import errno
import io
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from cardgen_desktop.domain.card import Asset, Card, CardData, ExportTarget, Lorebook, LorebookEntry
from cardgen_desktop.domain.errors import (
    CardError,
    CardgenError,
    InputError,
    InternalError,
    StorageError,
    UsageError,
)
from cardgen_desktop.formats.model.book_payload import unique_ids
from cardgen_desktop.formats.model.lorebook import KEPT
from cardgen_desktop.formats.registry import inspect, read_card, read_card_file
from cardgen_desktop.formats.writing import export, file_writing
from cardgen_desktop.formats.writing.export import ExportOrder, card_bytes, losses, target_for, write_card
from tests.support import card_files
from tests.support.card_files import KEEPER_TEXTS, KEEPER_V2, KEEPER_V3

TARGETS: tuple[ExportTarget, ...] = ("png", "json-v3", "json-v2")
NAMES = {"png": "card.png", "json-v3": "card.json", "json-v2": "card.v2.json"}


def keeper(card: dict[str, Any] = KEEPER_V3) -> Card:
    return read_card(json.dumps(card).encode(), "keeper.json").card


def with_data(**fields: Any) -> Card:
    return Card(data=CardData(name="Mira", **fields))


def book_of(*entries: LorebookEntry, **fields: Any) -> Card:
    return with_data(character_book=Lorebook(entries=entries, **fields))


def written_book(card: Card, target: ExportTarget = "json-v3") -> dict[str, Any]:
    book: dict[str, Any] = json.loads(card_bytes(card, target, picture=None))["data"]["character_book"]
    return book


def grown(before: Any, after: Any, path: str = "") -> list[str]:
    """Keys that `after` has more than `before`; raises AssertionError where anything else differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        assert set(before) <= set(after), path
        new = [f"{path}.{key}".lstrip(".") for key in after if key not in before]
        return new + [name for key in before for name in grown(before[key], after[key], f"{path}.{key}")]
    if isinstance(before, list) and isinstance(after, list):
        assert len(before) == len(after), path
        return [name for one, two in zip(before, after, strict=True) for name in grown(one, two, f"{path}[]")]
    assert before == after, path
    return []


BOOK_DEFAULTS = {"name", "comment", "selective", "secondary_keys", "constant", "use_regex", "position"}


@pytest.mark.parametrize(
    ("card", "target"), [(KEEPER_V2, "json-v2"), (KEEPER_V3, "json-v3"), (KEEPER_V2, "json-v3")]
)
def test_an_unedited_card_is_written_as_it_was_read(card: dict[str, Any], target: ExportTarget) -> None:
    read = read_card(json.dumps(card).encode(), "a.json")
    after = json.loads(card_bytes(read.card, target, picture=None, original=read.original))
    before = json.loads(json.dumps(card))
    if target == "json-v3":
        before["spec"], before["spec_version"] = "chara_card_v3", "3.0"
    new = {name.rsplit(".", 1)[-1] for name in grown(before, after)}
    assert new <= BOOK_DEFAULTS | {"group_only_greetings"} | set(KEEPER_TEXTS)
    assert list(after["data"])[: len(card["data"])] == list(card["data"])


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_written_reads_back_the_same(target: ExportTarget, tmp_path: Path) -> None:
    card = keeper(KEEPER_V2)
    write_card(card, tmp_path / NAMES[target], target, picture=card_files.png())
    back = read_card_file(tmp_path / NAMES[target])
    for field in CardData.model_fields:
        if field not in ("character_book", "modification_date"):
            assert getattr(back.card.data, field) == getattr(card.data, field), field
    assert back.card.data.model_extra == card.data.model_extra
    assert [problem for problem in back.problems if problem.level != "info"] == []
    again = card_bytes(back.card, target, picture=card_files.png(), original=back.original)
    assert again == (tmp_path / NAMES[target]).read_bytes()


def test_a_sillytavern_card_keeps_its_copies_beside_data_in_step() -> None:
    read = read_card(card_files.sillytavern_card(), "st.png")
    edited = read.card.model_copy(
        update={
            "data": read.card.data.model_copy(
                update={"name": "Mira II", "tags": ("new",), "creator_notes": "n"}
            )
        }
    )
    written = json.loads(card_bytes(edited, "json-v3", picture=None, original=read.original))
    assert (written["name"], written["tags"], written["creatorcomment"]) == ("Mira II", ["new"], "n")
    assert written["create_date"] == "2024-1-1 @10h 00m 00s 000ms"
    assert written["talkativeness"] == "0" and written["data"]["extensions"]["talkativeness"] == 0


def test_private_keys_and_the_favourite_mark_never_travel() -> None:
    card = read_card(card_files.sillytavern_card(), "st.png").card
    for target in ("json-v3", "json-v2"):
        written = json.loads(card_bytes(card, target, picture=None))
        assert "chat" not in written and "json_data" not in written
        assert written["fav"] is False and written["data"]["extensions"]["fav"] is False
    assert any("private" in sentence for sentence in losses(card, "json-v3"))
    assert any("favourite" in sentence for sentence in losses(card, "png"))


def test_an_absent_lorebook_and_absent_options_are_not_written_as_null() -> None:
    data = json.loads(card_bytes(with_data(), "json-v3", picture=None))["data"]
    assert None not in data.values()
    assert "character_book" not in data and "assets" not in data
    assert data["extensions"] == {} and data["group_only_greetings"] == []


def test_json_is_utf8_and_indented_for_people() -> None:
    text = card_bytes(keeper(), "json-v3", picture=None)
    assert "Åse’s daughter".encode() in text
    assert b'\n    "data": {\n        "name"' in text


def test_every_entry_is_explicit() -> None:
    (entry,) = written_book(book_of(LorebookEntry(keys=("a",), content="b", comment="label")))["entries"]
    assert entry == {
        "keys": ["a"],
        "content": "b",
        "extensions": {"position": 1},
        "enabled": True,
        "insertion_order": 100,
        "use_regex": False,
        "constant": False,
        "name": "label",
        "comment": "label",
        "id": 0,
        "selective": False,
        "secondary_keys": [],
        "position": "after_char",
    }


def test_ids_are_unique_whole_numbers_and_a_text_id_is_kept_aside() -> None:
    assert unique_ids([5, 5, None, "x", 0, 1.5]) == [5, 1, 2, 3, 0, 4]
    (entry,) = written_book(book_of(LorebookEntry(id="x")))["entries"]
    assert entry["id"] == 0 and entry["extensions"][KEPT] == {"id": "x"}


@pytest.mark.parametrize(
    ("position", "exact", "word", "number"),
    [
        ("before_char", None, "before_char", 0),
        ("before_char", 4, "before_char", 0),
        ("after_char", 4, "after_char", 4),
        ("after_char", 0, "after_char", 1),
        (None, 6, "after_char", 6),
        (None, 0, "before_char", 0),
    ],
)
def test_position_and_its_sillytavern_number_agree(
    position: str | None, exact: int | None, word: str, number: int
) -> None:
    extensions = {} if exact is None else {"position": exact}
    (entry,) = written_book(book_of(LorebookEntry(position=position, extensions=extensions)))["entries"]
    assert (entry["position"], entry["extensions"]["position"]) == (word, number)


def test_case_sensitivity_is_mirrored_for_sillytavern() -> None:
    (entry,) = written_book(book_of(LorebookEntry(case_sensitive=True)))["entries"]
    assert entry["case_sensitive"] is True and entry["extensions"]["case_sensitive"] is True
    read = read_card(json.dumps({**KEEPER_V2, "data": {**KEEPER_V2["data"], "character_book": {"entries": [
        {"keys": [], "content": "", "extensions": {"case_sensitive": True}}]}}}).encode(), "a")  # fmt: skip
    assert read.card.data.character_book is not None
    assert read.card.data.character_book.entries[0].case_sensitive is True


def test_depth_role_and_probability_reach_sillytavern() -> None:
    entry = LorebookEntry.model_validate(
        {"depth": 3, "role": 1, "probability": 50, "extensions": {"depth": 7}}
    )
    (made,) = written_book(book_of(entry))["entries"]
    assert made["extensions"] == {"depth": 7, "position": 1, "role": 1, "probability": 50}
    assert (made["depth"], made["role"], made["probability"]) == (3, 1, 50)


@pytest.mark.parametrize(
    ("keys", "use_regex", "made"),
    [
        (("/a+/i", "/b/"), True, True),
        (("/a+/i", "plain"), True, False),
        (("plain",), True, False),
        (("/a/",), False, False),
        ((), True, False),
    ],
)
def test_regex_only_where_every_key_is_a_pattern(keys: tuple[str, ...], use_regex: bool, made: bool) -> None:
    (entry,) = written_book(book_of(LorebookEntry(keys=keys, use_regex=use_regex)))["entries"]
    assert entry["use_regex"] is made


def test_scan_settings_are_written_together_or_not_at_all() -> None:
    settings = ("scan_depth", "token_budget", "recursive_scanning")
    assert not set(written_book(book_of())) & set(settings)
    partial = book_of(token_budget=300)
    assert [written_book(partial)[key] for key in settings] == [4, 300, False]
    assert any("Scan depth" in sentence for sentence in losses(partial, "png"))


def test_v2_says_what_it_cannot_hold_and_does_not_hold_it() -> None:
    card = keeper()
    said = " ".join(losses(card, "json-v2"))
    for word in ("nickname", "group chats", "assets", "other languages", "sources", "dates"):
        assert word in said
    data = json.loads(card_bytes(card, "json-v2", picture=None))["data"]
    assert not {"nickname", "group_only_greetings", "assets", "source", "creation_date"} & set(data)
    assert losses(card, "json-v3") == losses(card, "png") == ()
    assert losses(keeper(KEEPER_V2), "json-v2") == ()


def test_decorators_leave_v2_with_a_word_about_it() -> None:
    content = "@@depth 4\n@@@role system\n\nThe light is out.\n@@not one"
    card = book_of(LorebookEntry(content=content), LorebookEntry(content="@@ is no decorator"))
    v2, v3 = written_book(card, "json-v2"), written_book(card, "json-v3")
    assert v2["entries"][0]["content"] == "The light is out.\n@@not one"
    assert v2["entries"][1]["content"] == "@@ is no decorator"
    assert v3["entries"][0]["content"] == content
    assert "Decorators" in losses(card, "json-v2")[0] and "1 lorebook entry" in losses(card, "json-v2")[0]
    assert "V3 copy keeps them" in losses(card, "png")[0]
    assert losses(card, "json-v3") == ()


def test_a_v2_card_keeps_its_own_decorators() -> None:
    card = {**KEEPER_V2, "data": {**KEEPER_V2["data"], "character_book": {"entries": [
        {"keys": [], "content": "@@activate\nx", "extensions": {}}]}}}  # fmt: skip
    read = read_card(json.dumps(card).encode(), "a")
    written = json.loads(card_bytes(read.card, "json-v2", picture=None, original=read.original))
    assert written["data"]["character_book"]["entries"][0]["content"] == "@@activate\nx"


def test_assets_that_stay_behind_are_counted() -> None:
    assets = (Asset(uri="embeded://a.png"), Asset(uri="__asset:1"), Asset())
    assert losses(with_data(assets=assets), "json-v3")[0].startswith("2 assets stay behind")
    assert losses(with_data(assets=assets), "png")[0].startswith("2 assets stay behind")


def test_a_picture_is_reported_where_the_target_has_none(tmp_path: Path) -> None:
    report = write_card(keeper(), tmp_path / "a.json", "json-v3", picture=card_files.png())
    assert any("picture" in sentence for sentence in report.losses)
    assert write_card(keeper(), tmp_path / "b.json", "json-v3").losses == ()


def test_the_report_and_the_date(tmp_path: Path) -> None:
    report = write_card(keeper(), tmp_path / "a.png", "png")
    data = read_card_file(tmp_path / "a.png").card.data
    assert report.path == str(tmp_path / "a.png") and report.target == "png"
    assert report.bytes == (tmp_path / "a.png").stat().st_size
    assert data.creation_date == 1700000000
    assert data.modification_date is not None and data.modification_date > 1_750_000_000


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("a.png", "png"),
        ("A.PNG", "png"),
        ("a.json", "json-v3"),
        ("a.v2.json", "json-v2"),
        ("a.V2.JSON", "json-v2"),
    ],
)
def test_the_suffix_names_the_target(name: str, target: str) -> None:
    assert target_for(Path(name)) == target


@pytest.mark.parametrize("name", ["a", "a.webp", "png", "a.json.txt"])
def test_other_suffixes_are_refused_with_the_choices(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.png .*\.json .*\.v2\.json"):
        target_for(Path("folder") / name)


def test_an_existing_file_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("mine")
    path.chmod(0o640)
    with pytest.raises(UsageError, match="exists already"):
        write_card(keeper(), path, "json-v3")
    assert path.read_text() == "mine"
    write_card(keeper(), path, "json-v3", overwrite=True)
    assert read_card_file(path).card.data.name == "Mira Holt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640 or sys.platform == "win32"
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_link_keeps_pointing_to_the_written_file(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_card(keeper(), tmp_path / "link.json", "json-v3", overwrite=True)
    assert (tmp_path / "link.json").is_symlink()
    assert read_card_file(tmp_path / "real.json").card.data.name == "Mira Holt"


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.json"

    def another_program(_: bytes) -> None:
        path.write_text("theirs")

    with pytest.raises(UsageError, match="exists already"):
        file_writing.write_file(path, b"ours", overwrite=False, check=another_program)
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["a.json"]


@pytest.mark.parametrize("name", ["a\0b.json", "x" * 300 + ".json"])
def test_names_no_disk_takes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(CardgenError, match="Nothing was written"):
        write_card(keeper(), tmp_path / name, "json-v3")
    assert inspect(tmp_path / name).card is None


@pytest.mark.parametrize("place", ["folder", "missing/a.json", "file.txt/a.json"])
def test_places_that_are_no_file_are_refused(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(CardgenError) as caught:
        write_card(keeper(), tmp_path / place, "json-v3")
    assert isinstance(caught.value, UsageError if place == "folder" else StorageError)
    assert "as not written" in caught.value.message or "Nothing was written" in caught.value.message


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "is read-only"),
        (errno.EACCES, "is read-only"),
        (errno.EIO, "could not be written"),
        (errno.ENAMETOOLONG, "too long"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "link", "open"])
def test_a_failing_disk_leaves_nothing_behind(
    number: int, sentence: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a.json"
    if step == "open":
        monkeypatch.setattr(Path, "open", fail)
    elif step == "link":
        monkeypatch.setattr(os, "link", fail)
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match=sentence) as caught:
        write_card(keeper(), path, "json-v3")
    assert caught.value.exit_code == 5
    monkeypatch.undo()
    assert os.listdir(tmp_path) == []


def test_a_full_device_is_a_storage_error_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("mine")

    def full(_: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match="disk is full"):
        file_writing.write_file(path, b"x", overwrite=True, check=full)
    assert path.read_text() == "mine" and os.listdir(tmp_path) == ["a.json"]


@pytest.mark.parametrize("field", ["description", "alternate_greetings", "extensions"])
def test_a_writer_that_forgets_something_is_caught_before_it_counts(
    field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = export.TARGETS["json-v3"]

    def forgetful(order: ExportOrder, out: BinaryIO) -> None:
        file = io.BytesIO()
        kind.write(order, file)
        whole = json.loads(file.getvalue())
        del whole["data"][field]
        out.write(json.dumps(whole).encode())

    monkeypatch.setitem(export.TARGETS, "json-v3", replace(kind, write=forgetful))
    (tmp_path / "a.json").write_text("mine")
    with pytest.raises(InternalError, match="did not read back the same") as caught:
        write_card(keeper(), tmp_path / "a.json", "json-v3", overwrite=True)
    assert field in caught.value.details
    assert (tmp_path / "a.json").read_text() == "mine"


def test_numbers_json_cannot_hold_are_refused() -> None:
    with pytest.raises(CardError, match="number"):
        card_bytes(with_data(extensions={"x": float("nan")}), "json-v3", picture=None)


def test_half_characters_do_not_stop_an_export(tmp_path: Path) -> None:
    write_card(with_data(description="a\ud83d b", extensions={"\udc00": "\udc00"}), tmp_path / "a.png", "png")
    assert read_card_file(tmp_path / "a.png").card.data.description == "a\ufffd b"


def test_jpeg_pictures_are_converted_and_bad_ones_refused() -> None:
    written = card_bytes(keeper(), "png", picture=card_files.photo("JPEG"))
    assert card_files.payload(written, "ccv3")["data"]["name"] == "Mira Holt"
    with pytest.raises(InputError, match="Choose another picture"):
        card_bytes(keeper(), "png", picture=b"not a picture")


def test_inspect_never_raises_and_keeps_the_path(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(card_files.png(before=card_files.text_chunk("chara", b"???")))
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    bad = inspect(tmp_path / "bad.png")
    assert (bad.path, bad.container, bad.card) == (str(tmp_path / "bad.png"), "png", None)
    assert bad.problems[0].level == "error" and "broken base64" in bad.problems[0].message
    for name, sentence in (
        ("empty.json", "is empty"),
        ("folder.png", "is a folder"),
        ("none.png", "no file"),
    ):
        found = inspect(tmp_path / name)
        assert (
            found.card is None and sentence in found.problems[0].message and name in found.problems[0].message
        )
    good = inspect(card_files.DATA / "keeper_v3.json")
    assert good.card is not None and good.spec == "chara_card_v3" and good.problems == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "not an ordinary file" in inspect(tmp_path / "pipe.png").problems[0].message


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "big.png").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(CardError, match="It is 65 MB; a card may be at most 64 MB"):
        read_card_file(tmp_path / "big.png")
