"""Addresses of a card's assets (SPEC_V3.md, `assets`): which file of the card one of them names."""

ARCHIVE_SCHEME = "embeded://"
"""How a card names a file of its archive; the specification spells it so."""

ARCHIVE_SCHEMES = (ARCHIVE_SCHEME, "embedded://")
"""Both spellings that are met, in any case."""

CHUNK_SCHEME = "__asset:"
"""How a card names an asset chunk of its PNG; the path of such a file begins with it too."""

PICTURE_ADDRESS = "ccdefault:"
"""The picture of the card itself."""


def path_of(address: str) -> str | None:
    """The path of the file that an address names, as `CardFile.path` has it; None for any other address."""
    lower = address[: len(max(ARCHIVE_SCHEMES, key=len))].casefold()
    for scheme in ARCHIVE_SCHEMES:
        if lower.startswith(scheme):
            return address[len(scheme) :]
    return CHUNK_SCHEME + address[len(CHUNK_SCHEME) :] if lower.startswith(CHUNK_SCHEME) else None
