"""Where added files stand in a card, and which files its assets name."""

import pytest

from cardgen_desktop.domain.asset_addresses import path_of
from cardgen_desktop.domain.card import Asset, CardData
from cardgen_desktop.jobs.asset_places import free_place, named_paths, place_for

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.mark.parametrize(
    ("kind", "name", "head", "place"),
    [
        ("icon", "Mira.png", PNG, "assets/icon/images/Mira.png"),
        ("emotion", "joy.jpg", PNG, "assets/emotion/images/joy.png"),
        ("background", "Über dem Meer!.webp", b"RIFF0000WEBP", "assets/background/images/Uber-dem-Meer.webp"),
        ("x_sound", "fog", b"OggS", "assets/x_sound/audio/fog.ogg"),
        ("user_icon", "海.png", PNG, "assets/user_icon/images/file.png"),
        ("../../etc", "passwd", b"root:", "assets/etc/other/passwd.bin"),
        ("", "a.b.c.TXT", b"text", "assets/other/other/a-b-c.txt"),
        ("icon", "con" + "x" * 300 + ".png", PNG, f"assets/icon/images/con{'x' * 57}.png"),
    ],
)
def test_a_place_is_plain_ascii_and_says_what_the_content_is(
    kind: str, name: str, head: bytes, place: str
) -> None:
    assert place_for(kind, name, head) == place


def test_a_place_is_taken_in_any_case() -> None:
    place = "assets/icon/images/Mira.png"
    assert free_place(place, []) == place
    assert free_place(place, [place.upper()]) == "assets/icon/images/Mira-2.png"
    assert free_place(place, [place, "assets/icon/images/mira-2.png"]) == "assets/icon/images/Mira-3.png"


def test_assets_name_files_by_every_spelling_that_is_met() -> None:
    uris = (
        "embeded://a/B.png",
        "embedded://c.png",
        "EMBEDED://d.png",
        "__ASSET:3",
        "ccdefault:",
        "https://e/f.png",
    )
    assert [path_of(uri) for uri in uris] == ["a/B.png", "c.png", "d.png", "__asset:3", None, None]
    data = CardData(assets=tuple(Asset(uri=uri) for uri in uris))
    assert named_paths(data) == {"a/B.png", "c.png", "d.png", "__asset:3"}
    assert named_paths(CardData()) == frozenset()
