"""CHARX as RisuAI and others make it: the card, its files, its avatar, RisuAI's module."""

import base64
import json
from typing import Any

import pytest

from cardgen_desktop.domain.card import Card
from cardgen_desktop.domain.errors import CardError
from cardgen_desktop.formats.archives.risu_module import MODULE_PATH, read_module, write_module
from cardgen_desktop.formats.read_card import ReadCard
from cardgen_desktop.formats.registry import looks_like_card, read_card
from tests.support import card_files
from tests.support.archive_files import CARD, Entry, card_entry, entry, zip_of

PICTURE = card_files.png()
OTHER = card_files.photo("PNG")
JPEG = card_files.photo("JPEG")
MAIN = "assets/icon/images/main.png"
LORE: list[dict[str, Any]] = [
    {
        "key": "rock, skerry",
        "secondkey": "",
        "insertorder": 10,
        "comment": "place",
        "content": "A skerry.",
        "mode": "normal",
        "alwaysActive": False,
        "selective": False,
        "extentions": {"risu_case_sensitive": False},
    }
]


def asset(uri: str, *, kind: str = "icon", name: str = "main", ext: str = "png") -> dict[str, str]:
    return {"type": kind, "uri": uri, "name": name, "ext": ext}


def card(**data: Any) -> dict[str, Any]:
    return {**CARD, "data": {**CARD["data"], **data}}


def charx(*files: Entry, **data: Any) -> bytes:
    return zip_of([card_entry(card(**data)), *files])


def told(read: ReadCard) -> str:
    return " | ".join(problem.message for problem in read.problems)


def uris(found: Card) -> list[str]:
    return [item.uri for item in found.data.assets or ()]


def read(data: bytes) -> ReadCard:
    return read_card(data, "a.charx")


def test_card_files_and_avatar() -> None:
    found = read(
        charx(entry(MAIN, PICTURE), entry("x_meta/main.json", b"{}"), assets=[asset(f"embeded://{MAIN}")])
    )
    assert (found.container, found.spec, found.problems) == ("charx", "chara_card_v3", ())
    assert found.card.data.name == "Mira Holt"
    assert found.picture == PICTURE
    assert [(file.path, file.read()) for file in found.files] == [
        (MAIN, PICTURE),
        ("x_meta/main.json", b"{}"),
    ]


def test_a_document_is_no_card() -> None:
    data = zip_of([entry("[Content_Types].xml"), entry("word/document.xml")])
    assert not looks_like_card(data, "a.docx")
    with pytest.raises(CardError, match="neither CHARX nor BYAF"):
        read(data)


def test_a_v2_card_is_read_with_a_word() -> None:
    found = read(zip_of([card_entry(card_files.KEEPER_V2)]))
    assert found.spec == "chara_card_v2" and "RisuAI takes no other" in told(found)


@pytest.mark.parametrize(
    "uri", [f"embedded://{MAIN}", f"EMBEDED://{MAIN}", f"Embedded://{MAIN}", f"embeded://{MAIN}"]
)
def test_schemes_in_any_spelling(uri: str) -> None:
    assert read(charx(entry(MAIN, PICTURE), assets=[asset(uri)])).picture == PICTURE


@pytest.mark.parametrize(
    "path", ["assets/icon/images/MAIN.png", "/" + MAIN, "./" + MAIN, "assets%2Ficon/images/main.png"]
)
def test_an_address_spelt_differently_follows_its_file(path: str) -> None:
    found = read(charx(entry(MAIN, PICTURE), assets=[asset(f"embeded://{path}")]))
    assert found.picture == PICTURE
    assert uris(found.card) == [f"embeded://{MAIN}"] and "spelt differently" in told(found)


def test_an_address_of_a_png_chunk_names_a_file_here() -> None:
    found = read(charx(entry("3", PICTURE), assets=[asset("__asset:3")]))
    assert found.picture == PICTURE and uris(found.card) == ["embeded://3"]


def test_missing_files_are_marked_and_kept() -> None:
    assets = [asset("embeded://a.png", name=f"{number}") for number in range(40)]
    found = read(charx(assets=assets))
    assert uris(found.card) == ["embeded://a.png"] * 40 and found.picture is None
    assert "is not in the archive; the mention is kept. The same in 39 more places." in told(found)


def test_without_a_main_icon_the_first_usable_one_is_the_avatar() -> None:
    assets = [
        asset("embeded://gone.png", name="a"),
        asset("embeded://b.avif", name="b", ext="avif"),
        asset("embeded://c.png", name="c"),
    ]
    found = read(charx(entry("b.avif", b"\0\0\0 ftypavif"), entry("c.png", PICTURE), assets=assets))
    assert found.picture == PICTURE
    assert "No usable icon is named `main`" in told(found)
    assert "`b` is neither PNG, JPEG nor WebP" in told(found)


def test_a_data_address_is_an_avatar_too() -> None:
    uri = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    found = read(charx(assets=[asset(uri)]))
    assert found.picture == PICTURE and uris(found.card) == [uri]


def test_a_broken_avatar_leaves_the_card() -> None:
    found = read(charx(entry(MAIN, PICTURE, crc=1), assets=[asset(f"embeded://{MAIN}")]))
    assert found.picture is None and "The avatar cannot be read" in told(found)
    assert [file.path for file in found.files] == [MAIN]


def test_an_entry_that_sillytavern_takes_for_the_card() -> None:
    found = read(zip_of([entry("x_meta/id_card.json", b"{}"), card_entry()]))
    assert found.card.data.name == "Mira Holt"
    assert "`x_meta/id_card.json` stands before card.json, and SillyTavern takes it" in told(found)
    assert told(read(zip_of([card_entry(), entry("x_meta/id_card.json", b"{}")]))) == ""


def test_a_folder_that_was_packed_whole() -> None:
    files = [
        entry("__MACOSX/Mira/card.json", b"junk"),
        entry("Mira/card.json", json.dumps(card(assets=[asset(f"embeded://{MAIN}")])).encode()),
        entry(f"Mira/{MAIN}", PICTURE),
    ]
    found = read(zip_of(files))
    assert found.picture == PICTURE and uris(found.card) == [f"embeded://Mira/{MAIN}"]
    assert "lies at `Mira/card.json`" in told(found)


def test_a_second_card_is_an_alternative() -> None:
    found = read(zip_of([card_entry(), card_entry(card(name="Other"))]))
    assert [other.data.name for other in found.alternatives] == ["Other"]
    assert found.card.data.name == "Mira Holt" and found.files == ()
    assert read(zip_of([card_entry(), card_entry()])).alternatives == ()


def test_a_thousand_assets() -> None:
    files = [entry(f"assets/emotion/images/{number}.png", PICTURE) for number in range(1_000)]
    assets = [
        asset(f"embeded://assets/emotion/images/{number}.png", kind="emotion", name=str(number))
        for number in range(1_000)
    ]
    found = read(charx(*files, assets=assets))
    assert found.problems == () and len(found.files) == 1_000
    assert all(file.read() == PICTURE for file in found.files)


def module(lorebook: list[dict[str, Any]] | None, **more: Any) -> Entry:
    fields = {"name": "m", "trigger": [{"type": "manual"}], "regex": [], **more}
    return entry(MODULE_PATH, write_module(fields if lorebook is None else {**fields, "lorebook": lorebook}))


def own_book(content: str = "A skerry.") -> dict[str, Any]:
    """The lorebook as RisuAI writes it into `card.json` beside the module."""
    made = {
        "keys": ["rock", "skerry"],
        "content": content,
        "extensions": {"risu_case_sensitive": False},
        "enabled": True,
        "insertion_order": 10,
        "constant": False,
        "selective": False,
        "name": "place",
        "comment": "place",
        "case_sensitive": False,
        "use_regex": False,
        "mode": "normal",
    }
    return {"entries": [made], "extensions": {}}


def test_a_module_that_says_the_same_is_not_mentioned() -> None:
    found = read(charx(module(LORE), character_book=own_book()))
    assert (found.problems, found.alternatives) == ((), ())
    assert [file.path for file in found.files] == [MODULE_PATH]


def test_a_module_that_says_something_else_is_offered() -> None:
    found = read(charx(module(LORE), character_book=own_book("Another rock.")))
    assert found.card.data.character_book is not None
    assert found.card.data.character_book.entries[0].content == "Another rock."
    assert "has another lorebook (1 entries), which RisuAI shows instead" in told(found)
    (other,) = found.alternatives
    assert (
        other.data.character_book is not None and other.data.character_book.entries[0].content == "A skerry."
    )


@pytest.mark.parametrize("own", [{}, {"character_book": {"entries": [], "extensions": {}, "scan_depth": 3}}])
def test_without_a_book_of_its_own_the_card_has_the_modules(own: dict[str, Any]) -> None:
    found = read(charx(module(LORE), **own))
    assert found.card.data.character_book is not None
    (item,) = found.card.data.character_book.entries
    assert (item.keys, item.content, item.insertion_order, item.comment) == (
        ("rock", "skerry"), "A skerry.", 10, "place",
    )  # fmt: skip
    assert found.card.data.character_book.scan_depth == (3 if own else None)
    assert "Taken from RisuAI's module.risum" in told(found) and found.alternatives == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cut short"),
        (b"o\0\xff\0\0\0abc", "cut short"),
        (b"o\1\0\0\0\0\0", "a kind or version that is not known"),
        (b"PK\3\4......", "a kind or version that is not known"),
        (b"o\0\4\0\0\0abcd\0", "JSON"),
    ],
)
def test_a_module_that_cannot_be_read_is_kept(content: bytes, reason: str) -> None:
    found = read(charx(entry(MODULE_PATH, content)))
    assert "module cannot be read and is kept as it is" in told(found) and reason in told(found)
    assert found.files[0].read() == content


def test_the_module_is_what_risuai_writes() -> None:
    """RPack puts another byte in the place of each: `r`, `i`, `s` and `u` become 79, 0e, 48 and b2."""
    written = write_module({"name": "risu"})
    assert written[:2] == b"o\0" and int.from_bytes(written[2:6], "little") == len(written) - 7
    assert written[-1:] == b"\0"
    assert written[6:8].hex() == "e620"
    assert bytes.fromhex("790e48b2") in written
    assert read_module(written).module == {"name": "risu"}


def test_a_module_without_its_lorebook_keeps_everything_else() -> None:
    assets = b"\1\3\0\0\0abc\0"
    whole = write_module({"name": "m", "lorebook": LORE, "trigger": [1], "vendor": {"deep": [None]}})
    found = read_module(read_module(whole[:-1] + assets).without_lorebook())
    assert found.module == {"name": "m", "trigger": [1], "vendor": {"deep": [None]}}
    assert found.assets == assets and found.book() is None
