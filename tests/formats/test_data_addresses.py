"""Files written out in addresses, and what bytes begin as."""

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from cardgen_desktop.formats.data_addresses import data_of
from cardgen_desktop.formats.pictures.picture_signs import extension_by_content, is_picture
from tests.support.card_files import photo, png

CONTENT = bytes(range(256)) + b"\xfb\xff"
PLAIN = b64encode(CONTENT).decode()


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        PLAIN.rstrip("="),
        f"{PLAIN[:40]}\r\n {PLAIN[40:]}",
        urlsafe_b64encode(CONTENT).decode(),
        quote(PLAIN, safe=""),
    ],
)
@pytest.mark.parametrize("head", ["data:image/png;base64", "DATA:;Base64", "data:image/png;name=x;base64"])
def test_an_address_is_read_as_browsers_do(head: str, body: str) -> None:
    assert data_of(f"{head},{body}") == CONTENT


@pytest.mark.parametrize(
    "address",
    ["", "data:", "data:image/png;base64", "data:text/plain,hello", "https://e/x;base64,AAAA", "ccdefault:"],
)
def test_other_addresses_hold_nothing(address: str) -> None:
    assert data_of(address) is None


@pytest.mark.parametrize("body", ["A", "AAA!", "AAAA=AAA", "灯台"])
def test_broken_base64_is_nothing(body: str) -> None:
    assert data_of(f"data:image/png;base64,{body}") is None


def test_what_bytes_begin_as() -> None:
    found = {extension_by_content(photo(kind)): is_picture(photo(kind)) for kind in ("JPEG", "WEBP", "GIF")}
    assert found == {"jpg": True, "webp": True, "gif": False}
    assert (extension_by_content(png()), is_picture(png())) == ("png", True)
    assert (extension_by_content(b"RIFF1234WAVE"), is_picture(b"RIFF1234WAVE")) == ("", False)
