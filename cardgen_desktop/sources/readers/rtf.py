"""Rich Text Format: paragraphs, headings by style and outline level, tables, notes, the title."""

import re

from ..builder import TextBuilder
from ..reader import Extract, Reader, Sample
from ..rich_text import (
    CODE_PAGE_WORDS,
    FONT_CHARSETS,
    MAX_FALLBACK,
    Groups,
    Letters,
    Token,
    code_page,
    tokens,
    unicode_values,
)

MAGIC = b"{\\rtf"
MAX_CELL_CHARACTERS = 400


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


SKIPPED = _words(
    "colortbl filetbl listtable listoverridetable revtbl rsidtbl generator author operator subject "
    "category keywords comment doccomm company manager hlinkbase creatim revtim printim buptim userprops "
    "xmlnstbl header headerl headerr headerf footer footerl footerr footerf ftnsep ftnsepc ftncn aftnsep "
    "aftnsepc aftncn pict objdata shprslt sp fldinst annotation atnid atnauthor atntime atnref atnicn "
    "atnparent atrfstart atrfend atndate bkmkstart bkmkend xe txe rxe tc listtext pntext nonesttables "
    "themedata colorschememapping datastore latentstyles background ud mmathPict private nextfile "
    "template "
)
KNOWN_STARRED = frozenset({"shpinst", "shptxt", "footnote", "nesttableprops"})
TARGETS = {"info": "", "title": "title", "fonttbl": "fonts", "stylesheet": "styles", "footnote": "note"}
CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
SYMBOLS = {b"~": "\xa0", b"_": "‑", b"\\": "\\", b"{": "{", b"}": "}"}

_HEADING_NAME = re.compile(r"heading (\d{1,2})\b", re.I)


def read_rtf(data: bytes, name: str) -> Extract:
    """Read a document: body, then notes; hidden and deleted text is left out."""
    document = Document(name)
    complete = document.read(data)
    extract = document.builder.extract()
    extract.title = document.title
    if not complete:
        extract.warn("truncated", f'"{name}" ends in the middle of its text. Its end may be missing.')
    return extract


class Document:
    """Turns tokens into blocks. What is in the text goes to the builder at the end of each paragraph."""

    def __init__(self, name: str) -> None:
        self.builder = TextBuilder(name)
        self.title = ""
        self._name = name
        self._groups = Groups(name)
        self._letters = Letters()
        self._parts: dict[str, list[str]] = {"body": [], "note": [], "shape": [], "title": [], "styles": []}
        self._styles: dict[int, int] = {}
        self._notes: list[str] = []
        self._cells: list[list[str]] = []
        self._cell: list[str] = []
        self._to_skip = 0
        self._font = 0

    def read(self, data: bytes) -> bool:
        """Read a whole file; whether its last group is closed."""
        starred = False
        for token in tokens(data, self._name):
            if token.kind == "brace":
                self._brace(token.data)
                if not self._groups.depth:
                    break
            elif token.kind == "word":
                self._word(token.word, token.value, starred)
            elif token.kind == "symbol" and token.data != b"*":
                self._symbol(token.data)
            elif token.kind == "text":
                self._text(token)
            elif token.kind == "letters":
                self._add(unicode_values(token.data, self._groups.now.fallback))
            starred = token == _STAR
        self._finish()
        return not self._groups.depth

    def _brace(self, brace: bytes) -> None:
        self._to_skip = 0
        if brace == b"{":
            self._groups.open()
            return
        self._keep_letters()
        before = self._groups.now
        self._groups.close()
        if before.target != self._groups.now.target:
            self._leave(before.target)

    def _leave(self, target: str) -> None:
        """A destination has ended."""
        if target == "note":
            self._notes.append(self._take("note"))
        elif target == "title":
            self.title = self.title or " ".join(self._take("title").split())
        elif target == "styles":
            self._parts["styles"].clear()

    def _word(self, word: str, value: int | None, starred: bool) -> None:
        if word in SKIPPED or (starred and word not in KNOWN_STARRED):
            self._enter("")
        elif word in TARGETS and not (word == "title" and self._groups.now.target == "body"):
            self._enter(TARGETS[word])
            if word == "info":
                self._groups.change(target="info")
        elif word == "shptxt" and self._groups.now.target == "body":
            self._enter("shape")
        elif self._groups.now.target:
            self._count_fallback(word, value)

    def _enter(self, target: str) -> None:
        self._keep_letters()
        if self._groups.now.target:
            self._groups.change(target=target)

    def _count_fallback(self, word: str, value: int | None) -> None:
        """A control word that stands for one character may itself be the fallback of a Unicode value."""
        if word == "u" and value is not None:
            self._add(chr(value & 0xFFFF))
            self._to_skip = self._groups.now.fallback
        elif self._to_skip and word in CHARACTERS:
            self._to_skip -= 1
        else:
            self._obey(word, value)

    def _obey(self, word: str, value: int | None) -> None:
        target = self._groups.now.target
        if target == "fonts":
            self._font_word(word, value)
        elif word in CHARACTERS:
            self._add(CHARACTERS[word])
        elif word in _CODE_WORDS:
            self._code_word(word, value)
        elif word in _PARAGRAPH_WORDS:
            self._paragraph_word(word, value)
        elif word in _ENDINGS:
            self._ending(word)

    def _font_word(self, word: str, value: int | None) -> None:
        if word == "f":
            self._font = value or 0
        elif word == "fcharset" and value in FONT_CHARSETS:
            self._letters.fonts[self._font] = FONT_CHARSETS[value]
        elif word == "cpg":
            self._letters.fonts[self._font] = code_page(value)

    def _code_word(self, word: str, value: int | None) -> None:
        if word == "ansicpg":
            self._letters.codec = code_page(value)
        elif word == "uc":
            self._groups.change(fallback=min(max(0, value or 0), MAX_FALLBACK))
        elif word in CODE_PAGE_WORDS:
            self._letters.codec = CODE_PAGE_WORDS[word]
        elif word == "f":
            self._groups.change(font=-1 if value is None else value)
        elif word == "plain":
            self._groups.change(hidden=False, deleted=False, font=-1)
        else:
            self._keep_letters()
            self._groups.change(**{"hidden" if word == "v" else "deleted": value != 0})

    def _paragraph_word(self, word: str, value: int | None) -> None:
        if word == "pard":
            self._groups.change(style=0, outline=None, in_table=False)
        elif word == "intbl":
            self._groups.change(in_table=True)
        elif word == "s":
            self._groups.change(style=value or 0)
        elif word == "outlinelevel":
            self._groups.change(outline=value)

    def _text(self, token: Token) -> None:
        skipped = min(self._to_skip, len(token.data))
        self._to_skip -= skipped
        now = self._groups.now
        if now.target in self._parts and not (now.hidden or now.deleted):
            self._letters.add_bytes(token.data[skipped:], now.font)
            if now.target == "styles" and b";" in token.data:
                self._define_style()

    def _symbol(self, symbol: bytes) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif symbol in (b"\r", b"\n"):
            self._ending("par")
        elif symbol in SYMBOLS:
            self._add(SYMBOLS[symbol])

    def _add(self, text: str) -> None:
        now = self._groups.now
        if now.target in self._parts and not (now.hidden or now.deleted):
            self._letters.add_text(text)

    def _define_style(self) -> None:
        """A style of the style sheet has been named: "heading 2", "Title", or one with an outline level."""
        self._keep_letters()
        name = self._take("styles").strip(" ;")
        now = self._groups.now
        numbered = _HEADING_NAME.match(name)
        if name.lower() == "title":
            self._styles[now.style] = 0
        elif numbered:
            self._styles[now.style] = int(numbered[1])
        elif now.outline is not None and 0 <= now.outline < 9:
            self._styles[now.style] = now.outline + 1

    def _keep_letters(self) -> None:
        """What was collected belongs to the part that is being written."""
        text = self._letters.take()
        if text and self._groups.now.target in self._parts:
            self._parts[self._groups.now.target].append(text)

    def _take(self, part: str) -> str:
        text = "".join(self._parts[part])
        self._parts[part].clear()
        return text

    def _ending(self, word: str) -> None:
        """The end of a paragraph, a cell or a row."""
        self._keep_letters()
        target = self._groups.now.target
        if target != "body":
            if target in self._parts:
                self._parts[target].append("\n")
        elif word in ("cell", "nestcell"):
            self._cell.append(self._take("body"))
            if word == "cell":
                self._cells.append(self._cell)
                self._cell = []
        elif word == "row":
            self._row()
        elif word != "nestrow":
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        now = self._groups.now
        if now.in_table:
            self._cell.append(self._take("body"))
            return
        self._row()
        self.builder.end_paragraph()
        self.builder.add_lines(self._take("body"))
        level = self._level()
        self.builder.end_block(level)
        self._end_shapes()

    def _level(self) -> int | None:
        """The level of the paragraph: its own outline level, else its style's."""
        now = self._groups.now
        if now.outline is not None and 0 <= now.outline < 9 and self._styles.get(now.style) != 0:
            return now.outline + 1
        return self._styles.get(now.style)

    def _row(self) -> None:
        """A row as a line with tabs; one that lays out whole paragraphs is written as paragraphs."""
        cells, self._cells = self._cells + ([self._cell] if self._cell else []), []
        self._cell = []
        if any(len(cell) > 1 or len("".join(cell)) > MAX_CELL_CHARACTERS for cell in cells):
            for paragraph in (text for cell in cells for text in cell):
                self.builder.add_lines(paragraph)
                self.builder.end_paragraph()
        elif cells:
            self.builder.add_lines("\t".join(" ".join("".join(cell).split()) for cell in cells))
            self.builder.end_line()
        if cells:
            self._end_shapes()

    def _end_shapes(self) -> None:
        """The text of frames follows the paragraph that they are anchored in."""
        for paragraph in self._take("shape").split("\n"):
            self.builder.add_lines(paragraph)
            if paragraph.strip():
                self.builder.end_paragraph()

    def _finish(self) -> None:
        self._keep_letters()
        self._groups.change(in_table=False)
        self._end_paragraph()
        for note in [*self._notes, self._take("note")]:
            self.builder.add_lines(note)
            self.builder.end_aside("notes")


_STAR = Token("symbol", data=b"*")
_CODE_WORDS = frozenset({"ansicpg", "uc", "f", "plain", "v", "deleted", *CODE_PAGE_WORDS})
_PARAGRAPH_WORDS = frozenset({"pard", "intbl", "s", "outlinelevel"})
_ENDINGS = frozenset({"par", "sect", "page", "column", "cell", "nestcell", "row", "nestrow"})


def _sniff(sample: Sample) -> float:
    return 1.0 if sample.head.lstrip(b"\xef\xbb\xbf \r\n").startswith(MAGIC) else 0.0


READER = Reader(kind="rtf", what="an RTF document", suffixes=(".rtf",), sniff=_sniff, read=read_rtf)
