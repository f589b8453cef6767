"""RTF (Rich Text Format 1.9.1) as tokens, groups and letters: what the reader of its documents stands on.

Every token is taken once and groups are kept on a list, so time grows with the file alone;
`\\binN` is stepped over, and text is decoded by the code page of the document or of the font in use.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..domain.errors import SourceError

MAX_GROUPS = 1_000
MAX_TOKENS = 4_000_000
"""About three seconds; a novel of a million words has a million."""
MAX_FALLBACK = 100
DEFAULT_CODEC = "cp1252"
CODE_PAGE_WORDS = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
FONT_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Code pages of the values of `\\fcharset` (RTF 1.9.1, font table)."""

_TOKEN = re.compile(
    rb"(?P<letters>(?:\\u-?\d{1,5}+[ ]?\?){2,}+)|(?P<hex>(?:\\'[0-9a-fA-F]{2})++)"
    rb"|\\(?P<word>[a-zA-Z]{1,32}+)(?P<value>-?\d{1,10}+)?[ ]?|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|[\r\n]++|(?P<text>[^\\{}\r\n]++)|\\",
    re.S,
)

_VALUE = re.compile(rb"-?\d+")


@dataclass(frozen=True, slots=True)
class Token:
    """One of: a control word with its value, a control symbol, a brace, bytes of text, many `\\uN?` at once.

    Whole words come in the latter in other scripts than the Latin one.
    """

    kind: str
    word: str = ""
    value: int | None = None
    data: bytes = b""


def tokens(data: bytes, name: str) -> Iterator[Token]:
    """The tokens of a file; raises `SourceError` for more of them than any document has."""
    position = count = 0
    while found := _TOKEN.match(data, position):
        position = found.end()
        count += 1
        if count > MAX_TOKENS:
            raise SourceError(
                f'"{name}" has far more formatting than text. Save it as plain text and use that.',
                details=f"more than {MAX_TOKENS} RTF tokens",
            )
        kind = found.lastgroup
        if kind in ("word", "value"):
            word, value = found["word"].decode("ascii"), found["value"]
            token = Token("word", word, int(value) if value else None)
            position += max(0, token.value or 0) if word == "bin" else 0
            yield token
        elif kind == "hex":
            yield Token("text", data=bytes.fromhex(found["hex"].replace(b"\\'", b"").decode("ascii")))
        elif kind is not None:
            yield Token(kind, data=found[kind])


@dataclass(frozen=True, slots=True)
class Group:
    """What holds inside a pair of braces and is forgotten at its end.

    `target` names the part that its text goes to, "" for none; `fallback` is how many characters stand for
    one `\\uN`; `style`, `outline` and `in_table` are of the paragraph.
    """

    target: str = "body"
    hidden: bool = False
    deleted: bool = False
    fallback: int = 1
    font: int = -1
    style: int = 0
    outline: int | None = None
    in_table: bool = False


@dataclass(slots=True)
class Letters:
    """Bytes and Unicode values of a run, decoded when the run ends."""

    codec: str = DEFAULT_CODEC
    fonts: dict[int, str] = field(default_factory=dict)
    _bytes: bytearray = field(default_factory=bytearray)
    _text: list[str] = field(default_factory=list)
    _run_codec: str = ""

    def add_bytes(self, data: bytes, font: int) -> None:
        """Bytes in the code page of a font; one character may come in several of them."""
        codec = self.fonts.get(font, self.codec)
        if codec != self._run_codec:
            self._decode()
            self._run_codec = codec
        self._bytes += data

    def add_text(self, text: str) -> None:
        """Characters that need no code page; halves of UTF-16 pairs too."""
        self._decode()
        self._text.append(text)

    def take(self) -> str:
        """Everything since the last call; what is no letter becomes U+FFFD."""
        self._decode()
        text = "".join(self._text)
        self._text.clear()
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def _decode(self) -> None:
        if self._bytes:
            self._text.append(self._bytes.decode(self._run_codec, "replace"))
            self._bytes.clear()


def unicode_values(letters: bytes, fallback: int) -> str:
    """The characters of a token of many `\\uN?`; signed 16-bit values; "?" is text without a fallback."""
    after = "" if fallback else "?"
    return "".join(chr(int(value) & 0xFFFF) + after for value in _VALUE.findall(letters))


def code_page(value: int | None) -> str:
    """Python's codec of a Windows code page, the Western one when there is none."""
    names = {65001: "utf-8", 10000: "mac_roman", 1361: "johab", 936: "gb18030"}
    codec = names.get(value or 0, f"cp{value}")
    try:
        codecs.lookup(codec)
    except LookupError:
        return DEFAULT_CODEC
    return codec


class Groups:
    """The group in use and those around it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._outer: list[Group] = []
        self.now = Group()

    @property
    def depth(self) -> int:
        """How many groups are open."""
        return len(self._outer)

    def open(self) -> None:
        """Begin a group that has everything of the one around it."""
        if self.depth >= MAX_GROUPS:
            raise SourceError(
                f'"{self._name}" is nested too deeply to be read. Save it as plain text and use that.'
            )
        self._outer.append(self.now)

    def close(self) -> None:
        """End a group; one that was never begun changes nothing."""
        if self._outer:
            self.now = self._outer.pop()

    def change(self, **values: object) -> None:
        """Set fields of the group in use."""
        self.now = replace(self.now, **values)  # type: ignore[arg-type]
