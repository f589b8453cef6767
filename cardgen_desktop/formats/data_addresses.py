"""Files that are written out in an address: `data:image/png;base64,…` (RFC 2397)."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

_WHITE = b" \t\r\n\v\f\0"
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def is_data_address(address: str) -> bool:
    """Whether an address holds its content itself."""
    return address[:5].casefold() == "data:"


def data_of(address: str) -> bytes | None:
    """What a `data:` address in base64 holds; None for every other address, and for a broken one.

    Line breaks, the URL-safe alphabet, escapes and missing padding are read as browsers do.
    """
    head, comma, body = address.partition(",")
    if not comma or not is_data_address(head) or not head.casefold().endswith(";base64"):
        return None
    try:
        digits = unquote_to_bytes(body).translate(_URL_SAFE, _WHITE).rstrip(b"=")
        return base64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
