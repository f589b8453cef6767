"""Addresses of profiles: what is one, and what is near."""

import pytest
from pydantic import ValidationError

from cardgen_desktop.domain.profile import Profile, is_near


@pytest.mark.parametrize(
    "url",
    [
        "http://user:pass@h/v1", "http://@h/v1", "file:///etc/passwd", "http://[::1", "http://h:99999/v1",
        "http://h:abc/v1", "http://h:0/v1", "http://exa b/v1", "http://a\nb/v1", "http://:80/",
        "http://h\\@evil/", "http://\u202eh/v1", "javascript:alert(1)", "http://h/v1?k=1", "http://h/#x", "",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Profile(name="a", kind="openai", base_url=url)


@pytest.mark.parametrize("url", ["http://[::1]:8080/v1", "https://пример.рф/v1", "HTTP://Host/v1"])
def test_addresses(url: str) -> None:
    assert Profile(name="a", kind="openai", base_url=f" {url}/ ").base_url == url


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True), ("127.0.0.1", True), ("::1", True), ("192.168.1.9", True),
        ("::ffff:10.0.0.1", True),
        ("::ffff:8.8.8.8", False), ("8.8.8.8", False), ("localhost.evil.example", False), ("127.1", False),
    ],
)  # fmt: skip
def test_near_is_this_computer_or_the_network_at_home(host: str, near: bool) -> None:
    assert is_near(host) is near
